//! A grid with a crosswind.

use super::episode::{Episode, episodes_of_model};
use super::grid::{clockwise, moved};
use crate::error::Error;
use crate::model::{FiniteModel, ModelOutcome};
use crate::state::{Identify, Identity, persist_fields};

/// Sutton & Barto's windy gridworld, example 6.5: 7 x 10 cells.
///
/// State `10 row + column`; actions up 0, right 1, down 2, left 3. The wind of the column that a move starts from pushes
/// up by 0 to 2 rows; the sum of both is clamped at the border once. Each step costs 1; reaching the goal, state 37, ends
/// the episode. No time limit. Takes no word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindyGrid {
    episode: Episode<{ Self::STATES }>,
}

impl WindyGrid {
    /// Rows of the grid.
    pub const ROWS: usize = 7;
    /// Columns of the grid.
    pub const COLUMNS: usize = 10;
    /// Number of states.
    pub const STATES: usize = Self::ROWS * Self::COLUMNS;
    /// Number of actions.
    pub const ACTIONS: usize = 4;
    /// The state that every episode starts in.
    pub const START: usize = 30;
    /// The terminal state.
    pub const GOAL: usize = 37;
    /// By how many rows each column pushes up.
    pub const WIND: [u8; Self::COLUMNS] = [0, 0, 0, 1, 1, 1, 2, 2, 1, 0];

    /// Before the first episode.
    pub const fn new() -> Self {
        Self { episode: Episode::before(Self::START) }
    }

    /// The agent's cell.
    pub const fn state(&self) -> usize {
        self.episode.state()
    }
}

impl Default for WindyGrid {
    fn default() -> Self {
        Self::new()
    }
}

episodes_of_model!([] WindyGrid, Self::STATES, Self::ACTIONS, |world, _rng| Self::START);

/// The goal's row is one self-loop that pays nothing.
impl FiniteModel for WindyGrid {
    fn states(&self) -> usize {
        Self::STATES
    }

    fn actions(&self) -> usize {
        Self::ACTIONS
    }

    #[inline]
    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action).map(|()| 1)
    }

    #[inline]
    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        self.check_pair(state, action)?;
        if state == Self::GOAL {
            return Ok((index == 0).then_some(ModelOutcome::absorbed(state)));
        }
        let (down, right) = clockwise(action);
        let wind = isize::from(Self::WIND[state % Self::COLUMNS]);
        let next_state = moved(state, Self::ROWS, Self::COLUMNS, (down - wind, right));
        let terminated = next_state == Self::GOAL;
        Ok((index == 0).then_some(ModelOutcome { probability: 1.0, next_state, reward: -1.0, terminated }))
    }
}

persist_fields!([] WindyGrid { episode });

/// `"windy-grid"`: states, actions.
impl Identify for WindyGrid {
    fn identity(&self) -> Identity {
        Identity::new("windy-grid", Identity::PLAIN, [Self::STATES, Self::ACTIONS, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use crate::interact::Outcome;
    use crate::rng::stream;

    #[test]
    fn the_shortest_path_takes_fifteen_steps() {
        let (mut grid, mut rng) = (WindyGrid::new(), stream(0, 0));
        grid.reset(&mut rng);
        let path = [&[1; 9][..], &[2; 4], &[3; 2]].concat();
        let steps: std::vec::Vec<_> = path.iter().map(|&action| grid.step(action, &mut rng).unwrap()).collect();
        assert_eq!(steps.len(), 15);
        assert!(steps.iter().all(|step| step.reward == -1.0));
        assert_eq!(steps[14].outcome, Outcome::Terminated);
        assert_eq!(grid.step(0, &mut rng), Err(Error::EpisodeOver));
    }

    #[test]
    fn wind_and_move_are_clamped_together() {
        let to = |state, action| WindyGrid::new().outcome(state, action, 0).unwrap().unwrap().next_state;
        // In the lowest row, down against the wind stays.
        assert_eq!(to(63, 2), 63);
        assert_eq!(to(6, 2), 6);
        assert_eq!(to(16, 0), 6);
        assert_eq!(to(47, 1), 28);
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut grid, mut rng) = (WindyGrid::default(), stream(0, 0));
        grid.reset(&mut rng);
        let before = grid;
        assert_eq!(grid.step(4, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!(grid, before);
        assert_eq!(grid.outcome(70, 0, 0), Err(Error::StateOutOfRange));
        assert_eq!(grid.outcome(0, 0, 1), Ok(None));
    }
}
