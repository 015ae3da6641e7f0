//! The experiments of `linear-policies`: features, policy gradients and PPO.

mod cart_pole;
mod corridor;
mod mountain_car;

pub use cart_pole::CartPoleExperiment;
pub use corridor::CorridorExperiment;
pub use mountain_car::MountainCarExperiment;
