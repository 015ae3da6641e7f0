//! Environments, with Gymnasium's semantics and, where Gymnasium has them, its exact dynamics.
//!
//! | environment | source |
//! |---|---|
//! | [`CliffWalking`] | Sutton & Barto, example 6.6; Gymnasium's `CliffWalking-v1` |
//! | [`FrozenLake`] | Gymnasium's `FrozenLake-v1` and `FrozenLake8x8-v1` |
//! | [`Taxi`] | Dietterich 2000; Gymnasium's `Taxi-v4` |
//! | [`Blackjack`] | Sutton & Barto, example 5.1; Gymnasium's `Blackjack-v1` |
//! | [`CartPole`], [`CartPoleBatch`] | Barto, Sutton, Anderson 1983; Gymnasium's `CartPole-v1` |
//! | [`MountainCar`] | Sutton & Barto, example 10.1; Gymnasium's `MountainCar-v0` |
//! | [`Acrobot`] | Sutton 1996; Gymnasium's `Acrobot-v1` |
//! | [`Pendulum`] | Gymnasium's `Pendulum-v1` |
//! | [`RandomWalk`] | Sutton & Barto, examples 6.2 and 7.1 |
//! | [`WindyGrid`] | Sutton & Barto, example 6.5 |
//! | [`DistractorChain`] | Devidze, Kamalaruban, Singla (NeurIPS 2022): a far goal, and a small reward on the way back |
//! | [`MaximisationBias`] | Sutton & Barto, example 6.7 |
//! | [`ShortCorridor`] | Sutton & Barto, example 13.1 |
//! | [`LineKey`] | Devidze, Radanovic, Kamalaruban, Singla (NeurIPS 2021): fetch a key, then walk back |
//! | [`GripCarry`], [`CarrySize`], [`Load`] | after the basketball task of Liu et al. (ICLR 2024): won or lost at its beginning |
//! | [`GridWorld`] | your own grid, given as text; the maze of Sutton & Barto's example 8.1 |
//! | [`PatchTask`] | turns that pay beside an outcome; for gated rewards (Sun et al. 2025) |
//! | [`StallChain`] | scores that stalling collects; for refined step rewards (Gao et al. 2024) |
//! | [`MilestoneChain`] | a long way with milestones; for learned potentials (Wang et al. 2026) |
//! | [`SpecGrid`] | a grid with hot cells, noisy cells and jumps; for constraints on behaviour |
//! | [`GaussianBandit`], [`BernoulliBandit`] | Sutton & Barto, section 2.3 |
//! | [`LinearContextualBandit`] | Abbasi-Yadkori, Pál, Szepesvári 2011; Agrawal, Goyal 2013 |
//! | [`RecoveringArms`] | Simchi-Levi, Zheng, Zhu (ICML 2021), section 1 |
//! | [`CoupledArms`] | Xu, Wilder, Khalil, Tambe (ICLR 2025): many small arms, one joint action |
//! | [`LinearDynamicalBandit`] | Mussi, Metelli, Restelli (ICML 2023), section 2 |
//! | [`CorridorDrive`] | after Jaeger et al. (2025): lights, a parked car, a speed limit |
//! | [`MessageRooms`] | after Zheng et al. (2024): a sparse reward, and a message a step |
//! | [`TurnWorker`] | after what Gao, Peng (2025) report of agents: it tries until it believes that it is done |
//! | [`AllocationRequests`] | inputs as in Balseiro, Lu, Mirrokni (Operations Research 2023) |
//!
//! | piece | what it is |
//! |---|---|
//! | [`Env`] | the one trait of every environment, yours included |
//! | [`Space`]: [`Discrete`], [`MultiDiscrete`], [`Bounded`], [`Nothing`] | what can be observed, and what can be done |
//! | [`TimeLimit`] | an environment whose episodes are cut |
//! | [`Cell`], [`GridRules`] | what a grid is made of |
//! | [`IdleTimes`], [`Payment`] | how long arms have been left alone, and what a pull pays |

mod acrobot;
mod allocation_requests;
mod blackjack;
mod cart_pole;
mod cart_pole_batch;
mod cliff_walking;
mod corridor_drive;
mod coupled_arms;
mod distractor_chain;
mod episode;
mod frozen_lake;
mod grid;
mod grid_world;
mod grip_carry;
mod line_key;
mod linear_contextual_bandit;
mod linear_dynamical_bandit;
mod maximisation_bias;
mod message_rooms;
mod milestone_chain;
mod mountain_car;
mod patch_task;
mod pendulum;
mod random_walk;
mod recovering_arms;
mod short_corridor;
mod space;
mod spec_grid;
mod stall_chain;
mod stationary_bandit;
mod taxi;
#[cfg(test)]
mod tests;
mod time_limit;
mod turn_worker;
mod windy_grid;

pub use acrobot::Acrobot;
pub use allocation_requests::{AllocationRequests, Arrivals};
pub use blackjack::Blackjack;
pub use cart_pole::CartPole;
pub use cart_pole_batch::CartPoleBatch;
pub use cliff_walking::CliffWalking;
pub use corridor_drive::CorridorDrive;
pub use coupled_arms::{BirthDeathArm, CoupledArms};
pub use distractor_chain::DistractorChain;
pub use frozen_lake::FrozenLake;
pub use grid_world::{Cell, GridRules, GridWorld};
pub use grip_carry::{CarrySize, GripCarry, Load};
pub use line_key::LineKey;
pub use linear_contextual_bandit::LinearContextualBandit;
pub use linear_dynamical_bandit::{LinearDynamicalBandit, LinearSystem};
pub use maximisation_bias::MaximisationBias;
pub use message_rooms::MessageRooms;
pub use milestone_chain::MilestoneChain;
pub use mountain_car::MountainCar;
pub use patch_task::PatchTask;
pub use pendulum::Pendulum;
pub use random_walk::RandomWalk;
pub use recovering_arms::{IdleTimes, Payment, RecoveringArms, fill_recovering_means, recovering_mean};
pub use short_corridor::ShortCorridor;
pub use space::{Bounded, Discrete, MultiDiscrete, Nothing, Space};
pub use spec_grid::SpecGrid;
pub use stall_chain::StallChain;
pub use stationary_bandit::{BernoulliBandit, GaussianBandit};
pub use taxi::Taxi;
pub use time_limit::TimeLimit;
pub use turn_worker::{TURN_CAP, Turn, TurnWorker};
pub use windy_grid::WindyGrid;

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
    /// [`Error::ActionOutOfRange`], or [`Error::NonFinite`] where actions are numbers; [`Error::EpisodeOver`] when the
    /// episode has ended and was not reset. The state and the generator are unchanged then.
    fn step(&mut self, action: Action<Self>, rng: &mut (impl Rng + ?Sized)) -> Result<Step<Observation<Self>>, Error>;
}
