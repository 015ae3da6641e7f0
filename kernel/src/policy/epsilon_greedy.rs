//! Mostly the best action, sometimes any.

use super::{Exploration, QValue, Rate, StateFree};
use crate::error::Error;
use crate::math::{Fixed, FixedInteger, Share, maximum};
use crate::rng::{self, Bernoulli, Rng};

/// Epsilon-greedy action selection (Sutton & Barto, section 2.2).
///
/// With probability epsilon any action, uniformly; else one of the maximisers, uniformly. Maximisers are the actions whose
/// value equals the greatest to the bit. Takes one word for the coin, one bounded draw when it explores or when there are
/// several maximisers. Over fixed-point values, acting is integer arithmetic alone. 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpsilonGreedy {
    epsilon: f32,
    explores: Bernoulli,
}

impl EpsilonGreedy {
    /// Never explores.
    pub const GREEDY: Self = Self { epsilon: 0.0, explores: Bernoulli::NEVER };

    /// Explores with probability `epsilon`.
    ///
    /// # Errors
    /// [`Error::EpsilonOutOfRange`] unless `0 <= epsilon <= 1`.
    pub const fn new(epsilon: f32) -> Result<Self, Error> {
        match Bernoulli::new(epsilon) {
            Ok(explores) => Ok(Self { epsilon, explores }),
            Err(_) => Err(Error::EpsilonOutOfRange),
        }
    }
}

impl StateFree for EpsilonGreedy {}

impl Rate for EpsilonGreedy {
    /// The rate is epsilon.
    fn set_rate(&mut self, rate: f32) -> Result<(), Error> {
        *self = Self::new(rate)?;
        Ok(())
    }
}

/// An action drawn, and what its probability depends on.
struct Drawn {
    action: usize,
    is_best: bool,
    maximisers: u32,
}

impl EpsilonGreedy {
    #[inline]
    fn choose<V: QValue>(&self, values: &[V], rng: &mut (impl Rng + ?Sized)) -> Result<Drawn, Error> {
        if values.is_empty() {
            return Err(Error::EmptyRange);
        }
        let best = values.iter().fold(V::LEAST, |best, &value| if value > best { value } else { best });
        let maximisers: u32 = values.iter().map(|&value| u32::from(value == best)).sum();
        if self.explores.sample(rng) {
            let action = rng::below(values.len() as u32, rng)? as usize;
            return Ok(Drawn { action, is_best: values.get(action) == Some(&best), maximisers });
        }
        // Finding the first is a branch a value, which a processor guesses once something is learned, and then it need not
        // wait for the values to know the action. Counting is none.
        let first = values.iter().position(|&value| value == best).ok_or(Error::NonFinite)?;
        if maximisers == 1 {
            return Ok(Drawn { action: first, is_best: true, maximisers });
        }
        let mut skip = rng::below(maximisers, rng).map_err(|_| Error::NonFinite)?;
        for (action, &value) in values.iter().enumerate() {
            if value == best {
                if skip == 0 {
                    return Ok(Drawn { action, is_best: true, maximisers });
                }
                skip -= 1;
            }
        }
        Err(Error::NonFinite)
    }

    /// Draws an action and computes its probability.
    #[inline]
    fn weigh<V: QValue>(&self, values: &[V], rng: &mut (impl Rng + ?Sized)) -> Result<(usize, f32), Error> {
        let Drawn { action, is_best, maximisers } = self.choose(values, rng)?;
        let explored = self.epsilon / values.len() as f32;
        let exploited = explored + (1.0 - self.epsilon) / maximisers as f32;
        Ok((action, if is_best { exploited } else { explored }))
    }
}

impl Exploration for EpsilonGreedy {
    const GREEDY: Self = Self::GREEDY;

    #[inline]
    fn draw(&mut self, _state: usize, values: &[f32], rng: &mut (impl Rng + ?Sized)) -> Result<(usize, f32), Error> {
        self.weigh(values, rng)
    }

    #[inline]
    fn act(&mut self, _state: usize, values: &[f32], rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        self.choose(values, rng).map(|drawn| drawn.action)
    }

    /// `epsilon / n` for each of the `n` actions, and `(1 - epsilon) / k` more for each of the `k` maximisers.
    #[inline]
    fn expected_value(&self, _state: usize, values: &[f32]) -> f32 {
        let (best, count) = maximum(values);
        if count == 0 {
            return 0.0;
        }
        let sum = values.iter().fold(0.0, |sum, value| sum + value);
        self.epsilon * sum / values.len() as f32 + (1.0 - self.epsilon) * best
    }
}

impl<I: FixedInteger, const SCALE_BITS: u32> Exploration<Fixed<I, SCALE_BITS>> for EpsilonGreedy {
    const GREEDY: Self = Self::GREEDY;

    #[inline]
    fn draw(
        &mut self,
        _state: usize,
        values: &[Fixed<I, SCALE_BITS>],
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<(usize, f32), Error> {
        self.weigh(values, rng)
    }

    #[inline]
    fn act(
        &mut self,
        _state: usize,
        values: &[Fixed<I, SCALE_BITS>],
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<usize, Error> {
        self.choose(values, rng).map(|drawn| drawn.action)
    }

    /// The greatest value, moved towards the mean of all by epsilon's share.
    #[inline]
    fn expected_value(&self, _state: usize, values: &[Fixed<I, SCALE_BITS>]) -> Fixed<I, SCALE_BITS> {
        let best = values.iter().copied().max().unwrap_or(Fixed::ZERO);
        best.mixed(Fixed::mean(values), I::Share::from_f32(self.epsilon).unwrap_or(I::Share::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    #[test]
    fn the_expected_value_is_the_worked_example() {
        let policy = EpsilonGreedy::new(0.1).unwrap();
        assert!((policy.expected_value(0, &[1.0, 3.0, 2.0, 3.0]) - 2.925).abs() < 1e-6);
        assert_eq!(policy.expected_value(0, &[0.0; 0]), 0.0);
    }

    #[test]
    fn draws_follow_the_distribution() {
        let mut policy = EpsilonGreedy::new(0.2).unwrap();
        let mut generator = stream(2, 0);
        let mut counts = [0u32; 4];
        for _ in 0..100_000 {
            counts[policy.act(0, &[1.0, 3.0, 2.0, 3.0], &mut generator).unwrap()] += 1;
        }
        for (count, expected) in counts.into_iter().zip([5_000, 45_000, 5_000, 45_000]) {
            assert!(count.abs_diff(expected) < 800, "{counts:?}");
        }
    }

    #[test]
    fn epsilon_outside_its_range_is_refused() {
        for epsilon in [-0.1, 1.1, f32::NAN] {
            assert_eq!(EpsilonGreedy::new(epsilon).err(), Some(Error::EpsilonOutOfRange));
        }
        let mut greedy = EpsilonGreedy::GREEDY;
        assert_eq!(greedy.act(0, &[0.0; 0], &mut stream(0, 0)), Err(Error::EmptyRange));
        assert_eq!(greedy.act(0, &[f32::NAN], &mut stream(0, 0)), Err(Error::NonFinite));
        assert_eq!(greedy.set_rate(2.0), Err(Error::EpsilonOutOfRange));
        assert_eq!(greedy, EpsilonGreedy::GREEDY);
    }
}
