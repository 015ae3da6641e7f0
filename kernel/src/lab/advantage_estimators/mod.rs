//! The experiments of `advantage-estimators`.

#[cfg(feature = "advantage-estimators-scan")]
mod scan;
#[cfg(feature = "advantage-estimators-time-limit")]
mod time_limit;
#[cfg(feature = "advantage-estimators-two-questions")]
mod two_questions;
#[cfg(feature = "advantage-estimators-variance")]
mod variance;

#[cfg(feature = "advantage-estimators-scan")]
pub use scan::ScanExperiment;
#[cfg(feature = "advantage-estimators-time-limit")]
pub use time_limit::TimeLimitExperiment;
#[cfg(feature = "advantage-estimators-two-questions")]
pub use two_questions::TwoQuestionsExperiment;
#[cfg(feature = "advantage-estimators-variance")]
pub use variance::VarianceExperiment;

/// Who published generalized advantage estimation.
#[allow(dead_code)] // which experiments are compiled in decides
const GAE: &str = "Schulman, Moritz, Levine, Jordan, Abbeel, High-dimensional continuous control using generalized advantage \
                   estimation, ICLR 2016, arXiv 1506.02438";
