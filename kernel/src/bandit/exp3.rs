//! Exponential weights against an adversary.

use super::{Bandit, Choice, Selected};
use crate::error::Error;
use crate::linalg::{Storage, StorageMut};
use crate::math::{Libm, Math};
use crate::rng::{Rng, categorical};
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// `min(1, sqrt(K ln K / ((e - 1) bound)))`: Exp3's mixing rate when the best arm's total reward, mapped to `[0, 1]` a
/// round, is at most `bound` (Auer et al. 2002, corollary 3.2).
pub fn exploration_rate<M: Math>(arms: usize, bound: f32) -> f32 {
    let arms = arms as f32;
    libm::sqrtf(arms * M::ln(arms) / ((core::f32::consts::E - 1.0) * bound)).min(1.0)
}

/// Exp3 (Auer, Cesa-Bianchi, Freund, Schapire 2002): plays arm `i` with probability `(1 - g) w_i / sum w + g / K`; after
/// arm `a` with a reward mapped to `r` in `[0, 1]`: `w_a *= exp(g r / (p_a K))`, then all weights are divided by the
/// greatest.
///
/// Memory: `8 K` bytes and 20 bytes or less. Cost: O(K), one word of the generator, one exponential.
#[derive(Clone, Debug)]
pub struct Exp3State<V, M = Libm> {
    weights: V,
    probabilities: V,
    rate: f32,
    low: f32,
    high: f32,
    selected: Selected,
    math: PhantomData<M>,
}

/// [`Exp3State`] of constant size.
pub type Exp3<const K: usize> = Exp3State<[f32; K]>;

impl<const K: usize> Exp3<K> {
    /// Not started.
    pub const EMPTY: Self = Self::new([0.0; K], [0.0; K]);

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(Exp3::<4>::SIZE == 8 * 4 + 20);

impl<V, M> Exp3State<V, M> {
    /// Over memory that has not been started: two arrays of one number an arm.
    pub const fn new(weights: V, probabilities: V) -> Self {
        Self { weights, probabilities, rate: 0.0, low: 0.0, high: 0.0, selected: Selected::NONE, math: PhantomData }
    }
}

impl<V: Storage, M> Exp3State<V, M> {
    /// The probability with which each arm is played next.
    pub fn probabilities(&self) -> &[f32] {
        self.probabilities.values()
    }
}

impl<V: StorageMut, M: Math> Exp3State<V, M> {
    /// Starts with equal weights, mixing rate `rate` in `(0, 1]`, and rewards in `low..=high`.
    ///
    /// # Errors
    /// [`Error::NoArms`]; [`Error::LengthMismatch`]; [`Error::ParameterOutOfRange`].
    pub fn start(&mut self, rate: f32, low: f32, high: f32) -> Result<(), Error> {
        if self.weights.values().is_empty() {
            return Err(Error::NoArms);
        }
        if self.weights.values().len() != self.probabilities.values().len() {
            return Err(Error::LengthMismatch);
        }
        if !(rate > 0.0 && rate <= 1.0 && low < high && (high - low).is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        self.weights.values_mut().fill(1.0);
        (self.rate, self.low, self.high, self.selected) = (rate, low, high, Selected::NONE);
        self.mix();
        Ok(())
    }

    fn mix(&mut self) {
        let weights = self.weights.values();
        let share = self.rate / weights.len() as f32;
        let sum = weights.iter().fold(0.0, |sum, weight| sum + weight);
        for (p, weight) in self.probabilities.values_mut().iter_mut().zip(weights) {
            *p = ((1.0 - self.rate) * weight / sum + share).min(1.0);
        }
    }
}

impl<V: StorageMut, M: Math> Bandit for Exp3State<V, M> {
    fn arms(&self) -> usize {
        self.weights.values().len()
    }

    fn select(&mut self, rng: &mut (impl Rng + ?Sized)) -> Result<Choice, Error> {
        if self.rate == 0.0 {
            return Err(Error::NotStarted);
        }
        let arm = categorical(self.probabilities.values(), rng)?;
        self.selected = Selected(Some(arm as u32));
        Ok(Choice { arm, propensity: self.probabilities.values().get(arm).copied() })
    }

    /// # Errors
    /// [`Error::RewardOutOfRange`] besides the trait's.
    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        self.selected.accept(arm, reward)?;
        let mapped = (reward - self.low) / (self.high - self.low);
        if !(0.0..=1.0).contains(&mapped) {
            return Err(Error::RewardOutOfRange);
        }
        let p = self.probabilities.values().get(arm).copied().ok_or(Error::ActionOutOfRange)?;
        let weights = self.weights.values_mut();
        // The exponent is at most 1, because p >= rate / K.
        let gain = M::exp(self.rate * mapped / (p * weights.len() as f32));
        if let Some(weight) = weights.get_mut(arm) {
            *weight *= gain;
        }
        let greatest = weights.iter().copied().fold(0.0, f32::max);
        weights.iter_mut().for_each(|weight| *weight /= greatest);
        self.mix();
        self.selected = Selected::NONE;
        Ok(())
    }
}

/// The weights, then the arm that waits: `4 (K + 1)` bytes.
impl<V: StorageMut, M: Math> Persist for Exp3State<V, M> {
    fn write(&self, out: &mut impl Write) {
        self.weights.values().write(out);
        self.selected.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut greatest = 0.0f32;
        for _ in self.weights.values() {
            let mut weight = 0.0f32;
            weight.read(from)?;
            if !(0.0..=1.0).contains(&weight) {
                return Err(Error::Malformed);
            }
            greatest = greatest.max(weight);
        }
        if greatest != 1.0 {
            return Err(Error::Malformed);
        }
        self.selected.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.weights.values_mut().read(from)?;
        self.mix();
        self.selected.read(from)
    }
}

/// `"exp3"`: arms.
impl<V: StorageMut, M: Math> Identify for Exp3State<V, M> {
    fn identity(&self) -> Identity {
        Identity::new("exp3", M::NUMERICS, [self.weights.values().len(), 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    #[test]
    fn the_worked_example_comes_out() {
        let mut bandit = Exp3::<3>::EMPTY;
        bandit.start(0.1, 0.0, 1.0).unwrap();
        let mut rng = stream(0, 0);
        for (arm, reward) in [(0, 1.0), (0, 1.0), (2, 0.5)] {
            while bandit.select(&mut rng).unwrap().arm != arm {}
            bandit.update(arm, reward).unwrap();
        }
        for (weight, expected) in bandit.weights.into_iter().zip([1.0, 0.823_449, 0.868_437]) {
            assert!((weight - expected).abs() < 2e-6);
        }
        for (&p, expected) in bandit.probabilities().iter().zip([0.367_671, 0.308_644, 0.323_685]) {
            assert!((p - expected).abs() < 2e-6);
        }
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let (mut bandit, mut rng) = (Exp3::<3>::EMPTY, stream(0, 0));
        assert_eq!(bandit.select(&mut rng), Err(Error::NotStarted));
        for (rate, low, high) in [(0.0, 0.0, 1.0), (1.5, 0.0, 1.0), (0.1, 1.0, 1.0), (0.1, 0.0, f32::NAN)] {
            assert_eq!(bandit.start(rate, low, high), Err(Error::ParameterOutOfRange));
        }
        let mut none = Exp3::<0>::EMPTY;
        assert_eq!(none.start(0.1, 0.0, 1.0), Err(Error::NoArms));
        bandit.start(0.1, -1.0, 1.0).unwrap();
        assert_eq!(bandit.update(0, 0.0), Err(Error::NotSelected));
        let arm = bandit.select(&mut rng).unwrap().arm;
        let digest = bandit.digest();
        assert_eq!(bandit.update(arm, 1.5), Err(Error::RewardOutOfRange));
        assert_eq!(bandit.update(arm, f32::NAN), Err(Error::NonFinite));
        assert_eq!(bandit.update((arm + 1) % 3, 0.5), Err(Error::NotSelected));
        assert_eq!(bandit.digest(), digest);
        assert_eq!(bandit.restore(&[0; 16]), Err(Error::Malformed));
        assert_eq!(bandit.digest(), digest);
    }
}
