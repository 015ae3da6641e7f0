//! Bandits that play the arm with the greatest index.

use super::{Bandit, Selected};
use crate::error::Error;
use crate::linalg::StorageMut;
use crate::math::{Libm, Math, argmax};
use crate::rng::Rng;
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// What an index is made of: how often each arm was played and what it paid, counted in full, discounted, or over a window.
pub trait ArmStatistics: Persist {
    /// The name in a checkpoint.
    const NAME: &'static str;

    /// The number of arms.
    fn arms(&self) -> usize;

    /// How often an arm counts as played.
    fn count(&self, arm: usize) -> f32;

    /// What it counts as having paid.
    fn sum(&self, arm: usize) -> f32;

    /// How many plays count.
    fn total(&self) -> f32;

    /// Forgets everything.
    fn clear(&mut self);

    /// Takes in a play.
    fn add(&mut self, arm: usize, reward: f32);
}

/// How an arm is judged.
pub trait IndexRule {
    /// The name in a checkpoint.
    const NAME: &'static str;

    /// The functions it is computed with.
    const NUMERICS: &'static str;

    /// Whether rewards must lie in `[0, 1]`.
    const UNIT_REWARDS: bool;

    /// The index of an arm that has paid `mean` on average over `count` of `total` plays.
    fn index(&self, mean: f32, count: f32, total: f32) -> f32;
}

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
        let (count, total) = (self.statistics.count(arm), self.statistics.total());
        match &self.rule {
            Some(rule) if count > 0.0 => rule.index(self.statistics.sum(arm) / count, count, total),
            _ => f32::INFINITY,
        }
    }
}

impl<S: ArmStatistics, R: IndexRule> Bandit for IndexBandit<S, R> {
    fn arms(&self) -> usize {
        self.statistics.arms()
    }

    fn select(&mut self, _rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        if self.rule.is_none() {
            return Err(Error::NotStarted);
        }
        let arm = argmax(self.statistics.arms(), |arm| self.index(arm)).ok_or(Error::NonFinite)?;
        self.selected = Selected(Some(arm as u32));
        Ok(arm)
    }

    /// # Errors
    /// [`Error::RewardOutOfRange`] besides the trait's, from a rule for rewards in `[0, 1]`.
    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        self.selected.accept(arm, reward)?;
        if R::UNIT_REWARDS && !(0.0..=1.0).contains(&reward) {
            return Err(Error::RewardOutOfRange);
        }
        if !(self.statistics.sum(arm) + reward).is_finite() {
            return Err(Error::NonFinite);
        }
        self.statistics.add(arm, reward);
        self.selected = Selected::NONE;
        Ok(())
    }
}

/// The statistics, then the arm that waits.
impl<S: ArmStatistics, R> Persist for IndexBandit<S, R> {
    fn write(&self, out: &mut impl Write) {
        self.statistics.write(out);
        self.selected.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.statistics.check(from)?;
        self.selected.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.statistics.read(from)?;
        self.selected.read(from)
    }
}

/// The rule's name around that of the statistics: arms.
impl<S: ArmStatistics, R: IndexRule> Identify for IndexBandit<S, R> {
    fn identity(&self) -> Identity {
        Identity::around(R::NAME, Identity::new(S::NAME, R::NUMERICS, [self.statistics.arms(), 0, 0]))
    }
}

/// Every play counts alike: `n_i` and `S_i`. `8 K` bytes and 4.
#[derive(Clone, Debug)]
pub struct Cumulative<C, V> {
    counts: C,
    sums: V,
    total: u32,
}

impl<const K: usize> Cumulative<[u32; K], [f32; K]> {
    /// No play.
    pub const EMPTY: Self = Self { counts: [0; K], sums: [0.0; K], total: 0 };
}

impl<C: StorageMut<u32>, V: StorageMut> Cumulative<C, V> {
    /// Over the caller's memory, one number of each kind an arm, which is cleared when a bandit starts.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(counts: C, sums: V) -> Result<Self, Error> {
        if counts.values().len() != sums.values().len() {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { counts, sums, total: 0 })
    }
}

impl<C: StorageMut<u32>, V: StorageMut> ArmStatistics for Cumulative<C, V> {
    const NAME: &'static str = "cumulative";

    fn arms(&self) -> usize {
        self.counts.values().len()
    }

    #[inline]
    fn count(&self, arm: usize) -> f32 {
        self.counts.values().get(arm).map_or(0.0, |count| *count as f32)
    }

    #[inline]
    fn sum(&self, arm: usize) -> f32 {
        self.sums.values().get(arm).copied().unwrap_or(0.0)
    }

    #[inline]
    fn total(&self) -> f32 {
        self.total as f32
    }

    fn clear(&mut self) {
        self.counts.values_mut().fill(0);
        self.sums.values_mut().fill(0.0);
        self.total = 0;
    }

    #[inline]
    fn add(&mut self, arm: usize, reward: f32) {
        let (counts, sums) = (self.counts.values_mut(), self.sums.values_mut());
        if let (Some(count), Some(sum)) = (counts.get_mut(arm), sums.get_mut(arm)) {
            *count = count.saturating_add(1);
            *sum += reward;
            self.total = self.total.saturating_add(1);
        }
    }
}

/// Counts as `u32`, sums, then the total as `u32`: `8 K + 4` bytes.
impl<C: StorageMut<u32>, V: StorageMut> Persist for Cumulative<C, V> {
    fn write(&self, out: &mut impl Write) {
        self.counts.values().write(out);
        self.sums.values().write(out);
        self.total.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.counts.values().check(from)?;
        self.sums.values().check(from)?;
        self.total.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.counts.values_mut().read(from)?;
        self.sums.values_mut().read(from)?;
        self.total.read(from)
    }
}

/// Counts and sums fade by a factor a play (Garivier, Moulines 2008, discounted UCB). `8 K` bytes and 4.
#[derive(Clone, Debug)]
pub struct Discounted<V> {
    counts: V,
    sums: V,
    fade: f32,
}

impl<const K: usize> Discounted<[f32; K]> {
    /// No play; nothing fades.
    pub const EMPTY: Self = Self { counts: [0.0; K], sums: [0.0; K], fade: 1.0 };
}

impl<V: StorageMut> Discounted<V> {
    /// Sets the factor `gamma`; `1 - sqrt(changes / T) / 4` suits so many changes in `T` plays.
    ///
    /// # Errors
    /// [`Error::DiscountOutOfRange`] unless it is in `(0, 1]`.
    pub fn set_discount(&mut self, gamma: f32) -> Result<(), Error> {
        if !(gamma > 0.0 && gamma <= 1.0) {
            return Err(Error::DiscountOutOfRange);
        }
        self.fade = gamma;
        Ok(())
    }
}

impl<V: StorageMut> ArmStatistics for Discounted<V> {
    const NAME: &'static str = "discounted";

    fn arms(&self) -> usize {
        self.counts.values().len()
    }

    fn count(&self, arm: usize) -> f32 {
        self.counts.values().get(arm).copied().unwrap_or(0.0)
    }

    fn sum(&self, arm: usize) -> f32 {
        self.sums.values().get(arm).copied().unwrap_or(0.0)
    }

    fn total(&self) -> f32 {
        self.counts.values().iter().fold(0.0, |sum, count| sum + count)
    }

    fn clear(&mut self) {
        self.counts.values_mut().fill(0.0);
        self.sums.values_mut().fill(0.0);
    }

    fn add(&mut self, arm: usize, reward: f32) {
        for (values, new) in [(self.counts.values_mut(), 1.0), (self.sums.values_mut(), reward)] {
            values.iter_mut().for_each(|value| *value *= self.fade);
            if let Some(value) = values.get_mut(arm) {
                *value += new;
            }
        }
    }
}

/// Counts, then sums: `8 K` bytes.
impl<V: StorageMut> Persist for Discounted<V> {
    fn write(&self, out: &mut impl Write) {
        self.counts.values().write(out);
        self.sums.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.counts.values().check(from)?;
        self.sums.values().check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.counts.values_mut().read(from)?;
        self.sums.values_mut().read(from)
    }
}

/// Only the last `W` plays count (Garivier, Moulines 2008, sliding-window UCB). `8 K + 6 W` bytes and 8. Sums are made anew
/// when the window wraps, so that rounding does not pile up.
#[derive(Clone, Debug)]
pub struct SlidingWindow<const K: usize, const W: usize> {
    counts: [u32; K],
    sums: [f32; K],
    arms: [u16; W],
    rewards: [f32; W],
    plays: u32,
}

impl<const K: usize, const W: usize> SlidingWindow<K, W> {
    /// No play.
    pub const EMPTY: Self = {
        assert!(W > 0 && K <= 65_536, "an arm is kept in 16 bits");
        Self { counts: [0; K], sums: [0.0; K], arms: [0; W], rewards: [0.0; W], plays: 0 }
    };

    fn recount(&mut self) {
        (self.counts, self.sums) = ([0; K], [0.0; K]);
        let kept = (self.plays as usize).min(W);
        for (arm, reward) in self.arms.iter().zip(&self.rewards).take(kept) {
            let arm = usize::from(*arm);
            if let (Some(count), Some(sum)) = (self.counts.get_mut(arm), self.sums.get_mut(arm)) {
                *count += 1;
                *sum += reward;
            }
        }
    }
}

impl<const K: usize, const W: usize> ArmStatistics for SlidingWindow<K, W> {
    const NAME: &'static str = "sliding-window";

    fn arms(&self) -> usize {
        K
    }

    fn count(&self, arm: usize) -> f32 {
        self.counts.get(arm).map_or(0.0, |count| *count as f32)
    }

    fn sum(&self, arm: usize) -> f32 {
        self.sums.get(arm).copied().unwrap_or(0.0)
    }

    fn total(&self) -> f32 {
        (self.plays as usize).min(W) as f32
    }

    fn clear(&mut self) {
        (self.counts, self.sums, self.plays) = ([0; K], [0.0; K], 0);
    }

    fn add(&mut self, arm: usize, reward: f32) {
        let place = self.plays as usize % W;
        let full = self.plays as usize >= W;
        let (Some(of), Some(paid)) = (self.arms.get_mut(place), self.rewards.get_mut(place)) else { return };
        let (old_arm, old_reward) = (usize::from(*of), *paid);
        (*of, *paid) = (arm as u16, reward);
        // Counts plays up to twice the window only: what matters is the place and whether the window is full.
        self.plays = if self.plays as usize + 1 >= 2 * W { W as u32 } else { self.plays + 1 };
        if place + 1 == W {
            return self.recount();
        }
        let left = self.counts.get_mut(old_arm).zip(self.sums.get_mut(old_arm));
        if let Some((count, sum)) = left.filter(|_| full) {
            *count = count.saturating_sub(1);
            *sum = if *count == 0 { 0.0 } else { *sum - old_reward };
        }
        if let (Some(count), Some(sum)) = (self.counts.get_mut(arm), self.sums.get_mut(arm)) {
            *count += 1;
            *sum += reward;
        }
    }
}

/// Counts as `u32`, sums, the arm and the reward of every place of the window, then the number of plays as `u32`.
impl<const K: usize, const W: usize> Persist for SlidingWindow<K, W> {
    fn write(&self, out: &mut impl Write) {
        self.counts.write(out);
        self.sums.write(out);
        self.arms.iter().for_each(|arm| u32::from(*arm).write(out));
        self.rewards.write(out);
        self.plays.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.counts.check(from)?;
        self.sums.check(from)?;
        for _ in 0..W {
            let mut arm = 0u32;
            arm.read(from)?;
            if arm as usize >= K {
                return Err(Error::Malformed);
            }
        }
        self.rewards.check(from)?;
        let mut plays = 0u32;
        plays.read(from)?;
        if plays as usize >= 2 * W { Err(Error::Malformed) } else { Ok(()) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.counts.read(from)?;
        self.sums.read(from)?;
        for place in &mut self.arms {
            let mut arm = 0u32;
            arm.read(from)?;
            *place = arm as u16;
        }
        self.rewards.read(from)?;
        self.plays.read(from)
    }
}

/// `mean + sqrt(c ln total / count)` (Auer, Cesa-Bianchi, Fischer 2002: UCB1 with `c = 2`). The form of Sutton & Barto,
/// equation 2.10, is `c` squared here; that of Garivier and Moulines `pad^2 xi`, with `pad = 2 B` in theory for rewards
/// within a range `B`, and less in practice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ucb<M = Libm> {
    confidence: f32,
    math: PhantomData<M>,
}

impl<M: Math> Ucb<M> {
    /// With `c = confidence`.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless it is finite and not negative.
    pub fn new(confidence: f32) -> Result<Self, Error> {
        if !(confidence >= 0.0 && confidence.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { confidence, math: PhantomData })
    }
}

impl<M: Math> IndexRule for Ucb<M> {
    const NAME: &'static str = "ucb";
    const NUMERICS: &'static str = M::NUMERICS;
    const UNIT_REWARDS: bool = false;

    #[inline]
    fn index(&self, mean: f32, count: f32, total: f32) -> f32 {
        // Below one play, which only discounting leads to, the logarithm would be negative.
        mean + libm::sqrtf(self.confidence * M::ln(total.max(1.0)) / count)
    }
}

/// KL-UCB for rewards in `[0, 1]` (Garivier, Cappe 2011): the greatest `q` with `count kl(mean, q) <= ln total + c ln(max(ln
/// total, 1))`, by 24 halvings; `kl` is that of Bernoulli distributions, both arguments kept `1e-7` away from 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KullbackLeibler<M = Libm> {
    confidence: f32,
    math: PhantomData<M>,
}

impl<M: Math> KullbackLeibler<M> {
    /// With `c = confidence`: 3 in the proof, 0 in practice.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless it is finite and not negative.
    pub fn new(confidence: f32) -> Result<Self, Error> {
        if !(confidence >= 0.0 && confidence.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { confidence, math: PhantomData })
    }

    fn divergence(p: f32, q: f32) -> f32 {
        let (p, q) = (p.clamp(1e-7, 1.0 - 1e-7), q.clamp(1e-7, 1.0 - 1e-7));
        p * M::ln(p / q) + (1.0 - p) * M::ln((1.0 - p) / (1.0 - q))
    }
}

impl<M: Math> IndexRule for KullbackLeibler<M> {
    const NAME: &'static str = "kl-ucb";
    const NUMERICS: &'static str = M::NUMERICS;
    const UNIT_REWARDS: bool = true;

    fn index(&self, mean: f32, count: f32, total: f32) -> f32 {
        let logarithm = M::ln(total.max(1.0));
        let level = (logarithm + self.confidence * M::ln(logarithm.max(1.0))) / count;
        let (mut low, mut high) = (mean, 1.0);
        for _ in 0..24 {
            let middle = 0.5 * (low + high);
            if Self::divergence(mean, middle) <= level {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    /// Feeds plays, whatever the bandit would have chosen.
    fn fed<S: ArmStatistics, R: IndexRule>(mut bandit: IndexBandit<S, R>, plays: &[(usize, f32)]) -> IndexBandit<S, R> {
        for &(arm, reward) in plays {
            bandit.selected = Selected(Some(arm as u32));
            bandit.update(arm, reward).unwrap();
        }
        bandit
    }

    fn close(found: impl IntoIterator<Item = f32>, expected: &[f32]) {
        let found: std::vec::Vec<_> = found.into_iter().collect();
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 2e-5), "{found:?} {expected:?}");
    }

    const PLAYS: [(usize, f32); 4] = [(0, 1.0), (1, 0.0), (0, 0.0), (1, 1.0)];

    #[test]
    fn the_worked_examples_come_out() {
        let ucb = Ucb::<Libm>::new(2.0).unwrap();
        close([(0.6, 10.0), (0.4, 5.0), (0.8, 5.0)].map(|(m, n)| ucb.index(m, n, 20.0)), &[1.37405, 1.49467, 1.89467]);
        let kl = KullbackLeibler::<Libm>::new(0.0).unwrap();
        close([(0.5, 10.0), (0.0, 5.0)].map(|(m, n)| kl.index(m, n, 100.0)), &[0.887_909, 0.601_894]);

        let mut discounted = DiscountedUcb::<2>::EMPTY;
        // pad 2, xi .6
        discounted.start_discounted(Ucb::new(4.0 * 0.6).unwrap(), 0.9).unwrap();
        let discounted = fed(discounted, &PLAYS);
        let statistics = discounted.statistics();
        close([0, 1].map(|arm| statistics.count(arm)), &[1.629, 1.81]);
        close([0, 1].map(|arm| statistics.sum(arm)), &[0.729, 1.0]);
        close([0, 1].map(|arm| discounted.index(arm)), &[1.79651, 1.83226]);

        let mut window = SlidingWindowUcb::<2, 3>::EMPTY;
        window.start(Ucb::new(0.6).unwrap()).unwrap();
        let window = fed(window, &PLAYS);
        close([0, 1].map(|arm| window.index(arm)), &[0.811_891, 1.07409]);
    }

    #[test]
    fn a_window_counts_what_is_in_it() {
        let mut window = SlidingWindowUcb::<3, 4>::EMPTY;
        window.start(Ucb::new(0.6).unwrap()).unwrap();
        let plays: std::vec::Vec<_> = (0..50).map(|i| ((i * i) % 3, (i % 7) as f32)).collect();
        for end in 1..plays.len() {
            let window = fed(window.clone(), &plays[..end]);
            for arm in 0..3 {
                let inside = plays[end.saturating_sub(4)..end].iter().filter(|play| play.0 == arm);
                assert_eq!(window.statistics().count(arm), inside.clone().count() as f32);
                assert_eq!(window.statistics().sum(arm), inside.map(|play| play.1).sum::<f32>());
            }
            assert_eq!(window.statistics().total(), end.min(4) as f32);
        }
    }

    #[test]
    fn every_arm_goes_first_and_ties_go_to_the_lowest() {
        let (mut bandit, mut rng) = (Ucb1::<3>::EMPTY, stream(0, 0));
        assert_eq!(bandit.select(&mut rng), Err(Error::NotStarted));
        bandit.start(Ucb::new(2.0).unwrap()).unwrap();
        for expected in [0, 1, 2, 0] {
            assert_eq!(bandit.select(&mut rng), Ok(expected));
            bandit.update(expected, 0.5).unwrap();
        }
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let (mut bandit, mut rng) = (KlUcb::<2>::EMPTY, stream(0, 0));
        bandit.start(KullbackLeibler::new(0.0).unwrap()).unwrap();
        let arm = bandit.select(&mut rng).unwrap();
        let digest = bandit.digest();
        assert_eq!(bandit.update(arm, 1.5), Err(Error::RewardOutOfRange));
        assert_eq!(bandit.update(arm, f32::NAN), Err(Error::NonFinite));
        assert_eq!(bandit.update(1 - arm, 0.5), Err(Error::NotSelected));
        assert!(Ucb::<Libm>::new(f32::NAN).is_err() && KullbackLeibler::<Libm>::new(-1.0).is_err());
        let mut discounted = DiscountedUcb::<2>::EMPTY;
        assert_eq!(discounted.start_discounted(Ucb::new(1.0).unwrap(), 0.0), Err(Error::DiscountOutOfRange));
        let mut none = Ucb1::<0>::EMPTY;
        assert_eq!(none.start(Ucb::new(1.0).unwrap()), Err(Error::NoArms));
        assert_eq!(bandit.digest(), digest);
    }
}
