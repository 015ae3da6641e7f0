//! Batched rollouts: any environment under any policy, both as WGSL.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Environment`], [`Observation`] | the house's environments, and a user's own, as WGSL of one signature |
//! | [`Policy`] | uniform, by thresholds, softmax-linear, and a user's own |
//! | [`Lanes`], [`Batch`], [`End`] | what a rollout starts from and what it leaves |
//! | [`Rollout`] | the rollout on a device |
//! | [`Twin`], [`compare`] | an environment on a CPU, and a rollout held against it |
//! | [`ThresholdPolicy`] | a policy as integer thresholds |
//! | [`Tables`], [`Episode`] | a finite model as integer thresholds, and how its episodes start and are cut |
//! | [`Lane`], [`Trajectories`] | what a rollout of a finite model starts from and what it leaves |
//! | [`TabularRollout`] | a finite model under a policy of thresholds, equal to the CPU bit for bit |
//! | [`cpu::rollout`] | the same on a CPU |

mod batch;
pub mod cpu;
mod environment;
mod lanes;
mod policies;
mod policy;
mod run;
mod tables;
mod tabular;
mod trajectories;
mod twin;

pub use batch::{Batch, End};
pub use environment::{Environment, Observation};
pub use lanes::Lanes;
pub use policies::Policy;
pub use policy::ThresholdPolicy;
pub use run::Rollout;
pub(crate) use run::{Buffers, RANDOM, Shape, WORDS};
pub use tables::{Episode, Tables};
pub use tabular::TabularRollout;
pub use trajectories::{Lane, Trajectories};
pub use twin::{Comparison, GaussianTestbed, Twin, compare};
