//! How much better than those of its group each step was.

use super::group_baseline::Comparison;
use super::{GroupBaseline, RewardToGo};
use crate::error::Error;
use crate::interact::RolloutView;

/// Process-supervised GRPO (Shao et al. 2024, arXiv 2402.03300, section 4.1.3): the rewards of all steps of all sequences of a
/// group are standardised together, and a step's advantage is the sum of its own and of those after it in its sequence.
///
/// ```text
/// z_{i,t} = (r_{i,t} - mean(r)) / (std(r) + epsilon)        A_{i,t} = sum_{k >= t} z_{i,k}
/// ```
///
/// The group is the rollout: its sequences lie back to back in one lane, or in several lanes, each ended by an outcome;
/// which one, and the values, are not looked at. Where all rewards are equal, and in a group of no more than `ddof` steps,
/// every advantage is 0 to the bit. 8 bytes; four passes, the sums compensated.
///
/// ```
/// use habit::advantage::ProcessGroup;
/// use habit::interact::{Outcome::*, RolloutView};
/// // Two answers, of three steps and of one.
/// let (rewards, outcomes) = ([1.0, 0.0, 0.0, 1.0], [Continue, Continue, Terminated, Terminated]);
/// let group = RolloutView::trajectory(&rewards, &[0.0; 4], &[0.0; 4], &outcomes)?;
/// let mut advantages = [0.0; 4];
/// ProcessGroup::new(1, 1e-6)?.advantages(&group, &mut advantages)?;
/// assert!(advantages.iter().zip([-0.866024, -1.732048, -0.866024, 0.866024]).all(|(a, b)| (a - b).abs() < 1e-5));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProcessGroup {
    ddof: u8,
    epsilon: f32,
}

impl ProcessGroup {
    /// As in [`GroupBaseline::Standardised`]; the paper has 1 and 1e-6.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless `epsilon` is at least 0 and finite.
    pub const fn new(ddof: u8, epsilon: f32) -> Result<Self, Error> {
        if epsilon >= 0.0 && epsilon.is_finite() { Ok(Self { ddof, epsilon }) } else { Err(Error::ParameterOutOfRange) }
    }

    /// What is taken from the number of steps where the variance divides by it.
    pub const fn ddof(&self) -> u8 {
        self.ddof
    }

    /// What is added to the standard deviation.
    pub const fn epsilon(&self) -> f32 {
        self.epsilon
    }

    /// Writes `A_{i,t}` of every step and lane, in the rollout's order.
    ///
    /// # Errors
    /// [`Error::EmptyGroup`] for a rollout without a step; [`Error::LengthMismatch`] unless `advantages` is as long as it;
    /// [`Error::NonFinite`] for rewards too far apart. Nothing is written then.
    pub fn advantages(&self, rollout: &RolloutView<'_>, advantages: &mut [f32]) -> Result<(), Error> {
        if rollout.is_empty() {
            return Err(Error::EmptyGroup);
        }
        if advantages.len() != rollout.len() {
            return Err(Error::LengthMismatch);
        }
        let standardised = GroupBaseline::Standardised { ddof: self.ddof, epsilon: self.epsilon };
        let comparison = Comparison::of(standardised, rollout.rewards())?;
        RewardToGo.of(rollout, advantages, |reward| comparison.advantage(reward))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::sample::{Sample, compare};
    use crate::rng::stream;

    #[test]
    fn it_is_the_sum_of_its_definition() {
        for (lanes, ddof) in [(1, 1), (3, 0), (8, 1)] {
            let sample = Sample::new(50, lanes, &mut stream(1, 0));
            let rule = ProcessGroup::new(ddof, 0.25).unwrap();
            let advantages = sample.estimate(|view, out| rule.advantages(view, out));
            let rewards = sample.numbers(0);
            let (count, freedom) = (rewards.len() as f64, rewards.len() as f64 - f64::from(ddof));
            let mean = rewards.iter().map(|x| f64::from(*x)).sum::<f64>() / count;
            let squares: f64 = rewards.iter().map(|x| (f64::from(*x) - mean) * (f64::from(*x) - mean)).sum();
            let deviation = (squares / freedom).sqrt();
            compare(&sample, &advantages, |lane, t| {
                let end =
                    lane[t..].iter().position(|step| step.outcome.is_over()).map_or(lane.len(), |end| t + end + 1);
                lane[t..end].iter().map(|step| (step.reward - mean) / (deviation + 0.25)).sum()
            });
        }
    }

    #[test]
    fn equal_rewards_have_no_advantage() {
        let mut sample = Sample::new(50, 3, &mut stream(2, 0));
        for (reward, epsilon) in [(0.1, 1e-6), (-3e37, 0.0), (1e-30, 0.0)] {
            sample.numbers_mut(0).fill(reward);
            let rule = ProcessGroup::new(1, epsilon).unwrap();
            assert!(sample.estimate(|view, out| rule.advantages(view, out)).iter().all(|&advantage| advantage == 0.0));
        }
        let alone = Sample::new(1, 1, &mut stream(3, 0));
        assert_eq!(alone.estimate(|view, out| ProcessGroup::new(1, 0.0).unwrap().advantages(view, out)), [0.0]);
    }

    #[test]
    fn bad_input_changes_nothing() {
        for bad in [-1e-6, f32::NAN, f32::INFINITY] {
            assert_eq!(ProcessGroup::new(1, bad), Err(Error::ParameterOutOfRange));
        }
        let (rule, mut out) = (ProcessGroup::new(1, 1e-6).unwrap(), [9.0; 6]);
        let mut sample = Sample::new(6, 1, &mut stream(4, 0));
        assert_eq!(rule.advantages(&sample.view(), &mut out[..5]), Err(Error::LengthMismatch));
        let empty = RolloutView::new(0, 3, &[], &[], &[], &[]).unwrap();
        assert_eq!(rule.advantages(&empty, &mut []), Err(Error::EmptyGroup));
        sample.numbers_mut(0)[2] = f32::MAX;
        sample.numbers_mut(0)[3] = f32::MIN;
        assert_eq!(rule.advantages(&sample.view(), &mut out), Err(Error::NonFinite));
        assert_eq!(out, [9.0; 6]);
    }
}
