//! Rules for one transition at a time: potentials, bonuses, limits and scales.
//!
//! | rule | source |
//! |---|---|
//! | [`ProgressReward`], [`HardInfraction`], [`StepReward`], [`driving_score`] | progress times soft factors, ended by hard infractions; Jaeger et al. (2025) |
//! | [`StickyPenalty`], [`LastingPenalty`], [`LinearExcess`], [`ComfortPenalty`] | the soft factors |

mod penalty;
mod progress;

pub use penalty::{COMFORT_LIMITS, ComfortPenalty, LastingPenalty, LinearExcess, StickyPenalty};
pub use progress::{HardInfraction, ProgressReward, StepReward, driving_score};
