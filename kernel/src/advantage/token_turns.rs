//! What tokens receive from the turns after them: the recursion of turn-level and of masked GAE.

use super::AffinePair;
use super::columns::Columns;
use super::recursion::{Link, continue_backward, cut, if_truncated, unless_terminated, zero_if};
use crate::error::Error;
use crate::interact::RolloutView;

/// Rewards, values and which tokens were chosen.
type Tokens<'a> = ((&'a [f32], &'a [f32]), &'a [bool]);

#[inline(always)]
pub(super) fn tokens<'a>(rollout: &RolloutView<'a>, actions: &'a [bool]) -> Tokens<'a> {
    ((rollout.rewards(), rollout.values()), actions)
}

/// The advantage of a turn at its first token, from what that receives; 0 at an observation.
#[inline(always)]
pub(super) fn first_token(((reward, value), action): ((f32, f32), bool), received: f32) -> f32 {
    zero_if(u32::from(!action), reward - value + received)
}

/// Refuses slices that do not fit.
pub(super) fn check(rollout: &RolloutView<'_>, actions: &[bool], out: &[f32]) -> Result<(), Error> {
    if actions.len() == rollout.len() && out.len() == rollout.len() { Ok(()) } else { Err(Error::LengthMismatch) }
}

/// Writes what each token receives. With `u` the value at the start of the next turn and `A` its advantage, that is
/// `gamma u + gamma lambda A` (or what an end leaves: `gamma v(s')`, 0 after a terminal state), and within a turn the rewards
/// of its later tokens besides. `starts` tells of an action token whether a turn begins at it, from whether the token before
/// is one of the same sequence.
#[inline(always)]
pub(super) fn receive(
    [discount, lambda]: [f32; 2],
    rollout: &RolloutView<'_>,
    actions: &[bool],
    out: &mut [f32],
    starts: impl Fn(u32) -> u32,
) {
    let (lanes, decay) = (rollout.lanes(), discount * lambda);
    let middle = out.len().saturating_sub(lanes);
    let ends = (rollout.next_values(), rollout.outcomes());
    let (own, (next_values, outcomes)) = ((ends, actions).split(middle).0, ends.split(middle).1);
    let later = tokens(rollout, actions).split(lanes).1;
    if let Some((_, last)) = out.split_at_mut_checked(middle) {
        let ends = (next_values, outcomes).items();
        last.iter_mut().zip(ends).for_each(|(x, (value, outcome))| *x = discount * unless_terminated(outcome, value));
    }
    continue_backward((own, later), lanes, out, |(((next_value, outcome), action), ((reward, value), acts))| {
        let (cut, acts) = (cut(outcome), u32::from(acts));
        let start = acts & starts(u32::from(action) & (cut ^ 1));
        // An observation is passed by; within a turn the reward is added; at its start the turn is complete.
        let whole = discount * value + decay * (reward - value);
        let offset = zero_if(start ^ 1, whole) + zero_if(start | (acts ^ 1), reward);
        let factor = zero_if(start ^ 1, decay) + zero_if(start, 1.0);
        let left = discount * if_truncated(outcome, next_value);
        Link { pair: AffinePair { factor, offset: zero_if(cut, offset) + left }, cut }
    });
}
