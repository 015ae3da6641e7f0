//! A long sum without drift.

use crate::state::persist_fields;

/// A sum kept as two numbers, the second holding what the first has rounded off (Dekker 1971, double-length addition):
/// after `n` terms the relative error is at most about `n 2^-48` of the sum of their magnitudes. 8 bytes, ten additions a
/// term and no comparison.
///
/// ```
/// use habit::math::CompensatedSum;
/// let (mut sum, mut plain) = (CompensatedSum::EMPTY, 0.0f32);
/// for _ in 0..1_000_000 {
///     sum.add(0.1);
///     plain += 0.1;
/// }
/// assert_eq!(sum.value(), 100_000.0);
/// assert!(plain > 100_900.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CompensatedSum {
    sum: f32,
    compensation: f32,
}

impl CompensatedSum {
    /// The sum of nothing: 0.
    pub const EMPTY: Self = Self { sum: 0.0, compensation: 0.0 };

    /// Adds one term.
    #[inline]
    pub fn add(&mut self, term: f32) {
        // What the addition rounds off, whichever of the two is the larger.
        let sum = self.sum + term;
        let added = sum - self.sum;
        let rounded = (self.sum - (sum - added)) + (term - added);
        // Folded back, so that the compensation stays below half a unit in the last place of the sum and loses nothing
        // itself.
        let compensation = self.compensation + rounded;
        self.sum = sum + compensation;
        self.compensation = compensation - (self.sum - sum);
    }

    /// The sum so far.
    #[inline]
    pub fn value(&self) -> f32 {
        self.sum + self.compensation
    }
}

persist_fields!([] CompensatedSum { sum, compensation });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{stream, unit_f32};

    #[test]
    fn it_agrees_with_a_sum_of_twice_the_precision() {
        let (mut rng, mut sum, mut exact) = (stream(3, 0), CompensatedSum::EMPTY, 0f64);
        for _ in 0..100_000 {
            let term = (unit_f32(&mut rng) - 0.3) * 1000.0;
            sum.add(term);
            exact += f64::from(term);
        }
        assert!((f64::from(sum.value()) / exact - 1.0).abs() < 1e-7);
    }

    #[test]
    fn what_cancels_is_not_lost() {
        let mut sum = CompensatedSum::EMPTY;
        [1.0, 1e10, 1.0, -1e10].into_iter().for_each(|term| sum.add(term));
        assert_eq!(sum.value(), 2.0);
    }
}
