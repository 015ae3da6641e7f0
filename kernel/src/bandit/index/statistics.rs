//! What is counted of each arm.

use crate::error::Error;
use crate::linalg::StorageMut;
use crate::state::{Merge, Persist, Reader, Write};

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

/// Counts and sums add up.
impl<C: StorageMut<u32>, V: StorageMut> Merge for Cumulative<C, V> {
    fn check_merge(&mut self, other: &Self) -> Result<(), Error> {
        self.counts.values_mut().check_merge(other.counts.values())?;
        self.sums.values_mut().check_merge(other.sums.values())
    }

    fn take_in(&mut self, other: &Self) {
        self.counts.values_mut().take_in(other.counts.values());
        self.sums.values_mut().take_in(other.sums.values());
        self.total.take_in(&other.total);
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
    /// Over the caller's memory, two numbers an arm, which are cleared when a bandit starts; nothing fades yet.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(counts: V, sums: V) -> Result<Self, Error> {
        if counts.values().len() != sums.values().len() {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { counts, sums, fade: 1.0 })
    }

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
pub struct SlidingWindowState<C, V, P, Q> {
    counts: C,
    sums: V,
    arms: P,
    rewards: Q,
    plays: u32,
}

/// [`SlidingWindowState`] of constant size.
pub type SlidingWindow<const K: usize, const W: usize> = SlidingWindowState<[u32; K], [f32; K], [u16; W], [f32; W]>;

/// As many arms as 16 bits tell apart.
const MOST_ARMS: usize = 65_536;

impl<const K: usize, const W: usize> SlidingWindow<K, W> {
    /// No play.
    pub const EMPTY: Self = {
        assert!(W > 0 && K <= MOST_ARMS, "an arm is kept in 16 bits");
        Self { counts: [0; K], sums: [0.0; K], arms: [0; W], rewards: [0.0; W], plays: 0 }
    };
}

impl<C: StorageMut<u32>, V: StorageMut, P: StorageMut<u16>, Q: StorageMut> SlidingWindowState<C, V, P, Q> {
    /// Over the caller's memory: one number of the first two kinds an arm, and one of the others a play of the window.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::ParameterOutOfRange`] without a window, or with one of 2^31 plays or more;
    /// [`Error::ActionOutOfRange`] for more than 65 536 arms.
    pub fn over(counts: C, sums: V, arms: P, rewards: Q) -> Result<Self, Error> {
        let (count, window) = (counts.values().len(), arms.values().len());
        if sums.values().len() != count || rewards.values().len() != window {
            return Err(Error::LengthMismatch);
        }
        if window == 0 || window > u32::MAX as usize / 2 {
            return Err(Error::ParameterOutOfRange);
        }
        if count > MOST_ARMS {
            return Err(Error::ActionOutOfRange);
        }
        let mut all = Self { counts, sums, arms, rewards, plays: 0 };
        // Places of the window that are not filled yet are written with the rest.
        all.arms.values_mut().fill(0);
        all.rewards.values_mut().fill(0.0);
        all.clear();
        Ok(all)
    }

    #[inline]
    fn window(&self) -> usize {
        self.arms.values().len()
    }

    fn recount(&mut self) {
        let kept = (self.plays as usize).min(self.window());
        let (counts, sums) = (self.counts.values_mut(), self.sums.values_mut());
        counts.fill(0);
        sums.fill(0.0);
        for (arm, reward) in self.arms.values().iter().zip(self.rewards.values()).take(kept) {
            let arm = usize::from(*arm);
            if let (Some(count), Some(sum)) = (counts.get_mut(arm), sums.get_mut(arm)) {
                *count += 1;
                *sum += reward;
            }
        }
    }
}

impl<C: StorageMut<u32>, V: StorageMut, P: StorageMut<u16>, Q: StorageMut> ArmStatistics
    for SlidingWindowState<C, V, P, Q>
{
    const NAME: &'static str = "sliding-window";

    fn arms(&self) -> usize {
        self.counts.values().len()
    }

    fn count(&self, arm: usize) -> f32 {
        self.counts.values().get(arm).map_or(0.0, |count| *count as f32)
    }

    fn sum(&self, arm: usize) -> f32 {
        self.sums.values().get(arm).copied().unwrap_or(0.0)
    }

    fn total(&self) -> f32 {
        (self.plays as usize).min(self.window()) as f32
    }

    fn clear(&mut self) {
        self.counts.values_mut().fill(0);
        self.sums.values_mut().fill(0.0);
        self.plays = 0;
    }

    fn add(&mut self, arm: usize, reward: f32) {
        let window = self.window();
        let place = self.plays as usize % window.max(1);
        let full = self.plays as usize >= window;
        let (of, paid) = (self.arms.values_mut().get_mut(place), self.rewards.values_mut().get_mut(place));
        let (Some(of), Some(paid)) = (of, paid) else { return };
        let (old_arm, old_reward) = (usize::from(*of), *paid);
        (*of, *paid) = (arm as u16, reward);
        // Counts plays up to twice the window only: what matters is the place and whether the window is full.
        self.plays = if self.plays as usize + 1 >= 2 * window { window as u32 } else { self.plays + 1 };
        if place + 1 == window {
            return self.recount();
        }
        let (counts, sums) = (self.counts.values_mut(), self.sums.values_mut());
        let left = counts.get_mut(old_arm).zip(sums.get_mut(old_arm));
        if let Some((count, sum)) = left.filter(|_| full) {
            *count = count.saturating_sub(1);
            *sum = if *count == 0 { 0.0 } else { *sum - old_reward };
        }
        if let (Some(count), Some(sum)) = (counts.get_mut(arm), sums.get_mut(arm)) {
            *count += 1;
            *sum += reward;
        }
    }
}

/// Counts as `u32`, sums, the arm and the reward of every place of the window, then the number of plays as `u32`.
impl<C: StorageMut<u32>, V: StorageMut, P: StorageMut<u16>, Q: StorageMut> Persist for SlidingWindowState<C, V, P, Q> {
    fn write(&self, out: &mut impl Write) {
        self.counts.values().write(out);
        self.sums.values().write(out);
        self.arms.values().iter().for_each(|arm| u32::from(*arm).write(out));
        self.rewards.values().write(out);
        self.plays.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.counts.values().check(from)?;
        self.sums.values().check(from)?;
        for _ in self.arms.values() {
            let mut arm = 0u32;
            arm.read(from)?;
            if arm as usize >= self.arms() {
                return Err(Error::Malformed);
            }
        }
        self.rewards.values().check(from)?;
        let mut plays = 0u32;
        plays.read(from)?;
        if plays as usize >= 2 * self.window() { Err(Error::Malformed) } else { Ok(()) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.counts.values_mut().read(from)?;
        self.sums.values_mut().read(from)?;
        for place in self.arms.values_mut() {
            let mut arm = 0u32;
            arm.read(from)?;
            *place = arm as u16;
        }
        self.rewards.values_mut().read(from)?;
        self.plays.read(from)
    }
}
