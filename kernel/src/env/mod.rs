//! Environments, with Gymnasium's semantics and, where Gymnasium has them, its exact dynamics.
//!
//! | environment | source |
//! |---|---|
//! | [`CliffWalking`] | Sutton & Barto, example 6.6; Gymnasium's `CliffWalking-v1` |
//! | [`LinearDynamicalBandit`] | Mussi, Metelli, Restelli (ICML 2023), section 2 |
//!
//! | piece | what it is |
//! |---|---|
//! | [`Env`] | the one trait of every environment, yours included |
//! | [`Space`]: [`Discrete`], [`Bounded`], [`Nothing`] | what can be observed, and what can be done |

mod cliff_walking;
mod linear_dynamical_bandit;
mod space;

pub use cliff_walking::CliffWalking;
pub use linear_dynamical_bandit::{LinearDynamicalBandit, LinearSystem};
pub use space::{Bounded, Discrete, Nothing, Space};

use crate::error::Error;
use crate::interact::Step;
use crate::rng::Rng;

/// What is observed in an environment.
pub type Observation<E> = <<E as Env>::ObservationSpace as Space>::Element;

/// What is done in an environment.
pub type Action<E> = <<E as Env>::ActionSpace as Space>::Element;

/// An environment: Gymnasium's `reset` and `step`.
///
/// ```
/// use habit::Error;
/// use habit::env::{Discrete, Env};
/// use habit::interact::{Outcome, Step};
/// use habit::linalg::Const;
/// use habit::rng::Rng;
///
/// /// Counts how often 1 was chosen in a row; five make a terminal state.
/// struct Streak(usize);
///
/// impl Env for Streak {
///     type ObservationSpace = Discrete<Const<6>>;
///     type ActionSpace = Discrete<Const<2>>;
///
///     fn observation_space(&self) -> Self::ObservationSpace {
///         Discrete(Const)
///     }
///
///     fn action_space(&self) -> Self::ActionSpace {
///         Discrete(Const)
///     }
///
///     fn reset(&mut self, _rng: &mut (impl Rng + ?Sized)) -> usize {
///         self.0 = 0;
///         self.0
///     }
///
///     fn step(&mut self, action: usize, _rng: &mut (impl Rng + ?Sized)) -> Result<Step<usize>, Error> {
///         match (action, self.0) {
///             (2.., _) => return Err(Error::ActionOutOfRange),
///             (_, 5) => return Err(Error::EpisodeOver),
///             (0, _) => self.0 = 0,
///             _ => self.0 += 1,
///         }
///         let outcome = if self.0 == 5 { Outcome::Terminated } else { Outcome::Continue };
///         Ok(Step { observation: self.0, reward: self.0 as f32, outcome })
///     }
/// }
/// ```
pub trait Env {
    /// What the agent may see.
    type ObservationSpace: Space;

    /// What the agent may do.
    type ActionSpace: Space;

    /// What the agent may see.
    fn observation_space(&self) -> Self::ObservationSpace;

    /// What the agent may do.
    fn action_space(&self) -> Self::ActionSpace;

    /// Starts an episode and returns its first observation.
    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> Observation<Self>;

    /// Takes an action.
    ///
    /// # Errors
    /// [`Error::ActionOutOfRange`]; [`Error::EpisodeOver`] when the episode has ended and was not reset. The state is
    /// unchanged then.
    fn step(&mut self, action: Action<Self>, rng: &mut (impl Rng + ?Sized)) -> Result<Step<Observation<Self>>, Error>;
}
