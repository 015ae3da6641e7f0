//! A derivation that can be put off.

use super::episode::{Episode, episodes_of_model};
use crate::error::Error;
use crate::model::{FiniteModel, ModelOutcome};
use crate::rng::{Rng, unit_f32};
use crate::state::{Identify, Identity, persist_fields};

/// Two steps of a derivation, then the answer; a score of steps that thinks well of harmless ones.
///
/// State `stage + 3 error`, `stage` from 0 to 2; episodes start in 0. Derivations 0, 1 and 2: at stage `j < 2` without an error
/// action `j` leads to the next stage, every other derivation to an error, for good; in an error nothing changes any more.
/// Restate 3 changes nothing. Answer 4 ends the episode in state 6 and pays 1 at stage 2 without an error, else 0. All other
/// rewards are 0. No time limit: [`STEPS`](Self::STEPS) are what a [`TimeLimit`](super::TimeLimit) should allow. Takes no
/// word; a score takes one.
///
/// ```
/// use habit::env::{Env, StallChain};
/// use habit::rng::stream;
/// let (mut chain, mut rng) = (StallChain::new(), stream(1, 0));
/// chain.reset(&mut rng);
/// let rewards = [0, 1, StallChain::ANSWER].map(|action| chain.step(action, &mut rng).map(|step| step.reward));
/// assert_eq!(rewards, [Ok(0.0), Ok(0.0), Ok(1.0)]);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StallChain {
    episode: Episode<{ Self::STATES }>,
}

impl StallChain {
    /// Number of states.
    pub const STATES: usize = Self::RUNNING + 1;
    /// Number of states in which the episode goes on.
    pub const RUNNING: usize = 2 * (Self::STAGES + 1);
    /// Number of actions.
    pub const ACTIONS: usize = 5;
    /// Steps that an episode may take.
    pub const STEPS: u32 = 16;
    /// The terminal state.
    pub const ANSWERED: usize = Self::RUNNING;
    /// Changes nothing.
    pub const RESTATE: usize = 3;
    /// Ends the episode.
    pub const ANSWER: usize = 4;

    const STAGES: usize = 2;
    /// What is added to the state by an error.
    const ERROR: usize = Self::STAGES + 1;

    /// Before the first episode.
    pub const fn new() -> Self {
        Self { episode: Episode::before(0) }
    }

    /// Whether an action in a state is a step towards a right answer, or that answer.
    const fn is_right(state: usize, action: usize) -> bool {
        match state {
            Self::STAGES => action == Self::ANSWER,
            _ => state < Self::STAGES && action == state % 3,
        }
    }

    /// The score of a step, before noise: 0.9 for a right one and for restating, 0.8 for restating an error, 0.2 for the rest.
    pub const fn mean_score(state: usize, action: usize) -> f32 {
        match action {
            Self::RESTATE if state >= Self::ERROR => 0.8,
            Self::RESTATE => 0.9,
            _ if Self::is_right(state, action) => 0.9,
            _ => 0.2,
        }
    }

    /// The score of a step as a learned model gives it: uniform within 0.05 of the mean.
    pub fn score(state: usize, action: usize, rng: &mut (impl Rng + ?Sized)) -> f32 {
        Self::mean_score(state, action) + (0.1 * unit_f32(rng) - 0.05)
    }
}

impl Default for StallChain {
    fn default() -> Self {
        Self::new()
    }
}

episodes_of_model!([] StallChain, Self::STATES, Self::ACTIONS, |_world, _rng| 0);

/// The row of the terminal state is a self-loop that pays nothing.
impl FiniteModel for StallChain {
    fn states(&self) -> usize {
        Self::STATES
    }

    fn actions(&self) -> usize {
        Self::ACTIONS
    }

    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action).map(|()| 1)
    }

    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        self.check_pair(state, action)?;
        if state == Self::ANSWERED {
            return Ok((index == 0).then_some(ModelOutcome::absorbed(state)));
        }
        let right = Self::is_right(state, action);
        let (next_state, reward) = match action {
            Self::RESTATE => (state, 0.0),
            Self::ANSWER => (Self::ANSWERED, if right { 1.0 } else { 0.0 }),
            _ if right => (state + 1, 0.0),
            _ if state < Self::ERROR => (state + Self::ERROR, 0.0),
            _ => (state, 0.0),
        };
        let terminated = next_state == Self::ANSWERED;
        Ok((index == 0).then_some(ModelOutcome { probability: 1.0, next_state, reward, terminated }))
    }
}

persist_fields!([] StallChain { episode });

/// `"stall-chain"`: states, actions.
impl Identify for StallChain {
    fn identity(&self) -> Identity {
        Identity::new("stall-chain", Identity::PLAIN, [Self::STATES, Self::ACTIONS, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::{Env, TimeLimit};
    use crate::rng::{below, stream};

    #[test]
    fn an_error_is_for_good() {
        let (mut chain, mut rng) = (StallChain::default(), stream(0, 0));
        for (actions, expected) in [
            (&[0, 1, 4][..], &[1, 2, 6][..]),
            (&[0, 3, 1, 3, 4], &[1, 1, 2, 2, 6]),
            (&[1, 0, 1, 3, 4], &[3, 3, 3, 3, 6]),
            (&[0, 1, 2, 4], &[1, 2, 5, 6]),
            (&[0, 4], &[1, 6]),
        ] {
            chain.reset(&mut rng);
            let steps: std::vec::Vec<_> = actions.iter().map(|a| chain.step(*a, &mut rng).unwrap()).collect();
            assert!(steps.iter().map(|step| step.observation).eq(expected.iter().copied()));
            let success = expected[expected.len() - 2] == 2;
            assert_eq!(steps.iter().map(|step| step.reward).sum::<f32>(), f32::from(u8::from(success)));
        }
        assert_eq!(chain.step(0, &mut rng), Err(Error::EpisodeOver));
        assert_eq!(rng, stream(0, 0));
    }

    #[test]
    fn harmless_steps_score_as_well_as_right_ones() {
        let scores = |state| [0, 1, 2, 3, 4].map(|action| StallChain::mean_score(state, action));
        assert_eq!(scores(0), [0.9, 0.2, 0.2, 0.9, 0.2]);
        assert_eq!(scores(1), [0.2, 0.9, 0.2, 0.9, 0.2]);
        assert_eq!(scores(2), [0.2, 0.2, 0.2, 0.9, 0.9]);
        for state in 3..6 {
            assert_eq!(scores(state), [0.2, 0.2, 0.2, 0.8, 0.2]);
        }
        let mut rng = stream(1, 0);
        for _ in 0..1000 {
            assert!((StallChain::score(0, 3, &mut rng) - 0.9).abs() <= 0.050_001);
        }
    }

    #[test]
    fn chance_answers_rightly_in_about_one_and_a_half_of_a_hundred_episodes() {
        let (mut chain, mut rng) = (TimeLimit::new(StallChain::new(), StallChain::STEPS), stream(1, 0));
        let mut successes = 0.0;
        for _ in 0..20_000 {
            chain.reset(&mut rng);
            loop {
                let action = below(5, &mut rng).unwrap() as usize;
                let step = chain.step(action, &mut rng).unwrap();
                successes += step.reward;
                if step.outcome.is_over() {
                    break;
                }
            }
        }
        // (1/4)^3, within five standard deviations.
        assert!((successes / 2e4 - 1.0 / 64.0).abs() < 0.0045, "{successes}");
    }
}
