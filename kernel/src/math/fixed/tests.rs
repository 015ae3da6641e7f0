//! Integers with a scale beside unbounded ones.

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
