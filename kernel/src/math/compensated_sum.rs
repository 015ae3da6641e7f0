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
        let (sum, rounded) = exact_sum(self.sum, term);
        self.settle(sum, self.compensation + rounded);
    }

    /// Adds another sum, of other terms. Two sums have the same bits whichever is added to the other.
    #[inline]
    pub fn merge(&mut self, other: &Self) {
        let (sum, rounded) = exact_sum(self.sum, other.sum);
        self.settle(sum, (self.compensation + other.compensation) + rounded);
    }

    /// Folds the compensation back, so that it stays below half a unit in the last place of the sum and loses nothing
    /// itself.
    #[inline]
    fn settle(&mut self, sum: f32, compensation: f32) {
        self.sum = sum + compensation;
        self.compensation = compensation - (self.sum - sum);
    }

    /// `x` less this.
    #[inline]
    pub(crate) fn up_to(&self, x: f32) -> f32 {
        (x - self.sum) - self.compensation
    }

    /// `other` less this. The other way round only the sign differs.
    #[inline]
    pub(crate) fn up_to_sum(&self, other: &Self) -> f32 {
        (other.sum - self.sum) + (other.compensation - self.compensation)
    }

    /// The mean of two, by weights of which one at least is above 0; the same bits either way round. Reckoned from the
    /// middle, where neither comes first.
    #[inline]
    pub(crate) fn pooled(&self, weight: f32, other: &Self, other_weight: f32) -> Self {
        let mut pooled = *self;
        pooled.merge(other);
        pooled = Self { sum: 0.5 * pooled.sum, compensation: 0.5 * pooled.compensation };
        let from_middle = (other_weight - weight) / (weight + other_weight);
        pooled.add(0.5 * self.up_to_sum(other) * from_middle);
        pooled
    }

    /// The sum so far.
    #[inline]
    pub fn value(&self) -> f32 {
        self.sum + self.compensation
    }
}

/// A sum, and what the addition rounds off, whichever of the two is the larger.
#[inline]
fn exact_sum(a: f32, b: f32) -> (f32, f32) {
    let sum = a + b;
    let added = sum - a;
    (sum, (a - (sum - added)) + (b - added))
}

persist_fields!([] CompensatedSum { sum, compensation });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{stream, unit_f32};
    use crate::state::Persist;

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

    #[test]
    fn two_sums_are_one_whichever_comes_first() {
        let mut rng = stream(4, 0);
        for _ in 0..1000 {
            let (mut parts, mut whole) = ([CompensatedSum::EMPTY; 2], 0f64);
            for index in 0..50 {
                let term = (unit_f32(&mut rng) - 0.5) * if index % 7 == 0 { 1e6 } else { 1.0 };
                parts[index % 2].add(term);
                whole += f64::from(term);
            }
            let [mut a, mut b] = parts;
            a.merge(&parts[1]);
            b.merge(&parts[0]);
            assert_eq!(a.digest(), b.digest());
            assert!((f64::from(a.value()) - whole).abs() <= 1e-7 * whole.abs() + 1e-6, "{a:?} {whole}");
            let [a, b] = parts;
            assert_eq!(a.pooled(3.0, &b, 5.5).digest(), b.pooled(5.5, &a, 3.0).digest());
            let mean = (3.0 * f64::from(a.value()) + 5.5 * f64::from(b.value())) / 8.5;
            assert!((f64::from(a.pooled(3.0, &b, 5.5).value()) - mean).abs() <= 1e-6 * (mean.abs() + 1e6));
        }
    }
}
