//! Random numbers that are the same on every target: xoshiro128++ for behaviour, SplitMix64 to generate instances.
//!
//! Every random choice of the kernel takes its generator as an argument and is decided by integers (`determinism.md`,
//! rules 1 to 3), so that a board, a browser, a host and a GPU choose alike.
//!
//! ```
//! use habit::rng::{self, Rng};
//! let mut generator = rng::stream(42, 0);
//! assert_eq!(generator.next_u32(), 2_643_743_425);
//! assert!(rng::below(6, &mut generator)? < 6);
//! # Ok::<(), habit::Error>(())
//! ```

use crate::error::Error;
use crate::math::{Math, is_in_unit_interval};
use crate::state::{Identify, Identity, Persist, Reader, Write};

pub use rand_core::{Rng, SeedableRng};
pub use rand_xoshiro::{SplitMix64, Xoshiro128PlusPlus as Generator};

/// Stream `index` of `seed`: the generator seeded through SplitMix64, moved on by `index` jumps of 2^64 words.
///
/// Streams of one seed do not overlap within 2^64 words. Cost: `128 * index` steps of the generator.
pub fn stream(seed: u32, index: u32) -> Generator {
    let mut generator = Generator::seed_from_u64(u64::from(seed));
    for _ in 0..index {
        generator.jump();
    }
    generator
}

/// Uniform in `[0, 1)`: the upper 24 bits of one word, times 2^-24; exact on every target.
#[inline]
pub fn unit_f32(rng: &mut (impl Rng + ?Sized)) -> f32 {
    const SCALE: f32 = 1.0 / 16_777_216.0;
    (rng.next_u32() >> 8) as f32 * SCALE
}

/// The same from the 64 bits of one word of [`SplitMix64`], which generates instances: its upper 24 bits.
#[inline]
pub fn unit_f32_of(word: u64) -> f32 {
    const SCALE: f32 = 1.0 / 16_777_216.0;
    (word >> 40) as f32 * SCALE
}

/// Uniform in `0..n` by Lemire's multiplication; takes one word, rarely more (each further word with a probability below
/// `n / 2^32`).
///
/// # Errors
/// [`Error::EmptyRange`] when `n` is 0.
#[inline]
pub fn below(n: u32, rng: &mut (impl Rng + ?Sized)) -> Result<u32, Error> {
    if n == 0 {
        return Err(Error::EmptyRange);
    }
    let mut product = u64::from(rng.next_u32()) * u64::from(n);
    if (product as u32) < n {
        let threshold = complement_modulo(n);
        while (product as u32) < threshold {
            product = u64::from(rng.next_u32()) * u64::from(n);
        }
    }
    Ok((product >> 32) as u32)
}

/// `(2^32 - n) mod n`, bit by bit: so seldom needed that the code of a division would cost a small chip more than time.
#[cold]
fn complement_modulo(n: u32) -> u32 {
    (0..32).rev().fold(0u64, |rest, bit| {
        let rest = 2 * rest + u64::from((n.wrapping_neg() >> bit) & 1);
        if rest >= u64::from(n) { rest - u64::from(n) } else { rest }
    }) as u32
}

/// Approximately standard normal: the sum of twelve words, each cut to its upper 20 bits, less 6 * 2^20, times 2^-20
/// (`determinism.md`, rule 6). Integer arithmetic up to the exact scaling, so a GPU draws the same number.
#[inline]
pub fn gaussian_by_sum(rng: &mut (impl Rng + ?Sized)) -> f32 {
    const SCALE: f32 = 1.0 / 1_048_576.0;
    let sum: u32 = (0..12).map(|_| rng.next_u32() >> 12).sum();
    // |sum - 6 * 2^20| <= 6 * 2^20 < 2^24, so the conversion is exact.
    (sum as i32 - 6 * (1 << 20)) as f32 * SCALE
}

/// `floor(p * 2^32)` of a probability, by shifting the mantissa: exact without `f64`. 1 gives 2^32.
///
/// # Errors
/// [`Error::ProbabilityOutOfRange`] unless `0 <= p <= 1`.
pub const fn threshold(p: f32) -> Result<u64, Error> {
    if !is_in_unit_interval(p) {
        return Err(Error::ProbabilityOutOfRange);
    }
    let bits = p.to_bits() & 0x7fff_ffff;
    let exponent = (bits >> 23) as i32;
    let fraction = (bits & 0x007f_ffff) as u64;
    // Subnormals share the exponent of the least normal number and lack the hidden bit.
    let (mantissa, exponent) = if exponent == 0 { (fraction, 1) } else { (fraction | 0x0080_0000, exponent) };
    // p = mantissa * 2^(exponent - 150)
    let shift = exponent - 150 + 32;
    Ok(if shift >= 0 {
        mantissa << shift
    } else if shift > -64 {
        mantissa >> -shift
    } else {
        0
    })
}

/// An event of fixed probability, decided by one integer comparison. 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bernoulli {
    threshold: u64,
}

impl Bernoulli {
    /// The event that never happens.
    pub const NEVER: Self = Self { threshold: 0 };

    /// An event of probability `p`, rounded down to a multiple of 2^-32.
    ///
    /// # Errors
    /// [`Error::ProbabilityOutOfRange`] unless `0 <= p <= 1`.
    pub const fn new(p: f32) -> Result<Self, Error> {
        match threshold(p) {
            Ok(threshold) => Ok(Self { threshold }),
            Err(error) => Err(error),
        }
    }

    /// Whether the event happens; takes one word.
    #[inline]
    pub fn sample(self, rng: &mut (impl Rng + ?Sized)) -> bool {
        u64::from(rng.next_u32()) < self.threshold
    }
}

/// Draws an index by its probability: the integer running sum of [`threshold`]s is compared with one word. The last
/// index whose probability is above 0 absorbs all rounding; an index of probability 0 is never drawn.
///
/// Cost: at most `probabilities.len()` threshold computations; one word.
///
/// # Errors
/// [`Error::ProbabilityOutOfRange`] when a probability is outside `[0, 1]` or not finite, or all are 0; no word is taken.
pub fn categorical(probabilities: &[f32], rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
    categorical_by(probabilities.len(), |index| probabilities.get(index).copied().unwrap_or(0.0), rng)
}

/// As [`categorical`], of `count` probabilities that are computed when they are needed, twice each.
///
/// # Errors
/// As [`categorical`].
pub fn categorical_by(
    count: usize,
    mut probability: impl FnMut(usize) -> f32,
    rng: &mut (impl Rng + ?Sized),
) -> Result<usize, Error> {
    let mut last = None;
    for index in 0..count {
        let p = probability(index);
        threshold(p)?;
        if p > 0.0 {
            last = Some(index);
        }
    }
    let last = last.ok_or(Error::ProbabilityOutOfRange)?;
    let word = u64::from(rng.next_u32());
    let mut sum = 0u64;
    for index in 0..last {
        sum = (sum + threshold(probability(index))?).min(u64::from(u32::MAX));
        if word < sum {
            return Ok(index);
        }
    }
    Ok(last)
}

/// Two independent standard normal numbers by Box and Muller (1958): `sqrt(-2 ln u) (cos 2 pi v, sin 2 pi v)`. Takes two
/// words.
pub fn box_muller<M: Math>(rng: &mut (impl Rng + ?Sized)) -> (f32, f32) {
    // In (0, 1], where the logarithm is finite.
    let u = 1.0 - unit_f32(rng);
    let angle = core::f32::consts::TAU * unit_f32(rng);
    let radius = libm::sqrtf(-2.0 * M::ln(u));
    (radius * M::cos(angle), radius * M::sin(angle))
}

/// The four words of state, little-endian: 16 bytes.
impl Persist for Generator {
    fn write(&self, out: &mut impl Write) {
        out.bytes(&self.state());
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let bytes = from.take(16)?;
        // The all-zero state is a fixed point that no seed reaches.
        if bytes.iter().all(|&byte| byte == 0) { Err(Error::Malformed) } else { Ok(()) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut seed = [0; 16];
        seed.copy_from_slice(from.take(16)?);
        *self = Self::from_seed(seed);
        Ok(())
    }
}

/// `"xoshiro128++"`.
impl Identify for Generator {
    fn identity(&self) -> Identity {
        Identity::new("xoshiro128++", Identity::PLAIN, [0; 3])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(generator: &mut Generator) -> [u32; 4] {
        core::array::from_fn(|_| generator.next_u32())
    }

    #[test]
    fn the_worked_example_comes_out() {
        let state: [u32; 4] = [2_065_550_767, 3_793_791_033, 2_713_282_036, 1_853_398_634];
        let mut bytes = [0; 16];
        for (chunk, word) in bytes.chunks_exact_mut(4).zip(state) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        assert_eq!(stream(0, 0).state(), bytes);
        assert_eq!(words(&mut stream(0, 0)), [1_179_900_579, 1_938_959_192, 3_089_844_957, 3_657_088_315]);
        assert_eq!(words(&mut stream(42, 0)), [2_643_743_425, 1_762_251_840, 1_632_151_183, 1_417_845_339]);
        assert_eq!(words(&mut stream(42, 1))[..2], [3_783_957_358, 3_110_609_311]);
        let mut machine = stream(42, 0);
        machine.long_jump();
        assert_eq!(words(&mut machine)[..2], [4_106_698_627, 4_115_587_123]);
    }

    #[test]
    fn the_reference_state_gives_the_reference_words() {
        let mut generator = Generator::from_seed([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0]);
        assert_eq!(words(&mut generator), [641, 1_573_767, 3_222_811_527, 3_517_856_514]);
    }

    #[test]
    fn thresholds_are_exact() {
        assert_eq!(threshold(0.1), Ok(429_496_736));
        assert_eq!(threshold(1.0 / 3.0), Ok(1_431_655_808));
        assert_eq!(threshold(1.0), Ok(1 << 32));
        assert_eq!(threshold(0.0), Ok(0));
        assert_eq!(threshold(-0.0), Ok(0));
        assert_eq!(threshold(f32::from_bits(1)), Ok(0));
        for p in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
            assert_eq!(threshold(p), Err(Error::ProbabilityOutOfRange));
        }
        let mut generator = stream(3, 0);
        for _ in 0..1000 {
            let p = unit_f32(&mut generator);
            assert_eq!(threshold(p), Ok((f64::from(p) * 4_294_967_296.0) as u64));
        }
    }

    #[test]
    fn categorical_draws_the_worked_example() {
        let mut generator = stream(5, 0);
        let drawn: [usize; 8] = core::array::from_fn(|_| categorical(&[0.1, 0.2, 0.3, 0.4], &mut generator).unwrap());
        assert_eq!(drawn, [3, 1, 3, 3, 3, 1, 1, 3]);
    }

    #[test]
    fn an_impossible_outcome_is_never_drawn() {
        let mut generator = stream(1, 0);
        for _ in 0..1000 {
            assert_eq!(categorical(&[0.0, 0.3, 0.0], &mut generator), Ok(1));
        }
        let before = generator.clone();
        for bad in [&[0.0, 0.0][..], &[], &[0.5, f32::NAN], &[0.5, -0.1]] {
            assert_eq!(categorical(bad, &mut generator), Err(Error::ProbabilityOutOfRange));
        }
        assert_eq!(before, generator);
    }

    #[test]
    fn unit_f32_reaches_both_ends_exactly() {
        struct Constant(u32);
        impl rand_core::TryRng for Constant {
            type Error = core::convert::Infallible;
            fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
                Ok(self.0)
            }
            fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
                Ok(u64::from(self.0))
            }
            fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
                bytes.fill(0);
                Ok(())
            }
        }
        assert_eq!(unit_f32(&mut Constant(255)), 0.0);
        assert_eq!(unit_f32(&mut Constant(256)), 2f32 / 33_554_432.0);
        assert_eq!(unit_f32(&mut Constant(u32::MAX)), 1.0 - 2f32 / 33_554_432.0);
        assert_eq!(gaussian_by_sum(&mut Constant(0)), -6.0);
        assert!(Bernoulli::new(1.0).unwrap().sample(&mut Constant(u32::MAX)));
        assert!(!Bernoulli::NEVER.sample(&mut Constant(0)));
    }

    #[test]
    fn the_remainder_is_that_of_a_division() {
        for n in [1, 2, 3, 7, 10, 1000, 65_537, 1 << 31, u32::MAX] {
            assert_eq!(complement_modulo(n), n.wrapping_neg() % n);
        }
    }

    #[test]
    fn below_is_uniform_and_refuses_nothing_to_choose_from() {
        let mut generator = stream(9, 0);
        let mut counts = [0u32; 7];
        for _ in 0..70_000 {
            counts[below(7, &mut generator).unwrap() as usize] += 1;
        }
        // Five standard deviations of a count with mean 10 000.
        assert!(counts.iter().all(|&count| count.abs_diff(10_000) < 470), "{counts:?}");
        assert_eq!(below(0, &mut generator), Err(Error::EmptyRange));
    }

    #[test]
    fn box_muller_has_mean_zero_variance_one_and_tails() {
        let mut generator = stream(12, 0);
        let (mut sum, mut squares, mut beyond) = (0f64, 0f64, 0u32);
        for _ in 0..50_000 {
            let (a, b) = box_muller::<crate::math::Libm>(&mut generator);
            for x in [f64::from(a), f64::from(b)] {
                sum += x;
                squares += x * x;
                beyond += u32::from(x.abs() > 1.959_964);
            }
        }
        assert!((sum / 1e5).abs() < 0.016 && (squares / 1e5 - 1.0).abs() < 0.023);
        assert!(beyond.abs_diff(5000) < 350, "{beyond}");
    }

    #[test]
    fn a_sum_of_twelve_has_mean_zero_and_variance_one() {
        let mut generator = stream(11, 0);
        let (mut sum, mut squares) = (0f64, 0f64);
        for _ in 0..100_000 {
            let x = f64::from(gaussian_by_sum(&mut generator));
            sum += x;
            squares += x * x;
        }
        assert!((sum / 1e5).abs() < 0.016);
        assert!((squares / 1e5 - 1.0).abs() < 0.02);
    }
}
