//! The experiments of `uba-step-size-schedule`.

#[cfg(feature = "uba-step-size-schedule-quadratic")]
mod quadratic;
#[cfg(feature = "uba-step-size-schedule-random-walk")]
mod random_walk;
#[cfg(any(
    feature = "uba-step-size-schedule-quadratic",
    feature = "uba-step-size-schedule-settings",
    feature = "uba-step-size-schedule-random-walk"
))]
mod rule;
#[cfg(feature = "uba-step-size-schedule-settings")]
mod settings;
#[cfg(any(feature = "uba-step-size-schedule-quadratic", feature = "uba-step-size-schedule-settings"))]
mod surface;

#[cfg(feature = "uba-step-size-schedule-quadratic")]
pub use quadratic::QuadraticExperiment;
#[cfg(feature = "uba-step-size-schedule-random-walk")]
pub use random_walk::RandomWalkExperiment;
#[cfg(feature = "uba-step-size-schedule-settings")]
pub use settings::SettingsExperiment;

/// Who published the schedule.
#[allow(dead_code)] // which experiments are compiled in decides
const CITATION: &str = "Tang, Dong, Zeng, Zhou, Lin, Stepsize anything: A unified learning rate schedule for \
                        budgeted-iteration training, NeurIPS 2025, arXiv 2505.24452";
