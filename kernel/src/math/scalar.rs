//! The number type of the physics.

use super::Math;
use core::ops::{Add, Div, Mul, Neg, Rem, Sub};

/// `f32`, which every target computes alike, or `f64`, in which a host compares a formula with its reference. The
/// functions of `f32` are those of a [`Math`]; those of `f64` are `libm`'s.
pub trait Scalar:
    Copy
    + core::fmt::Debug
    + Default
    + PartialOrd
    + From<f32>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Rem<Output = Self>
    + Neg<Output = Self>
    + 'static
{
    /// 0.
    const ZERO: Self;

    /// The nearest number of this type: for constants.
    fn of(x: f64) -> Self;

    /// The nearest `f32`.
    fn to_f32(self) -> f32;

    /// The sine and the cosine, in radians.
    fn sin_cos<M: Math>(self) -> (Self, Self);

    /// The sine, in radians.
    fn sin<M: Math>(self) -> Self;

    /// The cosine, in radians.
    fn cos<M: Math>(self) -> Self;

    /// The nearest number between `low` and `high`; NaN stays NaN.
    #[inline]
    fn within(self, low: Self, high: Self) -> Self {
        if self < low {
            low
        } else if self > high {
            high
        } else {
            self
        }
    }
}

impl Scalar for f32 {
    const ZERO: Self = 0.0;

    #[inline]
    fn of(x: f64) -> Self {
        x as Self
    }
    #[inline]
    fn to_f32(self) -> f32 {
        self
    }
    #[inline]
    fn sin_cos<M: Math>(self) -> (Self, Self) {
        M::sin_cos(self)
    }
    #[inline]
    fn sin<M: Math>(self) -> Self {
        M::sin(self)
    }
    #[inline]
    fn cos<M: Math>(self) -> Self {
        M::cos(self)
    }
}

impl Scalar for f64 {
    const ZERO: Self = 0.0;

    #[inline]
    fn of(x: f64) -> Self {
        x
    }
    #[inline]
    fn to_f32(self) -> f32 {
        self as f32
    }
    #[inline]
    fn sin_cos<M: Math>(self) -> (Self, Self) {
        (::libm::sin(self), ::libm::cos(self))
    }
    #[inline]
    fn sin<M: Math>(self) -> Self {
        ::libm::sin(self)
    }
    #[inline]
    fn cos<M: Math>(self) -> Self {
        ::libm::cos(self)
    }
}
