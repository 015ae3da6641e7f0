//! The nearest observation of a demonstration.

use super::DemonstrationReward;
use super::demonstration::checked;
use crate::error::Error;

/// `r_i = -min_j C_ij / n`, the mean over `n` steps of how far each observation is from the nearest one of the demonstration.
/// Unlike [`TransportReward`](super::TransportReward) it needs no memory, and does not see whether a trajectory goes through
/// all of the demonstration. Cost: `n m` distances.
///
/// ```
/// use habit::reward::learned::{DemonstrationReward, NearestObservationReward};
/// let (trajectory, demonstration) = ([0.0f32, 0.5], [0.0f32, 1.0, 2.0]);
/// let mut rewards = [0.0; 2];
/// NearestObservationReward.compare(3, |i, j| (trajectory[i] - demonstration[j]).abs(), &mut rewards)?;
/// assert_eq!(rewards, [0.0, -0.25]);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NearestObservationReward;

impl DemonstrationReward for NearestObservationReward {
    fn compare(
        &mut self,
        demonstration: usize,
        cost: impl Fn(usize, usize) -> f32,
        rewards: &mut [f32],
    ) -> Result<(), Error> {
        if rewards.is_empty() || demonstration == 0 {
            return Err(Error::EmptyRange);
        }
        let share = 1.0 / rewards.len() as f32;
        for (i, reward) in rewards.iter_mut().enumerate() {
            let mut least = f32::INFINITY;
            for j in 0..demonstration {
                least = least.min(checked(cost(i, j))?);
            }
            *reward = -share * least;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_is_refused() {
        let mut rule = NearestObservationReward;
        assert_eq!(rule.compare(1, |_, _| 0.0, &mut []), Err(Error::EmptyRange));
        assert_eq!(rule.compare(0, |_, _| 0.0, &mut [0.0]), Err(Error::EmptyRange));
        assert_eq!(rule.compare(1, |_, _| f32::NAN, &mut [0.0]), Err(Error::NonFinite));
        assert_eq!(rule.compare(1, |_, _| -1.0, &mut [0.0]), Err(Error::ParameterOutOfRange));
    }
}
