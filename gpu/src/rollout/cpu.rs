//! The same rollout on a CPU, from the model itself.

use super::{Episode, Lane, ThresholdPolicy, Trajectories};
use habit::Error;
use habit::interact::{Outcome, Transition};
use habit::model::{self, FiniteModel};

/// Runs `steps` steps of every lane: the rule that [`TabularRollout`](super::TabularRollout) follows, in plain Rust, from
/// what the model lists ([`model::sample`]) instead of tables. The lanes move on.
///
/// An environment whose `step` samples its model walks the same way; one that draws otherwise follows the same
/// distribution with other choices.
///
/// # Errors
/// [`Error::LengthMismatch`] for a policy of other sizes than the model's; [`Error::StateOutOfRange`],
/// [`Error::ParameterOutOfRange`] for a start, a lane or a time limit outside its range; and whatever the model refuses.
/// The lanes are unchanged then.
pub fn rollout(
    model: &impl FiniteModel,
    episode: Episode,
    policy: &ThresholdPolicy,
    lanes: &mut [Lane],
    steps: usize,
) -> Result<Trajectories, Error> {
    if (policy.states(), policy.actions()) != (model.states(), model.actions()) {
        return Err(Error::LengthMismatch);
    }
    episode.check(model.states())?;
    let mut moved = lanes.to_vec();
    let mut all = Trajectories::filled(steps, lanes.len());
    for (n, lane) in moved.iter_mut().enumerate() {
        for t in 0..steps {
            let at = t * lanes.len() + n;
            let transition = step(model, episode, policy, lane)?;
            all.states[at] = transition.state as u32;
            all.actions[at] = transition.action as u32;
            all.rewards[at] = transition.reward;
            all.next_states[at] = transition.next_state as u32;
            all.outcomes[at] = transition.outcome;
        }
    }
    lanes.clone_from_slice(&moved);
    Ok(all)
}

/// One step of one lane, and the reset after an end.
fn step(
    model: &impl FiniteModel,
    episode: Episode,
    policy: &ThresholdPolicy,
    lane: &mut Lane,
) -> Result<Transition, Error> {
    let state = lane.state;
    let action = policy.act(state, &mut lane.rng)?;
    let drawn = model::sample(model, state, action, &mut lane.rng)?;
    lane.elapsed = lane.elapsed.wrapping_add(1);
    let truncated = episode.time_limit.is_some_and(|limit| lane.elapsed >= limit);
    let outcome = Outcome::from_flags(drawn.terminated, truncated);
    (lane.state, lane.elapsed) = if outcome.is_over() { (episode.start, 0) } else { (drawn.next_state, lane.elapsed) };
    Ok(Transition { state, action, reward: drawn.reward, next_state: drawn.next_state, outcome })
}
