//! Bandits whose arms do not change by themselves.

use super::{Discrete, Env, Nothing};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::linalg::{Const, all_finite};
use crate::rng::{Bernoulli, Rng, gaussian_by_sum};

/// Arms that pay 1 with a probability of their own, else 0. Never ends; a step takes one word, whatever the arm. `12 K`
/// bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BernoulliBandit<const K: usize> {
    means: [f32; K],
    arms: [Bernoulli; K],
}

impl<const K: usize> BernoulliBandit<K> {
    /// No arm ever pays.
    pub const EMPTY: Self = Self { means: [0.0; K], arms: [Bernoulli::NEVER; K] };

    /// Sets what each arm pays on average.
    ///
    /// # Errors
    /// [`Error::ProbabilityOutOfRange`]: nothing is changed.
    pub fn set(&mut self, means: [f32; K]) -> Result<(), Error> {
        let mut arms = self.arms;
        for (arm, mean) in arms.iter_mut().zip(means) {
            *arm = Bernoulli::new(mean)?;
        }
        (self.means, self.arms) = (means, arms);
        Ok(())
    }

    /// What each arm pays on average. For metrics; a learner does not see it.
    pub const fn means(&self) -> &[f32; K] {
        &self.means
    }
}

/// Arms that pay a normal number around a mean of their own, with the same deviation: Sutton & Barto's testbed (section
/// 2.3). Never ends; a step takes twelve words ([`gaussian_by_sum`]), whatever the arm. `4 K` bytes and 4.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussianBandit<const K: usize> {
    means: [f32; K],
    deviation: f32,
}

impl<const K: usize> GaussianBandit<K> {
    /// Every arm pays 0.
    pub const EMPTY: Self = Self { means: [0.0; K], deviation: 0.0 };

    /// With these means and this deviation.
    ///
    /// # Errors
    /// [`Error::NonFinite`]; [`Error::ParameterOutOfRange`] for a deviation below 0.
    pub fn new(means: [f32; K], deviation: f32) -> Result<Self, Error> {
        if !(all_finite(&means) && deviation.is_finite()) {
            return Err(Error::NonFinite);
        }
        if deviation < 0.0 { Err(Error::ParameterOutOfRange) } else { Ok(Self { means, deviation }) }
    }

    /// Means drawn around `centre` with deviation 1, and rewards with deviation 1: a testbed. Takes `12 K` words.
    ///
    /// # Errors
    /// [`Error::NonFinite`].
    pub fn testbed(centre: f32, rng: &mut (impl Rng + ?Sized)) -> Result<Self, Error> {
        Self::new(core::array::from_fn(|_| centre + gaussian_by_sum(rng)), 1.0)
    }

    /// What each arm pays on average. For metrics; a learner does not see it.
    pub const fn means(&self) -> &[f32; K] {
        &self.means
    }
}

macro_rules! stateless_bandit {
    ($type:ident, |$bandit:ident, $arm:ident, $rng:ident| $reward:expr) => {
        impl<const K: usize> Env for $type<K> {
            type ObservationSpace = Nothing;
            type ActionSpace = Discrete<Const<K>>;

            fn observation_space(&self) -> Nothing {
                Nothing
            }

            fn action_space(&self) -> Self::ActionSpace {
                Discrete(Const)
            }

            fn reset(&mut self, _rng: &mut (impl Rng + ?Sized)) {}

            fn step(&mut self, $arm: usize, $rng: &mut (impl Rng + ?Sized)) -> Result<Step<()>, Error> {
                let $bandit = self;
                let reward = $reward;
                Ok(Step { observation: (), reward, outcome: Outcome::Continue })
            }
        }
    };
}

stateless_bandit!(BernoulliBandit, |bandit, arm, rng| {
    let arm = bandit.arms.get(arm).ok_or(Error::ActionOutOfRange)?;
    if arm.sample(rng) { 1.0 } else { 0.0 }
});
stateless_bandit!(GaussianBandit, |bandit, arm, rng| {
    let mean = bandit.means.get(arm).ok_or(Error::ActionOutOfRange)?;
    mean + bandit.deviation * gaussian_by_sum(rng)
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    #[test]
    fn arms_pay_their_means() {
        let mut rng = stream(2, 0);
        let mut coins = BernoulliBandit::<2>::EMPTY;
        coins.set([0.2, 0.9]).unwrap();
        let mut bells = GaussianBandit::new([1.0, -2.0], 0.5).unwrap();
        let mut sums = [0.0f64; 4];
        for _ in 0..20_000 {
            for arm in 0..2 {
                sums[arm] += f64::from(coins.step(arm, &mut rng).unwrap().reward);
                sums[2 + arm] += f64::from(bells.step(arm, &mut rng).unwrap().reward);
            }
        }
        for (sum, mean) in sums.into_iter().zip([0.2, 0.9, 1.0, -2.0]) {
            assert!((sum / 2e4 - mean).abs() < 0.02, "{sums:?}");
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut rng = stream(2, 0);
        let mut coins = BernoulliBandit::<2>::EMPTY;
        let before = (coins, rng.clone());
        assert_eq!(coins.set([0.5, 1.5]), Err(Error::ProbabilityOutOfRange));
        assert_eq!(coins.step(2, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!((coins, rng), before);
        assert_eq!(GaussianBandit::new([f32::NAN], 1.0), Err(Error::NonFinite));
        assert_eq!(GaussianBandit::new([0.0], -1.0), Err(Error::ParameterOutOfRange));
    }
}
