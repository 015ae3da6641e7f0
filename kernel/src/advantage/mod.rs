//! Advantages: how much better each action of a rollout was than the value of its state, or each sample than its group.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Gae`] | generalized advantage estimation (Schulman et al. 2016) |
//! | [`BlendedAdvantage`] | one step and the whole outcome, blended (Wang et al. 2026; DigiRL) |
//! | [`GroupBaseline`] | returns of a group less what the group brought: RLOO, GRPO |
//! | [`AffinePair`] | one step of a backward recursion as a map, so that steps can be combined in any grouping |
//! | [`TabularCritic`], [`LinearCritic`] | values by regression on what was seen to come |
//!
//! An estimator of a rollout reads a [`RolloutView`](crate::interact::RolloutView) and writes one number a step, in the same
//! time-major order. A time limit is not an end: a truncated step is valued by its true next state, and only a
//! terminated step by its reward alone.

mod affine_pair;
mod blended;
mod discounted_return;
mod gae;
mod group_baseline;
mod linear_critic;
mod n_step_return;
mod process_group;
mod recursion;
mod reward_to_go;
#[cfg(test)]
mod sample;
mod tabular_critic;
mod v_trace;

pub use affine_pair::{AffinePair, suffix_scan};
pub use blended::BlendedAdvantage;
pub use discounted_return::DiscountedReturn;
pub use gae::Gae;
pub use group_baseline::GroupBaseline;
pub use linear_critic::LinearCritic;
pub use n_step_return::NStepReturn;
pub use process_group::ProcessGroup;
pub use reward_to_go::RewardToGo;
pub use tabular_critic::{TabularCritic, TabularCriticState, Tally};
pub use v_trace::VTrace;
