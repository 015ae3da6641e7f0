//! A line with a key.

use super::episode::{Episode, episodes_of_model};
use crate::error::Error;
use crate::model::{FiniteModel, ModelOutcome};
use crate::state::{Identify, Identity, persist_fields};

/// How likely a move goes where it should; otherwise it goes the other way.
const SURE: f32 = 0.9;

/// What the goal pays.
const PRIZE: f32 = 10.0;

/// A line of cells whose right end pays, but only to who has first fetched the key from the second cell (Devidze,
/// Radanovic, Kamalaruban, Singla, NeurIPS 2021). `S = 2 n + 1` states for `n` cells, two at least.
///
/// States: the cells without the key from left to right, 0 to `n - 1`; the same with it, `n` to `2 n - 1`; the terminal
/// state `2 n`. An episode starts without the key in cell `n / 2`. Actions: left 0, right 1, pick 2. A move succeeds with
/// probability 0.9 and goes the other way otherwise, in this order; the right end clamps. Without the key, what goes left
/// from cell 0 ends the episode for nothing, to go left there on purpose with certainty; with the key cell 0 clamps.
/// Picking in cell 1 fetches the key, elsewhere it does nothing. With the key in the last cell, right ends the episode with
/// 10, and left ends it for nothing where it goes the other way. All other rewards are 0. No time limit. `reset` takes no
/// word; a step takes one where chance decides, none otherwise.
///
/// ```
/// use habit::env::{Env, LineKey};
/// use habit::rng::stream;
/// let (mut line, mut rng) = (LineKey::<13>::new(), stream(1, 0));
/// assert_eq!(line.reset(&mut rng), 3);
/// assert!([2, 4].contains(&line.step(0, &mut rng)?.observation));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineKey<const S: usize> {
    episode: Episode<S>,
}

impl<const S: usize> LineKey<S> {
    /// Number of states.
    pub const STATES: usize = S;
    /// Number of actions.
    pub const ACTIONS: usize = 3;
    /// Number of cells.
    pub const CELLS: usize = {
        assert!(S >= 5 && S % 2 == 1, "two states a cell, two cells at least, and the end");
        S / 2
    };
    /// The state that every episode starts in.
    pub const START: usize = Self::CELLS / 2;
    /// The terminal state.
    pub const END: usize = 2 * Self::CELLS;
    /// The state whose right action pays.
    pub const GOAL: usize = Self::END - 1;

    /// Before the first episode.
    pub const fn new() -> Self {
        Self { episode: Episode::before(Self::START) }
    }

    /// The agent's state.
    pub const fn state(&self) -> usize {
        self.episode.state()
    }

    /// Where a step to the left leads.
    const fn left_of(state: usize) -> usize {
        if state == 0 {
            Self::END
        } else if state == Self::CELLS {
            state
        } else {
            state - 1
        }
    }

    /// Where a step to the right leads.
    const fn right_of(state: usize) -> usize {
        if state == Self::CELLS - 1 { state } else { state + 1 }
    }

    /// Where an action leads first, and otherwise.
    const fn targets(state: usize, action: usize) -> (usize, Option<usize>) {
        let (left, right) = (Self::left_of(state), Self::right_of(state));
        match action {
            0 if state == 0 => (left, None),
            0 => (left, Some(right)),
            1 if state == Self::GOAL => (right, None),
            1 => (right, Some(left)),
            _ if state == 1 => (Self::CELLS + 1, None),
            _ => (state, None),
        }
    }
}

impl<const S: usize> Default for LineKey<S> {
    fn default() -> Self {
        Self::new()
    }
}

episodes_of_model!([const S: usize] LineKey<S>, S, 3, |world, _rng| Self::START);

impl<const S: usize> FiniteModel for LineKey<S> {
    fn states(&self) -> usize {
        S
    }

    fn actions(&self) -> usize {
        Self::ACTIONS
    }

    #[inline]
    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action)?;
        let chance = state != Self::END && Self::targets(state, action).1.is_some();
        Ok(if chance { 2 } else { 1 })
    }

    #[inline]
    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        self.check_pair(state, action)?;
        if state == Self::END {
            return Ok((index == 0).then_some(ModelOutcome::absorbed(state)));
        }
        let (probability, next_state) = match (Self::targets(state, action), index) {
            ((sure, None), 0) => (1.0, sure),
            ((first, Some(_)), 0) => (SURE, first),
            ((_, Some(other)), 1) => (1.0 - SURE, other),
            _ => return Ok(None),
        };
        let reward = if state == Self::GOAL && action == 1 { PRIZE } else { 0.0 };
        Ok(Some(ModelOutcome { probability, next_state, reward, terminated: next_state == Self::END }))
    }
}

persist_fields!([const S: usize] LineKey<S> { episode });

/// `"line-key"`: states, actions.
impl<const S: usize> Identify for LineKey<S> {
    fn identity(&self) -> Identity {
        Identity::new("line-key", Identity::PLAIN, [S, Self::ACTIONS, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use crate::interact::Outcome;
    use crate::model::{check_outcomes, outcomes};
    use crate::rng::stream;
    use std::vec::Vec;

    type Line = LineKey<13>;

    fn listed(state: usize, action: usize) -> Vec<(f32, usize, f32)> {
        outcomes(&Line::new(), state, action).map(|o| (o.probability, o.next_state, o.reward)).collect()
    }

    #[test]
    fn the_table_is_the_one_that_was_specified() {
        assert_eq!((Line::CELLS, Line::START, Line::GOAL, Line::END), (6, 3, 11, 12));
        assert_eq!(listed(0, 0), [(1.0, 12, 0.0)]);
        assert_eq!(listed(0, 1), [(0.9, 1, 0.0), (1.0 - 0.9, 12, 0.0)]);
        assert_eq!(listed(5, 1), [(0.9, 5, 0.0), (1.0 - 0.9, 4, 0.0)]);
        assert_eq!(listed(1, 2), [(1.0, 7, 0.0)]);
        assert_eq!(listed(3, 2), [(1.0, 3, 0.0)]);
        assert_eq!(listed(6, 0), [(0.9, 6, 0.0), (1.0 - 0.9, 7, 0.0)]);
        assert_eq!(listed(6, 1), [(0.9, 7, 0.0), (1.0 - 0.9, 6, 0.0)]);
        assert_eq!(listed(11, 1), [(1.0, 12, 10.0)]);
        assert_eq!(listed(11, 0), [(0.9, 10, 0.0), (1.0 - 0.9, 12, 0.0)]);
        assert_eq!(listed(12, 1), [(1.0, 12, 0.0)]);
        for state in 0..13 {
            for action in 0..3 {
                check_outcomes(&Line::new(), state, action).unwrap();
                let outcomes: Vec<_> = outcomes(&Line::new(), state, action).collect();
                assert!(outcomes.iter().all(|outcome| outcome.terminated == (outcome.next_state == 12)));
            }
        }
    }

    #[test]
    fn only_who_has_the_key_is_paid() {
        let (mut line, mut rng) = (Line::new(), stream(2, 0));
        let (mut paid, mut lost) = (0, 0);
        for _ in 0..200 {
            let mut state = line.reset(&mut rng);
            loop {
                let action = match state {
                    1 => 2,
                    2..=5 => 0,
                    _ => 1,
                };
                let step = line.step(action, &mut rng).unwrap();
                if step.outcome == Outcome::Terminated {
                    assert_eq!(step.reward, if state == 11 { 10.0 } else { 0.0 });
                    if state == 11 {
                        paid += 1
                    } else {
                        lost += 1
                    }
                    break;
                }
                assert_eq!(step.reward, 0.0);
                state = step.observation;
            }
        }
        assert_eq!((paid, lost), (200, 0));
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut line, mut rng) = (Line::new(), stream(0, 0));
        assert_eq!(line.step(0, &mut rng), Err(Error::EpisodeOver));
        line.reset(&mut rng);
        let before = (line, rng.clone());
        assert_eq!(line.step(3, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!((line, rng), before);
        assert_eq!(line.outcome(13, 0, 0), Err(Error::StateOutOfRange));
        assert_eq!(line.outcome(0, 0, 1), Ok(None));
    }
}
