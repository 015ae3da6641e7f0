//! The schedules that are compared.

use crate::schedule::shape::{Cosine, Falling, Flat, InverseRoot, OneCycle, Rex, Shape, Steps, ToOnePercent, Uba};

/// How many values of UBA's `phi` are tried.
pub(super) const PHIS: usize = Uba::GRID.len();

/// How many schedules there are.
pub(super) const RULES: usize = PHIS + SIBLINGS.len();

/// The schedules that UBA is compared with, in table order.
#[allow(dead_code)] // which experiments are compiled in decides
const SIBLING_NAMES: [&str; SIBLINGS.len()] =
    ["cosine", "linear", "one-cycle", "REX", "exponential", "step", "inverse root", "constant"];

/// These names, then those of the siblings.
#[allow(dead_code)] // as above
pub(super) const fn before_siblings<const U: usize, const N: usize>(names: [&'static str; U]) -> [&'static str; N] {
    assert!(N == U + SIBLINGS.len(), "a name each");
    let (mut all, mut index) = ([""; N], 0);
    while index < N {
        all[index] = if index < U { names[index] } else { SIBLING_NAMES[index - U] };
        index += 1;
    }
    all
}

const SIBLINGS: [Rule; 8] = [
    Rule::Cosine,
    Rule::Linear,
    Rule::OneCycle,
    Rule::Rex,
    Rule::Exponential,
    Rule::Step,
    Rule::InverseRoot,
    Rule::Constant,
];

/// One of the shapes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Rule {
    Uba(Uba),
    Cosine,
    Linear,
    OneCycle,
    Rex,
    Exponential,
    Step,
    InverseRoot,
    Constant,
}

impl Rule {
    /// By its number: UBA with each `phi` of its grid, then the siblings.
    pub(super) fn of(index: usize) -> Self {
        match Uba::GRID.get(index) {
            Some(&phi) => Self::Uba(Uba::new(phi).unwrap_or(Uba::DEFAULT)),
            None => SIBLINGS.get(index - PHIS).copied().unwrap_or(Self::Constant),
        }
    }
}

impl Shape for Rule {
    fn share(&self, t: u32, budget: u32) -> f32 {
        match self {
            Self::Uba(uba) => uba.share(t, budget),
            Self::Cosine => Cosine.share(t, budget),
            Self::Linear => Falling.share(t, budget),
            Self::OneCycle => OneCycle.share(t, budget),
            Self::Rex => Rex.share(t, budget),
            Self::Exponential => <ToOnePercent>::new().share(t, budget),
            Self::Step => Steps.share(t, budget),
            Self::InverseRoot => InverseRoot.share(t, budget),
            Self::Constant => Flat.share(t, budget),
        }
    }
}
