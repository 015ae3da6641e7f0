//! Sweeps: thousands of seeds of one experiment at once, a seed a lane, and quantiles of their curves, so that these alone
//! come back from the device.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Plan`], [`Bucket`] | which seeds, how many steps, and where the curves are read |
//! | [`BanditSweep`], [`Arms`], [`BanditLearner`] | bandits: action values, UCB1, gradient |
//! | [`TabularSweep`], [`TabularLearner`], [`Target`] | Q-learning, SARSA and Expected SARSA on a finite model |
//! | [`Quantiles`] | order statistics and means of many rows |
//! | [`Curves`] | what comes back |
//!
//! Lane `i` has seed `first_seed + i` and the streams that [`habit::lab`] gives a contender: stream 0 for the world, stream 1
//! for the choices, word for word. Learners do the kernel's operations in the kernel's order. Devices may round a division,
//! a root or a product that is added otherwise than the CPU does, and a learner then goes on otherwise: a lane need not be
//! equal, but all of them together have the same distribution.

mod bandit;
mod curves;
mod plan;
mod quantiles;
mod tabular;

pub use bandit::{Arms, BanditLearner, BanditSweep};
pub use curves::Curves;
pub use plan::{Bucket, Plan};
pub use quantiles::{Quantiles, Summary};
pub use tabular::{TabularLearner, TabularSweep, Target};
