//! What a rollout starts from and what it leaves.

use super::Batch;
use crate::streams::streams;
use habit::interact::{Outcome, Transition};
use habit::rng::Generator;

/// One environment in the middle of its life, with its stream; whoever takes it over, CPU or GPU, goes on with the same
/// words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Its stream.
    pub rng: Generator,
    /// The state that the next action is taken in.
    pub state: usize,
    /// Steps taken in the current episode.
    pub elapsed: u32,
}

impl Lane {
    /// `count` lanes at the start of an episode; lane `i` has stream `i` of the seed.
    pub fn starting(seed: u32, count: usize, start: usize) -> Vec<Self> {
        streams(seed, count).into_iter().map(|rng| Self { rng, state: start, elapsed: 0 }).collect()
    }
}

/// `T` steps of `N` lanes, time-major: step `t` of lane `n` is at `t N + n` of each array.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectories {
    /// `T`.
    pub steps: usize,
    /// `N`.
    pub lanes: usize,
    /// The state acted in, `s_t`.
    pub states: Vec<u32>,
    /// The action taken, `a_t`.
    pub actions: Vec<u32>,
    /// The reward that followed, `r_t`.
    pub rewards: Vec<f32>,
    /// The state that followed, `s'_t`: the true one, before any reset.
    pub next_states: Vec<u32>,
    /// How the step left the episode; after an end the next step is taken in the start state.
    pub outcomes: Vec<Outcome>,
}

impl Trajectories {
    pub(crate) fn filled(steps: usize, lanes: usize) -> Self {
        let count = steps * lanes;
        Self {
            steps,
            lanes,
            states: vec![0; count],
            actions: vec![0; count],
            rewards: vec![0.0; count],
            next_states: vec![0; count],
            outcomes: vec![Outcome::Continue; count],
        }
    }

    /// Those of a finite model, whose observations are its states.
    pub(crate) fn of(batch: Batch) -> Self {
        // What follows each step is the observation of the next one, but for the ends.
        let mut next_states = batch.observations[batch.lanes..].to_vec();
        let mut states = batch.observations;
        states.truncate(batch.steps * batch.lanes);
        for (end, &last) in batch.ends.iter().zip(&batch.final_observations) {
            next_states[end.step * batch.lanes + end.lane] = last;
        }
        let Batch { steps, lanes, actions, rewards, outcomes, .. } = batch;
        Self { steps, lanes, states, actions, rewards, next_states, outcomes }
    }

    /// One transition, or `None` past the end.
    pub fn transition(&self, step: usize, lane: usize) -> Option<Transition> {
        let at = (step < self.steps && lane < self.lanes).then(|| step * self.lanes + lane)?;
        Some(Transition {
            state: self.states[at] as usize,
            action: self.actions[at] as usize,
            reward: self.rewards[at],
            next_state: self.next_states[at] as usize,
            outcome: self.outcomes[at],
        })
    }
}
