//! The experiments of `linear-policies`: features, policy gradients and PPO.

#[cfg(feature = "linear-policies-cart-pole")]
mod cart_pole;
#[cfg(feature = "linear-policies-corridor")]
mod corridor;
#[cfg(feature = "linear-policies-mountain-car")]
mod mountain_car;

#[cfg(feature = "linear-policies-cart-pole")]
pub use cart_pole::CartPoleExperiment;
#[cfg(feature = "linear-policies-corridor")]
pub use corridor::CorridorExperiment;
#[cfg(feature = "linear-policies-mountain-car")]
pub use mountain_car::MountainCarExperiment;
