//! Policies of the grid without slip, judged and improved without chance.

use super::{DISCOUNT, HORIZON};
use crate::env::SpecGrid;
use crate::error::Error;
use crate::math::{Libm, Math};
use crate::policy::features::{Features, OneHot};
use crate::policy::{SoftmaxPolicy, StochasticPolicy};

const STATES: usize = SpecGrid::STATES;
const ACTIONS: usize = SpecGrid::ACTIONS;
/// What the logarithm of a probability costs.
const TEMPERATURE: f32 = 0.005;
const LEAST_PROBABILITY: f32 = 1e-12;
/// Of the natural gradient.
const STEP_SIZE: f32 = 2.0;
/// Where logits are cut.
pub(super) const LIMIT: f32 = 30.0;

/// Every rate is to be at most this.
pub(super) const THRESHOLD: f32 = 0.02;

pub(super) type Policy = SoftmaxPolicy<ACTIONS, STATES>;

/// What a policy does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Behaviour {
    /// The share of the steps in which the agent enters a hot cell, jumps, enters a noisy cell.
    pub(super) rates: [f32; 3],
    /// The share of the episodes that reach the goal.
    pub(super) success: f32,
}

impl Behaviour {
    pub(super) const NONE: Self = Self { rates: [f32::NAN; 3], success: f32::NAN };
}

/// Scratch, and the grid as a table.
#[derive(Debug)]
pub(super) struct Judge {
    next: [[u8; STATES]; ACTIONS],
    probabilities: [[f32; STATES]; ACTIONS],
    /// Action values; then logits.
    values: [[f32; STATES]; ACTIONS],
}

impl Judge {
    pub(super) const EMPTY: Self = Self {
        next: [[0; STATES]; ACTIONS],
        probabilities: [[0.0; STATES]; ACTIONS],
        values: [[0.0; STATES]; ACTIONS],
    };

    pub(super) fn start(&mut self) {
        for (action, row) in self.next.iter_mut().enumerate() {
            for (state, next) in row.iter_mut().enumerate() {
                *next = if state == SpecGrid::GOAL { state } else { SpecGrid::next(state, action) } as u8;
            }
        }
    }

    /// What a policy does, from where every episode is after each of 40 steps. Its probabilities are kept for
    /// [`improve`](Self::improve).
    pub(super) fn judge(&mut self, policy: &mut Policy) -> Result<Behaviour, Error> {
        for state in 0..STATES {
            let code = OneHot::<STATES>.encode(state)?;
            for (row, p) in self.probabilities.iter_mut().zip(policy.distribution(&code)?) {
                row[state] = *p;
            }
        }
        let (mut occupied, mut steps, mut counts) = ([0.0; STATES], 0.0, [0.0; 3]);
        occupied[SpecGrid::START] = 1.0;
        for _ in 0..HORIZON {
            let mut after = [0.0; STATES];
            after[SpecGrid::GOAL] = occupied[SpecGrid::GOAL];
            for state in (0..STATES).filter(|state| *state != SpecGrid::GOAL) {
                let here: f32 = occupied[state];
                if here == 0.0 {
                    continue;
                }
                steps += here;
                for (action, (next, p)) in self.next.iter().zip(&self.probabilities).enumerate() {
                    let (next, mass) = (usize::from(next[state]), here * p[state]);
                    after[next] += mass;
                    let happened = SpecGrid::indicators(action, next);
                    for (index, count) in counts.iter_mut().enumerate() {
                        if (happened >> index) & 1 == 1 {
                            *count += mass;
                        }
                    }
                }
            }
            occupied = after;
        }
        let rates = counts.map(|count: f32| (count / steps).min(1.0));
        Ok(Behaviour { rates, success: occupied[SpecGrid::GOAL].min(1.0) })
    }

    /// One step of the natural gradient on the policy judged last, `theta += 2 (Q - V)`: `Q` by 40 sweeps of the reward that
    /// is trained on, a function of what the grid pays and of what happened, less 0.005 ln pi, in the goal too.
    pub(super) fn improve(
        &mut self,
        policy: &mut Policy,
        limit: f32,
        reward: impl Fn(f32, u32) -> f32,
    ) -> Result<(), Error> {
        for (action, ((row, next), p)) in self.values.iter_mut().zip(&self.next).zip(&self.probabilities).enumerate() {
            for (state, value) in row.iter_mut().enumerate() {
                let next = usize::from(next[state]);
                let paid = if state == SpecGrid::GOAL {
                    0.0
                } else {
                    reward(SpecGrid::reward(next), SpecGrid::indicators(action, next))
                };
                *value = paid - TEMPERATURE * Libm::ln(p[state] + LEAST_PROBABILITY);
            }
        }
        let mut worth = [0.0; STATES];
        for _ in 1..HORIZON {
            let mut sums = [0.0; STATES];
            for ((values, next), p) in self.values.iter().zip(&self.next).zip(&self.probabilities) {
                for (state, sum) in sums.iter_mut().enumerate() {
                    *sum += p[state] * (values[state] + DISCOUNT * worth[usize::from(next[state])]);
                }
            }
            worth = sums;
        }
        let mut sums = [0.0; STATES];
        for ((values, next), p) in self.values.iter_mut().zip(&self.next).zip(&self.probabilities) {
            for (state, sum) in sums.iter_mut().enumerate() {
                values[state] += DISCOUNT * worth[usize::from(next[state])];
                *sum += p[state] * values[state];
            }
        }
        // From values to logits.
        let mut means = [0.0; STATES];
        for (values, logits) in self.values.iter_mut().zip(policy.parameters().chunks_exact(STATES)) {
            for (state, mean) in means.iter_mut().enumerate() {
                values[state] = logits[state] + STEP_SIZE * (values[state] - sums[state]);
                *mean += values[state] / ACTIONS as f32;
            }
        }
        for values in &mut self.values {
            values.iter_mut().zip(means).for_each(|(logit, mean)| *logit = (*logit - mean).clamp(-limit, limit));
        }
        policy.set(self.values.as_flattened())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{below, stream};
    use std::boxed::Box;

    #[test]
    fn what_is_computed_is_what_happens() {
        let (mut judge, mut policy, mut rng) = (Box::new(Judge::EMPTY), Policy::EMPTY, stream(1, 0));
        judge.start();
        let computed = judge.judge(&mut policy).unwrap();
        let (mut counts, mut steps, mut reached) = ([0.0; 3], 0.0, 0.0);
        for _ in 0..4000 {
            let mut state = SpecGrid::START;
            for _ in 0..HORIZON {
                let action = below(ACTIONS as u32, &mut rng).unwrap() as usize;
                state = SpecGrid::next(state, action);
                let happened = SpecGrid::indicators(action, state);
                counts
                    .iter_mut()
                    .enumerate()
                    .for_each(|(index, count)| *count += f32::from((happened >> index) as u8 & 1));
                steps += 1.0;
                if state == SpecGrid::GOAL {
                    reached += 1.0;
                    break;
                }
            }
        }
        assert!(
            computed.rates.iter().zip(counts).all(|(rate, count)| (rate - count / steps).abs() < 0.01),
            "{computed:?}"
        );
        assert!((computed.success - reached / 4000.0).abs() < 0.03, "{computed:?}");
    }

    #[test]
    fn without_constraints_the_shortest_way_is_found() {
        let (mut judge, mut policy) = (Box::new(Judge::EMPTY), Policy::EMPTY);
        judge.start();
        for _ in 0..60 {
            judge.judge(&mut policy).unwrap();
            judge.improve(&mut policy, LIMIT, |reward, _| reward).unwrap();
        }
        let last = judge.judge(&mut policy).unwrap();
        assert!(last.success > 0.999 && last.rates[1] > 0.5, "{last:?}");
    }
}
