//! Learning from transitions.
//!
//! | learner | source (Sutton & Barto, 2nd ed.) |
//! |---|---|
//! | [`QLearning`] | section 6.5 |
//! | [`Sarsa`] | section 6.4 |
//! | [`ExpectedSarsa`] | section 6.6 |
//!
//! The three are one type, [`TdControl`], with another [`Target`] inside.

mod expected_sarsa;
mod q_learning;
mod sarsa;
mod td_control;

pub use expected_sarsa::{ExpectedSarsa, ExpectedSarsaTarget};
pub use q_learning::{QLearning, QLearningTarget};
pub use sarsa::{Sarsa, SarsaTarget};
pub use td_control::{Target, TdControl, TdParameters};

use crate::error::Error;
use crate::interact::Transition;
use crate::rng::Rng;

/// A learner of action values that acts on them.
///
/// One step of the loop: [`act`](Self::act) in the state, step the environment, [`learn`](Self::learn) from the
/// transition.
pub trait Control {
    /// The action to take in `state`.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`].
    fn act(&mut self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error>;

    /// Learns from a transition and returns the temporal-difference error. Call it for every step, the last of an
    /// episode included.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`]; [`Error::NonFinite`] when the reward or what it would lead
    /// to is not finite. The learned state and the generator are unchanged then.
    fn learn(&mut self, transition: &Transition, rng: &mut (impl Rng + ?Sized)) -> Result<f32, Error>;
}
