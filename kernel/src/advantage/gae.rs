//! Generalized advantage estimation.

use super::AffinePair;
use super::recursion::{Link, Step, backward, cut, steps, unless_terminated};
use crate::discount::discounted;
use crate::error::Error;
use crate::interact::RolloutView;

/// GAE(lambda) (Schulman et al. 2016, arXiv 1506.02438, equation 16), with terminated and truncated steps apart.
///
/// For each lane, backwards over its steps `t = T-1, .., 0`:
///
/// ```text
/// delta_t = r_t + gamma (0 if step t terminated, else v(s'_t)) - v(s_t)
/// A_t     = delta_t + (0 if step t terminated or was truncated or t = T-1, else gamma lambda A_{t+1})
/// ```
///
/// A truncated step, and the last one, is valued by its true next state, but nothing is carried over it. The value target
/// is `A_t + v(s_t)`. Lambda 0 gives TD(0) errors, lambda 1 the discounted return less the value. 8 bytes; the sums are
/// added in the order written, so every CPU gives the same bits.
///
/// ```
/// use habit::advantage::Gae;
/// use habit::interact::{Outcome::*, RolloutView};
/// let rollout = RolloutView::trajectory(
///     &[1.0, 0.0, -1.0, 2.0, 0.5],
///     &[0.5, 0.25, -0.5, 1.0, 0.0],
///     &[0.25, -0.5, 1.0, 0.75, 0.4],
///     &[Continue, Continue, Continue, Truncated, Continue],
/// )?;
/// let (mut advantages, mut targets) = ([0.0; 5], [0.0; 5]);
/// Gae::new(0.9, 0.8)?.advantages_and_targets(&rollout, &mut advantages, &mut targets)?;
/// assert!((advantages[3] - (2.0 + 0.9 * 0.75 - 1.0)).abs() < 1e-6);
/// assert!((advantages[4] - (0.5 + 0.9 * 0.4)).abs() < 1e-6);
/// assert_eq!(targets[0], advantages[0] + 0.5);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gae {
    discount: f32,
    lambda: f32,
}

impl Gae {
    /// `discount` is gamma and `lambda` how far rewards reach back; both in `[0, 1]`.
    ///
    /// # Errors
    /// [`Error::DiscountOutOfRange`]; [`Error::ParameterOutOfRange`] for lambda.
    pub const fn new(discount: f32, lambda: f32) -> Result<Self, Error> {
        if !(discount >= 0.0 && discount <= 1.0) {
            return Err(Error::DiscountOutOfRange);
        }
        if !(lambda >= 0.0 && lambda <= 1.0) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { discount, lambda })
    }

    /// Gamma.
    pub const fn discount(&self) -> f32 {
        self.discount
    }

    /// Lambda.
    pub const fn lambda(&self) -> f32 {
        self.lambda
    }

    /// Writes `A_t` of every step and lane, in the rollout's order. Cost: one pass; 3 multiplications and 3 additions a
    /// step. An empty rollout writes nothing.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless `advantages` is as long as the rollout; nothing is written then.
    pub fn advantages(&self, rollout: &RolloutView<'_>, advantages: &mut [f32]) -> Result<(), Error> {
        if advantages.len() != rollout.len() {
            return Err(Error::LengthMismatch);
        }
        let factor = self.discount * self.lambda;
        let last = |step| self.error(step) + 0.0;
        backward(steps(rollout), rollout.lanes(), advantages, last, |step| Link {
            pair: AffinePair { factor, offset: self.error(step) },
            cut: cut(step.1),
        });
        Ok(())
    }

    /// As [`advantages`](Self::advantages), and the value targets `A_t + v(s_t)`, in one pass more.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless both slices are as long as the rollout; nothing is written then.
    pub fn advantages_and_targets(
        &self,
        rollout: &RolloutView<'_>,
        advantages: &mut [f32],
        targets: &mut [f32],
    ) -> Result<(), Error> {
        if targets.len() != rollout.len() {
            return Err(Error::LengthMismatch);
        }
        self.advantages(rollout, advantages)?;
        for ((target, advantage), value) in targets.iter_mut().zip(advantages.iter()).zip(rollout.values()) {
            *target = advantage + value;
        }
        Ok(())
    }

    /// `delta_t`.
    #[inline(always)]
    fn error(&self, (((reward, value), next_value), outcome): Step) -> f32 {
        reward + self.discount * unless_terminated(outcome, next_value) - value
    }
}

discounted!([] Gae { discount });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::columns::Columns;
    use crate::advantage::sample::{Sample, compare};
    use crate::advantage::suffix_scan;
    use crate::interact::Outcome;
    use crate::rng::{gaussian_by_sum, stream};
    use std::vec::Vec;

    fn advantages(gae: Gae, sample: &Sample) -> Vec<f32> {
        sample.estimate(|view, out| gae.advantages(view, out))
    }

    fn close(a: &[f32], b: &[f32], tolerance: f32) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance)
    }

    #[test]
    fn the_worked_example_comes_out() {
        let mut outcomes = [Outcome::Continue; 5];
        outcomes[3] = Outcome::Truncated;
        let (rewards, values) = ([1.0, 0.0, -1.0, 2.0, 0.5], [0.5, 0.25, -0.5, 1.0, 0.0]);
        let rollout = RolloutView::trajectory(&rewards, &values, &[0.25, -0.5, 1.0, 0.75, 0.4], &outcomes).unwrap();
        let (mut advantages, mut targets) = ([0.0; 5], [0.0; 5]);
        let returns = [2.140_08, 1.266_75, 1.407_5, 2.675, 0.86];
        Gae::new(0.9, 1.0).unwrap().advantages_and_targets(&rollout, &mut advantages, &mut targets).unwrap();
        assert!(close(&targets, &returns, 1e-5), "{targets:?}");
        Gae::new(0.9, 0.8).unwrap().advantages(&rollout, &mut advantages).unwrap();
        assert!(close(&advantages, &[1.053_550_4, 0.456_32, 1.606, 1.675, 0.86], 1e-5), "{advantages:?}");
        Gae::new(0.9, 0.0).unwrap().advantages(&rollout, &mut advantages).unwrap();
        assert!(close(&advantages, &[0.725, -0.7, 0.4, 1.675, 0.86], 1e-6), "{advantages:?}");
    }

    #[test]
    fn a_cut_separates_what_lies_before_it_from_what_lies_after() {
        let gae = Gae::new(0.99, 0.95).unwrap();
        let mut sample = Sample::new(40, 1, &mut stream(1, 0));
        sample.outcomes.fill(Outcome::Continue);
        let whole = advantages(gae, &sample);
        for cut in 0..40 {
            for outcome in [Outcome::Terminated, Outcome::Truncated] {
                sample.outcomes[cut] = outcome;
                let parts =
                    [sample.part(0, cut + 1, 1), sample.part(cut + 1, 40, 1)].map(|part| advantages(gae, &part));
                assert_eq!(advantages(gae, &sample), parts.concat());
                // Before the cut everything has changed, after it nothing.
                assert_eq!(whole[cut + 1..], parts[1]);
                assert!(cut == 39 || whole[cut] != parts[0][cut]);
                // A terminated step does not look at its next state, a truncated one does.
                let next_value = core::mem::replace(&mut sample.numbers_mut(2)[cut], 7.0);
                assert_eq!(advantages(gae, &sample)[cut] == parts[0][cut], outcome == Outcome::Terminated);
                sample.numbers_mut(2)[cut] = next_value;
            }
            sample.outcomes[cut] = Outcome::Continue;
        }
    }

    #[test]
    fn a_batch_holds_the_bits_of_each_lane_alone() {
        let gae = Gae::new(0.97, 0.9).unwrap();
        for lanes in [1, 2, 3, 8, 33] {
            let sample = Sample::new(50, lanes, &mut stream(2, 0));
            let (mut batch, mut targets) = (std::vec![f32::NAN; 50 * lanes], std::vec![f32::NAN; 50 * lanes]);
            gae.advantages_and_targets(&sample.view(), &mut batch, &mut targets).unwrap();
            for lane in 0..lanes {
                let alone = sample.part(lane, 50 * lanes, lanes);
                let expected = advantages(gae, &alone);
                for (t, (advantage, value)) in expected.iter().zip(alone.numbers(1)).enumerate() {
                    assert_eq!(batch[t * lanes + lane].to_bits(), advantage.to_bits());
                    assert_eq!(targets[t * lanes + lane], advantage + value);
                }
            }
        }
    }

    #[test]
    fn it_is_the_sum_of_its_definition() {
        for (lanes, discount, lambda) in [(1, 0.99, 0.95), (3, 0.9, 0.0), (8, 1.0, 1.0), (33, 0.97, 0.5)] {
            let sample = Sample::new(50, lanes, &mut stream(5, 0));
            compare(&sample, &advantages(Gae::new(discount, lambda).unwrap(), &sample), |lane, t| {
                let (mut sum, mut weight, discount) = (0.0, 1.0, f64::from(discount));
                for step in &lane[t..] {
                    let beyond = if step.outcome == Outcome::Terminated { 0.0 } else { step.next_value };
                    sum += weight * (step.reward + discount * beyond - step.value);
                    weight *= discount * f64::from(lambda);
                    if step.outcome.is_over() {
                        break;
                    }
                }
                sum
            });
        }
    }

    #[test]
    fn the_scan_of_pairs_equals_the_recursion() {
        for seed in 0..20 {
            let sample = Sample::new(1000, 1, &mut stream(seed, 0));
            let gae = Gae::new(0.99, 0.95).unwrap();
            let error = |step| gae.error(step);
            let mut pairs: Vec<_> = Columns::items(steps(&sample.view()))
                .map(|step| AffinePair { factor: 0.99 * 0.95 * (1 - cut(step.1)) as f32, offset: error(step) })
                .collect();
            suffix_scan(&mut pairs);
            let scanned: Vec<_> = pairs.iter().map(|pair| pair.offset).collect();
            let expected = advantages(gae, &sample);
            let scale = expected.iter().fold(1.0f32, |most, advantage| most.max(advantage.abs()));
            assert!(close(&scanned, &expected, 1e-5 * scale));
        }
    }

    #[test]
    fn a_time_limit_taken_for_an_end_halves_the_value() {
        // One state that pays 1 a step for ever, discount 0.95: its value is 20. Cut every 20 steps.
        let value_under = |cut| {
            let mut outcomes = [Outcome::Continue; 100];
            outcomes.iter_mut().skip(19).step_by(20).for_each(|outcome| *outcome = cut);
            let gae = Gae::new(0.95, 0.95).unwrap();
            let (mut advantages, mut targets) = ([0.0; 100], [0.0; 100]);
            (0..400).fold(0.0, |value: f32, _| {
                let values = [value; 100];
                let rollout = RolloutView::trajectory(&[1.0; 100], &values, &values, &outcomes).unwrap();
                gae.advantages_and_targets(&rollout, &mut advantages, &mut targets).unwrap();
                value + 0.1 * (targets.iter().sum::<f32>() / 100.0 - value)
            })
        };
        assert!((value_under(Outcome::Truncated) - 20.0).abs() < 0.05);
        assert!(value_under(Outcome::Terminated) < 10.0);
    }

    #[test]
    fn variance_rises_with_lambda() {
        let variance = |lambda| {
            let mut rng = stream(3, 0);
            let squares = (0..10_000).map(|_| {
                let rewards: [f32; 10] = core::array::from_fn(|_| gaussian_by_sum(&mut rng));
                let mut outcomes = [Outcome::Continue; 10];
                outcomes[9] = Outcome::Terminated;
                let rollout = RolloutView::trajectory(&rewards, &[0.0; 10], &[0.0; 10], &outcomes).unwrap();
                let mut out = [0.0; 10];
                Gae::new(1.0, lambda).unwrap().advantages(&rollout, &mut out).unwrap();
                out[0] * out[0]
            });
            squares.sum::<f32>() / 1e4
        };
        assert!(variance(0.0) < 1.2);
        assert!(variance(1.0) > 8.0);
    }

    #[test]
    fn bad_input_changes_nothing() {
        for bad in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
            assert_eq!(Gae::new(bad, 0.5), Err(Error::DiscountOutOfRange));
            assert_eq!(Gae::new(0.5, bad), Err(Error::ParameterOutOfRange));
        }
        let gae = Gae::new(1.0, 1.0).unwrap();
        Sample::refuses(|view, out| gae.advantages(view, out));
        Sample::refuses(|view, out| gae.advantages_and_targets(view, &mut std::vec![0.0; view.len()], out));
        Sample::refuses(|view, out| {
            let mut targets = std::vec![9.0; view.len()];
            let answer = gae.advantages_and_targets(view, out, &mut targets);
            assert!(answer.is_ok() || targets.iter().all(|&number| number == 9.0));
            answer
        });
    }
}
