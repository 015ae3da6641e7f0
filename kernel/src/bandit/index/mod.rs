//! Bandits that play the arm with the greatest index.

mod rule;
mod statistics;
#[cfg(test)]
mod tests;

pub use rule::{IndexRule, KullbackLeibler, Ucb};
pub use statistics::{ArmStatistics, Cumulative, Discounted, SlidingWindow, SlidingWindowState};

use super::{Bandit, Choice, Selected};
use crate::error::Error;
use crate::linalg::StorageMut;
use crate::math::argmax;
use crate::rng::Rng;
use crate::state::{Identify, Identity, Merge, persist_fields};

/// Plays the arm with the greatest index; arms that do not count as played go first, and ties go to the lowest.
///
/// Memory: the statistics, the rule and 8 bytes. Cost: one index an arm.
#[derive(Clone, Debug)]
pub struct IndexBandit<S, R> {
    statistics: S,
    rule: Option<R>,
    selected: Selected,
}

impl<S: ArmStatistics, R: IndexRule> IndexBandit<S, R> {
    /// Over statistics; not started.
    pub const fn new(statistics: S) -> Self {
        Self { statistics, rule: None, selected: Selected::NONE }
    }

    /// Starts knowing nothing.
    ///
    /// # Errors
    /// [`Error::NoArms`].
    pub fn start(&mut self, rule: R) -> Result<(), Error> {
        if self.statistics.arms() == 0 {
            return Err(Error::NoArms);
        }
        self.statistics.clear();
        (self.rule, self.selected) = (Some(rule), Selected::NONE);
        Ok(())
    }

    /// Takes in what an arm has paid, whichever was selected: for arms that are chosen otherwise, several at a time say.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::ActionOutOfRange`]; [`Error::RewardOutOfRange`] from a rule for rewards in `[0, 1]`;
    /// [`Error::NonFinite`]. The state is unchanged then.
    pub fn learn(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        if self.rule.is_none() {
            return Err(Error::NotStarted);
        }
        if arm >= self.statistics.arms() {
            return Err(Error::ActionOutOfRange);
        }
        if R::UNIT_REWARDS && !(0.0..=1.0).contains(&reward) {
            return Err(Error::RewardOutOfRange);
        }
        if !(self.statistics.sum(arm) + reward).is_finite() {
            return Err(Error::NonFinite);
        }
        self.statistics.add(arm, reward);
        Ok(())
    }

    /// What each arm has paid.
    pub const fn statistics(&self) -> &S {
        &self.statistics
    }

    /// The mean of an arm's rewards, as far as they count; 0 where none does.
    pub fn mean(&self, arm: usize) -> f32 {
        let count = self.statistics.count(arm);
        if count > 0.0 { self.statistics.sum(arm) / count } else { 0.0 }
    }

    /// The index of an arm; infinite where it does not count as played.
    pub fn index(&self, arm: usize) -> f32 {
        let index = |rule: &R| self.index_by(rule, rule.exploration(self.statistics.total()), arm);
        self.rule.as_ref().map_or(f32::INFINITY, index)
    }

    #[inline]
    fn index_by(&self, rule: &R, exploration: f32, arm: usize) -> f32 {
        let count = self.statistics.count(arm);
        if count > 0.0 { rule.index(self.statistics.sum(arm) / count, exploration / count) } else { f32::INFINITY }
    }
}

impl<S: ArmStatistics, R: IndexRule> Bandit for IndexBandit<S, R> {
    fn arms(&self) -> usize {
        self.statistics.arms()
    }

    fn select(&mut self, _rng: &mut (impl Rng + ?Sized)) -> Result<Choice, Error> {
        let rule = self.rule.as_ref().ok_or(Error::NotStarted)?;
        let exploration = rule.exploration(self.statistics.total());
        let best = argmax(self.statistics.arms(), |arm| self.index_by(rule, exploration, arm));
        let arm = best.ok_or(Error::NonFinite)?;
        self.selected = Selected(Some(arm as u32));
        Ok(Choice::certain(arm))
    }

    /// # Errors
    /// [`Error::RewardOutOfRange`] besides the trait's, from a rule for rewards in `[0, 1]`.
    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        self.selected.accept(arm, reward)?;
        self.learn(arm, reward)?;
        self.selected = Selected::NONE;
        Ok(())
    }
}

// The statistics, then the arm that waits.
persist_fields!([S: ArmStatistics, R] IndexBandit<S, R> { statistics, selected });

/// The rule's name around that of the statistics: arms.
impl<S: ArmStatistics, R: IndexRule> Identify for IndexBandit<S, R> {
    fn identity(&self) -> Identity {
        Identity::around(R::NAME, Identity::new(S::NAME, R::NUMERICS, [self.statistics.arms(), 0, 0]))
    }
}

/// The statistics add up; the arm that waits is forgotten.
impl<S: ArmStatistics + Merge, R> Merge for IndexBandit<S, R> {
    fn check_merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.rule.is_none() || other.rule.is_none() {
            return Err(Error::NotStarted);
        }
        self.statistics.check_merge(&other.statistics)
    }

    fn take_in(&mut self, other: &Self) {
        self.statistics.take_in(&other.statistics);
        self.selected = Selected::NONE;
    }
}

/// UCB1 over `K` arms.
pub type Ucb1<const K: usize> = IndexBandit<Cumulative<[u32; K], [f32; K]>, Ucb>;

/// KL-UCB over `K` arms.
pub type KlUcb<const K: usize> = IndexBandit<Cumulative<[u32; K], [f32; K]>, KullbackLeibler>;

/// Discounted UCB over `K` arms.
pub type DiscountedUcb<const K: usize> = IndexBandit<Discounted<[f32; K]>, Ucb>;

/// Sliding-window UCB over `K` arms and a window of `W` plays.
pub type SlidingWindowUcb<const K: usize, const W: usize> = IndexBandit<SlidingWindow<K, W>, Ucb>;

impl<const K: usize> Ucb1<K> {
    /// Not started.
    pub const EMPTY: Self = Self::new(Cumulative::EMPTY);

    /// Bytes: `8 K` and 24 or less.
    pub const SIZE: usize = size_of::<Self>();
}

impl<const K: usize> KlUcb<K> {
    /// Not started.
    pub const EMPTY: Self = Self::new(Cumulative::EMPTY);

    /// Bytes: `8 K` and 24 or less.
    pub const SIZE: usize = size_of::<Self>();
}

impl<const K: usize> DiscountedUcb<K> {
    /// Not started.
    pub const EMPTY: Self = Self::new(Discounted::EMPTY);

    /// Bytes: `8 K` and 24 or less.
    pub const SIZE: usize = size_of::<Self>();
}

impl<V: StorageMut> IndexBandit<Discounted<V>, Ucb> {
    /// Starts knowing nothing, with the factor by which plays fade.
    ///
    /// # Errors
    /// [`Error::NoArms`], [`Error::DiscountOutOfRange`].
    pub fn start_discounted(&mut self, rule: Ucb, gamma: f32) -> Result<(), Error> {
        self.statistics.set_discount(gamma)?;
        self.start(rule)
    }
}

impl<const K: usize, const W: usize> SlidingWindowUcb<K, W> {
    /// Not started.
    pub const EMPTY: Self = Self::new(SlidingWindow::EMPTY);

    /// Bytes: `8 K + 6 W` and 28 or less.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = {
    assert!(Ucb1::<4>::SIZE == 8 * 4 + 20 && KlUcb::<4>::SIZE == 8 * 4 + 20 && DiscountedUcb::<4>::SIZE == 8 * 4 + 20);
    assert!(SlidingWindowUcb::<4, 20>::SIZE == 8 * 4 + 6 * 20 + 20);
};
