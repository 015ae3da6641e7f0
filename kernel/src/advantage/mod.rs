//! Advantages: how much better each action of a rollout was than the value of its state, or each sample than its group.
//!
//! | piece | what it is |
//! |---|---|
//! | [`DiscountedReturn`] | what follows a step, discounted |
//! | [`NStepReturn`] | the same of the next few steps, then a value |
//! | [`RewardToGo`] | what was paid from a step on, as it stands |
//! | [`Gae`] | generalized advantage estimation (Schulman et al. 2016) |
//! | [`VTrace`] | the same from actions of another policy (Espeholt et al. 2018) |
//! | [`TurnGae`], [`MaskedGae`] | the same over turns of many tokens, and over the tokens that were chosen |
//! | [`BlendedAdvantage`] | one step and the whole outcome, blended (Wang et al. 2026; DigiRL) |
//! | [`GroupBaseline`] | returns of a group less what the group brought: RLOO, GRPO, Dr. GRPO |
//! | [`ProcessGroup`] | rewards of all steps of a group, standardised together: process-supervised GRPO |
//! | [`AffinePair`], [`suffix_scan`] | one step of a backward recursion as a map, and steps combined in another grouping |
//! | [`TabularCritic`], [`LinearCritic`] | values by regression on what was seen to come |
//!
//! An estimator of a rollout reads a [`RolloutView`](crate::interact::RolloutView) and writes one number a step, in the same
//! time-major order: `[T][N]`, or one trajectory where `N` is 1. It writes in place, needs no memory of its own, and is the
//! same recursion `x_t = a_t x_{t+1} + b_t` each time. The view has refused what is not finite before anything is written;
//! finite numbers near the end of `f32`'s range may still give infinite results.
//!
//! A time limit is not an end: a truncated step is valued by its true next state, and only a terminated step by its reward
//! alone. [`time_limits`] shows what other libraries do there.

mod affine_pair;
mod blended;
mod columns;
mod discounted_return;
mod gae;
mod group_baseline;
mod linear_critic;
mod masked_gae;
mod n_step_return;
mod process_group;
mod recursion;
mod reward_to_go;
#[cfg(test)]
mod sample;
mod tabular_critic;
mod token_turns;
mod turn_gae;
mod v_trace;

#[doc = include_str!("TIME_LIMITS.md")]
pub mod time_limits {}

pub use affine_pair::{AffinePair, suffix_scan};
pub use blended::BlendedAdvantage;
pub use discounted_return::DiscountedReturn;
pub use gae::Gae;
pub use group_baseline::GroupBaseline;
pub use linear_critic::LinearCritic;
pub use masked_gae::MaskedGae;
pub use n_step_return::NStepReturn;
pub use process_group::ProcessGroup;
pub use reward_to_go::RewardToGo;
pub use tabular_critic::{TabularCritic, TabularCriticState, Tally};
pub use turn_gae::TurnGae;
pub use v_trace::VTrace;
