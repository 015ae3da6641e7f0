//! GAE over turns of many tokens.

use super::MaskedGae;
use super::columns::Columns;
use super::recursion::{cut, forward, zero_if};
use super::token_turns::{check, first_token, receive, tokens};
use crate::discount::discounted;
use crate::error::Error;
use crate::interact::RolloutView;

/// GAE(lambda) of sequences whose steps are turns: a turn is a run of tokens that the policy chose, a reply say, between
/// observations. The turn has one advantage, that of each of its tokens; an observation's is 0 (as in volcengine/verl).
///
/// With `R_k` the sum of the rewards of a turn's tokens and `u_k` the value at its first:
///
/// ```text
/// delta_k = R_k + gamma u_{k+1} - u_k        A_k = delta_k + gamma lambda A_{k+1}
/// ```
///
/// A terminated step ends a sequence, and the turn it lies in: nothing follows. A truncated one, and the last unless it
/// terminated, is followed by the value of its true next state in place of `u_{k+1}`. Rewards of observations, and values
/// but those at first tokens, are not looked at. Where every turn is one token this is [`MaskedGae`]. 8 bytes; three passes,
/// in place.
///
/// ```
/// use habit::advantage::TurnGae;
/// use habit::interact::{Outcome::*, RolloutView};
/// let outcomes = [Continue, Continue, Continue, Terminated];
/// let talk = RolloutView::trajectory(&[1.0, 2.0, 9.0, 4.0], &[0.5, 9.0, 9.0, 0.25], &[0.0; 4], &outcomes)?;
/// let mut advantages = [0.0; 4];
/// TurnGae::new(1.0, 0.5)?.advantages(&talk, &[true, true, false, true], &mut advantages)?;
/// let (second, first) = (4.0 - 0.25, 3.0 + 0.25 - 0.5 + 0.5 * (4.0 - 0.25));
/// assert_eq!(advantages, [first, first, 0.0, second]);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TurnGae {
    turns: MaskedGae,
}

impl TurnGae {
    /// `discount` is gamma and `lambda` how far rewards reach back, in turns; both in `[0, 1]`.
    ///
    /// # Errors
    /// [`Error::DiscountOutOfRange`]; [`Error::ParameterOutOfRange`] for lambda.
    pub const fn new(discount: f32, lambda: f32) -> Result<Self, Error> {
        match MaskedGae::new(discount, lambda) {
            Ok(turns) => Ok(Self { turns }),
            Err(error) => Err(error),
        }
    }

    /// Gamma.
    pub const fn discount(&self) -> f32 {
        self.turns.discount()
    }

    /// Lambda.
    pub const fn lambda(&self) -> f32 {
        self.turns.lambda()
    }

    /// Writes the advantage of its turn for every token and lane, in the rollout's order; `actions` tells which tokens the
    /// policy chose. An empty rollout writes nothing.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] unless both slices are as long as the rollout; nothing is written then.
    pub fn advantages(&self, rollout: &RolloutView<'_>, actions: &[bool], advantages: &mut [f32]) -> Result<(), Error> {
        check(rollout, actions, advantages)?;
        receive([self.discount(), self.lambda()], rollout, actions, advantages, |within| within ^ 1);
        let lanes = rollout.lanes();
        let before = (actions, rollout.outcomes()).split(rollout.len().saturating_sub(lanes)).0;
        let (first, rest) = tokens(rollout, actions).split(lanes);
        advantages.iter_mut().zip(first.items()).for_each(|(x, token)| *x = first_token(token, *x));
        forward((rest, before), lanes, advantages, |(token, (action, outcome)), x, earlier| {
            let within = u32::from(action) & (cut(outcome) ^ 1) & u32::from(token.1);
            zero_if(within, first_token(token, x)) + zero_if(within ^ 1, earlier)
        });
        Ok(())
    }
}

discounted!([] TurnGae { turns });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::sample::{Sample, compare};
    use crate::interact::Outcome;
    use crate::rng::stream;
    use std::vec::Vec;

    #[test]
    fn it_is_the_sum_of_its_definition() {
        for (lanes, discount, lambda) in [(1, 0.99, 0.95), (3, 0.9, 0.0), (8, 1.0, 1.0), (33, 0.97, 0.5)] {
            let sample = Sample::new(60, lanes, &mut stream(1, 0));
            let actions = sample.runs(&mut stream(1, 1));
            let rule = TurnGae::new(discount, lambda).unwrap();
            let advantages = sample.estimate(|view, out| rule.advantages(view, &actions, out));
            let (discount, lambda) = (f64::from(discount), f64::from(lambda));
            compare(&sample, &advantages, |lane, t| {
                let acts = |k: usize| actions[k * lanes + lane[k].lane];
                if !acts(t) {
                    return 0.0;
                }
                // The turns of the sequence that holds t, as first token and end.
                let first = lane[..t].iter().rposition(|step| step.outcome.is_over()).map_or(0, |end| end + 1);
                let end =
                    lane[t..].iter().position(|step| step.outcome.is_over()).map_or(lane.len(), |end| t + end + 1);
                let mut turns = Vec::<[usize; 2]>::new();
                for k in (first..end).filter(|k| acts(*k)) {
                    match turns.last_mut() {
                        Some([_, end]) if *end == k => *end = k + 1,
                        _ => turns.push([k, k + 1]),
                    }
                }
                let last = lane[end - 1];
                let mut next_value = if last.outcome == Outcome::Terminated { 0.0 } else { last.next_value };
                let mut advantage = 0.0;
                for [start, end] in turns.into_iter().rev() {
                    let reward: f64 = lane[start..end].iter().map(|step| step.reward).sum();
                    advantage = reward + discount * next_value - lane[start].value + discount * lambda * advantage;
                    next_value = lane[start].value;
                    if (start..end).contains(&t) {
                        break;
                    }
                }
                advantage
            });
        }
    }

    #[test]
    fn turns_of_one_token_are_masked_gae() {
        for lanes in [1, 3] {
            let sample = Sample::new(40, lanes, &mut stream(2, 0));
            let actions: Vec<_> = (0..40 * lanes).map(|at| at / lanes % 2 == 0).collect();
            let turns = sample.estimate(|view, out| TurnGae::new(0.97, 0.9).unwrap().advantages(view, &actions, out));
            let tokens =
                sample.estimate(|view, out| MaskedGae::new(0.97, 0.9).unwrap().advantages(view, &actions, out));
            assert_eq!(turns, tokens);
        }
    }

    #[test]
    fn equal_numbers_have_no_advantage() {
        // The rewards of each turn sum to what the value falls by.
        let (rewards, values) = ([0.25, 0.25, 9.0, 0.25, 0.25], [1.0, 9.0, 9.0, 0.5, 9.0]);
        let mut outcomes = [Outcome::Continue; 5];
        outcomes[4] = Outcome::Terminated;
        let view = RolloutView::trajectory(&rewards, &values, &[0.0; 5], &outcomes).unwrap();
        let mut out = [9.0; 5];
        TurnGae::new(1.0, 0.5).unwrap().advantages(&view, &[true, true, false, true, true], &mut out).unwrap();
        assert_eq!(out, [0.0; 5]);
    }

    #[test]
    fn bad_input_changes_nothing() {
        for bad in [-0.1, 1.1, f32::NAN] {
            assert_eq!(TurnGae::new(bad, 0.5), Err(Error::DiscountOutOfRange));
            assert_eq!(TurnGae::new(0.5, bad), Err(Error::ParameterOutOfRange));
        }
        let rule = TurnGae::new(0.9, 0.9).unwrap();
        Sample::refuses(|view, out| rule.advantages(view, &std::vec![true; view.len()], out));
        Sample::refuses(|view, out| {
            let mut own = std::vec![9.0; view.len()];
            let answer = rule.advantages(view, &std::vec![true; out.len()], &mut own);
            assert!(answer.is_ok() || own.iter().all(|&number| number == 9.0));
            answer
        });
    }
}
