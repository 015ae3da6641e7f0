//! Thompson sampling for rewards with Gaussian noise.

use super::index::{ArmStatistics, Cumulative};
use super::{Bandit, Choice, Selected};
use crate::error::Error;
use crate::math::{Libm, Math, argmax};
use crate::rng::{Rng, box_muller};
use crate::state::{Identify, Identity, Merge, persist_fields};
use core::marker::PhantomData;

/// Thompson sampling with a Gaussian posterior (Agrawal, Goyal 2012): plays the arm whose draw from `N(m_i, sigma^2 / (n_i +
/// 1))` is the greatest, `m_i` the mean of its `n_i` rewards and 0 before the first.
///
/// Memory: `8 K` bytes and 16. Cost: two words, a logarithm, two square roots and a cosine an arm.
#[derive(Clone, Debug)]
pub struct ThompsonGaussianState<S, M = Libm> {
    statistics: S,
    /// 0 before it is started.
    deviation: f32,
    selected: Selected,
    math: PhantomData<M>,
}

/// [`ThompsonGaussianState`] of constant size.
pub type ThompsonGaussian<const K: usize, M = Libm> = ThompsonGaussianState<Cumulative<[u32; K], [f32; K]>, M>;

impl<const K: usize, M> ThompsonGaussian<K, M> {
    /// Not started.
    pub const EMPTY: Self = Self::new(Cumulative::EMPTY);

    /// Bytes: `8 K` and 16.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(ThompsonGaussian::<5>::SIZE == 8 * 5 + 16);

impl<S, M> ThompsonGaussianState<S, M> {
    /// Over statistics; not started.
    pub const fn new(statistics: S) -> Self {
        Self { statistics, deviation: 0.0, selected: Selected::NONE, math: PhantomData }
    }

    /// What each arm has paid.
    pub const fn statistics(&self) -> &S {
        &self.statistics
    }
}

impl<S: ArmStatistics, M: Math> ThompsonGaussianState<S, M> {
    /// Starts knowing nothing; `deviation` is that of a reward.
    ///
    /// # Errors
    /// [`Error::NoArms`]; [`Error::ParameterOutOfRange`] unless `deviation` is positive and finite.
    pub fn start(&mut self, deviation: f32) -> Result<(), Error> {
        if self.statistics.arms() == 0 {
            return Err(Error::NoArms);
        }
        if !(deviation > 0.0 && deviation.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        self.statistics.clear();
        (self.deviation, self.selected) = (deviation, Selected::NONE);
        Ok(())
    }

    /// The mean of an arm's posterior.
    pub fn mean(&self, arm: usize) -> f32 {
        self.statistics.sum(arm) / self.statistics.count(arm).max(1.0)
    }
}

impl<S: ArmStatistics, M: Math> Bandit for ThompsonGaussianState<S, M> {
    fn arms(&self) -> usize {
        self.statistics.arms()
    }

    fn select(&mut self, rng: &mut (impl Rng + ?Sized)) -> Result<Choice, Error> {
        if self.deviation == 0.0 {
            return Err(Error::NotStarted);
        }
        let arm = argmax(self.arms(), |arm| {
            let width = self.deviation / libm::sqrtf(self.statistics.count(arm) + 1.0);
            self.mean(arm) + width * box_muller::<M>(rng).0
        })
        .ok_or(Error::NonFinite)?;
        self.selected = Selected(Some(arm as u32));
        Ok(Choice::sampled(arm))
    }

    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        self.selected.accept(arm, reward)?;
        if !(self.statistics.sum(arm) + reward).is_finite() {
            return Err(Error::NonFinite);
        }
        self.statistics.add(arm, reward);
        self.selected = Selected::NONE;
        Ok(())
    }
}

// The statistics, then the arm that waits.
persist_fields!([S: ArmStatistics, M] ThompsonGaussianState<S, M> { statistics, selected });

/// `"thompson-gaussian"` around the statistics' name: arms.
impl<S: ArmStatistics, M: Math> Identify for ThompsonGaussianState<S, M> {
    fn identity(&self) -> Identity {
        Identity::around("thompson-gaussian", Identity::new(S::NAME, M::NUMERICS, [self.arms(), 0, 0]))
    }
}

/// The statistics add up; the arm that waits is forgotten.
impl<S: ArmStatistics + Merge, M> Merge for ThompsonGaussianState<S, M> {
    fn check_merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.deviation == 0.0 || other.deviation == 0.0 {
            return Err(Error::NotStarted);
        }
        self.statistics.check_merge(&other.statistics)
    }

    fn take_in(&mut self, other: &Self) {
        self.statistics.take_in(&other.statistics);
        self.selected = Selected::NONE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{gaussian_by_sum, stream};
    use crate::state::Persist;

    #[test]
    fn the_better_arm_is_played_more_and_more() {
        let (mut bandit, mut rng) = (ThompsonGaussian::<3>::EMPTY, stream(1, 0));
        assert_eq!(bandit.select(&mut rng), Err(Error::NotStarted));
        bandit.start(0.5).unwrap();
        let mut late = 0;
        for round in 0..1000 {
            let Choice { arm, propensity } = bandit.select(&mut rng).unwrap();
            assert_eq!(propensity, None);
            bandit.update(arm, [-1.0, 0.0, 0.5][arm] + 0.5 * gaussian_by_sum(&mut rng)).unwrap();
            late += usize::from(round >= 500 && arm == 2);
        }
        assert!(late > 480 && (bandit.mean(2) - 0.5).abs() < 0.1, "{late}");
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let (mut bandit, mut rng) = (ThompsonGaussian::<2>::EMPTY, stream(0, 0));
        for deviation in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(bandit.start(deviation), Err(Error::ParameterOutOfRange));
        }
        let mut none = ThompsonGaussian::<0>::EMPTY;
        assert_eq!(none.start(1.0), Err(Error::NoArms));
        bandit.start(1.0).unwrap();
        assert_eq!(bandit.update(0, 1.0), Err(Error::NotSelected));
        let arm = bandit.select(&mut rng).unwrap().arm;
        let digest = bandit.digest();
        assert_eq!(bandit.update(arm, f32::NAN), Err(Error::NonFinite));
        assert_eq!(bandit.update(1 - arm, 1.0), Err(Error::NotSelected));
        assert_eq!(bandit.digest(), digest);
        bandit.update(arm, f32::MAX).unwrap();
        bandit.selected = Selected(Some(arm as u32));
        assert_eq!(bandit.update(arm, f32::MAX), Err(Error::NonFinite));
    }
}
