//! Generalized advantage estimation.

use crate::discount::discounted;
use crate::error::Error;
use crate::interact::{Outcome, RolloutView};

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
        match rollout.lanes() {
            0 => {}
            1 => self.trajectory(rollout, advantages),
            lanes => self.batch(rollout, lanes, advantages),
        }
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
    fn error(&self, reward: f32, value: f32, next_value: f32, outcome: Outcome) -> f32 {
        reward + self.discount * zero_if(outcome as u32 & 1, next_value) - value
    }

    /// `A_t` of `delta_t` and `A_{t+1}`.
    #[inline(always)]
    fn carry(decay: f32, error: f32, later: f32, outcome: Outcome) -> f32 {
        error + decay * zero_if((outcome as u32 + 1) >> 1, later)
    }

    /// One lane: what is carried stays in a register.
    fn trajectory(&self, rollout: &RolloutView<'_>, advantages: &mut [f32]) {
        let decay = self.discount * self.lambda;
        let inputs = rollout.rewards().iter().zip(rollout.values()).zip(rollout.next_values()).zip(rollout.outcomes());
        let mut carried = 0.0;
        for (advantage, (((&reward, &value), &next_value), &outcome)) in advantages.iter_mut().zip(inputs).rev() {
            let error = self.error(reward, value, next_value, outcome);
            // A branch that is nearly always foretold keeps the chain short; `+ 0.0` gives the sign of zero of a batch.
            carried = if outcome.is_over() { error + 0.0 } else { error + decay * carried };
            *advantage = carried;
        }
    }

    /// Many lanes: the inner loop runs over the lanes of one step, which do not depend on each other.
    fn batch(&self, rollout: &RolloutView<'_>, lanes: usize, advantages: &mut [f32]) {
        let decay = self.discount * self.lambda;
        let rows = advantages
            .rchunks_exact_mut(lanes)
            .zip(rollout.rewards().rchunks_exact(lanes))
            .zip(rollout.values().rchunks_exact(lanes))
            .zip(rollout.next_values().rchunks_exact(lanes))
            .zip(rollout.outcomes().rchunks_exact(lanes));
        let mut later: Option<&[f32]> = None;
        for ((((row, rewards), values), next_values), outcomes) in rows {
            let inputs = rewards.iter().zip(values).zip(next_values).zip(outcomes);
            match later {
                None => {
                    for (advantage, (((&reward, &value), &next_value), &outcome)) in row.iter_mut().zip(inputs) {
                        *advantage = Self::carry(decay, self.error(reward, value, next_value, outcome), 0.0, outcome);
                    }
                }
                Some(later) => {
                    for ((advantage, (((&reward, &value), &next_value), &outcome)), &later) in
                        row.iter_mut().zip(inputs).zip(later)
                    {
                        *advantage = Self::carry(decay, self.error(reward, value, next_value, outcome), later, outcome);
                    }
                }
            }
            later = Some(row);
        }
    }
}

discounted!([] Gae { discount });

/// `number` where `flag` is 0, and 0 where it is 1: by a mask, because a selection by bytes keeps the compiler from
/// working on several lanes at once.
#[inline(always)]
const fn zero_if(flag: u32, number: f32) -> f32 {
    f32::from_bits(number.to_bits() & flag.wrapping_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::AffinePair;
    use crate::rng::{Generator, below, gaussian_by_sum, stream};
    use std::vec::Vec;

    /// Random numbers with about one step in 25 ended each way.
    struct Sample {
        rewards: Vec<f32>,
        values: Vec<f32>,
        next_values: Vec<f32>,
        outcomes: Vec<Outcome>,
    }

    impl Sample {
        fn new(len: usize, rng: &mut Generator) -> Self {
            let mut numbers = || (0..len).map(|_| gaussian_by_sum(rng)).collect();
            let (rewards, values, next_values) = (numbers(), numbers(), numbers());
            let outcomes = (0..len)
                .map(|_| match below(50, rng).unwrap() {
                    0 => Outcome::Terminated,
                    1 => Outcome::Truncated,
                    _ => Outcome::Continue,
                })
                .collect();
            Self { rewards, values, next_values, outcomes }
        }

        fn view(&self, lanes: usize) -> RolloutView<'_> {
            let steps = self.rewards.len() / lanes;
            RolloutView::new(steps, lanes, &self.rewards, &self.values, &self.next_values, &self.outcomes).unwrap()
        }

        /// Every `stride`-th entry from `first` to before `end`.
        fn part(&self, first: usize, end: usize, stride: usize) -> Self {
            fn pick<T: Copy>(all: &[T], first: usize, end: usize, stride: usize) -> Vec<T> {
                all[first..end].iter().step_by(stride).copied().collect()
            }
            Self {
                rewards: pick(&self.rewards, first, end, stride),
                values: pick(&self.values, first, end, stride),
                next_values: pick(&self.next_values, first, end, stride),
                outcomes: pick(&self.outcomes, first, end, stride),
            }
        }

        fn advantages(&self, gae: Gae) -> Vec<f32> {
            let mut out = std::vec![f32::NAN; self.rewards.len()];
            gae.advantages(&self.view(1), &mut out).unwrap();
            out
        }
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
        let mut sample = Sample::new(40, &mut stream(1, 0));
        sample.outcomes.fill(Outcome::Continue);
        let whole = sample.advantages(gae);
        for cut in 0..40 {
            for outcome in [Outcome::Terminated, Outcome::Truncated] {
                sample.outcomes[cut] = outcome;
                let parts = [sample.part(0, cut + 1, 1), sample.part(cut + 1, 40, 1)].map(|part| part.advantages(gae));
                assert_eq!(sample.advantages(gae), parts.concat());
                // Before the cut everything has changed, after it nothing.
                assert_eq!(whole[cut + 1..], parts[1]);
                assert!(cut == 39 || whole[cut] != parts[0][cut]);
                // A terminated step does not look at its next state, a truncated one does.
                let next_value = core::mem::replace(&mut sample.next_values[cut], 7.0);
                assert_eq!(sample.advantages(gae)[cut] == parts[0][cut], outcome == Outcome::Terminated);
                sample.next_values[cut] = next_value;
            }
            sample.outcomes[cut] = Outcome::Continue;
        }
    }

    #[test]
    fn a_batch_holds_the_bits_of_each_lane_alone() {
        let gae = Gae::new(0.97, 0.9).unwrap();
        for lanes in [1, 2, 3, 8, 33] {
            let sample = Sample::new(50 * lanes, &mut stream(2, 0));
            let (mut advantages, mut targets) = (std::vec![f32::NAN; 50 * lanes], std::vec![f32::NAN; 50 * lanes]);
            gae.advantages_and_targets(&sample.view(lanes), &mut advantages, &mut targets).unwrap();
            for lane in 0..lanes {
                let alone = sample.part(lane, 50 * lanes, lanes);
                let expected = alone.advantages(gae);
                for (t, (advantage, value)) in expected.iter().zip(&alone.values).enumerate() {
                    assert_eq!(advantages[t * lanes + lane].to_bits(), advantage.to_bits());
                    assert_eq!(targets[t * lanes + lane], advantage + value);
                }
            }
        }
    }

    #[test]
    fn the_scan_of_pairs_equals_the_recursion() {
        let gae = Gae::new(0.99, 0.95).unwrap();
        for seed in 0..20 {
            let sample = Sample::new(1000, &mut stream(seed, 0));
            let mut pairs: Vec<_> = (0..1000)
                .map(|t| AffinePair {
                    factor: if sample.outcomes[t].is_over() || t == 999 { 0.0 } else { 0.99 * 0.95 },
                    offset: gae.error(sample.rewards[t], sample.values[t], sample.next_values[t], sample.outcomes[t]),
                })
                .collect();
            // Hillis-Steele: each round doubles how many steps a pair stands for.
            let mut distance = 1;
            while distance < 1000 {
                let before = pairs.clone();
                for t in 0..1000 {
                    pairs[t] = before[t].compose(*before.get(t + distance).unwrap_or(&AffinePair::IDENTITY));
                }
                distance *= 2;
            }
            let expected = sample.advantages(gae);
            let scale = expected.iter().fold(1.0f32, |most, advantage| most.max(advantage.abs()));
            let scanned: Vec<_> = pairs.iter().map(|pair| pair.offset).collect();
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
        let sample = Sample::new(6, &mut stream(4, 0));
        let (mut short, mut right) = ([9.0; 5], [9.0; 6]);
        assert_eq!(gae.advantages(&sample.view(2), &mut short), Err(Error::LengthMismatch));
        for (a, b) in [(&mut short[..], &mut right[..]), (&mut [9.0; 6], &mut [9.0; 5])] {
            assert_eq!(gae.advantages_and_targets(&sample.view(3), a, b), Err(Error::LengthMismatch));
            assert!(a.iter().chain(b.iter()).all(|&number| number == 9.0));
        }
        let empty = RolloutView::new(0, 3, &[], &[], &[], &[]).unwrap();
        assert_eq!(gae.advantages_and_targets(&empty, &mut [], &mut []), Ok(()));
        assert_eq!(gae.advantages(&RolloutView::new(0, 0, &[], &[], &[], &[]).unwrap(), &mut []), Ok(()));
    }
}
