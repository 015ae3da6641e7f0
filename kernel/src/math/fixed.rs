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
mod tests {
    use super::*;
    use crate::rng::{Generator, Rng, stream};

    const EDGES: [i32; 9] = [i32::MIN, i32::MIN + 1, -65_536, -1, 0, 1, 32_768, i32::MAX - 1, i32::MAX];

    /// Any 32 bits, small ones as often as large ones, and the edges.
    fn any(generator: &mut Generator) -> i32 {
        let word = generator.next_u32();
        match word % 8 {
            0 => EDGES[(word >> 8) as usize % EDGES.len()],
            shift => (generator.next_u32() as i32) >> (4 * shift),
        }
    }

    fn wide(number: impl Into<i128>) -> i128 {
        number.into()
    }

    /// `floor(numerator / 2^bits + 1/2)`.
    fn nearest(numerator: i128, bits: u32) -> i128 {
        (numerator + (1 << (bits - 1))).div_euclid(1 << bits)
    }

    macro_rules! properties {
        ($name:ident, $type:ty, $bits:literal) => {
            #[test]
            fn $name() {
                let mut generator = stream(17, 0);
                let clamp = |x: i128| x.clamp(<$type>::MIN.into(), <$type>::MAX.into());
                for _ in 0..100_000 {
                    let [a, b, c] = core::array::from_fn(|_| any(&mut generator) as $type);
                    let share = Fraction::<$bits>((any(&mut generator) & ((1 << $bits) - 1)) + (c as i32 & 1));
                    // The arithmetic is that of unbounded integers, cut at the ends.
                    let exact = wide(share.0) * wide(b);
                    assert_eq!(wide(a.plus_share(share, b)), clamp(wide(a) + nearest(exact, $bits)));
                    let exact = wide(share.0) * (wide(b) - wide(a));
                    let step = nearest(exact, $bits);
                    assert_eq!(wide(a.mixed(b, share)) - wide(a), step);
                    let towards = |a, b| Fixed::<$type, 4>(a).towards(Fixed(b), share).0;
                    let moved = towards(a, b);
                    assert_eq!(wide(moved) - wide(a), if step == 0 { exact.signum() } else { step });
                    assert!(a.min(b) <= moved && moved <= a.max(b), "it passes neither end");
                    assert!(moved != a || a == b || share.0 == 0, "it does not stop short");
                    // Greater numbers lead to no smaller ones.
                    let (low, high) = (b.min(c), b.max(c));
                    assert!(a.plus_share(share, low) <= a.plus_share(share, high));
                    assert!(low.plus_share(share, a) <= high.plus_share(share, a));
                    assert!(towards(a, low) <= towards(a, high));
                    assert!(towards(low, a) <= towards(high, a));
                    let mean = <$type>::mean([a, b, c].into_iter());
                    assert_eq!(wide(mean), (wide(a) + wide(b) + wide(c) + 1).div_euclid(3));
                }
                assert_eq!(<$type>::mean([].into_iter()), 0);
                assert_eq!(<$type>::mean([-1, -2].into_iter()), -1);
            }
        };
    }

    properties!(sixteen_bits_never_overflow_and_keep_the_order, i16, 15);
    properties!(thirty_two_bits_never_overflow_and_keep_the_order, i32, 30);

    #[test]
    fn conversions_are_those_of_wider_floats() {
        fn check<I: FixedInteger + Into<i64>, const B: u32>(generator: &mut Generator) {
            let mut last = (f32::NEG_INFINITY, I::LEAST);
            let mut inputs = std::vec::Vec::new();
            for _ in 0..20_000 {
                inputs.push(f32::from_bits(generator.next_u32()));
                inputs.push(any(generator) as f32 / (1u64 << (B + 1)) as f32);
            }
            inputs.retain(|x| x.is_finite());
            inputs.sort_by(f32::total_cmp);
            for x in inputs {
                let exact = (f64::from(x) * (1u64 << B) as f64 + 0.5).floor();
                let limit = (1u64 << (I::BITS - 1)) as f64;
                let expected =
                    if exact >= -limit && exact < limit { Ok(exact as i64) } else { Err(Error::ValueOutOfRange) };
                let fixed = Fixed::<I, B>::from_f32(x);
                assert_eq!(fixed.map(|fixed| fixed.units().into()), expected, "{x}");
                if let Ok(fixed) = fixed {
                    assert!(fixed.units() >= last.1, "{x} after {}", last.0);
                    last = (x, fixed.units());
                    // Back it goes as the processor's own conversion does, halves aside.
                    let units: i64 = fixed.units().into();
                    let back = fixed.to_f32();
                    assert!(
                        (f64::from(back) * (1u64 << B) as f64 - units as f64).abs()
                            <= units.unsigned_abs() as f64 / 16_777_216.0
                    );
                    if units.unsigned_abs() < 1 << 24 {
                        assert_eq!(Fixed::from_f32(back), Ok(fixed));
                    }
                }
            }
        }
        let mut generator = stream(18, 0);
        check::<i16, 0>(&mut generator);
        check::<i16, 8>(&mut generator);
        check::<i16, 15>(&mut generator);
        check::<i32, 0>(&mut generator);
        check::<i32, 16>(&mut generator);
        check::<i32, 31>(&mut generator);
        for x in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(Fixed::<i16, 8>::from_f32(x), Err(Error::NonFinite));
        }
        assert_eq!(Fixed::<i16, 0>::from_f32(-0.5), Ok(Fixed(0)));
        assert_eq!(Fixed::<i16, 0>::from_f32(0.5), Ok(Fixed(1)));
        assert_eq!(Fixed::<i32, 31>::LEAST.to_f32(), -1.0);
        assert_eq!(Fixed::<i32, 31>::from_f32(-1.0), Ok(Fixed(i32::MIN)));
    }

    #[test]
    fn shares_are_rounded_and_bounded() {
        assert_eq!(Fraction::<15>::from_f32(1.0), Ok(Fraction(32_768)));
        assert_eq!(Fraction::<15>::from_f32(0.1), Ok(Fraction(3_277)));
        assert_eq!(Fraction::<30>::from_f32(1.0), Ok(Fraction(1 << 30)));
        assert_eq!(Fraction::<30>::from_f32(0.9).map(Share::to_f32), Ok(0.9));
        for x in [-0.1, 1.1, f32::NAN] {
            assert_eq!(Fraction::<15>::from_f32(x), Err(Error::ParameterOutOfRange));
            assert_eq!(<f32 as Share>::from_f32(x), Err(Error::ParameterOutOfRange));
        }
    }
}
