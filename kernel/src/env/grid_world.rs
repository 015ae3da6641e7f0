//! A grid given as text.

use super::episode::{Episode, episodes_of_model};
use super::grid::{Ground, clockwise, moved};
use crate::error::Error;
use crate::math::is_in_unit_interval;
use crate::model::{FiniteModel, ModelOutcome};
use crate::state::{Identify, Identity, persist_fields};

/// What a cell of a [`GridWorld`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Cell {
    /// `.`: can be entered.
    Free = b'.',
    /// `#`: cannot be entered; who tries stays.
    Wall = b'#',
    /// `S`: where episodes start; free otherwise.
    Start = b'S',
    /// `G`: ends the episode.
    Goal = b'G',
    /// `X`: ends the episode or puts the agent back at the start, as the [`GridRules`] say.
    Hazard = b'X',
}

impl Cell {
    const fn parse(character: u8) -> Option<Self> {
        Some(match character {
            b'.' => Self::Free,
            b'#' => Self::Wall,
            b'S' => Self::Start,
            b'G' => Self::Goal,
            b'X' => Self::Hazard,
            _ => return None,
        })
    }
}

/// What a [`GridWorld`] pays, and what its hazards and its ground do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridRules {
    /// The reward of a step that reaches neither a goal nor a hazard.
    pub step: f32,
    /// The reward of reaching a goal.
    pub goal: f32,
    /// The reward of reaching a hazard.
    pub hazard: f32,
    /// Whether a hazard ends the episode; if not, it puts the agent back at the start.
    pub fatal: bool,
    /// Whether a move is turned left, kept or turned right, in this order, with probability 1/3 each.
    pub slippery: bool,
    /// With which probability any move at all is made instead of the action, each of the four alike.
    pub stray: f32,
}

impl GridRules {
    /// Each step costs 1; a hazard costs 100 and puts the agent back: Sutton & Barto's example 6.6.
    pub const CLIFF: Self = Self { step: -1.0, goal: -1.0, hazard: -100.0, fatal: false, slippery: false, stray: 0.0 };

    /// Only the goal pays, 1; a hazard ends the episode: Sutton & Barto's example 8.1.
    pub const MAZE: Self = Self { step: 0.0, goal: 1.0, hazard: 0.0, fatal: true, slippery: false, stray: 0.0 };
}

/// A grid of `S` cells given as text, under [`GridRules`].
///
/// State `columns * row + column`; actions up 0, right 1, down 2, left 3; who would leave the grid or enter a wall stays.
/// Goals, and hazards that are fatal, end the episode; their rows of the table are one self-loop that pays nothing. No
/// time limit. `reset` takes no word; a step takes one when slippery or with stray moves, none otherwise. `S` and 40 bytes
/// or less.
///
/// ```
/// use habit::env::{Env, GridRules, GridWorld};
/// use habit::rng::stream;
/// let mut world = GridWorld::<12>::parse(
///     "S..#
///      .#..
///      ..XG",
///     GridRules::CLIFF,
/// )?;
/// let mut rng = stream(1, 0);
/// assert_eq!(world.reset(&mut rng), 0);
/// let steps = [2, 2, 1, 1].map(|action| world.step(action, &mut rng));
/// let last = steps[3]?;
/// assert_eq!((last.observation, last.reward), (0, -100.0));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridWorld<const S: usize> {
    cells: [Cell; S],
    columns: usize,
    start: usize,
    rules: GridRules,
    episode: Episode<S>,
}

impl GridWorld<54> {
    /// The maze of Sutton & Barto's example 8.1, with its start on the left and its goal in the upper right corner.
    pub const DYNA_MAZE: Self = Self::read(DYNA_MAZE, GridRules::MAZE).0;
}

impl GridWorld<144> {
    /// An open room of 12 by 12, with its start in the upper left corner and its goal, which pays 1, in the lower right one.
    pub const OPEN_ROOM: Self = Self::read(OPEN_ROOM, GridRules::MAZE).0;
}

const OPEN_ROOM: &str = "
    S...........
    ............
    ............
    ............
    ............
    ............
    ............
    ............
    ............
    ............
    ............
    ...........G";

const DYNA_MAZE: &str = "
    .......#G
    ..#....#.
    S.#....#.
    ..#......
    .....#...
    .........";

impl<const S: usize> GridWorld<S> {
    /// Number of states.
    pub const STATES: usize = S;
    /// Number of actions.
    pub const ACTIONS: usize = 4;

    /// From rows of [`Cell`]s, which white space separates.
    ///
    /// # Errors
    /// [`Error::UnknownCell`]; [`Error::RaggedGrid`] when a row is longer or shorter than the first;
    /// [`Error::OtherCellCount`] unless there are `S` cells; [`Error::NotOneStart`]; [`Error::NonFinite`] when a reward
    /// is; [`Error::ProbabilityOutOfRange`].
    pub const fn parse(text: &str, rules: GridRules) -> Result<Self, Error> {
        match Self::read(text, rules) {
            (_, Some(error)) => Err(error),
            (world, None) => Ok(world),
        }
    }

    /// The world of as much as can be read, and the first thing wrong with the text.
    const fn read(text: &str, rules: GridRules) -> (Self, Option<Error>) {
        let mut world = Self { cells: [Cell::Free; S], columns: 0, start: 0, rules, episode: Episode::before(0) };
        let (mut text, mut count, mut in_row, mut starts) = (text.as_bytes(), 0, 0, 0);
        loop {
            let (character, rest) = match text {
                [character, rest @ ..] if !character.is_ascii_whitespace() => (Some(*character), rest),
                [_, rest @ ..] => (None, rest),
                [] => (None, text),
            };
            if let Some(character) = character {
                let Some(cell) = Cell::parse(character) else { return (world, Some(Error::UnknownCell)) };
                if count < S {
                    world.cells[count] = cell;
                }
                if matches!(cell, Cell::Start) {
                    (world.start, starts) = (count, starts + 1);
                }
                (count, in_row) = (count + 1, in_row + 1);
            } else if in_row > 0 {
                if world.columns != 0 && world.columns != in_row {
                    return (world, Some(Error::RaggedGrid));
                }
                (world.columns, in_row) = (in_row, 0);
            }
            if text.is_empty() {
                break;
            }
            text = rest;
        }
        world.episode = Episode::before(world.start);
        let finite = rules.step.is_finite() && rules.goal.is_finite() && rules.hazard.is_finite();
        let error = match (count == S, starts == 1, finite) {
            (false, ..) => Some(Error::OtherCellCount),
            (_, false, _) => Some(Error::NotOneStart),
            (_, _, false) => Some(Error::NonFinite),
            _ if !is_in_unit_interval(rules.stray) => Some(Error::ProbabilityOutOfRange),
            _ => None,
        };
        (world, error)
    }

    /// Columns of the grid.
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// The state that every episode starts in.
    pub const fn start(&self) -> usize {
        self.start
    }

    /// The agent's cell.
    pub const fn state(&self) -> usize {
        self.episode.state()
    }

    /// What a cell is; `None` past the last.
    #[inline]
    pub fn cell(&self, state: usize) -> Option<Cell> {
        self.cells.get(state).copied()
    }

    const fn ground(&self) -> Ground {
        Ground { slippery: self.rules.slippery }
    }

    /// How many moves may follow an action.
    #[inline]
    fn moves(&self) -> usize {
        if self.rules.stray > 0.0 { Self::ACTIONS } else { self.ground().outcomes() }
    }

    /// One of them, and its probability. With stray moves each is listed once, in the order of the actions.
    #[inline]
    fn drawn(&self, action: usize, index: usize) -> (usize, f32) {
        let (ground, stray) = (self.ground(), self.rules.stray);
        if stray > 0.0 {
            let meant = (0..ground.outcomes()).any(|outcome| ground.carried_out(action, outcome) == index);
            (index, stray / 4.0 + if meant { (1.0 - stray) * ground.probability() } else { 0.0 })
        } else {
            (ground.carried_out(action, index), ground.probability())
        }
    }

    #[inline]
    fn ends(&self, cell: Option<Cell>) -> bool {
        cell == Some(Cell::Goal) || (cell == Some(Cell::Hazard) && self.rules.fatal)
    }
}

episodes_of_model!([const S: usize] GridWorld<S>, S, 4, |world, _rng| world.start);

impl<const S: usize> FiniteModel for GridWorld<S> {
    fn states(&self) -> usize {
        S
    }

    fn actions(&self) -> usize {
        Self::ACTIONS
    }

    #[inline]
    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action)?;
        Ok(if self.ends(self.cell(state)) { 1 } else { self.moves() })
    }

    #[inline]
    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        if index >= self.outcome_count(state, action)? {
            return Ok(None);
        }
        if self.ends(self.cell(state)) {
            return Ok(Some(ModelOutcome::absorbed(state)));
        }
        let rows = S.checked_div(self.columns).unwrap_or(0);
        let (direction, probability) = self.drawn(action, index);
        let ahead = moved(state, rows, self.columns, clockwise(direction));
        let landed = if self.cell(ahead) == Some(Cell::Wall) { state } else { ahead };
        let cell = self.cell(landed);
        let (next_state, reward) = match cell {
            Some(Cell::Goal) => (landed, self.rules.goal),
            Some(Cell::Hazard) if self.rules.fatal => (landed, self.rules.hazard),
            Some(Cell::Hazard) => (self.start, self.rules.hazard),
            _ => (landed, self.rules.step),
        };
        let terminated = self.ends(cell);
        Ok(Some(ModelOutcome { probability, next_state, reward, terminated }))
    }
}

persist_fields!([const S: usize] GridWorld<S> { episode });

/// `"grid-world"`: states, actions, columns.
impl<const S: usize> Identify for GridWorld<S> {
    fn identity(&self) -> Identity {
        Identity::new("grid-world", Identity::PLAIN, [S, Self::ACTIONS, self.columns])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use crate::env::{CliffWalking, FrozenLake};
    use crate::interact::Outcome;
    use crate::rng::stream;

    #[test]
    fn the_dyna_maze_is_that_of_the_book() {
        assert_eq!(GridWorld::parse(DYNA_MAZE, GridRules::MAZE), Ok(GridWorld::DYNA_MAZE));
        let maze = GridWorld::DYNA_MAZE;
        let walls = [(1, 2), (2, 2), (3, 2), (4, 5), (0, 7), (1, 7), (2, 7)].map(|(row, column)| 9 * row + column);
        for state in 0..54 {
            assert_eq!(maze.cell(state) == Some(Cell::Wall), walls.contains(&state));
        }
        assert_eq!((maze.start(), maze.columns(), maze.cell(8)), (18, 9, Some(Cell::Goal)));
    }

    #[test]
    fn the_open_room_is_open() {
        let room = GridWorld::OPEN_ROOM;
        assert_eq!(GridWorld::parse(OPEN_ROOM, GridRules::MAZE), Ok(room));
        assert_eq!((room.start(), room.columns(), room.cell(143)), (0, 12, Some(Cell::Goal)));
        assert!((1..143).all(|state| room.cell(state) == Some(Cell::Free)));
    }

    #[test]
    fn the_maze_takes_fourteen_steps() {
        let (mut maze, mut rng) = (GridWorld::DYNA_MAZE, stream(0, 0));
        maze.reset(&mut rng);
        let path = [&[1][..], &[2, 2], &[1, 1, 1], &[0], &[1, 1, 1, 1], &[0, 0, 0]].concat();
        let steps: std::vec::Vec<_> = path.iter().map(|&action| maze.step(action, &mut rng).unwrap()).collect();
        assert!(steps[..13].iter().all(|step| step.reward == 0.0));
        assert_eq!((steps[13].reward, steps[13].outcome), (1.0, Outcome::Terminated));
        assert_eq!(maze.step(0, &mut rng), Err(Error::EpisodeOver));
    }

    #[test]
    fn a_cliff_as_text_is_the_cliff() {
        let text = "............ ............ ............ SXXXXXXXXXXG";
        for slippery in [false, true] {
            let world = GridWorld::<48>::parse(text, GridRules { slippery, ..GridRules::CLIFF }).unwrap();
            let cliff = CliffWalking::new(slippery);
            for (state, action, index) in every_outcome(CliffWalking::GOAL) {
                assert_eq!(world.outcome(state, action, index), cliff.outcome(state, action, index));
            }
        }
    }

    #[test]
    fn a_lake_as_text_is_the_lake() {
        let text = "S... .X.X ...X X..G";
        let world = GridWorld::<16>::parse(text, GridRules { slippery: true, ..GridRules::MAZE }).unwrap();
        let lake = FrozenLake::<16>::new(true);
        for (state, action, index) in every_outcome(16) {
            // The lake's actions left 0, down 1, right 2, up 3 go round the other way, so what is turned left there is
            // turned right here.
            let mirrored = if world.outcome_count(state, action) == Ok(1) { index } else { 2 - index };
            assert_eq!(world.outcome(state, action, index), lake.outcome(state, 3 - action, mirrored));
        }
    }

    #[test]
    fn stray_moves_go_anywhere() {
        for (slippery, expected) in [(false, [0.025, 0.925, 0.025, 0.025]), (true, [0.325, 0.325, 0.325, 0.025])] {
            let rules = GridRules { slippery, stray: 0.1, ..GridRules::MAZE };
            let world = GridWorld::<9>::parse("... .S. ..G", rules).unwrap();
            assert_eq!(world.outcome_count(4, 1), Ok(4));
            for (index, (next_state, expected)) in [1, 5, 7, 3].into_iter().zip(expected).enumerate() {
                let outcome = world.outcome(4, 1, index).unwrap().unwrap();
                assert!(outcome.next_state == next_state && (outcome.probability - expected).abs() < 1e-6);
            }
            assert_eq!(world.outcome_count(8, 1), Ok(1));
        }
        let rules = GridRules { stray: 1.5, ..GridRules::MAZE };
        assert_eq!(GridWorld::<4>::parse("S. .G", rules), Err(Error::ProbabilityOutOfRange));
    }

    fn every_outcome(states: usize) -> impl Iterator<Item = (usize, usize, usize)> {
        (0..states).flat_map(|state| (0..12).map(move |pair| (state, pair / 3, pair % 3)))
    }

    #[test]
    fn an_error_says_what_is_wrong() {
        let error = |text| GridWorld::<6>::parse(text, GridRules::CLIFF).err();
        assert_eq!(error("S.. ..G"), None);
        assert_eq!(error("\n  S.\n  .#\n  XG\n"), None);
        assert_eq!(error("S.. ..E"), Some(Error::UnknownCell));
        assert_eq!(error("S... .G"), Some(Error::RaggedGrid));
        assert_eq!(error("S. .. G"), Some(Error::RaggedGrid));
        assert_eq!(error("S. .. .. .G"), Some(Error::OtherCellCount));
        assert_eq!(error("S. .G"), Some(Error::OtherCellCount));
        assert_eq!(error(""), Some(Error::OtherCellCount));
        assert_eq!(error("... ..G"), Some(Error::NotOneStart));
        assert_eq!(error("S.S ..G"), Some(Error::NotOneStart));
        let rules = GridRules { hazard: f32::NEG_INFINITY, ..GridRules::CLIFF };
        assert_eq!(GridWorld::<6>::parse("S.. ..G", rules), Err(Error::NonFinite));
    }

    #[test]
    fn bad_input_changes_nothing() {
        let rules = GridRules { slippery: true, ..GridRules::MAZE };
        let (mut world, mut rng) = (GridWorld::<4>::parse("S# XG", rules).unwrap(), stream(0, 0));
        assert_eq!(world.step(0, &mut rng), Err(Error::EpisodeOver));
        world.reset(&mut rng);
        let before = (world, rng.clone());
        assert_eq!(world.step(4, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!((world, rng), before);
        assert_eq!(world.outcome(4, 0, 0), Err(Error::StateOutOfRange));
        assert_eq!(world.outcome(0, 0, 3), Ok(None));
        assert_eq!(world.outcome(2, 0, 1), Ok(None));
    }
}
