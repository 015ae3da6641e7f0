//! Rewards that are learned.
//!
//! | reward | what is learned |
//! |---|---|
//! | [`AlignedReward`] | in each state how far to trust what the rules before it have added (Gupta et al. 2023, BARFI) |
//! | [`SelfDesignedReward`] | a reward of each state and action that leads to the original return (Devidze et al. 2022, ExploRS) |
//!
//! | piece | what it is |
//! |---|---|
//! | [`ActedStep`] | a step with the probabilities that its action was drawn from |

mod aligned_reward;
mod self_designed_reward;

pub use aligned_reward::AlignedReward;
pub use self_designed_reward::{ActedStep, SelfDesignedParameters, SelfDesignedReward};
