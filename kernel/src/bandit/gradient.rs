//! Preferences instead of estimates.

use super::{Bandit, Choice, Selected};
use crate::error::Error;
use crate::linalg::StorageMut;
use crate::math::{Libm, Math, maximum};
use crate::rng::{Rng, categorical};
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// The gradient bandit (Sutton & Barto, section 2.8): arms are drawn by the softmax of preferences; after arm `a`, `H_i +=
/// alpha (r - base)(1[i = a] - p_i)`, where `base` is the mean of the rewards before this one, or 0.
///
/// Memory: `8 K` bytes and 24. Cost: O(K), `K` exponentials and a word of the generator a play.
#[derive(Clone, Debug)]
pub struct GradientBanditState<V, M = Libm> {
    preferences: V,
    probabilities: V,
    step_size: f32,
    with_baseline: bool,
    baseline: f32,
    plays: u32,
    selected: Selected,
    math: PhantomData<M>,
}

/// [`GradientBanditState`] of constant size.
pub type GradientBandit<const K: usize> = GradientBanditState<[f32; K]>;

impl<const K: usize> GradientBandit<K> {
    /// Not started.
    pub const EMPTY: Self = Self::new([0.0; K], [0.0; K]);

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(GradientBandit::<4>::SIZE == 8 * 4 + 24);

impl<V, M> GradientBanditState<V, M> {
    /// Over memory that has not been started: two arrays of one number an arm.
    pub const fn new(preferences: V, probabilities: V) -> Self {
        Self {
            preferences,
            probabilities,
            step_size: 0.0,
            with_baseline: true,
            baseline: 0.0,
            plays: 0,
            selected: Selected::NONE,
            math: PhantomData,
        }
    }
}

impl<V: StorageMut, M: Math> GradientBanditState<V, M> {
    /// Starts with equal preferences.
    ///
    /// # Errors
    /// [`Error::NoArms`], [`Error::LengthMismatch`]; [`Error::StepSizeOutOfRange`] unless it is positive and finite.
    pub fn start(&mut self, step_size: f32, with_baseline: bool) -> Result<(), Error> {
        if self.preferences.values().is_empty() {
            return Err(Error::NoArms);
        }
        if self.preferences.values().len() != self.probabilities.values().len() {
            return Err(Error::LengthMismatch);
        }
        if !(step_size > 0.0 && step_size.is_finite()) {
            return Err(Error::StepSizeOutOfRange);
        }
        self.preferences.values_mut().fill(0.0);
        (self.step_size, self.with_baseline) = (step_size, with_baseline);
        (self.baseline, self.plays, self.selected) = (0.0, 0, Selected::NONE);
        self.mix();
        Ok(())
    }

    /// The preferences, `H`.
    pub fn preferences(&self) -> &[f32] {
        self.preferences.values()
    }

    /// The probability with which each arm is played next.
    pub fn probabilities(&self) -> &[f32] {
        self.probabilities.values()
    }

    fn mix(&mut self) {
        let preferences = self.preferences.values();
        let (greatest, _) = maximum(preferences);
        let probabilities = self.probabilities.values_mut();
        let mut sum = 0.0;
        for (p, preference) in probabilities.iter_mut().zip(preferences) {
            *p = M::exp(preference - greatest);
            sum += *p;
        }
        probabilities.iter_mut().for_each(|p| *p /= sum);
    }
}

impl<V: StorageMut, M: Math> Bandit for GradientBanditState<V, M> {
    fn arms(&self) -> usize {
        self.preferences.values().len()
    }

    fn select(&mut self, rng: &mut (impl Rng + ?Sized)) -> Result<Choice, Error> {
        if self.step_size == 0.0 {
            return Err(Error::NotStarted);
        }
        let arm = categorical(self.probabilities.values(), rng)?;
        self.selected = Selected(Some(arm as u32));
        Ok(Choice { arm, propensity: self.probabilities.values().get(arm).copied() })
    }

    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        self.selected.accept(arm, reward)?;
        let plays = self.plays.saturating_add(1);
        let baseline = self.baseline + (reward - self.baseline) / plays as f32;
        let scale = self.step_size * if self.with_baseline { reward - self.baseline } else { reward };
        if !(scale.is_finite() && baseline.is_finite()) {
            return Err(Error::NonFinite);
        }
        let (preferences, probabilities) = (self.preferences.values_mut(), self.probabilities.values());
        let moved =
            |index: usize, preference: f32, p: f32| preference + scale * (if index == arm { 1.0 } else { 0.0 } - p);
        let pairs = preferences.iter().zip(probabilities).enumerate();
        if !pairs.clone().all(|(index, (h, p))| moved(index, *h, *p).is_finite()) {
            return Err(Error::NonFinite);
        }
        for (index, (h, p)) in preferences.iter_mut().zip(probabilities).enumerate() {
            *h = moved(index, *h, *p);
        }
        (self.baseline, self.plays, self.selected) = (baseline, plays, Selected::NONE);
        self.mix();
        Ok(())
    }
}

/// Preferences, the baseline, the number of plays as `u32`, then the arm that waits: `4 K + 12` bytes.
impl<V: StorageMut, M: Math> Persist for GradientBanditState<V, M> {
    fn write(&self, out: &mut impl Write) {
        self.preferences.values().write(out);
        self.baseline.write(out);
        self.plays.write(out);
        self.selected.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.preferences.values().check(from)?;
        self.baseline.check(from)?;
        self.plays.check(from)?;
        self.selected.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.preferences.values_mut().read(from)?;
        self.baseline.read(from)?;
        self.plays.read(from)?;
        self.mix();
        self.selected.read(from)
    }
}

/// `"gradient"`: arms.
impl<V: StorageMut, M: Math> Identify for GradientBanditState<V, M> {
    fn identity(&self) -> Identity {
        Identity::new("gradient", M::NUMERICS, [self.preferences.values().len(), 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::all_finite;
    use crate::rng::stream;

    #[test]
    fn the_worked_example_comes_out() {
        let mut bandit = GradientBandit::<3>::EMPTY;
        bandit.start(0.4, true).unwrap();
        for (arm, reward) in [(1, 1.0), (0, 0.2), (1, 0.8)] {
            bandit.selected = Selected(Some(arm as u32));
            bandit.update(arm, reward).unwrap();
        }
        for (found, expected) in bandit.preferences().iter().zip([-0.379_365, 0.445_396, -0.066_030_8]) {
            assert!((found - expected).abs() < 1e-5, "{:?}", bandit.preferences());
        }
        assert!((bandit.baseline - 0.666_667).abs() < 1e-6);
        assert!(all_finite(bandit.probabilities()));
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let (mut bandit, mut rng) = (GradientBandit::<2>::EMPTY, stream(0, 0));
        assert_eq!(bandit.select(&mut rng), Err(Error::NotStarted));
        assert_eq!(bandit.start(f32::NAN, true), Err(Error::StepSizeOutOfRange));
        bandit.start(0.1, true).unwrap();
        let arm = bandit.select(&mut rng).unwrap().arm;
        let digest = bandit.digest();
        assert_eq!(bandit.update(arm, f32::NAN), Err(Error::NonFinite));
        assert_eq!(bandit.update(1 - arm, 0.0), Err(Error::NotSelected));
        assert_eq!(bandit.digest(), digest);
    }
}
