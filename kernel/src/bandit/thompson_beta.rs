//! Arms in proportion to how likely they are the best.

use super::{Bandit, Choice, Selected};
use crate::error::Error;
use crate::linalg::StorageMut;
use crate::math::{Libm, Math, argmax};
use crate::rng::{Rng, box_muller, unit_f32};
use crate::state::{Identify, Identity, Merge, Persist, Reader, Write};
use core::marker::PhantomData;

/// Thompson sampling for rewards of 0 or 1 (Thompson 1933; Agrawal, Goyal 2012): plays the arm whose draw from `Beta(1 +
/// successes, 1 + failures)` is the greatest.
///
/// Memory: `8 K` bytes and 12. Cost: two gamma draws an arm, each of a few words, logarithms and square roots.
#[derive(Clone, Debug)]
pub struct ThompsonBetaState<C, M = Libm> {
    successes: C,
    failures: C,
    started: bool,
    selected: Selected,
    math: PhantomData<M>,
}

/// [`ThompsonBetaState`] of constant size.
pub type ThompsonBeta<const K: usize> = ThompsonBetaState<[u32; K]>;

impl<const K: usize> ThompsonBeta<K> {
    /// Not started.
    pub const EMPTY: Self = Self::new([0; K], [0; K]);

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(ThompsonBeta::<4>::SIZE == 8 * 4 + 12);

impl<C, M> ThompsonBetaState<C, M> {
    /// Over memory that has not been started: two arrays of one count an arm.
    pub const fn new(successes: C, failures: C) -> Self {
        Self { successes, failures, started: false, selected: Selected::NONE, math: PhantomData }
    }
}

/// A draw from the gamma distribution of `shape` at least 1 and scale 1 (Marsaglia, Tsang 2000).
fn gamma<M: Math>(shape: f32, rng: &mut (impl Rng + ?Sized)) -> f32 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / libm::sqrtf(9.0 * d);
    loop {
        let x = box_muller::<M>(rng).0;
        let root = 1.0 + c * x;
        if root <= 0.0 {
            continue;
        }
        let v = root * root * root;
        // In (0, 1], where the logarithm is finite.
        let u = 1.0 - unit_f32(rng);
        if M::ln(u) < 0.5 * x * x + d - d * v + d * M::ln(v) {
            return d * v;
        }
    }
}

impl<C: StorageMut<u32>, M: Math> ThompsonBetaState<C, M> {
    /// Starts knowing nothing: every arm's prior is uniform.
    ///
    /// # Errors
    /// [`Error::NoArms`], [`Error::LengthMismatch`].
    pub fn start(&mut self) -> Result<(), Error> {
        if self.successes.values().is_empty() {
            return Err(Error::NoArms);
        }
        if self.successes.values().len() != self.failures.values().len() {
            return Err(Error::LengthMismatch);
        }
        self.successes.values_mut().fill(0);
        self.failures.values_mut().fill(0);
        (self.started, self.selected) = (true, Selected::NONE);
        Ok(())
    }

    /// The mean of an arm's posterior.
    pub fn mean(&self, arm: usize) -> f32 {
        let (successes, failures) = self.shapes(arm);
        successes / (successes + failures)
    }

    fn shapes(&self, arm: usize) -> (f32, f32) {
        let of = |counts: &C| counts.values().get(arm).map_or(1.0, |count| 1.0 + *count as f32);
        (of(&self.successes), of(&self.failures))
    }
}

impl<C: StorageMut<u32>, M: Math> Bandit for ThompsonBetaState<C, M> {
    fn arms(&self) -> usize {
        self.successes.values().len()
    }

    fn select(&mut self, rng: &mut (impl Rng + ?Sized)) -> Result<Choice, Error> {
        if !self.started {
            return Err(Error::NotStarted);
        }
        let arm = argmax(self.arms(), |arm| {
            let (successes, failures) = self.shapes(arm);
            let (a, b) = (gamma::<M>(successes, rng), gamma::<M>(failures, rng));
            a / (a + b)
        })
        .ok_or(Error::NonFinite)?;
        self.selected = Selected(Some(arm as u32));
        Ok(Choice::sampled(arm))
    }

    /// # Errors
    /// [`Error::RewardOutOfRange`] besides the trait's, unless the reward is 0 or 1.
    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        self.selected.accept(arm, reward)?;
        let counts = match reward {
            1.0 => self.successes.values_mut(),
            0.0 => self.failures.values_mut(),
            _ => return Err(Error::RewardOutOfRange),
        };
        if let Some(count) = counts.get_mut(arm) {
            *count = count.saturating_add(1);
        }
        self.selected = Selected::NONE;
        Ok(())
    }
}

/// Successes, failures, then the arm that waits, all `u32`: `8 K + 4` bytes.
impl<C: StorageMut<u32>, M> Persist for ThompsonBetaState<C, M> {
    fn write(&self, out: &mut impl Write) {
        self.successes.values().write(out);
        self.failures.values().write(out);
        self.selected.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.successes.values().check(from)?;
        self.failures.values().check(from)?;
        self.selected.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.successes.values_mut().read(from)?;
        self.failures.values_mut().read(from)?;
        self.selected.read(from)
    }
}

/// `"thompson-beta"`: arms.
impl<C: StorageMut<u32>, M: Math> Identify for ThompsonBetaState<C, M> {
    fn identity(&self) -> Identity {
        Identity::new("thompson-beta", M::NUMERICS, [self.arms(), 0, 0])
    }
}

/// Counts add up; the arm that waits is forgotten.
impl<C: StorageMut<u32>, M> Merge for ThompsonBetaState<C, M> {
    fn check_merge(&mut self, other: &Self) -> Result<(), Error> {
        if !(self.started && other.started) {
            return Err(Error::NotStarted);
        }
        self.successes.values_mut().check_merge(other.successes.values())?;
        self.failures.values_mut().check_merge(other.failures.values())
    }

    fn take_in(&mut self, other: &Self) {
        self.successes.values_mut().take_in(other.successes.values());
        self.failures.values_mut().take_in(other.failures.values());
        self.selected = Selected::NONE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    #[test]
    fn gamma_draws_have_their_mean_and_variance() {
        let mut rng = stream(8, 0);
        for shape in [1.0f32, 2.5, 30.0] {
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in 0..20_000 {
                let x = f64::from(gamma::<Libm>(shape, &mut rng));
                sum += x;
                squares += x * x;
            }
            let (mean, shape) = (sum / 2e4, f64::from(shape));
            assert!((mean / shape - 1.0).abs() < 0.04, "{mean}");
            assert!(((squares / 2e4 - mean * mean) / shape - 1.0).abs() < 0.1);
        }
    }

    #[test]
    fn the_better_arm_is_played_more_and_more() {
        let (mut bandit, mut rng) = (ThompsonBeta::<2>::EMPTY, stream(1, 0));
        assert_eq!(bandit.select(&mut rng), Err(Error::NotStarted));
        bandit.start().unwrap();
        let mut late = 0;
        for round in 0..1000 {
            let arm = bandit.select(&mut rng).unwrap().arm;
            let pays = unit_f32(&mut rng) < [0.3, 0.7][arm];
            bandit.update(arm, if pays { 1.0 } else { 0.0 }).unwrap();
            late += usize::from(round >= 500) * arm;
        }
        assert!(late > 480 && (bandit.mean(1) - 0.7).abs() < 0.05, "{late}");
        let digest = bandit.digest();
        let arm = bandit.select(&mut rng).unwrap().arm;
        assert_eq!(bandit.update(arm, 0.5), Err(Error::RewardOutOfRange));
        bandit.selected = Selected::NONE;
        assert_eq!(bandit.digest(), digest);
    }
}
