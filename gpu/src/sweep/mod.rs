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
//! | [`kolmogorov_smirnov`] | whether two samples have one distribution |
//!
//! Lane `i` has seed `first_seed + i` and the streams that [`habit::lab`] gives a contender: stream 0 for the world, stream 1
//! for the choices, word for word. Learners do the kernel's operations in the kernel's order, and no compiler may fuse or
//! reorder them: on a device that rounds every operation as the CPU does, each lane is equal to the CPU's bit for bit. Where a
//! division or a root is rounded otherwise, a learner may go on otherwise, and the lanes agree in distribution.

mod bandit;
mod curves;
mod distance;
mod plan;
mod quantiles;
mod tabular;

pub use bandit::{Arms, BanditLearner, BanditSweep};
pub use curves::Curves;
pub use distance::kolmogorov_smirnov;
pub use plan::{Bucket, Plan};
pub use quantiles::{Quantiles, Summary};
pub use tabular::{TabularLearner, TabularSweep, Target};
