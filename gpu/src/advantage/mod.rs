//! The kernel's estimators of advantages on a device, under the names that they have in [`habit::advantage`].
//!
//! | piece | what it is |
//! |---|---|
//! | [`DiscountedReturn`], [`NStepReturn`], [`RewardToGo`] | returns |
//! | [`Gae`], [`VTrace`] | advantages and value targets, of the policy that acted and of another |
//! | [`MaskedGae`], [`TurnGae`] | advantages of tokens among observations, one by one and by turns |
//! | [`GroupBaseline`] | returns of many groups less what each group brought: RLOO, GRPO, Dr. GRPO |
//! | [`ProcessGroup`] | rewards of a group's steps, standardised and summed up |
//! | [`Recursion`] | what every estimator of the form `x_t = a_t x_{t+1} + b_t` is here |
//! | [`Path`] | how its work is divided |
//!
//! An estimator of this form is a function in WGSL that makes an [`AffinePair`](habit::advantage::AffinePair) of a step, and
//! one that writes what is wanted of `x_t`. Both paths are the same for all of them.

mod discounted_return;
mod gae;
mod group;
mod n_step;
mod path;
mod process_group;
mod recursion;
mod reward_to_go;
mod tokens;
mod v_trace;
pub(crate) mod within;

pub use discounted_return::DiscountedReturn;
pub use gae::Gae;
pub use group::GroupBaseline;
pub use n_step::NStepReturn;
pub use path::Path;
pub use process_group::ProcessGroup;
pub use recursion::Recursion;
pub use reward_to_go::RewardToGo;
pub use tokens::{MaskedGae, TurnGae};
pub use v_trace::VTrace;

use habit::interact::{Outcome, RolloutView};

/// Outcomes as the shaders read them.
fn bytes_of(outcomes: &[Outcome]) -> Vec<u8> {
    outcomes.iter().map(|&outcome| outcome as u8).collect()
}

/// The size of a rollout.
const fn shape_of(rollout: &RolloutView<'_>) -> [usize; 2] {
    [rollout.steps(), rollout.lanes()]
}
