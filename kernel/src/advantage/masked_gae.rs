//! GAE over the tokens that were chosen.

use super::columns::Columns;
use super::token_turns::{check, first_token, receive, tokens};
use crate::discount::discounted;
use crate::error::Error;
use crate::interact::RolloutView;
use crate::math::is_in_unit_interval;

/// GAE(lambda) of sequences in which some tokens were chosen by the policy and others, the observations, were not: an
/// observation is passed by as if it were not there, and its advantage is 0 (as in volcengine/verl). A token is a step.
///
/// For each lane backwards, from `(A, v') = (0, 0)`:
///
/// ```text
/// action:       A <- r_t + gamma v' - v(s_t) + gamma lambda A,   A_t = A,   v' <- v(s_t)
/// observation:  A_t = 0
/// ```
///
/// A terminated step sets `(A, v')` to `(0, 0)` again, a truncated one, and the last unless it terminated, to `(0, v(s'_t))`: a
/// finished text ends with a terminated step. Rewards and values of observations are not looked at. 8 bytes; two passes, in
/// place.
///
/// ```
/// use habit::advantage::MaskedGae;
/// use habit::interact::{Outcome::*, RolloutView};
/// let outcomes = [Continue, Continue, Continue, Terminated];
/// let text = RolloutView::trajectory(&[1.0, 9.0, 9.0, 2.0], &[0.5, 9.0, 9.0, 0.25], &[0.0; 4], &outcomes)?;
/// let mut advantages = [0.0; 4];
/// MaskedGae::new(1.0, 0.5)?.advantages(&text, &[true, false, false, true], &mut advantages)?;
/// assert_eq!(advantages, [1.0 + 0.25 - 0.5 + 0.5 * 1.75, 0.0, 0.0, 1.75]);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaskedGae {
    discount: f32,
    lambda: f32,
}

impl MaskedGae {
    /// `discount` is gamma and `lambda` how far rewards reach back, in actions; both in `[0, 1]`.
    ///
    /// # Errors
    /// [`Error::DiscountOutOfRange`]; [`Error::ParameterOutOfRange`] for lambda.
    pub const fn new(discount: f32, lambda: f32) -> Result<Self, Error> {
        if !is_in_unit_interval(discount) {
            return Err(Error::DiscountOutOfRange);
        }
        if !is_in_unit_interval(lambda) {
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

    /// Writes `A_t` of every token and lane, in the rollout's order; `actions` tells which tokens the policy chose. An empty
    /// rollout writes nothing.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless both slices are as long as the rollout; nothing is written then.
    pub fn advantages(&self, rollout: &RolloutView<'_>, actions: &[bool], advantages: &mut [f32]) -> Result<(), Error> {
        check(rollout, actions, advantages)?;
        receive([self.discount, self.lambda], rollout, actions, advantages, |_| 1);
        let tokens = tokens(rollout, actions).items();
        advantages.iter_mut().zip(tokens).for_each(|(x, token)| *x = first_token(token, *x));
        Ok(())
    }
}

discounted!([] MaskedGae { discount });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::Gae;
    use crate::advantage::sample::{Sample, compare};
    use crate::interact::Outcome;
    use crate::rng::stream;

    #[test]
    fn it_is_the_sum_of_its_definition() {
        for (lanes, discount, lambda) in [(1, 0.99, 0.95), (3, 0.9, 0.0), (8, 1.0, 1.0), (33, 0.97, 0.5)] {
            let sample = Sample::new(50, lanes, &mut stream(1, 0));
            let actions = sample.runs(&mut stream(1, 1));
            let rule = MaskedGae::new(discount, lambda).unwrap();
            let advantages = sample.estimate(|view, out| rule.advantages(view, &actions, out));
            let (discount, lambda) = (f64::from(discount), f64::from(lambda));
            compare(&sample, &advantages, |lane, t| {
                let (mut advantage, mut next_value, mut own) = (0.0, 0.0, 0.0);
                for (k, step) in lane.iter().enumerate().skip(t).rev() {
                    if step.outcome.is_over() || k + 1 == lane.len() {
                        next_value = if step.outcome == Outcome::Terminated { 0.0 } else { step.next_value };
                        advantage = 0.0;
                    }
                    own = 0.0;
                    if actions[k * lanes + step.lane] {
                        advantage = step.reward + discount * next_value - step.value + discount * lambda * advantage;
                        (own, next_value) = (advantage, step.value);
                    }
                }
                own
            });
        }
    }

    #[test]
    fn without_an_observation_it_is_gae_and_without_an_action_nothing() {
        for lanes in [1, 4] {
            // GAE sees as the next value what is the value of the next state here.
            let mut sample = Sample::new(30, lanes, &mut stream(2, 0));
            for t in 0..29 * lanes {
                if sample.outcomes[t] == Outcome::Continue {
                    sample.numbers_mut(2)[t] = sample.numbers(1)[t + lanes];
                }
            }
            let of = |action| {
                let actions = std::vec![action; 30 * lanes];
                sample.estimate(|view, out| MaskedGae::new(0.97, 0.9).unwrap().advantages(view, &actions, out))
            };
            let gae = sample.estimate(|view, out| Gae::new(0.97, 0.9).unwrap().advantages(view, out));
            assert!(of(true).iter().zip(&gae).all(|(own, gae)| (own - gae).abs() < 1e-5));
            assert!(of(false).iter().all(|&advantage| advantage == 0.0));
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        for bad in [-0.1, 1.1, f32::NAN] {
            assert_eq!(MaskedGae::new(bad, 0.5), Err(Error::DiscountOutOfRange));
            assert_eq!(MaskedGae::new(0.5, bad), Err(Error::ParameterOutOfRange));
        }
        let rule = MaskedGae::new(0.9, 0.9).unwrap();
        Sample::refuses(|view, out| rule.advantages(view, &std::vec![true; view.len()], out));
        Sample::refuses(|view, out| {
            let mut own = std::vec![9.0; view.len()];
            let answer = rule.advantages(view, &std::vec![true; out.len()], &mut own);
            assert!(answer.is_ok() || own.iter().all(|&number| number == 9.0));
            answer
        });
    }
}
