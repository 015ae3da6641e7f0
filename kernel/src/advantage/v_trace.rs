//! Values and advantages from actions of another policy.

use super::AffinePair;
use super::columns::Columns;
use super::recursion::{Link, Step, backward, cut, if_truncated, steps, unless_terminated, zero_if};
use crate::discount::discounted;
use crate::error::Error;
use crate::interact::RolloutView;
use crate::linalg::all_finite;
use crate::math::{Libm, Math, is_in_unit_interval};
use core::marker::PhantomData;

/// V-trace (Espeholt et al. 2018, arXiv 1802.01561, section 4.1), with terminated and truncated steps apart.
///
/// With `rho_t = pi(a_t|s_t) / mu(a_t|s_t)`, for each lane backwards over its steps:
///
/// ```text
/// x_t  = min(rho_bar, rho_t) (r_t + gamma (0 if step t terminated, else v(s'_t)) - v(s_t))
///        + (0 if step t terminated or was truncated or t = T-1, else gamma lambda min(c_bar, rho_t) x_{t+1})
/// vs_t = v(s_t) + x_t
/// A_t  = min(rho_bar, rho_t) (r_t + gamma (0 if terminated, v(s'_t) if truncated or t = T-1, else vs_{t+1}) - v(s_t))
/// ```
///
/// On-policy with both limits at least 1, `vs_t` is the value target of [`Gae`](super::Gae). 16 bytes; one exponential a step
/// and four passes, in place.
///
/// ```
/// use habit::advantage::VTrace;
/// use habit::interact::{Outcome::*, RolloutView};
/// let (rewards, values, next_values) = ([1.0, 2.0], [0.5, 0.25], [0.25, 9.0]);
/// let rollout = RolloutView::trajectory(&rewards, &values, &next_values, &[Continue, Terminated])?;
/// let (mut advantages, mut targets) = ([0.0; 2], [0.0; 2]);
/// let rule: VTrace = VTrace::new(0.5, 1.0, 1.0, 1.0)?;
/// // The learner takes the second action half as often as the actor did.
/// rule.advantages_and_targets(&rollout, &[-1.0, -1.386_294_4], &[-1.0, -0.693_147_2], &mut advantages, &mut targets)?;
/// let second = 0.5 * (2.0 - 0.25);
/// assert!((targets[1] - (0.25 + second)).abs() < 1e-6);
/// assert!((targets[0] - (1.0 + 0.5 * 0.25 + 0.5 * second)).abs() < 1e-6);
/// assert!((advantages[0] - (1.0 + 0.5 * targets[1] - 0.5)).abs() < 1e-6);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VTrace<M = Libm> {
    discount: f32,
    lambda: f32,
    rho_bar: f32,
    c_bar: f32,
    math: PhantomData<M>,
}

impl<M: Math> VTrace<M> {
    /// `discount` is gamma, `lambda` how far corrections reach back, both in `[0, 1]`; `rho_bar` limits the weight of a step's
    /// own error and so says which policy's values are learned, `c_bar` the weight of those after it. The paper has 1, 1, 1
    /// for the last three.
    ///
    /// # Errors
    /// [`Error::DiscountOutOfRange`]; [`Error::ParameterOutOfRange`] for lambda, and unless `0 <= c_bar <= rho_bar`, finite.
    pub const fn new(discount: f32, lambda: f32, rho_bar: f32, c_bar: f32) -> Result<Self, Error> {
        if !is_in_unit_interval(discount) {
            return Err(Error::DiscountOutOfRange);
        }
        if !(is_in_unit_interval(lambda) && c_bar >= 0.0 && c_bar <= rho_bar && rho_bar.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { discount, lambda, rho_bar, c_bar, math: PhantomData })
    }

    /// Gamma.
    pub const fn discount(&self) -> f32 {
        self.discount
    }

    /// Lambda.
    pub const fn lambda(&self) -> f32 {
        self.lambda
    }

    /// The limit of a step's own weight.
    pub const fn rho_bar(&self) -> f32 {
        self.rho_bar
    }

    /// The limit of the weight of what follows.
    pub const fn c_bar(&self) -> f32 {
        self.c_bar
    }

    /// Writes `A_t` and `vs_t` of every step and lane, in the rollout's order, from the logarithms of the probabilities that
    /// the policy which learns, and the policy which acted, give the actions. An empty rollout writes nothing.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless all four slices are as long as the rollout; [`Error::NonFinite`] for logarithms that
    /// are not finite. Nothing is written then.
    pub fn advantages_and_targets(
        &self,
        rollout: &RolloutView<'_>,
        learner: &[f32],
        actor: &[f32],
        advantages: &mut [f32],
        targets: &mut [f32],
    ) -> Result<(), Error> {
        if [learner.len(), actor.len(), advantages.len(), targets.len()] != [rollout.len(); 4] {
            return Err(Error::LengthMismatch);
        }
        if !all_finite(learner) || !all_finite(actor) {
            return Err(Error::NonFinite);
        }
        // The ratios wait where the advantages will stand.
        for (ratio, (learner, actor)) in advantages.iter_mut().zip(learner.iter().zip(actor)) {
            *ratio = M::exp(learner - actor);
        }
        let (steps, lanes, decay) = (steps(rollout), rollout.lanes(), self.discount * self.lambda);
        let error = |step: Step, ratio| self.error(step, ratio, unless_terminated(step.1, step.0.1));
        let last = |(step, ratio)| error(step, ratio) + 0.0;
        backward((steps, &*advantages), lanes, targets, last, |(step, ratio)| Link {
            pair: AffinePair { factor: decay * ratio.min(self.c_bar), offset: error(step, ratio) },
            cut: cut(step.1),
        });
        targets.iter_mut().zip(rollout.values()).for_each(|(target, value)| *target += value);
        let middle = advantages.len().saturating_sub(lanes);
        let (whole, ends) = steps.split(middle);
        if let Some((before, last)) = advantages.split_at_mut_checked(middle) {
            let later = targets.get(lanes..).unwrap_or_default();
            for ((x, step), &target) in before.iter_mut().zip(whole.items()).zip(later) {
                let next_value = zero_if(cut(step.1), target) + if_truncated(step.1, step.0.1);
                *x = self.error(step, *x, next_value);
            }
            last.iter_mut().zip(ends.items()).for_each(|(x, step)| *x = error(step, *x));
        }
        Ok(())
    }

    /// The weighted error of a step against a value of its next state.
    #[inline(always)]
    fn error(&self, (((reward, value), _), _): Step, ratio: f32, next_value: f32) -> f32 {
        ratio.min(self.rho_bar) * (reward + self.discount * next_value - value)
    }
}

discounted!([M] VTrace<M> { discount });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::Gae;
    use crate::advantage::sample::{Sample, compare};
    use crate::interact::Outcome;
    use crate::rng::{gaussian_by_sum, stream};
    use std::vec::Vec;

    fn rule(rho_bar: f32, c_bar: f32) -> VTrace {
        VTrace::new(0.97, 0.9, rho_bar, c_bar).unwrap()
    }

    /// Advantages and targets of a sample whose `ratios` are logarithms.
    fn estimates(rule: VTrace, sample: &Sample, ratios: &[f32]) -> [Vec<f32>; 2] {
        let mut out = [0; 2].map(|_| std::vec![f32::NAN; ratios.len()]);
        let [advantages, targets] = &mut out;
        let actor = std::vec![-1.5; ratios.len()];
        let learner: Vec<f32> = ratios.iter().map(|ratio| ratio - 1.5).collect();
        rule.advantages_and_targets(&sample.view(), &learner, &actor, advantages, targets).unwrap();
        out
    }

    #[test]
    fn it_is_the_sum_of_its_definition() {
        for (lanes, rho_bar, c_bar) in [(1, 1.0, 1.0), (3, 2.0, 1.0), (33, 1.5, 0.5), (8, 1.0, 0.0)] {
            let mut rng = stream(1, 0);
            let sample = Sample::new(50, lanes, &mut rng);
            let ratios: Vec<_> = (0..50 * lanes).map(|_| gaussian_by_sum(&mut rng)).collect();
            let [advantages, targets] = estimates(rule(rho_bar, c_bar), &sample, &ratios);
            let number = |lane: usize, t: usize| {
                let log = f64::from((ratios[t * lanes + lane] - 1.5) - -1.5);
                libm::exp(log)
            };
            // Equation 1 of the paper, with what ends it.
            let target = |lane: &[crate::advantage::sample::Entry], t: usize| {
                let (mut sum, mut weight) = (lane[t].value, 1.0);
                for (k, step) in lane.iter().enumerate().skip(t) {
                    let next_value = if step.outcome == Outcome::Terminated { 0.0 } else { step.next_value };
                    let ratio = number(step.lane, k);
                    sum += weight
                        * ratio.min(f64::from(rho_bar))
                        * (step.reward + f64::from(0.97f32) * next_value - step.value);
                    weight *= f64::from(0.97f32) * f64::from(0.9f32) * ratio.min(f64::from(c_bar));
                    if step.outcome.is_over() {
                        break;
                    }
                }
                sum
            };
            compare(&sample, &targets, target);
            compare(&sample, &advantages, |lane, t| {
                let step = lane[t];
                let next_value = match step.outcome {
                    Outcome::Terminated => 0.0,
                    Outcome::Continue if t + 1 < lane.len() => target(lane, t + 1),
                    _ => step.next_value,
                };
                let weight = number(step.lane, t).min(f64::from(rho_bar));
                weight * (step.reward + f64::from(0.97f32) * next_value - step.value)
            });
        }
    }

    #[test]
    fn on_the_policy_its_targets_are_those_of_gae() {
        for lanes in [1, 4] {
            let sample = Sample::new(60, lanes, &mut stream(2, 0));
            let [_, targets] = estimates(rule(1.0, 1.0), &sample, &std::vec![0.0; 60 * lanes]);
            let (mut advantages, mut expected) = (targets.clone(), targets.clone());
            let gae = Gae::new(0.97, 0.9).unwrap();
            gae.advantages_and_targets(&sample.view(), &mut advantages, &mut expected).unwrap();
            assert_eq!(targets, expected);
        }
    }

    #[test]
    fn a_ratio_beyond_any_number_is_limited() {
        let sample = Sample::new(20, 1, &mut stream(3, 0));
        let [far, near] = [200.0, 3.0].map(|log| estimates(rule(2.0, 1.0), &sample, &[log; 20]));
        assert_eq!(far, near);
        let [advantages, targets] = estimates(rule(2.0, 1.0), &sample, &[-200.0; 20]);
        assert!(advantages.iter().all(|&advantage| advantage == 0.0));
        assert_eq!(targets, sample.numbers(1));
    }

    #[test]
    fn bad_input_changes_nothing() {
        let new = VTrace::<Libm>::new;
        for bad in [-0.1, 1.1, f32::NAN] {
            assert_eq!(new(bad, 1.0, 1.0, 1.0), Err(Error::DiscountOutOfRange));
            assert_eq!(new(1.0, bad, 1.0, 1.0), Err(Error::ParameterOutOfRange));
        }
        for (rho_bar, c_bar) in [(1.0, 1.1), (1.0, -0.1), (1.0, f32::NAN), (f32::NAN, 1.0), (f32::INFINITY, 1.0)] {
            assert_eq!(new(1.0, 1.0, rho_bar, c_bar), Err(Error::ParameterOutOfRange));
        }
        let rule = rule(1.0, 1.0);
        Sample::refuses(|view, out| {
            let logs = std::vec![0.0; view.len()];
            let mut other = std::vec![9.0; view.len()];
            rule.advantages_and_targets(view, &logs, &logs, out, &mut other)
        });
        let sample = Sample::new(3, 2, &mut stream(4, 0));
        for short in 0..4 {
            let mut slices = [0; 4].map(|_| std::vec![9.0; 6]);
            slices[short].pop();
            let [learner, actor, advantages, targets] = &mut slices;
            let answer = rule.advantages_and_targets(&sample.view(), learner, actor, advantages, targets);
            assert_eq!(answer, Err(Error::LengthMismatch));
            assert!(slices.iter().flatten().all(|&number| number == 9.0));
        }
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for place in 0..2 {
                let (mut logs, mut out) = ([[0.0; 6]; 2], [[9.0; 6]; 2]);
                logs[place][4] = bad;
                let ([learner, actor], [advantages, targets]) = (&logs, &mut out);
                let answer = rule.advantages_and_targets(&sample.view(), learner, actor, advantages, targets);
                assert_eq!(answer, Err(Error::NonFinite));
                assert_eq!(out, [[9.0; 6]; 2]);
            }
        }
    }
}
