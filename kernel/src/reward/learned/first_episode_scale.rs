//! A scale that the first episode fixes.

use crate::error::Error;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// Multiplies rewards so that the magnitudes of the first episode's sum to a total, 10 as published, and by the same number
/// ever after (Liu et al. 2024, `auto_rew_scale_factor`): an untrained agent's rewards are then of a size that step sizes can
/// be chosen for. An episode whose rewards are all 0 fixes nothing. 8 bytes.
///
/// ```
/// use habit::reward::learned::FirstEpisodeScale;
/// let mut scale = FirstEpisodeScale::new(10.0)?;
/// let mut rewards = [-1.0, -3.0];
/// scale.apply(&mut rewards)?;
/// assert_eq!(rewards, [-2.5, -7.5]);
/// let mut rewards = [-1.0, 0.0];
/// scale.apply(&mut rewards)?;
/// assert_eq!(rewards, [-2.5, 0.0]);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FirstEpisodeScale {
    total: f32,
    /// 0 until an episode has fixed it.
    scale: f32,
}

impl FirstEpisodeScale {
    /// Nothing is fixed.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless `total` is finite and above 0.
    pub const fn new(total: f32) -> Result<Self, Error> {
        if !(total > 0.0 && total.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { total, scale: 0.0 })
    }

    /// What rewards are multiplied by; `None` until an episode has fixed it.
    pub fn scale(&self) -> Option<f32> {
        (self.scale > 0.0).then_some(self.scale)
    }

    /// Scales an episode's rewards.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when a reward is not finite, or would not be: neither is changed.
    pub fn apply(&mut self, rewards: &mut [f32]) -> Result<(), Error> {
        let magnitude = rewards.iter().fold(0.0, |sum, reward| sum + reward.abs());
        let scale = match self.scale() {
            Some(scale) => scale,
            None if magnitude == 0.0 => return Ok(()),
            None => self.total / magnitude,
        };
        if !((magnitude * scale).is_finite() && scale.is_finite() && scale > 0.0) {
            return Err(Error::NonFinite);
        }
        self.scale = scale;
        rewards.iter_mut().for_each(|reward| *reward *= scale);
        Ok(())
    }
}

/// The scale, 0 until it is fixed: 4 bytes.
impl Persist for FirstEpisodeScale {
    fn write(&self, out: &mut impl Write) {
        self.scale.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut scale = 0.0f32;
        scale.check(&mut from.clone())?;
        scale.read(from)?;
        if scale < 0.0 { Err(Error::Malformed) } else { Ok(()) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.scale.read(from)
    }
}

/// `"first-episode-scale"`, without a size.
impl Identify for FirstEpisodeScale {
    fn identity(&self) -> Identity {
        Identity::new("first-episode-scale", Identity::PLAIN, [0; 3])
    }
}

const _: () = assert!(size_of::<FirstEpisodeScale>() == 8);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_episode_without_rewards_fixes_nothing() {
        let mut scale = FirstEpisodeScale::new(10.0).unwrap();
        assert_eq!(scale.apply(&mut []), Ok(()));
        assert_eq!(scale.apply(&mut [0.0; 3]), Ok(()));
        assert_eq!(scale.scale(), None);
        let mut rewards = [-1.0, 1.0];
        scale.apply(&mut rewards).unwrap();
        assert_eq!((rewards, scale.scale()), ([-5.0, 5.0], Some(5.0)));
    }

    #[test]
    fn bad_input_changes_nothing() {
        for bad in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(FirstEpisodeScale::new(bad), Err(Error::ParameterOutOfRange));
        }
        let mut scale = FirstEpisodeScale::new(10.0).unwrap();
        for bad in [[f32::NAN, 1.0], [f32::MAX, f32::MAX], [1e-45, 0.0]] {
            let mut rewards = bad;
            assert_eq!(scale.apply(&mut rewards), Err(Error::NonFinite));
            assert_eq!((rewards.map(f32::to_bits), scale.scale()), (bad.map(f32::to_bits), None));
        }
        scale.apply(&mut [1e-3]).unwrap();
        let before = scale;
        assert_eq!(scale.apply(&mut [1e36]), Err(Error::NonFinite));
        assert_eq!(scale.restore(&(-1f32).to_le_bytes()), Err(Error::Malformed));
        assert_eq!(scale.restore(&f32::NAN.to_le_bytes()), Err(Error::NonFinite));
        assert_eq!(scale, before);
    }
}
