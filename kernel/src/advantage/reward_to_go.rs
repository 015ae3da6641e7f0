//! What was paid from a step on.

use super::AffinePair;
use super::recursion::{Link, backward, cut, steps};
use crate::error::Error;
use crate::interact::RolloutView;

/// `sum_{k >= t} r_k` up to the end of the episode, be it terminated or truncated, or to the last step: neither discounted
/// nor completed by a value, as REINFORCE weighs its actions.
///
/// A truncated episode's rewards to go are those it was given the time to earn; where they stand for a value, take
/// [`DiscountedReturn`](super::DiscountedReturn), which adds that of the true next state. No state; one pass, one addition a
/// step.
///
/// ```
/// use habit::advantage::RewardToGo;
/// use habit::interact::{Outcome::*, RolloutView};
/// let outcomes = [Continue, Continue, Terminated, Continue];
/// let rollout = RolloutView::trajectory(&[1.0, 2.0, 4.0, 8.0], &[0.0; 4], &[0.0; 4], &outcomes)?;
/// let mut sums = [0.0; 4];
/// RewardToGo.returns(&rollout, &mut sums)?;
/// assert_eq!(sums, [7.0, 6.0, 4.0, 8.0]);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RewardToGo;

impl RewardToGo {
    /// Writes the sum of every step and lane, in the rollout's order. An empty rollout writes nothing.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless `sums` is as long as the rollout; nothing is written then.
    pub fn returns(&self, rollout: &RolloutView<'_>, sums: &mut [f32]) -> Result<(), Error> {
        self.of(rollout, sums, |reward| reward)
    }

    /// The same of what `rule` makes of the rewards.
    #[inline(always)]
    pub(super) fn of(
        &self,
        rollout: &RolloutView<'_>,
        sums: &mut [f32],
        rule: impl Fn(f32) -> f32,
    ) -> Result<(), Error> {
        if sums.len() != rollout.len() {
            return Err(Error::LengthMismatch);
        }
        let last = |(((reward, _), _), _)| rule(reward);
        backward(steps(rollout), rollout.lanes(), sums, last, |(((reward, _), _), outcome)| Link {
            pair: AffinePair { factor: 1.0, offset: rule(reward) },
            cut: cut(outcome),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::sample::{Sample, compare};
    use crate::rng::stream;

    #[test]
    fn it_is_the_sum_of_its_definition() {
        for lanes in [1, 3, 33] {
            let sample = Sample::new(50, lanes, &mut stream(1, 0));
            let sums = sample.estimate(|view, out| RewardToGo.returns(view, out));
            compare(&sample, &sums, |lane, t| {
                let left =
                    lane[t..].iter().position(|step| step.outcome.is_over()).map_or(lane.len(), |end| t + end + 1);
                lane[t..left].iter().map(|step| step.reward).sum()
            });
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        Sample::refuses(|view, out| RewardToGo.returns(view, out));
    }
}
