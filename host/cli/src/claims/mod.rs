//! The claims of experiments, measured again: what `habit claims` prints and what the tests compare.
//!
//! ```no_run
//! use std::num::NonZeroUsize;
//! use habit_cli::claims::{Measurement, Options};
//! let options = Options { seed: 1, full: false };
//! let measurement = Measurement::plan([0, 1], options)?;
//! for row in measurement.run(NonZeroUsize::MIN, &|_steps| {})? {
//!     println!("{}: {} {:?} {}", row.id, row.claim, row.measured, row.holds);
//! }
//! # Ok::<(), habit_cli::claims::ClaimError>(())
//! ```

mod measurement;

use std::fmt::{self, Display};

use habit::lab::Requirement;
use serde::Serialize;

pub use measurement::Measurement;

/// How claims are measured.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The first seed; each claim says how many there are.
    pub seed: u32,
    /// Whether claims with long runs are measured too.
    pub full: bool,
}

/// A claim with its figure.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Row {
    /// The experiment.
    pub id: &'static str,
    /// The claim's sentence.
    pub claim: &'static str,
    /// What was measured; `None` where the metric has no value or a divisor is 0.
    pub measured: Option<f64>,
    /// What was required.
    #[serde(serialize_with = "as_text")]
    pub required: Requirement,
    /// Whether the one satisfies the other.
    pub holds: bool,
    /// The first seed.
    pub seed: u32,
    /// How many seeds.
    pub seeds: u32,
    /// The length of each run.
    pub steps: u32,
    /// Whether the claim is measured only when long runs are asked for.
    pub full: bool,
}

/// Why a claim cannot be measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimError {
    id: &'static str,
    claim: &'static str,
    problem: String,
}

impl Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: \"{}\" cannot be measured: {}", self.id, self.claim, self.problem)
    }
}

impl std::error::Error for ClaimError {}

fn as_text<S: serde::Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
