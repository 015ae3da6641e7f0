//! What an experiment must show, as data: a sentence, and how it is measured.

/// One claim of a specification, with everything needed to measure it again.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Claim {
    /// The claim in one sentence; unique within the experiment.
    pub sentence: &'static str,
    /// What is measured.
    pub measure: Measure,
    /// What the measured number must satisfy.
    pub required: Requirement,
    /// How many seeds the mean runs over.
    pub seeds: u32,
    /// The length of each run, unless a quantity says another.
    pub steps: u32,
    /// Whether it is measured only with `--full`, because of its length.
    pub full: bool,
}

impl Claim {
    /// Measured over so many seeds and steps whenever claims are.
    pub const fn new(sentence: &'static str, measure: Measure, required: Requirement, seeds: u32, steps: u32) -> Self {
        Self { sentence, measure, required, seeds, steps, full: false }
    }
}

impl Quantity {
    /// The mean over the seeds, in runs like the claim's with every parameter at its default.
    const PLAIN: Self = Self {
        contender: "",
        metric: "",
        reduction: Reduction::Mean { from: 0, to: 1 },
        set: "",
        steps: None,
        percentile: None,
    };

    /// The mean of a contender's metric over the steps after `from` up to and with `to`.
    pub const fn mean(contender: &'static str, metric: &'static str, from: u32, to: u32) -> Self {
        Self { contender, metric, reduction: Reduction::Mean { from, to }, ..Self::PLAIN }
    }

    /// By how much a contender's cumulative metric grows over the steps after `from` up to and with `to`.
    pub const fn growth(contender: &'static str, metric: &'static str, from: u32, to: u32) -> Self {
        Self { contender, metric, reduction: Reduction::Growth { from, to }, ..Self::PLAIN }
    }

    /// The same with parameters that differ from their defaults, as `name=value,name=value`.
    pub const fn with(self, set: &'static str) -> Self {
        Self { set, ..self }
    }

    /// The same in runs of another length than the claim's: for learners that know their horizon.
    pub const fn in_runs_of(self, steps: u32) -> Self {
        Self { steps: Some(steps), ..self }
    }

    /// The same with a percentile over the seeds in place of their mean: 25 is the lower quartile, 0 the worst seed of what
    /// should be great.
    pub const fn percentile(self, percentile: u8) -> Self {
        Self { percentile: Some(percentile), ..self }
    }
}

/// A number made from the means, or percentiles, of one or two quantities over the seeds.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Measure {
    /// The mean itself.
    Value(Quantity),
    /// The mean of the first divided by the mean of the second.
    Ratio(Quantity, Quantity),
    /// The mean of the first less the mean of the second.
    Difference(Quantity, Quantity),
    /// The least mean among the first divided by the least mean among the second: the best of several settings against the
    /// best of others.
    #[cfg_attr(feature = "serde", serde(rename = "ratio_of_least"))]
    RatioOfLeast(&'static [Quantity], &'static [Quantity]),
}

/// One contender's metric, reduced over the steps of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Quantity {
    /// The contender's name.
    pub contender: &'static str,
    /// The metric's name.
    pub metric: &'static str,
    /// From a run's steps to one number.
    pub reduction: Reduction,
    /// Parameters that differ from their defaults, as `name=value,name=value`.
    pub set: &'static str,
    /// The length of its runs; `None` for that of the claim's.
    pub steps: Option<u32>,
    /// Which percentile, from 0 to 100, stands for the seeds, with linear interpolation; `None` for their mean.
    pub percentile: Option<u8>,
}

/// From the steps of a run to one number. Steps count from 1; a window runs from after `from` up to and with `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(tag = "reduction", rename_all = "lowercase"))]
pub enum Reduction {
    /// The mean of the metric over the window.
    Mean {
        /// The step before the window.
        from: u32,
        /// The last step of the window.
        to: u32,
    },
    /// By how much a cumulative metric, 0 before the first step, grows over the window.
    Growth {
        /// The step before the window.
        from: u32,
        /// The last step of the window.
        to: u32,
    },
}

/// What a measured number must satisfy.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Requirement {
    /// Strictly less.
    Below(f32),
    /// Strictly greater.
    Above(f32),
    /// At least.
    AtLeast(f32),
    /// At most.
    AtMost(f32),
    /// From the first to the second, both included.
    Within(f32, f32),
    /// Equal to the bit.
    Equal(f32),
}

impl Requirement {
    /// Whether a measured number satisfies it. NaN satisfies nothing.
    pub fn holds(self, measured: f64) -> bool {
        match self {
            Self::Below(limit) => measured < f64::from(limit),
            Self::Above(limit) => measured > f64::from(limit),
            Self::AtLeast(limit) => measured >= f64::from(limit),
            Self::AtMost(limit) => measured <= f64::from(limit),
            Self::Within(low, high) => (f64::from(low)..=f64::from(high)).contains(&measured),
            Self::Equal(value) => measured == f64::from(value),
        }
    }
}

impl core::fmt::Display for Requirement {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Below(limit) => write!(f, "< {limit}"),
            Self::Above(limit) => write!(f, "> {limit}"),
            Self::AtLeast(limit) => write!(f, ">= {limit}"),
            Self::AtMost(limit) => write!(f, "<= {limit}"),
            Self::Within(low, high) => write!(f, "in [{low}, {high}]"),
            Self::Equal(value) => write!(f, "= {value}"),
        }
    }
}
