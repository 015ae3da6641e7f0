//! A corridor in which the agent cannot tell where it is.

use super::episode::Episode;
use super::{Bounded, Discrete, Env};
use crate::error::Error;
use crate::interact::Step;
use crate::linalg::Const;
use crate::model::{FiniteModel, ModelOutcome};
use crate::rng::Rng;
use crate::state::{Identify, Identity, persist_fields};

/// Sutton & Barto's short corridor with switched actions, example 13.1.
///
/// States 0, where episodes start, 1, 2, and the goal 3; actions left 0, right 1. In state 1 they are switched; left in
/// state 0 stays. Each step costs 1. Nothing is seen of the state: the observation is the constant 1, so that a linear
/// policy with a row an action has `phi(left) = (1, 0)` and `phi(right) = (0, 1)`, and a linear value is one weight. No
/// time limit. Takes no word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortCorridor {
    episode: Episode<{ Self::STATES }>,
}

impl ShortCorridor {
    /// Number of states.
    pub const STATES: usize = 4;
    /// Number of actions.
    pub const ACTIONS: usize = 2;
    /// The state that every episode starts in.
    pub const START: usize = 0;
    /// The terminal state.
    pub const GOAL: usize = 3;

    /// Before the first episode.
    pub const fn new() -> Self {
        Self { episode: Episode::before(Self::START) }
    }

    /// The agent's cell, which it does not see.
    pub const fn state(&self) -> usize {
        self.episode.state()
    }

    /// The expected return from the start of a policy that goes right with probability `p`, in `(0, 1)`.
    pub fn value(p: f32) -> f32 {
        // From the equations of the three states: v0 = -1 + (1 - p) v0 + p v1, and so on.
        (2.0 * p - 4.0) / (p * (1.0 - p))
    }
}

impl Default for ShortCorridor {
    fn default() -> Self {
        Self::new()
    }
}

impl Env for ShortCorridor {
    type ObservationSpace = Bounded<1>;
    type ActionSpace = Discrete<Const<{ Self::ACTIONS }>>;

    fn observation_space(&self) -> Self::ObservationSpace {
        Bounded { low: [1.0], high: [1.0] }
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Const)
    }

    fn reset(&mut self, _rng: &mut (impl Rng + ?Sized)) -> [f32; 1] {
        self.episode.start(Self::START);
        [1.0]
    }

    fn step(&mut self, action: usize, rng: &mut (impl Rng + ?Sized)) -> Result<Step<[f32; 1]>, Error> {
        let (episode, step) = self.episode.step(self, action, rng)?;
        self.episode = episode;
        Ok(Step { observation: [1.0], reward: step.reward, outcome: step.outcome })
    }
}

/// The goal's row is one self-loop that pays nothing.
impl FiniteModel for ShortCorridor {
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
        if state == Self::GOAL {
            return Ok((index == 0).then_some(ModelOutcome::absorbed(state)));
        }
        let rightwards = (action == 1) != (state == 1);
        let next_state = if rightwards { state + 1 } else { state.saturating_sub(1) };
        let terminated = next_state == Self::GOAL;
        Ok((index == 0).then_some(ModelOutcome { probability: 1.0, next_state, reward: -1.0, terminated }))
    }
}

persist_fields!([] ShortCorridor { episode });

/// `"short-corridor"`: states, actions.
impl Identify for ShortCorridor {
    fn identity(&self) -> Identity {
        Identity::new("short-corridor", Identity::PLAIN, [Self::STATES, Self::ACTIONS, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interact::Outcome;
    use crate::rng::{Bernoulli, stream};

    #[test]
    fn in_the_second_state_the_actions_are_switched() {
        let (mut corridor, mut rng) = (ShortCorridor::new(), stream(0, 0));
        assert_eq!(corridor.reset(&mut rng), [1.0]);
        let mut after = |action| {
            let step = corridor.step(action, &mut rng).unwrap();
            assert_eq!((step.observation, step.reward), ([1.0], -1.0));
            (corridor.state(), step.outcome)
        };
        assert_eq!(after(0), (0, Outcome::Continue));
        assert_eq!(after(1), (1, Outcome::Continue));
        assert_eq!(after(1), (0, Outcome::Continue));
        assert_eq!(after(1), (1, Outcome::Continue));
        assert_eq!(after(0), (2, Outcome::Continue));
        assert_eq!(after(0), (1, Outcome::Continue));
        assert_eq!(after(0), (2, Outcome::Continue));
        assert_eq!(after(1), (3, Outcome::Terminated));
        assert_eq!(corridor.step(0, &mut rng), Err(Error::EpisodeOver));
    }

    #[test]
    fn the_best_that_can_be_done_blindly_is_minus_eleven_point_six() {
        let best = (1..100u8)
            .map(|percent| f32::from(percent) / 100.0)
            .max_by(|a, b| ShortCorridor::value(*a).total_cmp(&ShortCorridor::value(*b)));
        assert_eq!(best, Some(0.59));
        assert!((ShortCorridor::value(0.59) + 11.66).abs() < 0.01);
        let (mut corridor, mut rng, right) = (ShortCorridor::default(), stream(1, 0), Bernoulli::new(0.59).unwrap());
        let mut steps = 0;
        for _ in 0..10_000 {
            corridor.reset(&mut rng);
            while {
                steps += 1;
                let action = usize::from(right.sample(&mut rng));
                !corridor.step(action, &mut rng).unwrap().outcome.is_over()
            } {}
        }
        assert!((f64::from(steps) / 1e4 - 11.66).abs() < 0.5, "{steps}");
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut corridor, mut rng) = (ShortCorridor::new(), stream(0, 0));
        assert_eq!(corridor.step(0, &mut rng), Err(Error::EpisodeOver));
        corridor.reset(&mut rng);
        let before = corridor;
        assert_eq!(corridor.step(2, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!(corridor, before);
        assert_eq!(corridor.outcome(4, 0, 0), Err(Error::StateOutOfRange));
        assert_eq!(corridor.outcome(3, 0, 1), Ok(None));
    }
}
