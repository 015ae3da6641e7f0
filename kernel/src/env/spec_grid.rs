//! A grid with rules of behaviour.

use super::episode::{Episode, episodes_of_model};
use super::grid::{clockwise, moved};
use crate::error::Error;
use crate::model::{FiniteModel, ModelOutcome};
use crate::state::{Identify, Identity, persist_fields};

/// 6 x 6 cells from one corner to the other, by walking or by jumping, where some cells are hot and some are noisy.
///
/// State `6 row + column`; actions: walk up 0, right 1, down 2, left 3, jump two cells 4 to 7 in the same order; a move
/// stops at the border. With probability `slip` a uniform one of the eight actions is carried out instead. Reaching the goal,
/// state 35, pays 1 and ends the episode; every other step costs 0.02. No time limit. Takes a word a step where there is slip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpecGrid {
    episode: Episode<{ Self::STATES }>,
    slip: f32,
}

impl SpecGrid {
    /// Rows of the grid, and columns.
    pub const SIDE: usize = 6;
    /// Number of states.
    pub const STATES: usize = Self::SIDE * Self::SIDE;
    /// Number of actions.
    pub const ACTIONS: usize = 8;
    /// The state that every episode starts in.
    pub const START: usize = 0;
    /// The terminal state.
    pub const GOAL: usize = Self::STATES - 1;
    /// Entered a hot cell: rows 1 and 4, columns 1 to 4.
    pub const HOT: u32 = 1;
    /// Jumped.
    pub const JUMP: u32 = 2;
    /// Entered a noisy cell: column 5 except the goal.
    pub const NOISY: u32 = 4;
    /// Entered the goal.
    pub const SUCCESS: u32 = 8;

    /// Before the first episode.
    ///
    /// # Errors
    /// [`Error::ProbabilityOutOfRange`] unless the probability of slipping is between 0 and 1.
    pub const fn new(slip: f32) -> Result<Self, Error> {
        if !crate::math::is_in_unit_interval(slip) {
            return Err(Error::ProbabilityOutOfRange);
        }
        Ok(Self { episode: Episode::before(Self::START), slip })
    }

    /// The agent's cell.
    pub const fn state(&self) -> usize {
        self.episode.state()
    }

    /// The cell that an action leads to when it is carried out.
    #[inline]
    pub fn next(state: usize, action: usize) -> usize {
        let (down, right) = clockwise(action % 4);
        let length = if action < 4 { 1 } else { 2 };
        moved(state, Self::SIDE, Self::SIDE, (length * down, length * right))
    }

    /// What happened in a step, as a sum of the bits above: of the cell entered, and of the action taken.
    #[inline]
    pub const fn indicators(action: usize, next_state: usize) -> u32 {
        let (row, column) = (next_state / Self::SIDE, next_state % Self::SIDE);
        let hot = matches!(row, 1 | 4) && matches!(column, 1..=4);
        let noisy = column == Self::SIDE - 1 && next_state != Self::GOAL;
        let mut happened = 0;
        if hot {
            happened |= Self::HOT;
        }
        if action >= 4 {
            happened |= Self::JUMP;
        }
        if noisy {
            happened |= Self::NOISY;
        }
        if next_state == Self::GOAL {
            happened |= Self::SUCCESS;
        }
        happened
    }

    /// What entering a cell from another one pays.
    pub const fn reward(next_state: usize) -> f32 {
        if next_state == Self::GOAL { 1.0 } else { -0.02 }
    }
}

episodes_of_model!([] SpecGrid, Self::STATES, Self::ACTIONS, |world, _rng| Self::START);

/// The goal's row is one self-loop that pays nothing.
impl FiniteModel for SpecGrid {
    fn states(&self) -> usize {
        Self::STATES
    }

    fn actions(&self) -> usize {
        Self::ACTIONS
    }

    #[inline]
    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action)?;
        Ok(if state == Self::GOAL || self.slip == 0.0 { 1 } else { Self::ACTIONS })
    }

    #[inline]
    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        if index >= self.outcome_count(state, action)? {
            return Ok(None);
        }
        if state == Self::GOAL {
            return Ok(Some(ModelOutcome::absorbed(state)));
        }
        let by_chance = self.slip / Self::ACTIONS as f32;
        let (carried_out, probability) = match (self.slip == 0.0, index == action) {
            (true, _) => (action, 1.0),
            (false, true) => (index, 1.0 - self.slip + by_chance),
            (false, false) => (index, by_chance),
        };
        let next_state = Self::next(state, carried_out);
        let (reward, terminated) = (Self::reward(next_state), next_state == Self::GOAL);
        Ok(Some(ModelOutcome { probability, next_state, reward, terminated }))
    }
}

persist_fields!([] SpecGrid { episode });

/// `"spec-grid"`: states, actions.
impl Identify for SpecGrid {
    fn identity(&self) -> Identity {
        Identity::new("spec-grid", Identity::PLAIN, [Self::STATES, Self::ACTIONS, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use crate::interact::Outcome;
    use crate::rng::stream;

    #[test]
    fn all_rules_can_be_kept_down_the_first_column_and_along_the_last_row() {
        let (mut grid, mut rng) = (SpecGrid::new(0.0).unwrap(), stream(0, 0));
        grid.reset(&mut rng);
        for (index, action) in [2, 2, 2, 2, 2, 1, 1, 1, 1, 1].into_iter().enumerate() {
            let step = grid.step(action, &mut rng).unwrap();
            let last = index == 9;
            assert_eq!((step.reward, step.outcome.is_over()), if last { (1.0, true) } else { (-0.02, false) });
            let happened = SpecGrid::indicators(action, step.observation);
            assert_eq!(happened, if last { SpecGrid::SUCCESS } else { 0 });
            assert_eq!(step.outcome == Outcome::Terminated, last);
        }
        assert_eq!(grid.step(0, &mut rng), Err(Error::EpisodeOver));
    }

    #[test]
    fn jumps_stop_at_the_border_and_cells_are_what_they_are() {
        assert_eq!([4, 5, 6, 7].map(|jump| SpecGrid::next(7, jump)), [1, 9, 19, 6]);
        assert_eq!(SpecGrid::next(34, 5), SpecGrid::GOAL);
        let with = |bit| (0..36).filter(|cell| SpecGrid::indicators(0, *cell) & bit != 0).collect::<std::vec::Vec<_>>();
        assert_eq!(with(SpecGrid::HOT), [7, 8, 9, 10, 25, 26, 27, 28]);
        assert_eq!(with(SpecGrid::NOISY), [5, 11, 17, 23, 29]);
        assert!((0..8).all(|action| (SpecGrid::indicators(action, 0) == SpecGrid::JUMP) == (action >= 4)));
    }

    #[test]
    fn slipping_carries_out_any_action() {
        let grid = SpecGrid::new(0.15).unwrap();
        let outcomes = (0..8).map(|index| grid.outcome(14, 6, index).unwrap().unwrap());
        let sum: f32 = outcomes.clone().map(|outcome| outcome.probability).sum();
        assert!((sum - 1.0).abs() < 1e-6 && outcomes.clone().all(|outcome| outcome.probability >= 0.15 / 8.0));
        assert!((outcomes.clone().nth(6).unwrap().probability - (0.85 + 0.15 / 8.0)).abs() < 1e-6);
        assert_eq!(grid.outcome(14, 6, 8), Ok(None));
        assert_eq!(grid.outcome_count(SpecGrid::GOAL, 0), Ok(1));
        assert_eq!(SpecGrid::new(1.5).err(), Some(Error::ProbabilityOutOfRange));
        assert_eq!(grid.outcome(36, 0, 0), Err(Error::StateOutOfRange));
    }
}
