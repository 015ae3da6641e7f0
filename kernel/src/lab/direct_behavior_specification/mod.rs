//! The experiments of `direct-behavior-specification`.

#[cfg(feature = "direct-behavior-specification-constraints")]
mod constraints;
#[cfg(any(
    feature = "direct-behavior-specification-constraints",
    feature = "direct-behavior-specification-hand-weights"
))]
mod exact;
#[cfg(feature = "direct-behavior-specification-hand-weights")]
mod hand_weights;
#[cfg(feature = "direct-behavior-specification-imitation")]
mod imitation;

#[cfg(feature = "direct-behavior-specification-constraints")]
pub use constraints::ConstraintsExperiment;
#[cfg(feature = "direct-behavior-specification-hand-weights")]
pub use hand_weights::HandWeightsExperiment;
#[cfg(feature = "direct-behavior-specification-imitation")]
pub use imitation::ImitationExperiment;

/// After so many steps an episode is cut.
#[cfg(any(
    feature = "direct-behavior-specification-constraints",
    feature = "direct-behavior-specification-hand-weights",
    feature = "direct-behavior-specification-imitation"
))]
const HORIZON: usize = 40;
/// Of what is learned on, and of what the expert is greedy for.
#[cfg(any(
    feature = "direct-behavior-specification-constraints",
    feature = "direct-behavior-specification-hand-weights",
    feature = "direct-behavior-specification-imitation"
))]
const DISCOUNT: f32 = 0.95;
