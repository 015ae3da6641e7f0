//! Estimates of what each arm pays, and an exploration that acts on them.

use super::{Bandit, Choice, Selected};
use crate::error::Error;
use crate::linalg::StorageMut;
use crate::policy::{EpsilonGreedy, Exploration};
use crate::rng::Rng;
use crate::state::{Identify, Identity, Merge, Persist, Reader, Write};

/// Action-value methods (Sutton & Barto, sections 2.2 to 2.6): the estimate of the arm played moves towards its reward by a
/// constant step size, or by `1/n` so that it is the sample average; arms are drawn by the exploration, epsilon-greedy unless
/// another one is named. Initial estimates above what can be earned make an optimistic start.
///
/// Memory: `8 K` bytes, the exploration and 16 bytes. Cost: O(K).
#[derive(Clone, Debug)]
pub struct ActionValueState<V, C, E = EpsilonGreedy> {
    values: V,
    counts: C,
    exploration: E,
    /// 0 for the sample average.
    step_size: f32,
    started: bool,
    selected: Selected,
}

/// [`ActionValueState`] of constant size.
///
/// ```
/// use habit::bandit::{ActionValueBandit, Bandit};
/// use habit::policy::EpsilonGreedy;
/// use habit::rng::stream;
/// let mut radio = ActionValueBandit::<4>::EMPTY;
/// radio.start(EpsilonGreedy::new(0.1)?, None, 0.0)?;
/// let channel = radio.select(&mut stream(1, 0))?.arm;
/// radio.update(channel, 0.8)?;
/// assert_eq!(radio.values()[channel], 0.8);
/// # Ok::<(), habit::Error>(())
/// ```
pub type ActionValueBandit<const K: usize, E = EpsilonGreedy> = ActionValueState<[f32; K], [u32; K], E>;

impl<E: Exploration, const K: usize> ActionValueBandit<K, E> {
    /// Not started.
    pub const EMPTY: Self = Self {
        values: [0.0; K],
        counts: [0; K],
        exploration: E::GREEDY,
        step_size: 0.0,
        started: false,
        selected: Selected::NONE,
    };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(ActionValueBandit::<4>::SIZE == 8 * 4 + 16 + size_of::<EpsilonGreedy>());

impl<V: StorageMut, C: StorageMut<u32>, E: Exploration> ActionValueState<V, C, E> {
    /// Over the caller's memory, one number of each kind an arm; call [`start`](Self::start) next.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(values: V, counts: C) -> Result<Self, Error> {
        if values.values().len() != counts.values().len() {
            return Err(Error::LengthMismatch);
        }
        let exploration = E::GREEDY;
        Ok(Self { values, counts, exploration, step_size: 0.0, started: false, selected: Selected::NONE })
    }

    /// Starts with every estimate at `initial`; `step_size` is constant, or `None` for the sample average.
    ///
    /// # Errors
    /// [`Error::NoArms`]; [`Error::StepSizeOutOfRange`] unless it is in `(0, 1]`; [`Error::NonFinite`].
    pub fn start(&mut self, exploration: E, step_size: Option<f32>, initial: f32) -> Result<(), Error> {
        if self.values.values().is_empty() {
            return Err(Error::NoArms);
        }
        if step_size.is_some_and(|step_size| !(step_size > 0.0 && step_size <= 1.0)) {
            return Err(Error::StepSizeOutOfRange);
        }
        if !initial.is_finite() {
            return Err(Error::NonFinite);
        }
        self.values.values_mut().fill(initial);
        self.counts.values_mut().fill(0);
        (self.exploration, self.step_size) = (exploration, step_size.unwrap_or(0.0));
        (self.started, self.selected) = (true, Selected::NONE);
        Ok(())
    }

    /// The estimates.
    pub fn values(&self) -> &[f32] {
        self.values.values()
    }
}

impl<V: StorageMut, C: StorageMut<u32>, E> ActionValueState<V, C, E> {
    /// Each arm's estimate and count.
    fn pairs(&self) -> impl Iterator<Item = (f32, u32)> {
        self.values.values().iter().copied().zip(self.counts.values().iter().copied())
    }
}

impl<V: StorageMut, C: StorageMut<u32>, E: Exploration> Bandit for ActionValueState<V, C, E> {
    fn arms(&self) -> usize {
        self.values.values().len()
    }

    fn select(&mut self, rng: &mut (impl Rng + ?Sized)) -> Result<Choice, Error> {
        if !self.started {
            return Err(Error::NotStarted);
        }
        let (arm, propensity) = self.exploration.draw(0, self.values.values(), rng)?;
        self.selected = Selected(Some(arm as u32));
        Ok(Choice::drawn(arm, propensity))
    }

    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        self.selected.accept(arm, reward)?;
        let (values, counts) = (self.values.values_mut(), self.counts.values_mut());
        let (Some(value), Some(count)) = (values.get_mut(arm), counts.get_mut(arm)) else {
            return Err(Error::ActionOutOfRange);
        };
        let plays = count.saturating_add(1);
        let step_size = if self.step_size > 0.0 { self.step_size } else { 1.0 / plays as f32 };
        let next = *value + step_size * (reward - *value);
        if !next.is_finite() {
            return Err(Error::NonFinite);
        }
        (*value, *count, self.selected) = (next, plays, Selected::NONE);
        Ok(())
    }
}

/// Estimates, counts as `u32`, then the arm that waits: `8 K + 4` bytes.
impl<V: StorageMut, C: StorageMut<u32>, E> Persist for ActionValueState<V, C, E> {
    fn write(&self, out: &mut impl Write) {
        self.values.values().write(out);
        self.counts.values().write(out);
        self.selected.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.values.values().check(from)?;
        self.counts.values().check(from)?;
        self.selected.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.values.values_mut().read(from)?;
        self.counts.values_mut().read(from)?;
        self.selected.read(from)
    }
}

/// `"action-value"`: arms.
impl<V: StorageMut, C: StorageMut<u32>, E> Identify for ActionValueState<V, C, E> {
    fn identity(&self) -> Identity {
        Identity::new("action-value", Identity::PLAIN, [self.values.values().len(), 0, 0])
    }
}

/// Each estimate becomes the mean of both, weighted by their counts; an arm that one has not played is as the other knows
/// it. The arm that waits is forgotten.
///
/// # Errors
/// Besides the trait's, [`Error::NotMergeable`] under a constant step size, which weights rewards by their order.
impl<V: StorageMut, C: StorageMut<u32>, E> Merge for ActionValueState<V, C, E> {
    fn check_merge(&mut self, other: &Self) -> Result<(), Error> {
        if !(self.started && other.started) {
            return Err(Error::NotStarted);
        }
        if self.step_size > 0.0 || other.step_size > 0.0 {
            return Err(Error::NotMergeable);
        }
        if self.values.values().len() != other.values.values().len() {
            return Err(Error::OtherDimensions);
        }
        for (own, others) in self.pairs().zip(other.pairs()) {
            if own.1 == 0 && others.1 == 0 && own.0.to_bits() != others.0.to_bits() {
                return Err(Error::OtherPrior);
            }
            if !pooled(own, others).is_finite() {
                return Err(Error::NonFinite);
            }
        }
        Ok(())
    }

    fn take_in(&mut self, other: &Self) {
        let own = self.values.values_mut().iter_mut().zip(self.counts.values_mut());
        for ((value, count), others) in own.zip(other.pairs()) {
            *value = pooled((*value, *count), others);
            *count = count.saturating_add(others.1);
        }
        self.selected = Selected::NONE;
    }
}

/// The mean of two means with their counts, the same whichever comes first.
fn pooled((own, own_count): (f32, u32), (other, other_count): (f32, u32)) -> f32 {
    if other_count == 0 {
        own
    } else if own_count == 0 {
        other
    } else {
        let (own_count, other_count) = (own_count as f32, other_count as f32);
        (own_count * own + other_count * other) / (own_count + other_count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    fn played(step_size: Option<f32>) -> ActionValueBandit<2> {
        let (mut bandit, mut rng) = (ActionValueBandit::<2>::EMPTY, stream(0, 0));
        bandit.start(EpsilonGreedy::new(1.0).unwrap(), step_size, 1.0).unwrap();
        for reward in [3.0, 5.0, 1.0] {
            while bandit.select(&mut rng).unwrap().arm != 0 {}
            bandit.update(0, reward).unwrap();
        }
        bandit
    }

    #[test]
    fn estimates_are_averages_or_move_by_a_constant_share() {
        assert_eq!(played(None).values(), [3.0, 1.0]);
        assert_eq!(played(Some(0.5)).values(), [2.25, 1.0]);
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let (mut bandit, mut rng) = (ActionValueBandit::<2>::EMPTY, stream(0, 0));
        assert_eq!(bandit.select(&mut rng), Err(Error::NotStarted));
        assert_eq!(bandit.start(EpsilonGreedy::GREEDY, Some(0.0), 0.0), Err(Error::StepSizeOutOfRange));
        assert_eq!(bandit.start(EpsilonGreedy::GREEDY, None, f32::NAN), Err(Error::NonFinite));
        let mut bandit = played(None);
        let digest = bandit.digest();
        assert_eq!(bandit.update(0, 1.0), Err(Error::NotSelected));
        let arm = bandit.select(&mut rng).unwrap().arm;
        assert_eq!(bandit.update(arm, f32::INFINITY), Err(Error::NonFinite));
        assert_eq!(bandit.update(1 - arm, 0.0), Err(Error::NotSelected));
        bandit.selected = Selected::NONE;
        assert_eq!(bandit.digest(), digest);
    }
}
