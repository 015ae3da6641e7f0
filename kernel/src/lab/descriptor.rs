//! What an experiment says of itself: everything a front end needs to offer it, and nothing it computes.

use super::Claim;
use crate::math::{Libm, Math};
use crate::state::Identity;

/// An experiment as data. Front ends show it; none of them knows more.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Descriptor {
    /// The specification's name, with a part behind a dot where one specification holds several experiments.
    pub id: &'static str,
    /// A short name for people.
    pub title: &'static str,
    /// The room of the kernel that the mechanism lives in: `"learn"`, `"bandit"`, and so on.
    pub room: &'static str,
    /// One or two sentences: what happens and what to look for.
    pub summary: &'static str,
    /// Who published the mechanism and where.
    pub citation: &'static str,
    /// What one step is: `"episode"`, `"round"`.
    pub step: &'static str,
    /// How many steps a run may take.
    pub steps: Steps,
    /// The learners that are compared, on the same random numbers, in table order.
    pub contenders: &'static [&'static str],
    /// What can be set, in the order of [`Values`](crate::lab::Values).
    pub parameters: &'static [Parameter],
    /// What is measured for every contender.
    pub metrics: &'static [Metric],
    /// What can be drawn.
    pub views: &'static [View],
    /// What the experiment must show.
    pub claims: &'static [Claim],
    /// Bytes of state while it runs.
    pub state_bytes: usize,
}

impl Descriptor {
    /// Of a checkpoint of the experiment: `"experiment"` around its id, the number of contenders, and the numerics of `libm`,
    /// whatever the contenders need.
    pub const fn identity(&self) -> Identity {
        Identity::around("experiment", Identity::new(self.id, Libm::NUMERICS, [self.contenders.len(), 0, 0]))
    }
}

/// The length of a run, in steps. Some learners know it as their horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Steps {
    /// The shortest run that makes sense.
    pub minimum: u32,
    /// The longest.
    pub maximum: u32,
    /// Taken when nothing is said.
    pub default: u32,
    /// The length of the run whose digest every target must show with seed 1 and all parameters at their defaults: one that
    /// a chip without floating-point hardware finishes under emulation in seconds.
    pub conformance: u32,
}

/// One number or choice that a run takes.
///
/// Serialised flat: the fields of the kind stand beside the name, and `kind` is `"real"` or `"choice"`.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Lower case, the field's standard term, unique within the experiment.
    pub name: &'static str,
    /// Empty where the number has none.
    pub unit: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// Range and default.
    pub kind: Kind,
}

impl Parameter {
    /// A number from `minimum` to `maximum` without a unit.
    pub const fn real(
        name: &'static str,
        description: &'static str,
        [minimum, maximum]: [f32; 2],
        default: f32,
    ) -> Self {
        Self { name, unit: "", description, kind: Kind::Real { minimum, maximum, default: Some(default), derived: "" } }
    }

    /// A number that is derived from something unless it is set.
    pub const fn derived(
        name: &'static str,
        description: &'static str,
        [minimum, maximum]: [f32; 2],
        derived: &'static str,
    ) -> Self {
        Self { name, unit: "", description, kind: Kind::Real { minimum, maximum, default: None, derived } }
    }

    /// One of a list, the first unless it is set.
    pub const fn choice(name: &'static str, description: &'static str, options: &'static [&'static str]) -> Self {
        Self { name, unit: "", description, kind: Kind::Choice { options, default: 0 } }
    }

    /// The same with a unit.
    pub const fn in_unit(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }
}

/// The values a parameter may take.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Any number from `minimum` to `maximum`, both included.
    Real {
        /// The least value.
        minimum: f32,
        /// The greatest value.
        maximum: f32,
        /// Taken when nothing is set; `None` where the experiment derives it from the others.
        default: Option<f32>,
        /// What it is derived from when nothing is set; empty where `default` is given.
        derived: &'static str,
    },
    /// One of a list.
    Choice {
        /// The names that may be set.
        options: &'static [&'static str],
        /// The index of the one taken when nothing is set.
        default: usize,
    },
}

// By hand, because serde's flattening needs a heap.
#[cfg(feature = "serde")]
impl serde::Serialize for Parameter {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let fields = match self.kind {
            Kind::Real { .. } => 8,
            Kind::Choice { .. } => 6,
        };
        let mut object = serializer.serialize_struct("Parameter", fields)?;
        object.serialize_field("name", self.name)?;
        object.serialize_field("unit", self.unit)?;
        object.serialize_field("description", self.description)?;
        match &self.kind {
            Kind::Real { minimum, maximum, default, derived } => {
                object.serialize_field("kind", "real")?;
                object.serialize_field("minimum", minimum)?;
                object.serialize_field("maximum", maximum)?;
                object.serialize_field("default", default)?;
                object.serialize_field("derived", derived)?;
            }
            Kind::Choice { options, default } => {
                object.serialize_field("kind", "choice")?;
                object.serialize_field("options", options)?;
                object.serialize_field("default", default)?;
            }
        }
        object.end()
    }
}

/// One number per contender and step.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Metric {
    /// Lower case, unique within the experiment; the key in a sample.
    pub name: &'static str,
    /// Empty where the number has none.
    pub unit: &'static str,
    /// One sentence.
    pub description: &'static str,
}

/// One picture, from the closed list of kinds that every front end can draw. The experiment fills a plain array of
/// `f32` on request ([`Experiment::view`](crate::lab::Experiment::view)).
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(tag = "view", rename_all = "lowercase"))]
pub enum View {
    /// A metric over the steps, one line a contender. Drawn from samples; fills nothing.
    Curve {
        /// Heading.
        title: &'static str,
        /// The metric's name.
        metric: &'static str,
    },
    /// A grid world. Fills `4 * rows * columns + 1` numbers, row by row: the value of each cell; its greedy actions as a
    /// bit mask (1 up, 2 right, 4 down, 8 left); its kind (0 free, 1 wall, 2 hazard, 3 start, 4 goal); 1 where the greedy
    /// path from the start leads through it, else 0; then the agent's cell.
    Grid {
        /// Heading.
        title: &'static str,
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        columns: usize,
    },
    /// The arms of a bandit. Fills `4 * arms.len()` numbers, arm by arm: the estimate; the half-width of its confidence
    /// bound; how often the arm was played; its true value. NaN where a contender has no such number.
    Arms {
        /// Heading.
        title: &'static str,
        /// A label an arm.
        arms: &'static [&'static str],
    },
    /// Points in the plane of two objectives: a front, and the policies that move along it. Fills `4 * points` numbers,
    /// point by point: how much of the first objective and of the second; then, of a present policy, the weights of both,
    /// which say where it climbs; NaN for those of a point that stays. All four are NaN where there is no point.
    Front {
        /// Heading.
        title: &'static str,
        /// The two objectives: across, and up.
        axes: [&'static str; 2],
        /// The most points.
        points: usize,
    },
}

impl View {
    /// How many numbers the view fills for one contender.
    pub const fn len(&self) -> usize {
        match self {
            Self::Curve { .. } => 0,
            Self::Grid { rows, columns, .. } => 4 * *rows * *columns + 1,
            Self::Arms { arms, .. } => 4 * arms.len(),
            Self::Front { points, .. } => 4 * *points,
        }
    }

    /// Whether the view is drawn from samples alone.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
