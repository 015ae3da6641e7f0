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

/// Fills a [`View::Front`](crate::lab::View::Front) from the present policies, with the weights they climb by, and the points
/// of a front.
#[cfg(any(feature = "dynamic-reward-weighting-alignment", feature = "dynamic-reward-weighting-inward-front"))]
fn fill_front(
    policies: impl IntoIterator<Item = [f32; 4]>,
    front: impl IntoIterator<Item = [f32; 2]>,
    out: &mut [f32],
) -> Result<(), crate::error::Error> {
    out.fill(f32::NAN);
    let mut places = out.chunks_exact_mut(4);
    let rows = policies.into_iter().chain(front.into_iter().map(|[x, y]| [x, y, f32::NAN, f32::NAN]));
    for row in rows {
        places.next().ok_or(crate::error::Error::BufferTooSmall)?.copy_from_slice(&row);
    }
    Ok(())
}
