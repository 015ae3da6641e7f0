//! Rewards: rules between an environment and a learner, neither of which knows the other.
//!
//! | kind | what it takes | what it gives |
//! |---|---|---|
//! | [`RewardShaping`] | a transition, what the rules before made of its reward, the present discount | the reward the learner gets |
//! | [`EpisodeReward`] | the rewards of a finished episode over the caller's slice, and its outcome | the same slice, rewritten |
//!
//! | folder | what is in it |
//! |---|---|
//! | [`shaping`] | potentials, bonuses, limits and scales |
//! | [`credit`] | what is decided at the end of an episode: gates, refined step scores, milestones |
//! | [`learned`] | rewards that are learned |
//! | [`weights`] | several objectives or constraints |
//!
//! | piece | what it is |
//! |---|---|
//! | [`SparseTableReward`] | a reward by design, a table of few states |
//!
//! Shaping rules chain: a tuple is a rule that applies its parts from the first on. A chain takes as much memory as its
//! parts, and refuses a transition as a whole: nothing takes note of a transition that a later rule refuses.

mod chain;
pub mod credit;
pub mod learned;
pub mod shaping;
mod sparse_table;
pub mod weights;

pub use sparse_table::SparseTableReward;

use crate::error::Error;
use crate::interact::Transition;

/// A rule that changes rewards one transition at a time.
///
/// The reward of the environment stays visible to every rule as `transition.reward`, whatever the rules before have made of
/// it, and to the caller, whose transition it is.
pub trait RewardShaping<O = usize, A = usize> {
    /// Whether every optimal policy stays optimal, whatever the environment.
    const PRESERVES_OPTIMUM: bool;

    /// The reward after this rule. `reward` is what the rules before have made of `transition.reward`; `discount` is the
    /// learner's at present, in `[0, 1]`.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`]; [`Error::NonFinite`]; [`Error::DiscountOutOfRange`]; what
    /// the rule says of its own.
    fn shape(&self, transition: &Transition<O, A>, reward: f32, discount: f32) -> Result<f32, Error>;

    /// Takes note of a transition that was shaped, with the same arguments: counts, what came before. Rules without a
    /// memory have nothing to note. An episode ends with a transition whose outcome says so.
    fn note(&mut self, _transition: &Transition<O, A>, _reward: f32, _discount: f32) {}

    /// Shapes a reward and takes note of the transition.
    ///
    /// # Errors
    /// As [`shape`](Self::shape); nothing is noted then.
    fn apply(&mut self, transition: &Transition<O, A>, discount: f32) -> Result<f32, Error> {
        let shaped = self.shape(transition, transition.reward, discount)?;
        self.note(transition, transition.reward, discount);
        Ok(shaped)
    }
}

/// A rule that rewrites the rewards of an episode when it is over.
pub trait EpisodeReward {
    /// Rewrites the rewards, one a step in order; `outcome` is what the episode as a whole brought.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] for an episode without a step; [`Error::NonFinite`]; what the rule says of its own. The slice
    /// is unchanged then.
    fn rewrite(&self, rewards: &mut [f32], outcome: f32) -> Result<(), Error>;
}
