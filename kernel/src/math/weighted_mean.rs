//! A weighted mean and how far it may be off.

use super::CompensatedSum;
use crate::error::Error;
use crate::state::persist_fields;

/// `m = sum w x / sum w` of a stream of pairs, with its standard error by the delta method,
/// `sqrt(sum w^2 (x - m)^2) / sum w` (Owen, Monte Carlo theory, methods and examples, section 9.2), and Kish's effective
/// sample size `(sum w)^2 / sum w^2` (1965).
///
/// The squares are kept about the present mean and moved along with it, so that nothing cancels. Two of them can be made
/// one; which is merged into the other changes no bit, the order of three does, in the last places.
///
/// Memory: 44 bytes. Cost: seven compensated additions and a division a pair. From `2^32 - 1` pairs on the count stands
/// still.
///
/// ```
/// use habit::math::WeightedMean;
/// let mut mean = WeightedMean::EMPTY;
/// mean.add(1.0, 3.0)?;
/// mean.add(5.0, 1.0)?;
/// assert_eq!(mean.mean(), Some(2.0));
/// assert_eq!(mean.effective_count(), Some(1.6));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WeightedMean {
    count: u32,
    weight: CompensatedSum,
    squared_weight: CompensatedSum,
    mean: CompensatedSum,
    /// `sum w^2 (x - mean)`: how the squares change when the mean moves.
    slope: CompensatedSum,
    /// `sum w^2 (x - mean)^2`.
    squares: CompensatedSum,
}

impl WeightedMean {
    /// Of nothing.
    pub const EMPTY: Self = Self {
        count: 0,
        weight: CompensatedSum::EMPTY,
        squared_weight: CompensatedSum::EMPTY,
        mean: CompensatedSum::EMPTY,
        slope: CompensatedSum::EMPTY,
        squares: CompensatedSum::EMPTY,
    };

    /// Takes in one number. A weight of 0 leaves everything as it is.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when the number, its weight, or what they would lead to is not finite;
    /// [`Error::ParameterOutOfRange`] when the weight is below 0.
    pub fn add(&mut self, x: f32, weight: f32) -> Result<(), Error> {
        if !x.is_finite() || !weight.is_finite() {
            return Err(Error::NonFinite);
        }
        if weight < 0.0 {
            return Err(Error::ParameterOutOfRange);
        }
        if weight == 0.0 {
            return Ok(());
        }
        let mut next = *self;
        next.count = next.count.saturating_add(1);
        next.weight.add(weight);
        next.move_mean(next.mean.up_to(x) * (weight / next.weight.value()));
        let deviation = weight * next.mean.up_to(x);
        next.squared_weight.add(weight * weight);
        next.slope.add(weight * deviation);
        next.squares.add(deviation * deviation);
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
            _ => self.become_finite(self.pooled(other)),
        }
    }

    fn pooled(&self, other: &Self) -> Self {
        let mean = self.mean.pooled(self.weight.value(), &other.mean, other.weight.value());
        let (mut pooled, mut moved) = (*self, *other);
        pooled.move_mean(self.mean.up_to_sum(&mean));
        moved.move_mean(other.mean.up_to_sum(&mean));
        pooled.count = self.count.saturating_add(other.count);
        pooled.mean = mean;
        pooled.weight.merge(&moved.weight);
        pooled.squared_weight.merge(&moved.squared_weight);
        pooled.slope.merge(&moved.slope);
        pooled.squares.merge(&moved.squares);
        pooled
    }

    fn move_mean(&mut self, step: f32) {
        let squared_weight = self.squared_weight.value();
        self.squares.add(step * (step * squared_weight - 2.0 * self.slope.value()));
        self.slope.add(-step * squared_weight);
        self.mean.add(step);
    }

    fn become_finite(&mut self, next: Self) -> Result<(), Error> {
        let sums = [next.weight, next.squared_weight, next.mean, next.slope, next.squares];
        if !sums.iter().all(|sum| sum.value().is_finite()) {
            return Err(Error::NonFinite);
        }
        *self = next;
        Ok(())
    }

    /// How many numbers had a weight above 0.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// `sum w`.
    pub fn weight(&self) -> f32 {
        self.weight.value()
    }

    /// `m`; `None` of nothing.
    pub fn mean(&self) -> Option<f32> {
        (self.count > 0).then(|| self.mean.value())
    }

    /// The standard error of `m`; `None` of fewer than two numbers.
    pub fn standard_error(&self) -> Option<f32> {
        (self.count > 1).then(|| libm::sqrtf(self.squares.value().max(0.0)) / self.weight.value())
    }

    /// As many numbers of equal weight would tell as much; `None` of nothing, and where the squares of the weights are too
    /// small to be told from 0.
    pub fn effective_count(&self) -> Option<f32> {
        let (weight, squared) = (self.weight.value(), self.squared_weight.value());
        (squared > 0.0).then(|| weight * (weight / squared))
    }
}

// The count `u32`; `sum w`, `sum w^2`, the mean, the slope and the squares, as two `f32` each: 44 bytes.
persist_fields!([] WeightedMean { count, weight, squared_weight, mean, slope, squares });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{stream, unit_f32};
    use crate::state::Persist;

    fn of(pairs: &[(f32, f32)]) -> WeightedMean {
        let mut mean = WeightedMean::EMPTY;
        pairs.iter().for_each(|(x, weight)| mean.add(*x, *weight).unwrap());
        mean
    }

    #[test]
    fn it_agrees_with_two_passes_of_twice_the_precision() {
        let mut rng = stream(6, 0);
        let mut pair = || (500.0 + unit_f32(&mut rng), 1.0 / (0.01 + unit_f32(&mut rng)));
        let pairs: std::vec::Vec<_> = (0..50_000).map(|_| pair()).collect();
        let wide = || pairs.iter().map(|(x, weight)| (f64::from(*x), f64::from(*weight)));
        let weight: f64 = wide().map(|(_, weight)| weight).sum();
        let squared_weight: f64 = wide().map(|(_, weight)| weight * weight).sum();
        let mean = wide().map(|(x, weight)| weight * x).sum::<f64>() / weight;
        let squares: f64 = wide().map(|(x, weight)| weight * weight * (x - mean) * (x - mean)).sum();
        let near = |found: Option<f32>, expected: f64, tolerance: f64| {
            let found = f64::from(found.unwrap());
            assert!((found / expected - 1.0).abs() < tolerance, "{found} {expected}");
        };
        for cut in [50_000, 0, 1, 20_000, 49_999] {
            let mut merged = of(&pairs[..cut]);
            merged.merge(&of(&pairs[cut..])).unwrap();
            assert_eq!(merged.count(), 50_000);
            near(merged.mean(), mean, 1e-7);
            near(merged.standard_error(), squares.sqrt() / weight, 1e-4);
            near(merged.effective_count(), weight * weight / squared_weight, 1e-6);
        }
    }

    #[test]
    fn what_weighs_nothing_does_not_count() {
        let mut mean = of(&[(1.0, 0.0)]);
        assert_eq!((mean.mean(), mean.effective_count(), mean.count()), (None, None, 0));
        mean.add(2.0, 0.5).unwrap();
        assert_eq!((mean.mean(), mean.standard_error(), mean.effective_count()), (Some(2.0), None, Some(1.0)));
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut mean = of(&[(1.0, 1.0), (2.0, 0.5)]);
        let digest = mean.digest();
        for (x, weight) in [(f32::NAN, 1.0), (f32::INFINITY, 0.0), (1.0, f32::INFINITY), (f32::MAX, 1.0), (1.0, 1e30)] {
            assert_eq!(mean.add(x, weight), Err(Error::NonFinite), "{x} {weight}");
        }
        assert_eq!(mean.add(1.0, -1.0), Err(Error::ParameterOutOfRange));
        assert_eq!(mean.merge(&of(&[(f32::MAX, 1.0)])), Err(Error::NonFinite));
        assert_eq!(mean.digest(), digest);
    }
}
