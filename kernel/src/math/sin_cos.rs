//! Sine and cosine by plain arithmetic.

use super::{Libm, Math};
use core::f32::consts::{FRAC_2_PI, FRAC_PI_4, TAU};

/// Up to this magnitude [`sin_cos`] reduces its argument by the true pi.
pub const SIN_COS_RANGE: f32 = 8192.0;

/// `pi / 2` in three parts; the first two have so few bits that up to 2^13 times either is exact.
const FRAC_PI_2: [f32; 3] = [1.570_312_5, 4.837_513e-4, 7.549_79e-8];

/// The sine and the cosine of `x` radians, from additions and multiplications alone: equal bits on every target, no table,
/// no `f64`.
///
/// Measured against `f64`: within 7.8e-8 of the exact values for `|x| <= 8192`, within 5.9e-8 for `|x| <= pi / 4`, and never
/// above 1. Further out `x` is first reduced by the number nearest to `2 pi`, without rounding, which moves it by less than
/// half a unit in its own last place. NaN for infinities and NaN.
///
/// ```
/// use habit::math::sin_cos;
/// let (sin, cos) = sin_cos(0.5);
/// assert!((sin - 0.479_425_54).abs() < 1e-7 && (cos - 0.877_582_6).abs() < 1e-7);
/// ```
#[inline]
pub fn sin_cos(x: f32) -> (f32, f32) {
    if x.abs() <= FRAC_PI_4 {
        return sin_cos_of_small(x);
    }
    let x = if x.abs() <= SIN_COS_RANGE { x } else { x % TAU };
    // Adding 1.5 * 2^23 rounds to a whole number, whose lowest bits are then those of the sum.
    const ROUND: f32 = 12_582_912.0;
    let shifted = x * FRAC_2_PI + ROUND;
    let (turns, quadrant) = (shifted - ROUND, shifted.to_bits());
    let (sin, cos) = sin_cos_of_small(((x - turns * FRAC_PI_2[0]) - turns * FRAC_PI_2[1]) - turns * FRAC_PI_2[2]);
    let (sin, cos) = if quadrant & 1 == 0 { (sin, cos) } else { (cos, sin) };
    let signed = |value: f32, quadrant: u32| f32::from_bits(value.to_bits() ^ ((quadrant & 2) << 30));
    (signed(sin, quadrant), signed(cos, quadrant.wrapping_add(1)))
}

/// As [`sin_cos`], to the bit, for `|x| <= pi / 4`; without a branch, so that loops over it become vectors. The
/// polynomials are those of the Cephes library.
#[inline]
pub(crate) fn sin_cos_of_small(x: f32) -> (f32, f32) {
    let square = x * x;
    let sin = ((-1.951_529_6e-4 * square + 8.332_161e-3) * square - 0.166_666_55) * square * x + x;
    let fourth_on = ((2.443_315_7e-5 * square - 1.388_731_6e-3) * square + 4.166_664_6e-2) * square * square;
    (sin, fourth_on - 0.5 * square + 1.0)
}

/// Sine and cosine by [`sin_cos`], the rest of [`Libm`]. Made for physics: a chip without an FPU is spared the `f64`
/// arithmetic of `libm`'s (an image that steps `CartPole` on a Cortex-M0 takes 6 kB instead of 10), and a GPU can do the
/// same operations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Polynomial;

impl Math for Polynomial {
    const NUMERICS: &'static str = "polynomial";

    #[inline]
    fn exp(x: f32) -> f32 {
        Libm::exp(x)
    }
    #[inline]
    fn ln(x: f32) -> f32 {
        Libm::ln(x)
    }
    #[inline]
    fn sqrt(x: f32) -> f32 {
        Libm::sqrt(x)
    }
    #[inline]
    fn sin(x: f32) -> f32 {
        sin_cos(x).0
    }
    #[inline]
    fn cos(x: f32) -> f32 {
        sin_cos(x).1
    }
    #[inline]
    fn sin_cos(x: f32) -> (f32, f32) {
        sin_cos(x)
    }
    #[inline]
    fn tanh(x: f32) -> f32 {
        Libm::tanh(x)
    }
    #[inline]
    fn powf(x: f32, y: f32) -> f32 {
        Libm::powf(x, y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Digest, Write};

    /// The largest error of either function over every `stride`-th number from `low` to `high`, and its mirror image.
    fn largest_error(low: f32, high: f32, stride: usize) -> f64 {
        (low.to_bits()..=high.to_bits()).step_by(stride).map(f32::from_bits).fold(0.0, |largest, x| {
            let (sin, cos) = sin_cos(x);
            assert!(sin.abs() <= 1.0 && cos.abs() <= 1.0);
            assert_eq!(sin_cos(-x), (-sin, cos));
            let errors = [f64::from(sin) - f64::from(x).sin(), f64::from(cos) - f64::from(x).cos()];
            errors.into_iter().fold(largest, |largest: f64, error| largest.max(error.abs()))
        })
    }

    #[test]
    fn the_errors_are_as_stated() {
        assert!(largest_error(1e-30, FRAC_PI_4, 4001) <= 5.9e-8);
        assert!(largest_error(FRAC_PI_4, SIN_COS_RANGE, 401) <= 7.8e-8);
        for x in [8193.0f32, 1e5, 1e7, 3e9] {
            let (sin, cos) = sin_cos(x);
            // Half a unit in the last place is at most 2^-24 of x.
            let bound = f64::from(x) / 16_777_216.0 + 1e-7;
            assert!((f64::from(sin) - f64::from(x).sin()).abs() < bound);
            assert!((f64::from(cos) - f64::from(x).cos()).abs() < bound);
        }
        for x in [f32::INFINITY, f32::NEG_INFINITY, f32::NAN] {
            assert!(sin_cos(x).0.is_nan() && sin_cos(x).1.is_nan());
        }
    }

    /// The digest was computed by NumPy, from the same operations on its `float32`.
    #[test]
    fn the_bits_are_those_of_every_other_target() {
        let mut digest = Digest::new();
        for step in -20_000..20_000i16 {
            let (sin, cos) = sin_cos(f32::from(step) / 512.0);
            digest.bytes(&sin.to_le_bytes());
            digest.bytes(&cos.to_le_bytes());
        }
        assert_eq!(digest.value(), 0x213e_9b75_2668_46c7);
    }
}
