//! Better actions more often.

use super::{Exploration, Rate, StateFree};
use crate::error::Error;
use crate::math::{Libm, Math, maximum};
use crate::rng::{Rng, categorical_by};
use core::marker::PhantomData;

/// Boltzmann exploration: `pi(a) ~ exp(values[a] / temperature)` (Sutton & Barto, equation 13.2). Takes one word; three
/// exponentials an action. 4 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Boltzmann<M = Libm> {
    temperature: f32,
    math: PhantomData<M>,
}

impl<M: Math> Boltzmann<M> {
    /// With a temperature in units of the values.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless it is positive and finite.
    pub const fn new(temperature: f32) -> Result<Self, Error> {
        if !(temperature > 0.0 && temperature.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { temperature, math: PhantomData })
    }

    /// `exp((value - best) / temperature)`; at temperature 0 the limit: 1 for the best, else 0.
    fn weight(self, value: f32, best: f32) -> f32 {
        if value == best {
            1.0
        } else if self.temperature > 0.0 {
            M::exp((value - best) / self.temperature)
        } else {
            0.0
        }
    }

    fn sum(self, values: &[f32], best: f32) -> f32 {
        values.iter().fold(0.0, |sum, &value| sum + self.weight(value, best))
    }
}

impl<M: Math> StateFree for Boltzmann<M> {}

impl<M: Math> Rate for Boltzmann<M> {
    /// The rate is the temperature.
    fn set_rate(&mut self, rate: f32) -> Result<(), Error> {
        *self = Self::new(rate)?;
        Ok(())
    }
}

impl<M: Math> Exploration for Boltzmann<M> {
    const GREEDY: Self = Self { temperature: 0.0, math: PhantomData };

    fn draw(&mut self, _state: usize, values: &[f32], rng: &mut (impl Rng + ?Sized)) -> Result<(usize, f32), Error> {
        if values.is_empty() {
            return Err(Error::EmptyRange);
        }
        let (best, _) = maximum(values);
        let sum = self.sum(values, best);
        if !sum.is_finite() || !best.is_finite() {
            return Err(Error::NonFinite);
        }
        let probability = |value: &f32| (self.weight(*value, best) / sum).min(1.0);
        let of = |action: usize| values.get(action).map_or(0.0, probability);
        categorical_by(values.len(), of, rng).map(|action| (action, of(action)))
    }

    fn expected_value(&self, _state: usize, values: &[f32]) -> f32 {
        let (best, count) = maximum(values);
        if count == 0 {
            return 0.0;
        }
        let weighted = values.iter().fold(0.0, |sum, &value| sum + self.weight(value, best) * value);
        weighted / self.sum(values, best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    #[test]
    fn draws_and_expectation_follow_the_softmax() {
        let mut policy = Boltzmann::<Libm>::new(0.5).unwrap();
        // Weights 1, e, e^2.
        let values = [1.0, 1.5, 2.0];
        let mut counts = [0u32; 3];
        let mut rng = stream(4, 0);
        for _ in 0..100_000 {
            counts[policy.act(0, &values, &mut rng).unwrap()] += 1;
        }
        for (count, share) in counts.into_iter().zip([0.090_031, 0.244_728, 0.665_241]) {
            assert!((f64::from(count) / 1e5 - share).abs() < 0.008, "{counts:?}");
        }
        assert!((policy.expected_value(0, &values) - 1.787_605).abs() < 1e-5);
    }

    #[test]
    fn cold_is_greedy_and_large_values_do_no_harm() {
        let mut policy = Boltzmann::<Libm>::GREEDY;
        assert_eq!(policy.act(0, &[0.0, 2.0, 1.0], &mut stream(0, 0)), Ok(1));
        assert_eq!(policy.expected_value(0, &[0.0, 2.0]), 2.0);
        let mut policy = Boltzmann::<Libm>::new(1e-3).unwrap();
        assert_eq!(policy.act(0, &[-1e30, 1e30], &mut stream(0, 0)), Ok(1));
        assert_eq!(policy.act(0, &[], &mut stream(0, 0)), Err(Error::EmptyRange));
        assert_eq!(policy.act(0, &[f32::NAN, 0.0], &mut stream(0, 0)), Err(Error::NonFinite));
        for temperature in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(policy.set_rate(temperature), Err(Error::ParameterOutOfRange));
        }
    }
}
