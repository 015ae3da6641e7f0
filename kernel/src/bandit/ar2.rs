//! Alternate between exploiting and following triggers, and restart.

use super::{Bandit, Choice, Selected};
use crate::error::Error;
use crate::linalg::StorageMut;
use crate::math::{Libm, Math, argmax};
use crate::rng::Rng;
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// What AR2 knows of its arms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ar2Parameters {
    /// `alpha`, the coefficient of the first-order autoregression, in `(0, 1)`.
    pub decay: f32,
    /// `sigma`, the standard deviation of its noise, above 0.
    pub noise: f32,
    /// `T`, at least 1.
    pub horizon: u32,
}

/// AR2 (Chen, Golrezaei, Bouneffouf 2023), for arms whose rewards follow a first-order autoregression.
///
/// The prediction of the pulled arm is `alpha y`, that of the others shrinks by `alpha` a round. After a restart every arm
/// is pulled once; then even rounds pull the best prediction, odd rounds the arm that was triggered first (the best
/// prediction where there is none). An arm is triggered when its prediction comes within `24 c0 sigma sqrt((a^2 -
/// a^{2(t-tau)})/(1-a^2))` of the best, `a = alpha`, `tau` its last pull; a pull takes its trigger away. Everything is
/// cleared every `min(T, ceil(K a^-3 sigma^-3))` rounds.
///
/// Memory: `12 K` bytes and 24. Cost: O(K) and K square roots a round.
#[derive(Clone, Debug)]
pub struct Ar2State<F, U, M = Libm> {
    predictions: F,
    /// `a^{2(t-tau)}` of each arm.
    shrinkage: F,
    /// The round that triggered each arm, from 1; 0 where none did.
    triggers: U,
    decay: f32,
    /// `24 c0 sigma / sqrt(1 - a^2)`
    width: f32,
    period: u32,
    round: u32,
    selected: Selected,
    math: PhantomData<M>,
}

/// [`Ar2State`] of constant size.
pub type Ar2<const K: usize> = Ar2State<[f32; K], [u32; K]>;

impl<const K: usize> Ar2<K> {
    /// Not started.
    pub const EMPTY: Self = Self::new([0.0; K], [0.0; K], [0; K]);

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(Ar2::<4>::SIZE == 12 * 4 + 24);

impl<F, U, M> Ar2State<F, U, M> {
    /// Over memory that has not been started: three arrays of one number an arm.
    pub const fn new(predictions: F, shrinkage: F, triggers: U) -> Self {
        Self {
            predictions,
            shrinkage,
            triggers,
            decay: 0.0,
            width: 0.0,
            period: 0,
            round: 0,
            selected: Selected::NONE,
            math: PhantomData,
        }
    }
}

impl<F: StorageMut, U: StorageMut<u32>, M: Math> Ar2State<F, U, M> {
    /// What each arm is predicted to pay next.
    pub fn predictions(&self) -> &[f32] {
        self.predictions.values()
    }

    /// Starts with the first restart.
    ///
    /// # Errors
    /// [`Error::NoArms`]; [`Error::LengthMismatch`]; [`Error::ParameterOutOfRange`].
    pub fn start(&mut self, parameters: Ar2Parameters) -> Result<(), Error> {
        let Ar2Parameters { decay, noise, horizon } = parameters;
        let arms = self.predictions.values().len();
        if arms == 0 {
            return Err(Error::NoArms);
        }
        if self.shrinkage.values().len() != arms || self.triggers.values().len() != arms {
            return Err(Error::LengthMismatch);
        }
        if !(decay > 0.0 && decay < 1.0 && noise > 0.0 && noise.is_finite() && horizon > 0) {
            return Err(Error::ParameterOutOfRange);
        }
        let scale = decay * noise;
        let period = libm::ceilf(arms as f32 / (scale * scale * scale)).min(horizon as f32);
        let logarithms = 4.0 * M::ln(1.0 / scale) + 4.0 * M::ln(period) + 2.0 * M::ln(4.0 * arms as f32);
        let c0 = libm::sqrtf(logarithms.max(0.0));
        self.decay = decay;
        self.width = 24.0 * c0 * noise / libm::sqrtf(1.0 - decay * decay);
        self.period = (period as u32).clamp(1, horizon);
        self.restart();
        Ok(())
    }

    fn restart(&mut self) {
        self.predictions.values_mut().fill(0.0);
        self.shrinkage.values_mut().fill(1.0);
        self.triggers.values_mut().fill(0);
        self.round = 0;
        self.selected = Selected::NONE;
    }

    /// Marks the arms that the present predictions trigger.
    fn trigger(&mut self, best: usize) {
        let predictions = self.predictions.values();
        let Some(greatest) = predictions.get(best) else { return };
        let floor = self.decay * self.decay;
        let arms = self.triggers.values_mut().iter_mut().zip(predictions).zip(self.shrinkage.values());
        for (arm, ((trigger, prediction), shrinkage)) in arms.enumerate() {
            let reach = self.width * libm::sqrtf((floor - shrinkage).max(0.0));
            if arm != best && *trigger == 0 && greatest - prediction <= reach {
                *trigger = self.round + 1;
            }
        }
    }
}

impl<F: StorageMut, U: StorageMut<u32>, M: Math> Bandit for Ar2State<F, U, M> {
    fn arms(&self) -> usize {
        self.predictions.values().len()
    }

    fn select(&mut self, _rng: &mut (impl Rng + ?Sized)) -> Result<Choice, Error> {
        if self.period == 0 {
            return Err(Error::NotStarted);
        }
        let arms = self.arms();
        let arm = if (self.round as usize) < arms {
            self.round as usize
        } else {
            let best = argmax(arms, |arm| self.predictions.values()[arm]).ok_or(Error::NoArms)?;
            self.trigger(best);
            let triggered = self.triggers.values().iter().enumerate().filter(|(_, round)| **round > 0);
            let first = triggered.min_by_key(|(_, round)| **round).map(|(arm, _)| arm);
            if self.round.is_multiple_of(2) { best } else { first.unwrap_or(best) }
        };
        self.selected = Selected(Some(arm as u32));
        Ok(Choice::certain(arm))
    }

    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        self.selected.accept(arm, reward)?;
        let (decay, square) = (self.decay, self.decay * self.decay);
        let arms = self.predictions.values_mut().iter_mut().zip(self.shrinkage.values_mut());
        for (index, (prediction, shrinkage)) in arms.enumerate() {
            (*prediction, *shrinkage) =
                if index == arm { (decay * reward, square) } else { (decay * *prediction, square * *shrinkage) };
        }
        if let Some(trigger) = self.triggers.values_mut().get_mut(arm) {
            *trigger = 0;
        }
        self.round += 1;
        self.selected = Selected::NONE;
        if self.round == self.period {
            self.restart();
        }
        Ok(())
    }
}

/// Predictions, shrinkage, triggers (`u32`), the round since the restart, then the arm that waits: `12 K + 8` bytes.
impl<F: StorageMut, U: StorageMut<u32>, M> Persist for Ar2State<F, U, M> {
    fn write(&self, out: &mut impl Write) {
        self.predictions.values().write(out);
        self.shrinkage.values().write(out);
        self.triggers.values().write(out);
        self.round.write(out);
        self.selected.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.predictions.values().check(from)?;
        self.shrinkage.values().check(from)?;
        self.triggers.values().check(from)?;
        let mut round = 0u32;
        round.read(from)?;
        if round >= self.period {
            return Err(Error::Malformed);
        }
        self.selected.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.predictions.values_mut().read(from)?;
        self.shrinkage.values_mut().read(from)?;
        self.triggers.values_mut().read(from)?;
        self.round.read(from)?;
        self.selected.read(from)
    }
}

/// `"ar2"`: arms.
impl<F: StorageMut, U: StorageMut<u32>, M: Math> Identify for Ar2State<F, U, M> {
    fn identity(&self) -> Identity {
        Identity::new("ar2", M::NUMERICS, [self.arms(), 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    fn started(horizon: u32) -> Ar2<3> {
        let mut bandit = Ar2::EMPTY;
        bandit.start(Ar2Parameters { decay: 0.5, noise: 0.5, horizon }).unwrap();
        bandit
    }

    fn play(bandit: &mut Ar2<3>, rounds: usize, rewards: [f32; 3]) -> std::vec::Vec<usize> {
        let mut rng = stream(0, 0);
        (0..rounds)
            .map(|_| {
                let arm = bandit.select(&mut rng).unwrap().arm;
                bandit.update(arm, rewards[arm]).unwrap();
                arm
            })
            .collect()
    }

    #[test]
    fn it_pulls_every_arm_and_then_alternates() {
        let played = play(&mut started(100), 9, [0.0, 1.0, 0.5]);
        // Round 3 is odd: arms 0 and 2 are within reach since then, and the lower index goes first.
        assert_eq!(played[..4], [0, 1, 2, 0]);
        assert_eq!(played[5], 2, "the one that was triggered first");
    }

    #[test]
    fn it_restarts_after_its_period() {
        let mut bandit = started(7);
        assert_eq!(bandit.period, 7);
        let played = play(&mut bandit, 10, [0.0, 1.0, 0.5]);
        assert_eq!(played[7..], [0, 1, 2]);
        // K a^-3 sigma^-3 = 3 * 64
        assert_eq!(started(10_000).period, 192);
    }

    #[test]
    fn an_arm_out_of_reach_is_not_triggered() {
        let mut bandit = started(100);
        bandit.width = 0.0;
        let played = play(&mut bandit, 12, [0.1, 1.0, 0.2]);
        assert!(played[4..].iter().all(|&arm| arm != 0 || bandit.predictions[1] < 0.2), "{played:?}");
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut rng = stream(0, 0);
        let mut empty = Ar2::<3>::EMPTY;
        assert_eq!(empty.select(&mut rng), Err(Error::NotStarted));
        let mut bandit = started(100);
        let digest = bandit.digest();
        for (decay, noise, horizon) in [(0.0, 0.5, 9), (1.0, 0.5, 9), (0.5, 0.0, 9), (0.5, f32::NAN, 9), (0.5, 0.5, 0)]
        {
            assert_eq!(bandit.start(Ar2Parameters { decay, noise, horizon }), Err(Error::ParameterOutOfRange));
        }
        assert_eq!(bandit.update(0, 1.0), Err(Error::NotSelected));
        assert_eq!(bandit.digest(), digest);
        bandit.select(&mut rng).unwrap();
        assert_eq!(bandit.update(0, f32::NAN), Err(Error::NonFinite));
        assert_eq!(bandit.update(0, 1.0), Ok(()));
    }
}
