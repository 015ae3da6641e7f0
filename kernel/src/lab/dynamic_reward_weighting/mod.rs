//! The experiments of `dynamic-reward-weighting`.

#[cfg(feature = "dynamic-reward-weighting-alignment")]
mod alignment;
#[cfg(feature = "dynamic-reward-weighting-inward-front")]
mod inward_front;

#[cfg(feature = "dynamic-reward-weighting-alignment")]
pub use alignment::AlignmentExperiment;
#[cfg(feature = "dynamic-reward-weighting-inward-front")]
pub use inward_front::InwardFrontExperiment;

#[cfg(any(feature = "dynamic-reward-weighting-alignment", feature = "dynamic-reward-weighting-inward-front"))]
use crate::math::{Libm, Math};

#[cfg(any(feature = "dynamic-reward-weighting-alignment", feature = "dynamic-reward-weighting-inward-front"))]
const CITATION: &str = "Lu et al., Learning to Optimize Multi-Objective Alignment Through Dynamic Reward Weighting, TACL 2026, \
                        arXiv 2509.11452";

/// `1 / (1 + e^-x)`.
#[cfg(any(feature = "dynamic-reward-weighting-alignment", feature = "dynamic-reward-weighting-inward-front"))]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + Libm::exp(-x))
}
