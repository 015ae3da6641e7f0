//! The numbers of a training, and those that it tells.

use crate::compute::STEPS_AT_ONCE;
use habit::Error;
use habit::advantage::Gae;
use habit::learn::PpoClip;

/// The numbers of [`PolicyGradient`](super::PolicyGradient).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Steps that each lane takes in an iteration: from 1 to 4096.
    pub steps: usize,
    /// Steps along the mean gradient of each batch, at least 1.
    pub passes: usize,
    /// The length of such a step: finite.
    pub step_size: f32,
    /// How far the ratio of new to old probability may leave 1, in `[0, 1]`: PPO-clip ([`PpoClip`]). `None` follows the plain
    /// score function ([`ScoreFunction`](habit::learn::ScoreFunction)), which is right for one pass.
    pub clip: Option<f32>,
    /// What a reward is worth one step later, gamma, in `[0, 1]`.
    pub discount: f32,
    /// How far an advantage looks before it trusts the critic, in `[0, 1]`.
    pub lambda: f32,
    /// Added to the mean squares of the critic's features: positive. Single precision wants 1e-6 or more.
    pub ridge: f32,
}

impl Settings {
    /// # Errors
    /// [`Error::ParameterOutOfRange`], [`Error::DiscountOutOfRange`], [`Error::StepSizeOutOfRange`].
    pub(super) fn check(&self) -> Result<Gae, Error> {
        let counts = (1..=STEPS_AT_ONCE).contains(&self.steps) && self.passes > 0;
        if !(counts && self.ridge > 0.0 && self.ridge.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        if !self.step_size.is_finite() {
            return Err(Error::StepSizeOutOfRange);
        }
        if let Some(clip) = self.clip {
            PpoClip::new(clip, clip)?;
        }
        Gae::new(self.discount, self.lambda)
    }
}

/// What an iteration says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Episodes that ended in it.
    pub episodes: f32,
    /// The sum of their lengths.
    pub lengths: f32,
    /// The sum of what they earned.
    pub earned: f32,
    /// The mean of the surrogate, before the last step along its gradient.
    pub objective: f32,
    /// `mean(rho - 1 - log rho)` there, an estimate of how far the policy has moved: `KL(pi_old, pi)`.
    pub divergence: f32,
    /// The share of samples there that the surrogate took away.
    pub clipped: f32,
}

impl Progress {
    /// Numbers of an iteration on the device.
    pub(super) const NUMBERS: usize = 7;

    /// # Errors
    /// [`ShortEpisode`](crate::Error::ShortEpisode) where ends found no room.
    pub(super) fn of(numbers: &[f32; Self::NUMBERS]) -> Result<Self, crate::Error> {
        let [episodes, lengths, earned, left_out, objective, divergence, clipped] = *numbers;
        if left_out > 0.0 {
            return Err(crate::Error::ShortEpisode);
        }
        Ok(Self { episodes, lengths, earned, objective, divergence, clipped })
    }

    /// The mean length of the episodes that ended, if any did.
    pub fn mean_length(&self) -> Option<f32> {
        (self.episodes > 0.0).then(|| self.lengths / self.episodes)
    }

    /// What the episodes that ended earned on average, if any did.
    pub fn mean_earned(&self) -> Option<f32> {
        (self.episodes > 0.0).then(|| self.earned / self.episodes)
    }
}
