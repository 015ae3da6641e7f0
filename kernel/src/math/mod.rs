//! Small numerics, exact where they can be.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Math`] | the transcendental functions, as a type parameter |
//! | [`Libm`] | the default: equal bits on every target |
//! | `Micromath` | faster on small chips, coarse; feature `micromath` |
//! | [`CompensatedSum`] | a long sum without drift |
//! | [`RunningMoments`] | mean and variance of a stream |
//! | [`argmax`], [`maximum`] | the best index, ties to the lowest; the greatest value and how many share it |

mod argmax;
mod compensated_sum;
mod libm;
#[cfg(feature = "micromath")]
mod micromath;
mod running_moments;

pub use self::libm::Libm;
#[cfg(feature = "micromath")]
pub use self::micromath::Micromath;
pub use argmax::{TIE_TOLERANCE, argmax, maximum};
pub use compensated_sum::CompensatedSum;
pub use running_moments::RunningMoments;

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
    /// The hyperbolic tangent.
    fn tanh(x: f32) -> f32;
    /// `x^y`.
    fn powf(x: f32, y: f32) -> f32;
}
