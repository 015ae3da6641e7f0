//! Descriptors as the page reads them: the kernel's, owned. A page may be older than the table it reads, so fields and
//! kinds that it does not know are passed over.
//!
//! Read by hand: derived readers take ten times the room in the page's module.

use serde_json::Value;

use crate::number;

/// A line of the table of experiments: all that the list and the gallery need.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// The experiment's full name.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// The room its worker module is named after.
    pub room: String,
    /// What happens and what to look for.
    pub summary: String,
    /// Who published it.
    pub citation: String,
    /// The contenders' names.
    pub contenders: Vec<String>,
    /// How many claims there are, and how many of them are recorded as holding.
    pub claims: (usize, usize),
    /// A line a contender, for [`card::path`](crate::card::path).
    pub picture: Vec<String>,
}

/// An experiment as data.
#[derive(Clone, Debug, PartialEq)]
pub struct Descriptor {
    /// The experiment's full name.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// The room its worker module is named after.
    pub room: String,
    /// What happens and what to look for.
    pub summary: String,
    /// Who published it.
    pub citation: String,
    /// What one step is.
    pub step: String,
    /// How long a run may be.
    pub steps: Steps,
    /// Names in table order.
    pub contenders: Vec<String>,
    /// What can be set.
    pub parameters: Vec<Parameter>,
    /// What is measured.
    pub metrics: Vec<Metric>,
    /// What can be drawn.
    pub views: Vec<View>,
    /// What it must show.
    pub claims: Vec<Claim>,
}

/// The length of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steps {
    /// The shortest.
    pub minimum: u32,
    /// The longest.
    pub maximum: u32,
    /// Taken when nothing is said.
    pub default: u32,
}

/// A number or a choice that a run takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its key.
    pub name: String,
    /// Empty where it has none.
    pub unit: String,
    /// One sentence.
    pub description: String,
    /// What it may be.
    pub kind: Kind,
}

/// The values of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A number in a range.
    Real {
        /// The least.
        minimum: f64,
        /// The greatest.
        maximum: f64,
        /// Taken when nothing is set; `None` where it is derived.
        default: Option<f64>,
        /// What it is derived from.
        derived: String,
    },
    /// One of a list.
    Choice {
        /// The names.
        options: Vec<String>,
        /// The index of the one taken when nothing is set.
        default: usize,
    },
}

/// A number per contender and step.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Its key in a sample.
    pub name: String,
    /// Empty where it has none.
    pub unit: String,
    /// One sentence.
    pub description: String,
}

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Its heading.
    pub title: String,
    /// How it is drawn.
    pub shape: Shape,
}

/// How a view is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A metric, by its name, over the steps.
    Curve(String),
    /// A grid world.
    Grid {
        /// From top to bottom.
        rows: usize,
        /// From left to right.
        columns: usize,
    },
    /// A bandit's arms, by their labels.
    Arms(Vec<String>),
    /// Points in the plane of two objectives.
    Front {
        /// Across, and up.
        axes: [String; 2],
        /// The most points.
        points: usize,
    },
    /// A kind that this page cannot draw.
    Unknown,
}

impl Shape {
    /// How many numbers a worker fills for one contender.
    pub fn length(&self) -> usize {
        match self {
            Self::Curve(_) | Self::Unknown => 0,
            Self::Grid { rows, columns } => 4 * rows * columns + 1,
            Self::Arms(arms) => 4 * arms.len(),
            Self::Front { points, .. } => 4 * points,
        }
    }
}

/// A claim: a sentence, and how it is measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// In words.
    pub sentence: String,
    /// The number made from the runs.
    pub measure: Measure,
    /// What that number must satisfy.
    pub required: Requirement,
    /// How many seeds.
    pub seeds: u32,
    /// The length of each run.
    pub steps: u32,
    /// Its runs are long.
    pub full: bool,
    /// The verdict that the project's tests measure again, where the site holds it.
    pub recorded: Option<bool>,
}

/// A number made from means over seeds.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    /// A mean.
    Value(Quantity),
    /// One mean divided by another.
    Ratio(Quantity, Quantity),
    /// One mean less another.
    Difference(Quantity, Quantity),
    /// The least of some means divided by the least of others.
    RatioOfLeast(Vec<Quantity>, Vec<Quantity>),
}

/// A contender's metric, reduced to one number.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// Whose.
    pub contender: String,
    /// Which.
    pub metric: String,
    /// Over which steps.
    pub reduction: Reduction,
    /// Parameters that differ from their defaults.
    pub set: String,
    /// The length of its runs, where it is not the claim's.
    pub steps: Option<u32>,
    /// Which percentile stands for the seeds, where it is not their mean.
    pub percentile: Option<u8>,
}

/// From a run to one number.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduction {
    /// `mean`, `growth`, and so on.
    pub kind: String,
    /// The step before the window.
    pub from: u32,
    /// The last step of the window.
    pub to: u32,
}

/// What a measured number must satisfy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Requirement {
    /// Strictly less.
    Below(f64),
    /// Strictly greater.
    Above(f64),
    /// At least.
    AtLeast(f64),
    /// At most.
    AtMost(f64),
    /// Between, ends included.
    Within(f64, f64),
    /// Equal.
    Equal(f64),
}

impl Descriptor {
    /// Reads a descriptor's JSON text; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let steps = value.get("steps")?;
        let steps = |key| steps.get(key)?.as_u64()?.try_into().ok();
        Some(Self {
            id: string(&value, "id")?,
            title: string(&value, "title")?,
            room: string(&value, "room")?,
            summary: string(&value, "summary")?,
            citation: string(&value, "citation")?,
            step: string(&value, "step")?,
            steps: Steps { minimum: steps("minimum")?, maximum: steps("maximum")?, default: steps("default")? },
            contenders: strings(&value, "contenders")?,
            parameters: list(&value, "parameters", Parameter::read)?,
            metrics: list(&value, "metrics", Metric::read)?,
            views: list(&value, "views", View::read)?,
            claims: list(&value, "claims", Claim::read).unwrap_or_default(),
        })
    }

    /// The place of a metric in samples.
    pub fn metric(&self, name: &str) -> Option<usize> {
        self.metrics.iter().position(|m| m.name == name)
    }

    /// Steps in words: `"1 episode"`, `"200 rounds"`.
    pub fn steps_in_words(&self, steps: f64) -> String {
        let plural = if steps == 1.0 { "" } else { "s" };
        format!("{} {}{plural}", number::count(steps), self.step)
    }
}

impl Entry {
    /// Reads the table's JSON text; `None` where it is none.
    pub fn parse(text: &str) -> Option<Vec<Self>> {
        let table: Value = serde_json::from_str(text).ok()?;
        let read = |entry: &Value| {
            let count = |key| entry.get(key).and_then(Value::as_u64).unwrap_or(0) as usize;
            Some(Self {
                id: string(entry, "id")?,
                title: string(entry, "title")?,
                room: string(entry, "room")?,
                summary: string(entry, "summary").unwrap_or_default(),
                citation: string(entry, "citation").unwrap_or_default(),
                contenders: strings(entry, "contenders").unwrap_or_default(),
                claims: (count("claims"), count("hold")),
                picture: strings(entry, "picture").unwrap_or_default(),
            })
        };
        table.as_array()?.iter().map(read).collect()
    }

    /// Whether every word of a search stands somewhere in the entry, whatever the case.
    pub fn matches(&self, search: &str) -> bool {
        let contenders = self.contenders.join(" ");
        let all = [&self.title, &self.id, &self.room, &self.summary, &self.citation, &contenders].map(String::as_str);
        let all = all.join(" ").to_ascii_lowercase();
        search.to_ascii_lowercase().split_whitespace().all(|word| all.contains(word))
    }
}

impl Parameter {
    fn read(value: &Value) -> Option<Self> {
        let number = |key| value.get(key).and_then(Value::as_f64);
        let options = strings(value, "options").unwrap_or_default();
        let kind = if options.is_empty() {
            Kind::Real {
                minimum: number("minimum")?,
                maximum: number("maximum")?,
                default: number("default"),
                derived: string(value, "derived").unwrap_or_default(),
            }
        } else {
            Kind::Choice { options, default: number("default").unwrap_or(0.0) as usize }
        };
        let description = string(value, "description")?;
        Some(Self { name: string(value, "name")?, unit: string(value, "unit")?, description, kind })
    }
}

impl Metric {
    fn read(value: &Value) -> Option<Self> {
        let description = string(value, "description")?;
        Some(Self { name: string(value, "name")?, unit: string(value, "unit")?, description })
    }
}

impl View {
    fn read(value: &Value) -> Option<Self> {
        let size = |key| value.get(key)?.as_u64()?.try_into().ok();
        let shape = match value.get("view")?.as_str()? {
            "curve" => Shape::Curve(string(value, "metric")?),
            "grid" => Shape::Grid { rows: size("rows")?, columns: size("columns")? },
            "arms" => Shape::Arms(strings(value, "arms")?),
            "front" => Shape::Front { axes: strings(value, "axes")?.try_into().ok()?, points: size("points")? },
            _ => Shape::Unknown,
        };
        Some(Self { title: string(value, "title")?, shape })
    }
}

impl Claim {
    fn read(value: &Value) -> Option<Self> {
        let whole = |key| value.get(key)?.as_u64()?.try_into().ok();
        let (measure, of) = value.get("measure")?.as_object()?.iter().next()?;
        let pair = || Some((Quantity::read(of.get(0)?)?, Quantity::read(of.get(1)?)?));
        let measure = match measure.as_str() {
            "value" => Measure::Value(Quantity::read(of)?),
            "ratio" => pair().map(|(a, b)| Measure::Ratio(a, b))?,
            "difference" => pair().map(|(a, b)| Measure::Difference(a, b))?,
            "ratio_of_least" => {
                let all =
                    |side: usize| of.get(side)?.as_array()?.iter().map(Quantity::read).collect::<Option<Vec<_>>>();
                Measure::RatioOfLeast(all(0)?, all(1)?)
            }
            _ => return None,
        };
        let (required, limit) = value.get("required")?.as_object()?.iter().next()?;
        let required = match required.as_str() {
            "below" => Requirement::Below(limit.as_f64()?),
            "above" => Requirement::Above(limit.as_f64()?),
            "atleast" => Requirement::AtLeast(limit.as_f64()?),
            "atmost" => Requirement::AtMost(limit.as_f64()?),
            "within" => Requirement::Within(limit.get(0)?.as_f64()?, limit.get(1)?.as_f64()?),
            "equal" => Requirement::Equal(limit.as_f64()?),
            _ => return None,
        };
        let sentence = string(value, "sentence")?;
        let (seeds, steps) = (whole("seeds")?, whole("steps")?);
        let full = value.get("full").and_then(Value::as_bool).unwrap_or(false);
        let recorded = value.get("recorded").and_then(Value::as_bool);
        Some(Self { sentence, measure, required, seeds, steps, full, recorded })
    }
}

impl Quantity {
    fn read(value: &Value) -> Option<Self> {
        let reduction = value.get("reduction")?;
        let whole = |key| reduction.get(key).and_then(Value::as_u64).and_then(|step| step.try_into().ok()).unwrap_or(0);
        let reduction = Reduction { kind: string(reduction, "reduction")?, from: whole("from"), to: whole("to") };
        let (contender, metric) = (string(value, "contender")?, string(value, "metric")?);
        let set = string(value, "set").unwrap_or_default();
        let steps = value.get("steps").and_then(Value::as_u64).and_then(|steps| steps.try_into().ok());
        let percentile = value.get("percentile").and_then(Value::as_u64).and_then(|number| number.try_into().ok());
        Some(Self { contender, metric, reduction, set, steps, percentile })
    }
}

fn string(value: &Value, key: &str) -> Option<String> {
    Some(value.get(key)?.as_str()?.into())
}

fn strings(value: &Value, key: &str) -> Option<Vec<String>> {
    list(value, key, |text| Some(text.as_str()?.into()))
}

/// What can be read of a list: a claim of a new kind must not hide the others.
fn list<T>(value: &Value, key: &str, read: fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    Some(value.get(key)?.as_array()?.iter().filter_map(read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_that_are_not_known_do_no_harm() {
        let text = r#"{"id":"a.b","title":"A","room":"learn","summary":"","citation":"","step":"episode","future":1,
            "steps":{"minimum":1,"maximum":9,"default":5},"contenders":["x"],
            "parameters":[{"name":"a","unit":"","description":"","kind":"real","minimum":0.0,"maximum":1.0,
            "default":null,"derived":"the others"},
            {"name":"b","unit":"","description":"","kind":"choice","options":["p","q"],"default":1}],
            "metrics":[{"name":"m","unit":"","description":""}],
            "views":[{"view":"curve","title":"C","metric":"m"},{"view":"hologram","title":"H"}]}"#;
        let descriptor = Descriptor::parse(text).expect("valid");
        assert_eq!(descriptor.views[0].shape, Shape::Curve("m".into()));
        assert_eq!(descriptor.views[1].shape, Shape::Unknown);
        let Kind::Real { default: None, derived, .. } = &descriptor.parameters[0].kind else { panic!() };
        assert_eq!(derived, "the others");
        assert!(matches!(&descriptor.parameters[1].kind, Kind::Choice { default: 1, .. }));
        assert_eq!(descriptor.steps_in_words(1.0), "1 episode");
        assert_eq!(descriptor.steps_in_words(5.0), "5 episodes");
    }

    #[test]
    fn a_search_finds_words_anywhere() {
        let text =
            r#"[{"id":"a.b","title":"Cliff walking","room":"learn","summary":"A cliff.","contenders":["SARSA"]}]"#;
        let entry = &Entry::parse(text).expect("a table")[0];
        assert!(["", " ", "CLIFF", "sarsa walk", "learn a.b"].iter().all(|search| entry.matches(search)));
        assert!(!entry.matches("cliff bandit"));
    }

    #[test]
    fn broken_text_is_refused() {
        assert_eq!(Descriptor::parse("{"), None);
        assert_eq!(Descriptor::parse("{}"), None);
        assert_eq!(Entry::parse("{}"), None);
        assert_eq!(Entry::parse("[{}]"), None);
    }

    /// The kernel's own descriptors, so that neither side can change alone.
    #[test]
    fn every_experiment_is_read_whole() {
        for experiment in habit::lab::EXPERIMENTS {
            let text = serde_json::to_string(experiment).expect("plain data");
            let read = Descriptor::parse(&text).expect("a descriptor");
            assert_eq!((read.id.as_str(), read.step.as_str()), (experiment.id, experiment.step));
            assert_eq!(read.contenders, experiment.contenders);
            assert_eq!(read.claims.len(), experiment.claims.len());
            assert_eq!(read.parameters.len(), experiment.parameters.len());
            let known = read.views.iter().zip(experiment.views);
            assert!(known.clone().count() == experiment.views.len());
            assert!(
                known
                    .clone()
                    .all(|(view, kernels)| view.shape != Shape::Unknown && view.shape.length() == kernels.len())
            );
        }
    }
}
