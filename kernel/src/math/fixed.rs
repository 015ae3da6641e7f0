//! Numbers without a floating-point unit: integers with a scale.

use super::is_in_unit_interval;
use crate::error::Error;
use crate::state::{Persist, Reader, Write};
use core::fmt::Debug;

mod sealed {
    pub trait Sealed {}
}

/// An integer in units of `2^-SCALE_BITS`; `SCALE_BITS` is below the integer's number of bits.
///
/// | type | least to greatest number | unit | bytes |
/// |---|---|---|---|
/// | `Fixed<i16, 8>` | -128 to 127.996 | 0.0039 | 2 |
/// | `Fixed<i16, 14>` | -2 to 1.99994 | 0.000061 | 2 |
/// | `Fixed<i32, 16>` | -32 768 to 32 767.99998 | 0.000015 | 4 |
///
/// In general from `-2^(n - 1 - SCALE_BITS)` to one unit below its opposite, for an integer of `n` bits. What is computed is
/// rounded to the nearest multiple of the unit, halves up, and stays at the least or the greatest number instead of leaving
/// the range. Integer arithmetic alone, conversions included: every target computes the same, and no routine for floats is
/// linked on a chip that has no unit for them.
///
/// ```
/// use habit::math::Fixed;
/// let x = Fixed::<i16, 8>::from_f32(0.1)?;
/// assert_eq!((x.units(), x.to_f32()), (26, 0.1015625));
/// assert_eq!(Fixed::<i16, 8>::from_f32(128.0), Err(habit::Error::ValueOutOfRange));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Fixed<I, const SCALE_BITS: u32>(I);

impl<I: FixedInteger, const SCALE_BITS: u32> Fixed<I, SCALE_BITS> {
    /// 0.
    pub const ZERO: Self = {
        assert!(SCALE_BITS < I::BITS, "a scale has fewer bits than the integer");
        Self(I::ZERO)
    };

    /// The least number.
    pub const LEAST: Self = Self(I::LEAST);

    /// The nearest multiple of the unit.
    ///
    /// # Errors
    /// [`Error::NonFinite`]; [`Error::ValueOutOfRange`] when that is beyond the least or the greatest number.
    pub fn from_f32(x: f32) -> Result<Self, Error> {
        units(x, SCALE_BITS).and_then(|units| I::narrow(units).map(Self).ok_or(Error::ValueOutOfRange))
    }

    /// The number: exact below 2^24 units, else the nearest float.
    #[inline]
    pub fn to_f32(self) -> f32 {
        number(self.0.widen(), SCALE_BITS)
    }

    /// This many units.
    pub const fn from_units(units: I) -> Self {
        Self(units)
    }

    /// How many units it is.
    pub const fn units(self) -> I {
        self.0
    }

    /// `self + share * other`.
    #[inline]
    pub fn plus_share(self, share: I::Share, other: Self) -> Self {
        Self(self.0.plus_share(share, other.0))
    }

    /// `self + share * (other - self)`.
    #[inline]
    pub fn mixed(self, other: Self, share: I::Share) -> Self {
        Self(self.0.mixed(other.0, share))
    }

    /// `self + share * (target - self)`, a unit towards the target at least unless the share is 0: it does not stop short of
    /// the target, which it never passes.
    #[inline]
    pub fn towards(self, target: Self, share: I::Share) -> Self {
        let mixed = self.0.mixed(target.0, share);
        let is_short = mixed == self.0 && share != I::Share::ZERO;
        Self(if is_short { mixed.stepped_towards(target.0) } else { mixed })
    }

    /// `self - other`.
    #[inline]
    pub fn minus(self, other: Self) -> f32 {
        number(self.0.minus(other.0), SCALE_BITS)
    }

    /// The mean, 0 of nothing. Exact but for rounding of fewer than 32 768 numbers.
    pub fn mean(numbers: &[Self]) -> Self {
        Self(I::mean(numbers.iter().map(|number| number.0)))
    }
}

/// The integer.
impl<I: FixedInteger, const SCALE_BITS: u32> Persist for Fixed<I, SCALE_BITS> {
    fn write(&self, out: &mut impl Write) {
        self.0.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.0.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.0.read(from)
    }
}

/// A number from 0 to 1, as values are multiplied by it: a step size, a discount, a probability. Sealed.
pub trait Share: sealed::Sealed + Copy + Debug + PartialEq {
    /// 0.
    const ZERO: Self;

    /// The nearest one.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless `0 <= x <= 1`.
    fn from_f32(x: f32) -> Result<Self, Error>;

    /// The number.
    fn to_f32(self) -> f32;
}

impl sealed::Sealed for f32 {}

/// The number itself.
impl Share for f32 {
    const ZERO: Self = 0.0;

    #[inline]
    fn from_f32(x: f32) -> Result<Self, Error> {
        if is_in_unit_interval(x) { Ok(x) } else { Err(Error::ParameterOutOfRange) }
    }

    #[inline]
    fn to_f32(self) -> f32 {
        self
    }
}

/// An integer in units of `2^-BITS`, from 0 to 1. 4 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fraction<const BITS: u32>(i32);

impl<const BITS: u32> sealed::Sealed for Fraction<BITS> {}

/// To the nearest unit, halves up.
impl<const BITS: u32> Share for Fraction<BITS> {
    const ZERO: Self = Self(0);

    fn from_f32(x: f32) -> Result<Self, Error> {
        if is_in_unit_interval(x) { units(x, BITS).map(Self) } else { Err(Error::ParameterOutOfRange) }
    }

    fn to_f32(self) -> f32 {
        number(self.0, BITS)
    }
}

/// What a [`Fixed`] can be made of: `i16`, for which multiplications of 32 bits are enough, and `i32`, which takes some of 64.
/// Sealed.
pub trait FixedInteger: sealed::Sealed + Copy + Default + Debug + Ord + Persist + 'static {
    /// How many bits it has.
    const BITS: u32;
    /// What a kind is wrapped in, in a checkpoint.
    const NAME: &'static str;
    /// 0.
    const ZERO: Self;
    /// The least number.
    const LEAST: Self;
    /// What it is multiplied by: a [`Fraction`] of 15 bits for `i16`, of 30 for `i32`.
    type Share: Share;

    /// The same number, where it fits.
    fn narrow(number: i32) -> Option<Self>;

    /// The same number.
    fn widen(self) -> i32;

    /// `self + share * other`.
    fn plus_share(self, share: Self::Share, other: Self) -> Self;

    /// `self + share * (other - self)`.
    fn mixed(self, other: Self, share: Self::Share) -> Self;

    /// `self`, 1 less or 1 more.
    fn stepped_towards(self, target: Self) -> Self;

    /// `self - other`.
    fn minus(self, other: Self) -> i32;

    /// The mean, 0 of nothing.
    fn mean(numbers: impl ExactSizeIterator<Item = Self>) -> Self;
}

macro_rules! fixed_integers {
    ($($type:ty, $wide:ty, $bits:literal, $name:literal;)*) => {$(
        impl sealed::Sealed for $type {}

        impl FixedInteger for $type {
            const BITS: u32 = <$type>::BITS;
            const NAME: &'static str = $name;
            const ZERO: Self = 0;
            const LEAST: Self = <$type>::MIN;
            type Share = Fraction<$bits>;

            #[inline]
            fn narrow(number: i32) -> Option<Self> {
                Self::try_from(number).ok()
            }

            #[inline]
            fn widen(self) -> i32 {
                self.into()
            }

            #[inline]
            fn plus_share(self, share: Self::Share, other: Self) -> Self {
                let product = <$wide>::from(share.0) * <$wide>::from(other);
                let sum = <$wide>::from(self) + ((product + (1 << ($bits - 1))) >> $bits);
                sum.clamp(Self::MIN.into(), Self::MAX.into()) as Self
            }

            #[inline]
            fn mixed(self, other: Self, share: Self::Share) -> Self {
                // A difference has one bit more than a number, and a share one bit less: the product fits. The sum lies between
                // the two, as the share is 1 at most.
                let product = <$wide>::from(share.0) * (<$wide>::from(other) - <$wide>::from(self));
                (<$wide>::from(self) + ((product + (1 << ($bits - 1))) >> $bits)) as Self
            }

            #[inline]
            fn stepped_towards(self, target: Self) -> Self {
                // It does not pass the target, so it stays within the numbers.
                self.wrapping_add(Self::from(target > self)).wrapping_sub(Self::from(target < self))
            }

            #[inline]
            fn minus(self, other: Self) -> i32 {
                i32::from(self).saturating_sub(other.into())
            }

            #[inline]
            fn mean(numbers: impl ExactSizeIterator<Item = Self>) -> Self {
                let count = numbers.len() as $wide;
                let sum = numbers.fold(0, |sum: $wide, number| sum.saturating_add(number.into()));
                sum.saturating_add(count / 2).checked_div_euclid(count).unwrap_or(0) as Self
            }
        }
    )*};
}

fixed_integers! {
    i16, i32, 15, "fixed-16";
    i32, i64, 30, "fixed-32";
}

/// `x` in units of `2^-scale_bits`, by shifting its mantissa.
fn units(x: f32, scale_bits: u32) -> Result<i32, Error> {
    let bits = x.to_bits();
    let (is_negative, exponent, fraction) = (bits >> 31, (bits >> 23) & 0xff, bits & 0x007f_ffff);
    // Numbers below the least normal one are less than half of every unit, so the hidden bit that they lack is not missed.
    let mantissa = fraction | 0x0080_0000;
    match (exponent + scale_bits).checked_sub(150) {
        _ if exponent == 0xff => Err(Error::NonFinite),
        Some(shift) if shift > 8 => Err(Error::ValueOutOfRange),
        Some(shift) => signed(mantissa << shift, is_negative),
        None => {
            let shift = 150 - exponent - scale_bits;
            if shift > 25 {
                return Ok(0);
            }
            // A half goes up, which is towards 0 below it.
            signed((mantissa + (1 << (shift - 1)) - is_negative) >> shift, is_negative)
        }
    }
}

/// The sign before the size.
fn signed(size: u32, is_negative: u32) -> Result<i32, Error> {
    if size > i32::MAX as u32 + is_negative {
        return Err(Error::ValueOutOfRange);
    }
    Ok(if is_negative == 1 { size.wrapping_neg() as i32 } else { size as i32 })
}

/// The float nearest to so many units of `2^-scale_bits`, a half away from 0: its mantissa shifted into place.
fn number(units: i32, scale_bits: u32) -> f32 {
    if units == 0 {
        return 0.0;
    }
    let size = units.unsigned_abs();
    let zeros = size.leading_zeros();
    let shifted = size << zeros;
    let mantissa = (shifted >> 8) + ((shifted >> 7) & 1);
    // The hidden bit of the mantissa, and a carry of its rounding, add to the exponent.
    let exponent = 127 + 31 - zeros - scale_bits - 1;
    f32::from_bits(((units as u32) & 0x8000_0000) | ((exponent << 23) + mantissa))
}

#[cfg(test)]
mod tests;
