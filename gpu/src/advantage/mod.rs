//! The kernel's estimators of advantages on a device, under the names that they have in [`habit::advantage`].
//!
//! | piece | what it is |
//! |---|---|
//! | [`Gae`] | generalized advantage estimation |
//! | [`GroupBaseline`] | returns of many groups less what each group brought: RLOO, GRPO, Dr. GRPO |
//! | [`Recursion`] | what every estimator of the form `x_t = a_t x_{t+1} + b_t` is here |
//! | [`Path`] | how its work is divided |
//!
//! An estimator of this form is a function in WGSL that makes an [`AffinePair`](habit::advantage::AffinePair) of a step, and
//! one that writes what is wanted of `x_t`. Both paths are the same for all of them.

mod gae;
mod group;
mod path;
mod recursion;
pub(crate) mod within;

pub use gae::Gae;
pub use group::GroupBaseline;
pub use path::Path;
pub use recursion::Recursion;

use habit::interact::{Outcome, RolloutView};

/// Outcomes as the shaders read them.
fn bytes_of(outcomes: &[Outcome]) -> Vec<u8> {
    outcomes.iter().map(|&outcome| outcome as u8).collect()
}

/// The size of a rollout.
const fn shape_of(rollout: &RolloutView<'_>) -> [usize; 2] {
    [rollout.steps(), rollout.lanes()]
}
