//! Rewards in order of importance.

use crate::error::Error;
use crate::linalg::all_finite;
use crate::reward::shaping::finite;
use crate::state::{Identify, Identity, stateless};

/// Gated reward accumulation over `N` channels (Sun et al. 2025, G-RA). Channel `i` has a value `R_i`, a priority `v_i` and a
/// threshold `g_i`; it counts, `m_i = 1`, if and only if `R_j >= g_j` for every `j` with `v_j > v_i`, and the reward is
/// `sum_i m_i R_i`.
///
/// Channels of equal priority do not gate each other, and none gates itself. Gates look at raw values: a channel that does
/// not count itself opens or closes lower ones all the same. A threshold of infinity closes all lower channels, one of minus
/// infinity none: with all of them so, the plain sum.
///
/// Memory: `5 N` bytes, rounded up to a multiple of 4. Cost: `N^2` comparisons.
///
/// ```
/// use habit::reward::credit::RewardGate;
/// let gate = RewardGate::new([3, 2, 1], [0.0, 0.5, 0.0])?;
/// assert_eq!(gate.accumulate(&[1.0, 0.3, 0.2])?, (1.3, [true, true, false]));
/// assert_eq!(gate.accumulate(&[1.0, 0.6, 0.2])?, (1.8000001, [true; 3]));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RewardGate<const N: usize> {
    thresholds: [f32; N],
    priorities: [u8; N],
}

const _: () = assert!(size_of::<RewardGate<3>>() == 16 && size_of::<RewardGate<4>>() == 20);

impl<const N: usize> RewardGate<N> {
    /// With a priority, larger for what is more important, and a threshold a channel.
    ///
    /// # Errors
    /// [`Error::NonFinite`] for a threshold that is not a number; an infinite one is.
    pub fn new(priorities: [u8; N], thresholds: [f32; N]) -> Result<Self, Error> {
        if thresholds.iter().any(|threshold| threshold.is_nan()) {
            return Err(Error::NonFinite);
        }
        Ok(Self { thresholds, priorities })
    }

    /// The reward, and which channels count. Added from the first channel on.
    ///
    /// # Errors
    /// [`Error::NonFinite`].
    pub fn accumulate(&self, values: &[f32; N]) -> Result<(f32, [bool; N]), Error> {
        if !all_finite(values) {
            return Err(Error::NonFinite);
        }
        let channels = || values.iter().zip(&self.thresholds).zip(&self.priorities);
        let mask = self
            .priorities
            .map(|own| channels().all(|((value, threshold), priority)| *priority <= own || value >= threshold));
        let counted = values.iter().zip(&mask).filter(|(_, counts)| **counts);
        let total = finite(counted.fold(0.0, |sum, (value, _)| sum + value))?;
        Ok((total, mask))
    }
}

stateless!([const N: usize] RewardGate<N>);

/// `"reward-gate"`: channels.
impl<const N: usize> Identify for RewardGate<N> {
    fn identity(&self) -> Identity {
        Identity::new("reward-gate", Identity::PLAIN, [N, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reward::EpisodeReward;
    use crate::reward::credit::GatedEpisode;

    #[test]
    fn a_threshold_is_met_when_it_is_reached() {
        let gate = RewardGate::new([1, 0], [0.5, 0.0]).unwrap();
        assert_eq!(gate.accumulate(&[0.5, 1.0]), Ok((1.5, [true, true])));
        assert_eq!(gate.accumulate(&[0.499, 1.0]), Ok((0.499, [true, false])));
    }

    #[test]
    fn equals_do_not_gate_each_other_and_a_closed_channel_gates_by_its_raw_value() {
        let gate = RewardGate::new([7, 7, 3], [1.0, 1.0, 1.0]).unwrap();
        assert_eq!(gate.accumulate(&[0.0, 2.0, 4.0]), Ok((2.0, [true, true, false])));
        // The middle channel is closed by the first, but reaches its own threshold.
        let gate = RewardGate::new([3, 2, 1], [1.0, 0.5, 0.0]).unwrap();
        assert_eq!(gate.accumulate(&[0.0, 0.6, 4.0]), Ok((0.0, [true, false, false])));
        let gate = RewardGate::new([2, 3, 1], [0.5, f32::NEG_INFINITY, 0.0]).unwrap();
        assert_eq!(gate.accumulate(&[0.6, -1.0, 4.0]), Ok((3.6, [true; 3])));
    }

    #[test]
    fn infinite_thresholds_close_and_open() {
        let never = RewardGate::new([1, 0], [f32::INFINITY, 0.0]).unwrap();
        assert_eq!(never.accumulate(&[f32::MAX, 1.0]), Ok((f32::MAX, [true, false])));
        let always = RewardGate::new([1, 0], [f32::NEG_INFINITY; 2]).unwrap();
        assert_eq!(always.accumulate(&[-9.0, 1.0]), Ok((-8.0, [true; 2])));
    }

    #[test]
    fn two_levels_are_a_gated_episode() {
        for (threshold, outcome) in
            [(0.0, 0.5), (0.0, 0.0), (0.0, -1.0), (f32::INFINITY, 1.0), (f32::NEG_INFINITY, -1.0)]
        {
            let mut rewards = [0.25, 0.5, -0.25];
            let gate = RewardGate::new([1, 0], [threshold, 0.0]).unwrap();
            let (total, _) = gate.accumulate(&[outcome, 0.5]).unwrap();
            let episode = GatedEpisode::new(threshold).unwrap();
            episode.rewrite(&mut rewards, outcome).unwrap();
            assert_eq!(rewards.iter().sum::<f32>(), total);
            assert_eq!(episode.total(0.5, outcome), Ok(total));
        }
    }

    #[test]
    fn nothing_and_what_is_no_number() {
        assert_eq!(RewardGate::new([], []).unwrap().accumulate(&[]), Ok((0.0, [])));
        assert_eq!(RewardGate::new([0], [f32::NAN]), Err(Error::NonFinite));
        let gate = RewardGate::new([1, 0], [0.0; 2]).unwrap();
        for bad in [[f32::NAN, 0.0], [0.0, f32::INFINITY], [f32::MAX; 2]] {
            assert_eq!(gate.accumulate(&bad), Err(Error::NonFinite));
        }
    }
}
