//! Advantages: how much better each action of a rollout was than the value of its state.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Gae`] | generalized advantage estimation (Schulman et al. 2016) |
//! | [`AffinePair`] | one step of a backward recursion as a map, so that steps can be combined in any grouping |
//!
//! An estimator reads a [`RolloutView`](crate::interact::RolloutView) and writes one number a step, in the same
//! time-major order. A time limit is not an end: a truncated step is valued by its true next state, and only a
//! terminated step by its reward alone.

mod affine_pair;
mod gae;

pub use affine_pair::AffinePair;
pub use gae::Gae;
