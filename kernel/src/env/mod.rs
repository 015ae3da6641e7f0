//! Environments.
//!
//! | environment | source |
//! |---|---|
//! | [`CliffWalking`] | Sutton & Barto, example 6.6; Gymnasium's `CliffWalking-v1` |
//! | [`LinearDynamicalBandit`] | Mussi, Metelli, Restelli (ICML 2023), section 2 |

mod cliff_walking;
mod linear_dynamical_bandit;

pub use cliff_walking::CliffWalking;
pub use linear_dynamical_bandit::{LinearDynamicalBandit, LinearSystem};

use crate::error::Error;
use crate::interact::Step;
use crate::rng::Rng;

/// An environment with Gymnasium's semantics and a discrete action space.
pub trait Env {
    /// What the agent sees.
    type Observation: Copy;

    /// The number of actions.
    fn actions(&self) -> usize;

    /// Starts an episode and returns its first observation.
    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> Self::Observation;

    /// Takes an action.
    ///
    /// # Errors
    /// [`Error::ActionOutOfRange`]; [`Error::EpisodeOver`] when the episode has ended and was not reset. The state is
    /// unchanged then.
    fn step(&mut self, action: usize, rng: &mut (impl Rng + ?Sized)) -> Result<Step<Self::Observation>, Error>;
}
