//! A 4 x 12 grid with a cliff along its lower edge.

use super::episode::{Episode, episodes_of_model};
use super::grid::{Ground, moved_clockwise};
use crate::error::Error;
use crate::model::{FiniteModel, ModelOutcome};
use crate::state::{Identify, Identity, persist_fields};
use core::hint::cold_path;

/// Sutton & Barto's example 6.6 with the dynamics of Gymnasium's `CliffWalking-v1`.
///
/// State `12 row + column`; actions up 0, right 1, down 2, left 3; moves are clamped at the border. Each move costs 1.
/// Stepping on the cliff (row 3, columns 1 to 10) costs 100 and puts the agent back at the start, state 36, without ending
/// the episode; reaching state 47 ends it. On slippery ground the move is turned left, kept or turned right, in this order,
/// with probability 1/3 each. No time limit. `reset` takes no word; a step takes one when slippery, none otherwise.
///
/// ```
/// use habit::env::{CliffWalking, Env};
/// use habit::rng::stream;
/// let (mut cliff, mut rng) = (CliffWalking::new(false), stream(1, 0));
/// assert_eq!(cliff.reset(&mut rng), CliffWalking::START);
/// let step = cliff.step(1, &mut rng)?;
/// assert_eq!((step.observation, step.reward), (CliffWalking::START, -100.0));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CliffWalking {
    ground: Ground,
    episode: Episode<{ Self::STATES }>,
}

impl CliffWalking {
    /// Rows of the grid.
    pub const ROWS: usize = 4;
    /// Columns of the grid.
    pub const COLUMNS: usize = 12;
    /// Number of states.
    pub const STATES: usize = Self::ROWS * Self::COLUMNS;
    /// Number of actions.
    pub const ACTIONS: usize = 4;
    /// The state that every episode starts in.
    pub const START: usize = 36;
    /// The terminal state.
    pub const GOAL: usize = 47;

    /// Before the first episode.
    pub const fn new(slippery: bool) -> Self {
        Self { ground: Ground { slippery }, episode: Episode::before(Self::START) }
    }

    /// The agent's cell.
    pub const fn state(&self) -> usize {
        self.episode.state()
    }

    /// Whether a cell belongs to the cliff.
    #[inline]
    pub const fn is_cliff(state: usize) -> bool {
        state > Self::START && state < Self::GOAL
    }
}

episodes_of_model!([] CliffWalking, Self::STATES, Self::ACTIONS, |world, _rng| Self::START);

impl FiniteModel for CliffWalking {
    fn states(&self) -> usize {
        Self::STATES
    }

    fn actions(&self) -> usize {
        Self::ACTIONS
    }

    #[inline]
    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action).map(|()| self.ground.outcomes())
    }

    #[inline]
    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        self.check_pair(state, action)?;
        let moved = |action| moved_clockwise(state, Self::ROWS, Self::COLUMNS, action);
        let landed = if self.ground.slippery { moved(self.ground.carried_out(action, index)) } else { moved(action) };
        let (next_state, reward) = if Self::is_cliff(landed) {
            // A branch, which is seldom taken once something is learned.
            cold_path();
            (Self::START, -100.0)
        } else {
            (landed, -1.0)
        };
        let (probability, terminated) = (self.ground.probability(), landed == Self::GOAL);
        Ok((index < self.ground.outcomes()).then_some(ModelOutcome { probability, next_state, reward, terminated }))
    }
}

persist_fields!([] CliffWalking { episode });

/// `"cliff-walking"`: states, actions.
impl Identify for CliffWalking {
    fn identity(&self) -> Identity {
        Identity::new("cliff-walking", Identity::PLAIN, [Self::STATES, Self::ACTIONS, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use crate::interact::Outcome;
    use crate::model;
    use crate::rng::Rng;
    use crate::rng::stream;

    #[test]
    fn the_tables_are_those_of_gymnasium() {
        assert_eq!(CliffWalking::new(false).table_digest(), Ok(0x40c4_f7d4_97b6_2be1));
        assert_eq!(CliffWalking::new(true).table_digest(), Ok(0x0cdf_3ac8_029e_8ead));
    }

    #[test]
    fn the_optimal_path_takes_thirteen_steps() {
        let (mut cliff, mut rng) = (CliffWalking::new(false), stream(0, 0));
        cliff.reset(&mut rng);
        let path = [&[0][..], &[1; 11], &[2]].concat();
        let steps: std::vec::Vec<_> = path.iter().map(|&action| cliff.step(action, &mut rng).unwrap()).collect();
        assert_eq!(steps.len(), 13);
        assert!(steps.iter().all(|step| step.reward == -1.0));
        assert_eq!(steps[12].outcome, Outcome::Terminated);
        assert_eq!(cliff.step(0, &mut rng), Err(Error::EpisodeOver));
    }

    #[test]
    fn a_step_draws_from_the_table() {
        for slippery in [false, true] {
            let (mut cliff, mut rng) = (CliffWalking::new(slippery), stream(4, 0));
            for state in (0..CliffWalking::STATES).filter(|&s| s != CliffWalking::GOAL && !CliffWalking::is_cliff(s)) {
                for action in (0..4).cycle().take(80) {
                    cliff.episode.start(state);
                    let drawn = model::sample(&cliff, state, action, &mut rng.clone()).unwrap();
                    let step = cliff.step(action, &mut rng).unwrap();
                    assert_eq!((step.observation, step.reward), (drawn.next_state, drawn.reward));
                }
            }
        }
    }

    /// By hand: floor(2^32 f32(1/3)) = 1 431 655 808.
    #[test]
    fn a_slip_is_one_word_against_two_thresholds() {
        let (mut cliff, mut rng) = (CliffWalking::new(true), stream(9, 0));
        for _ in 0..1000 {
            cliff.episode.start(14);
            let word = rng.clone().next_u32();
            let turned = usize::from(word >= 1_431_655_808) + usize::from(word >= 2 * 1_431_655_808);
            // Action 1 turned left, kept, turned right.
            assert_eq!(cliff.step(1, &mut rng).unwrap().observation, [2, 15, 26][turned]);
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut cliff, mut rng) = (CliffWalking::new(true), stream(0, 0));
        assert_eq!(cliff.step(0, &mut rng), Err(Error::EpisodeOver));
        cliff.reset(&mut rng);
        let before = (cliff, rng.clone());
        assert_eq!(cliff.step(4, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!((cliff, rng), before);
        assert_eq!(cliff.outcome(48, 0, 0), Err(Error::StateOutOfRange));
        assert_eq!(cliff.outcome(0, 4, 0), Err(Error::ActionOutOfRange));
        assert_eq!(cliff.outcome(0, 0, 3), Ok(None));
    }
}
