//! Rewards of steps that an outcome lets through.

use crate::error::Error;
use crate::linalg::all_finite;
use crate::reward::EpisodeReward;
use crate::reward::shaping::finite;
use crate::state::{Identify, Identity, stateless};

/// Two levels of gated reward accumulation (Sun et al. 2025, G-RA): `r~_t = r_t [outcome >= g]`, and the outcome is added to
/// the last step. A policy that farms the rewards of steps and never finishes gets none of them.
///
/// `g` of minus infinity lets every episode through (D-RA, the plain sum), of infinity none (the outcome alone). 4 bytes;
/// one pass. The gate can only be decided at the end: the rewards of the episode are kept until then, by the caller, or only
/// their sum where that is all the learner uses ([`total`](Self::total)).
///
/// ```
/// use habit::reward::EpisodeReward;
/// use habit::reward::credit::GatedEpisode;
/// let gate = GatedEpisode::new(0.0)?;
/// let (mut patched, mut farmed) = ([0.3, 0.3, -0.3, 0.0], [0.3; 5]);
/// gate.rewrite(&mut patched, 0.5)?;
/// gate.rewrite(&mut farmed, -1.0)?;
/// assert_eq!(patched, [0.3, 0.3, -0.3, 0.5]);
/// assert_eq!(farmed, [0.0, 0.0, 0.0, 0.0, -1.0]);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GatedEpisode {
    threshold: f32,
}

impl GatedEpisode {
    /// With `g`, which may be infinite.
    ///
    /// # Errors
    /// [`Error::NonFinite`] for what is not a number.
    pub const fn new(threshold: f32) -> Result<Self, Error> {
        if threshold.is_nan() { Err(Error::NonFinite) } else { Ok(Self { threshold }) }
    }

    /// Whether an outcome lets the rewards of its steps through.
    pub fn is_open(self, outcome: f32) -> bool {
        outcome >= self.threshold
    }

    /// The sum of the rewritten episode, from the sum of its rewards.
    ///
    /// # Errors
    /// [`Error::NonFinite`].
    pub fn total(self, rewards: f32, outcome: f32) -> Result<f32, Error> {
        let (rewards, outcome) = (finite(rewards)?, finite(outcome)?);
        finite(if self.is_open(outcome) { rewards + outcome } else { outcome })
    }
}

impl EpisodeReward for GatedEpisode {
    fn rewrite(&self, rewards: &mut [f32], outcome: f32) -> Result<(), Error> {
        let last = *rewards.last().ok_or(Error::EmptyRange)?;
        if !all_finite(rewards) {
            return Err(Error::NonFinite);
        }
        let last = self.total(last, outcome)?;
        if !self.is_open(outcome) {
            rewards.fill(0.0);
        }
        if let Some(reward) = rewards.last_mut() {
            *reward = last;
        }
        Ok(())
    }
}

stateless!([] GatedEpisode);

/// `"gated-episode"`.
impl Identify for GatedEpisode {
    fn identity(&self) -> Identity {
        Identity::new("gated-episode", Identity::PLAIN, [0, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejected_episode_is_unchanged() {
        let gate = GatedEpisode::new(0.0).unwrap();
        assert_eq!(GatedEpisode::new(f32::NAN), Err(Error::NonFinite));
        assert_eq!(gate.rewrite(&mut [], 1.0), Err(Error::EmptyRange));
        let mut rewards = [1.0, f32::NAN];
        assert_eq!(gate.rewrite(&mut rewards, -1.0), Err(Error::NonFinite));
        assert_eq!(rewards[0], 1.0);
        let mut rewards = [1.0, f32::MAX];
        for outcome in [f32::NAN, f32::NEG_INFINITY, f32::MAX] {
            assert_eq!(gate.rewrite(&mut rewards, outcome), Err(Error::NonFinite));
            assert_eq!(rewards, [1.0, f32::MAX]);
        }
        assert_eq!(gate.total(f32::INFINITY, -1.0), Err(Error::NonFinite));
    }
}
