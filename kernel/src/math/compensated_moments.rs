//! Mean and variance of a stream, for a learner's state.

use super::CompensatedSum;
use crate::error::Error;
use crate::state::persist_fields;

/// Welford's running mean and variance in `f32`, without drift: both are compensated sums, and two of them can be made one
/// (Chan, Golub, LeVeque 1983). Which of the two is merged into the other changes no bit; the order of three does, in the
/// last places.
///
/// Memory: 20 bytes. Cost: two compensated additions and a division a number. From `2^32 - 1` numbers on the count stands
/// still.
///
/// ```
/// use habit::math::CompensatedMoments;
/// let mut moments = CompensatedMoments::EMPTY;
/// for x in [1.0, 2.0, 3.0, 4.0] {
///     moments.add(x)?;
/// }
/// assert_eq!(moments.mean(), Some(2.5));
/// assert_eq!(moments.variance(), Some(5.0 / 3.0));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CompensatedMoments {
    count: u32,
    mean: CompensatedSum,
    squares: CompensatedSum,
}

impl CompensatedMoments {
    /// Of nothing.
    pub const EMPTY: Self = Self { count: 0, mean: CompensatedSum::EMPTY, squares: CompensatedSum::EMPTY };

    /// Takes in one number.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when the number, or what it would lead to, is not finite.
    pub fn add(&mut self, x: f32) -> Result<(), Error> {
        let mut next = *self;
        next.count = next.count.saturating_add(1);
        let deviation = next.mean.up_to(x);
        next.mean.add(deviation / next.count as f32);
        next.squares.add(deviation * next.mean.up_to(x));
        self.become_finite(next)
    }

    /// Takes in all that another has taken in.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when what it would lead to is not finite.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        match (self.count, other.count) {
            (_, 0) => Ok(()),
            (0, _) => self.become_finite(*other),
            (count, other_count) => self.become_finite(self.pooled(other, count as f32, other_count as f32)),
        }
    }

    fn pooled(&self, other: &Self, count: f32, other_count: f32) -> Self {
        let (mut squares, difference) = (self.squares, self.mean.up_to_sum(&other.mean));
        squares.merge(&other.squares);
        squares.add(difference * difference * (count * other_count / (count + other_count)));
        let mean = self.mean.pooled(count, &other.mean, other_count);
        Self { count: self.count.saturating_add(other.count), mean, squares }
    }

    fn become_finite(&mut self, next: Self) -> Result<(), Error> {
        if !(next.mean.value().is_finite() && next.squares.value().is_finite()) {
            return Err(Error::NonFinite);
        }
        *self = next;
        Ok(())
    }

    /// How many numbers were taken in.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The mean; `None` of nothing.
    pub fn mean(&self) -> Option<f32> {
        (self.count > 0).then(|| self.mean.value())
    }

    /// The sample variance (divided by `n - 1`); `None` of fewer than two numbers.
    pub fn variance(&self) -> Option<f32> {
        (self.count > 1).then(|| self.squares.value().max(0.0) / (self.count - 1) as f32)
    }

    /// The standard error of the mean; `None` of fewer than two numbers.
    pub fn standard_error(&self) -> Option<f32> {
        self.variance().map(|variance| libm::sqrtf(variance / self.count as f32))
    }
}

// The count `u32`; the mean, then the sum of squared deviations, as two `f32` each: 20 bytes.
persist_fields!([] CompensatedMoments { count, mean, squares });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{stream, unit_f32};
    use crate::state::Persist;

    fn of(numbers: &[f32]) -> CompensatedMoments {
        let mut moments = CompensatedMoments::EMPTY;
        numbers.iter().for_each(|x| moments.add(*x).unwrap());
        moments
    }

    #[test]
    fn it_agrees_with_two_passes_of_twice_the_precision() {
        let mut rng = stream(5, 0);
        let numbers: std::vec::Vec<f32> = (0..100_000).map(|_| 1000.0 + unit_f32(&mut rng)).collect();
        let (n, mut mean, mut squares) = (numbers.len() as f64, 0.0, 0.0);
        numbers.iter().for_each(|x| mean += f64::from(*x) / n);
        numbers.iter().for_each(|x| squares += (f64::from(*x) - mean) * (f64::from(*x) - mean));
        let variance = squares / (n - 1.0);
        let whole = of(&numbers);
        for cut in [0, 1, 37_000, 99_999, 100_000] {
            let mut merged = of(&numbers[..cut]);
            merged.merge(&of(&numbers[cut..])).unwrap();
            for moments in [whole, merged] {
                assert_eq!(moments.count(), 100_000);
                assert!((f64::from(moments.mean().unwrap()) / mean - 1.0).abs() < 1e-7, "{moments:?}");
                assert!((f64::from(moments.variance().unwrap()) / variance - 1.0).abs() < 1e-5, "{moments:?}");
            }
        }
    }

    #[test]
    fn equal_numbers_do_not_vary() {
        let mut moments = of(&[0.1; 1000]);
        moments.merge(&of(&[0.1; 77])).unwrap();
        assert_eq!((moments.mean(), moments.variance()), (Some(0.1), Some(0.0)));
        assert_eq!((of(&[]).mean(), of(&[3.0]).variance()), (None, None));
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut moments = of(&[1.0, 2.0]);
        for x in [f32::NAN, f32::INFINITY, f32::MAX] {
            assert_eq!(moments.add(x), Err(Error::NonFinite));
        }
        assert_eq!(moments.merge(&of(&[f32::MAX])), Err(Error::NonFinite));
        assert_eq!(moments.digest(), of(&[1.0, 2.0]).digest());
    }
}
