//! Small numerics, exact where they can be.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Math`] | the transcendental functions, as a type parameter |
//! | [`Libm`] | the default: equal bits on every target |
//! | `Micromath` | faster on small chips, coarse; feature `micromath` |
//! | [`Polynomial`], [`sin_cos`] | sine and cosine by plain arithmetic: the physics' default |
//! | [`Scalar`] | the number type of the physics |
//! | [`Fixed`], [`FixedInteger`] | integers with a scale, for chips without a unit for floats |
//! | [`Share`], [`Fraction`] | a number from 0 to 1, as such integers are multiplied by it |
//! | [`CompensatedSum`] | a long sum without drift |
//! | [`CompensatedMoments`] | mean and variance of a stream, in a learner's state |
//! | [`WeightedMean`] | a weighted mean, its standard error and the effective sample size |
//! | [`RunningMoments`] | mean and variance of a stream, in a summary |
//! | [`percentile`], [`percentile_by`] | percentiles with linear interpolation |
//! | [`heap_sort_by`] | a sort that cannot panic |
//! | [`argmax`], [`maximum`] | the best index, ties to the lowest; the greatest value and how many share it |

mod argmax;
mod compensated_moments;
mod compensated_sum;
mod fixed;
mod heap_sort;
mod libm;
#[cfg(feature = "micromath")]
mod micromath;
mod percentile;
mod running_moments;
mod scalar;
mod sin_cos;
mod weighted_mean;

pub use self::libm::Libm;
#[cfg(feature = "micromath")]
pub use self::micromath::Micromath;
pub use argmax::{TIE_TOLERANCE, argmax, maximum};
pub use compensated_moments::CompensatedMoments;
pub use compensated_sum::CompensatedSum;
pub use fixed::{Fixed, FixedInteger, Fraction, Share};
pub use heap_sort::heap_sort_by;
pub use percentile::{percentile, percentile_by};
pub use running_moments::RunningMoments;
pub use scalar::Scalar;
pub use sin_cos::{Polynomial, SIN_COS_RANGE, sin_cos};
pub use weighted_mean::WeightedMean;

pub(crate) use sin_cos::sin_cos_of_small;

/// Whether `0 <= x <= 1`, by the bits: no routine for comparing floats need be linked on a chip that has none.
#[inline]
pub(crate) const fn is_in_unit_interval(x: f32) -> bool {
    x.to_bits() <= 1f32.to_bits() || x.to_bits() == (-0f32).to_bits()
}

/// The functions that are not plain arithmetic. Learners take them as a type parameter, [`Libm`] by default; a run's
/// bits depend on it, so checkpoints and handshakes name it.
pub trait Math: Copy + Default + core::fmt::Debug + 'static {
    /// The name in a handshake, a digest's context and a checkpoint.
    const NUMERICS: &'static str;

    /// `e^x`.
    fn exp(x: f32) -> f32;
    /// The natural logarithm.
    fn ln(x: f32) -> f32;
    /// The square root.
    fn sqrt(x: f32) -> f32;
    /// The sine, in radians.
    fn sin(x: f32) -> f32;
    /// The cosine, in radians.
    fn cos(x: f32) -> f32;
    /// Both, which may cost less than one after the other.
    #[inline]
    fn sin_cos(x: f32) -> (f32, f32) {
        (Self::sin(x), Self::cos(x))
    }
    /// The hyperbolic tangent.
    fn tanh(x: f32) -> f32;
    /// `x^y`.
    fn powf(x: f32, y: f32) -> f32;
}
