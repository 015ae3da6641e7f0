//! Finite models: environments whose every transition can be listed.
//!
//! | piece | what it is |
//! |---|---|
//! | [`FiniteModel`] | states, actions, and the outcomes of each pair |
//! | [`ModelOutcome`] | one outcome and its probability |

use crate::error::Error;
use crate::state::{Digest, Write};

/// One possible outcome of an action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModelOutcome {
    /// Its probability.
    pub probability: f32,
    /// The state it leads to.
    pub next_state: usize,
    /// Its reward.
    pub reward: f32,
    /// Whether the episode ends with it.
    pub terminated: bool,
}

/// A finite Markov decision process, computed rather than stored.
pub trait FiniteModel {
    /// The number of states.
    fn states(&self) -> usize;

    /// The number of actions.
    fn actions(&self) -> usize;

    /// How many outcomes the pair has, in a fixed order.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`].
    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error>;

    /// The outcome at `index` of the pair, or `None` past the last.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`].
    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error>;

    /// FNV-1a 64 over the whole table: for every state, action and outcome in order, the state, the action and the next
    /// state as `u32`, the reward as `i32` and a byte for `terminated`, little-endian. For models with whole rewards.
    ///
    /// # Errors
    /// None for a model that keeps to its own sizes.
    fn table_digest(&self) -> Result<u64, Error> {
        let mut digest = Digest::new();
        for state in 0..self.states() {
            for action in 0..self.actions() {
                for index in 0..self.outcome_count(state, action)? {
                    let Some(outcome) = self.outcome(state, action, index)? else { continue };
                    for word in [state, action, outcome.next_state] {
                        digest.bytes(&(word as u32).to_le_bytes());
                    }
                    digest.bytes(&(outcome.reward as i32).to_le_bytes());
                    digest.bytes(&[u8::from(outcome.terminated)]);
                }
            }
        }
        Ok(digest.value())
    }
}
