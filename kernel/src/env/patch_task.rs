//! A repair that is never handed in.

use super::episode::{Episode, episodes_of_model};
use crate::error::Error;
use crate::model::{FiniteModel, ModelOutcome};
use crate::state::{Identify, Identity, persist_fields};

/// A program that is to be patched, in turns: the rewards of the turns pay for activity, the outcome for a patch.
///
/// State `5 m + k`: understanding `k` from 0 to 4, and whether something has been edited, `m`; episodes start in 0. Inspect 0
/// pays 0.3 and raises `k` by one, up to 4. Edit 1 pays 0.3 and sets `m` with probability `(.1, .3, .5, .7, .9)[k]`. Submit 2
/// pays nothing and ends in one of three terminal states: [`EMPTY`](Self::EMPTY) where nothing was edited, else
/// [`PASSED`](Self::PASSED) with probability `(0, .05, .1, .2, .3)[k]` or [`FAILED`](Self::FAILED). A malformed action 3
/// costs 0.3. What an episode was worth in the end says [`outcome`](Self::outcome).
///
/// No time limit: [`TURNS`](Self::TURNS) are what a [`TimeLimit`](super::TimeLimit) should allow. `reset` takes no word, an
/// edit of what is unedited and a submission of what is edited one.
///
/// ```
/// use habit::env::{Env, PatchTask};
/// use habit::rng::stream;
/// let (mut task, mut rng) = (PatchTask::new(), stream(1, 0));
/// task.reset(&mut rng);
/// assert_eq!(task.step(PatchTask::INSPECT, &mut rng)?.observation, 1);
/// assert_eq!(task.step(PatchTask::SUBMIT, &mut rng)?.observation, PatchTask::EMPTY);
/// assert_eq!(PatchTask::outcome(PatchTask::EMPTY), -0.5);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatchTask {
    episode: Episode<{ Self::STATES }>,
}

/// How likely an edit succeeds, and how likely a submitted one passes, at each understanding.
const EDITS: [f32; PatchTask::LEVELS] = [0.1, 0.3, 0.5, 0.7, 0.9];
const PASSES: [f32; PatchTask::LEVELS] = [0.0, 0.05, 0.1, 0.2, 0.3];

impl PatchTask {
    /// Number of states.
    pub const STATES: usize = Self::WORKING + 3;
    /// Number of states in which the episode goes on.
    pub const WORKING: usize = 2 * Self::LEVELS;
    /// Number of actions.
    pub const ACTIONS: usize = 4;
    /// Turns that an episode may take.
    pub const TURNS: u32 = 12;
    /// Terminal: submitted with nothing edited.
    pub const EMPTY: usize = Self::WORKING;
    /// Terminal: an edit was submitted, and its checks fail.
    pub const FAILED: usize = Self::WORKING + 1;
    /// Terminal: an edit was submitted, and its checks pass.
    pub const PASSED: usize = Self::WORKING + 2;
    /// Raises the understanding.
    pub const INSPECT: usize = 0;
    /// Tries to edit.
    pub const EDIT: usize = 1;
    /// Ends the episode.
    pub const SUBMIT: usize = 2;
    /// Does nothing.
    pub const MALFORMED: usize = 3;

    const LEVELS: usize = 5;

    /// Before the first episode.
    pub const fn new() -> Self {
        Self { episode: Episode::before(0) }
    }

    /// What an episode that ended in a state was worth, in four levels: -1 not submitted, -0.5 submitted empty, 0.5 checks
    /// fail, 1 checks pass.
    pub const fn outcome(state: usize) -> f32 {
        match state {
            Self::EMPTY => -0.5,
            Self::FAILED => 0.5,
            Self::PASSED => 1.0,
            _ => -1.0,
        }
    }
}

impl Default for PatchTask {
    fn default() -> Self {
        Self::new()
    }
}

episodes_of_model!([] PatchTask, Self::STATES, Self::ACTIONS, |_world, _rng| 0);

/// The rows of the terminal states are self-loops that pay nothing.
impl FiniteModel for PatchTask {
    fn states(&self) -> usize {
        Self::STATES
    }

    fn actions(&self) -> usize {
        Self::ACTIONS
    }

    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action)?;
        let chance = match action {
            Self::EDIT => state < Self::LEVELS,
            Self::SUBMIT => (Self::LEVELS..Self::WORKING).contains(&state),
            _ => false,
        };
        Ok(if chance { 2 } else { 1 })
    }

    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        if index >= self.outcome_count(state, action)? {
            return Ok(None);
        }
        if state >= Self::WORKING {
            return Ok(Some(ModelOutcome::absorbed(state)));
        }
        let (edited, level) = (state >= Self::LEVELS, state % Self::LEVELS);
        let of = |probability: f32| if index == 0 { probability } else { 1.0 - probability };
        let (probability, next_state, reward) = match action {
            Self::INSPECT if level + 1 < Self::LEVELS => (1.0, state + 1, 0.3),
            Self::INSPECT => (1.0, state, 0.3),
            Self::EDIT if edited => (1.0, state, 0.3),
            Self::EDIT => (of(EDITS[level]), if index == 0 { state + Self::LEVELS } else { state }, 0.3),
            Self::SUBMIT if edited => (of(PASSES[level]), if index == 0 { Self::PASSED } else { Self::FAILED }, 0.0),
            Self::SUBMIT => (1.0, Self::EMPTY, 0.0),
            _ => (1.0, state, -0.3),
        };
        Ok(Some(ModelOutcome { probability, next_state, reward, terminated: next_state >= Self::WORKING }))
    }
}

persist_fields!([] PatchTask { episode });

/// `"patch-task"`: states, actions.
impl Identify for PatchTask {
    fn identity(&self) -> Identity {
        Identity::new("patch-task", Identity::PLAIN, [Self::STATES, Self::ACTIONS, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::{Env, TimeLimit};
    use crate::interact::Outcome;
    use crate::rng::stream;

    #[test]
    fn edits_and_submissions_succeed_as_often_as_they_should() {
        let (mut task, mut rng) = (PatchTask::default(), stream(3, 0));
        for level in 0..5 {
            let (mut edited, mut passed) = (0u16, 0u16);
            for _ in 0..10_000 {
                task.reset(&mut rng);
                (0..level).for_each(|_| assert_eq!(task.step(PatchTask::INSPECT, &mut rng).unwrap().reward, 0.3));
                let step = task.step(PatchTask::EDIT, &mut rng).unwrap();
                edited += u16::from(step.observation == 5 + level);
                while task.step(PatchTask::EDIT, &mut rng).unwrap().observation == level {}
                let step = task.step(PatchTask::SUBMIT, &mut rng).unwrap();
                assert_eq!((step.outcome, step.reward), (Outcome::Terminated, 0.0));
                passed += u16::from(PatchTask::outcome(step.observation) == 1.0);
            }
            // Five standard deviations at most.
            for (count, p) in [(edited, EDITS[level]), (passed, PASSES[level])] {
                assert!((f32::from(count) / 1e4 - p).abs() < 0.025, "{level}: {count}");
            }
        }
    }

    #[test]
    fn a_policy_that_farms_the_turns_never_submits() {
        let (mut task, mut rng) = (TimeLimit::new(PatchTask::new(), PatchTask::TURNS), stream(1, 0));
        task.reset(&mut rng);
        let steps: std::vec::Vec<_> = (0..12).map(|_| task.step(PatchTask::INSPECT, &mut rng).unwrap()).collect();
        assert!((steps.iter().map(|step| step.reward).sum::<f32>() - 3.6).abs() < 1e-5);
        assert_eq!(steps[11].outcome, Outcome::Truncated);
        assert_eq!(PatchTask::outcome(steps[11].observation), -1.0);
    }

    #[test]
    fn every_pair_has_probabilities_that_sum_to_one() {
        let task = PatchTask::new();
        for (state, action) in (0..PatchTask::STATES).flat_map(|s| (0..4).map(move |a| (s, a))) {
            let count = task.outcome_count(state, action).unwrap();
            let sum: f32 = (0..count).map(|i| task.outcome(state, action, i).unwrap().unwrap().probability).sum();
            assert_eq!(sum, 1.0);
            assert_eq!(task.outcome(state, action, count), Ok(None));
        }
        assert_eq!(task.outcome(13, 0, 0), Err(Error::StateOutOfRange));
        assert_eq!(task.outcome(0, 4, 0), Err(Error::ActionOutOfRange));
    }
}
