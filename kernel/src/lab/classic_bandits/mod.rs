//! The experiments of `classic-bandits`.

#[cfg(feature = "classic-bandits-abrupt-change")]
mod abrupt_change;
#[cfg(feature = "classic-bandits-bernoulli")]
mod bernoulli;
#[cfg(feature = "classic-bandits-linear")]
mod linear;
#[cfg(feature = "classic-bandits-testbed")]
mod testbed;

#[cfg(feature = "classic-bandits-abrupt-change")]
pub use abrupt_change::AbruptChangeExperiment;
#[cfg(feature = "classic-bandits-bernoulli")]
pub use bernoulli::BernoulliExperiment;
#[cfg(feature = "classic-bandits-linear")]
pub use linear::LinearExperiment;
#[cfg(feature = "classic-bandits-testbed")]
pub use testbed::TestbedExperiment;
