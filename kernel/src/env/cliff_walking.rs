//! A 4 x 12 grid with a cliff along its lower edge.

use super::{Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::linalg::Const;
use crate::model::{FiniteModel, ModelOutcome};
use crate::rng::{self, Rng};

/// Sutton & Barto's example 6.6 with the dynamics of Gymnasium's `CliffWalking-v1`.
///
/// State `12 row + column`; actions up 0, right 1, down 2, left 3; moves are clamped at the border. Each move costs 1.
/// Stepping on the cliff (row 3, columns 1 to 10) costs 100 and puts the agent back at the start, state 36, without ending
/// the episode; reaching state 47 ends it. On slippery ground the move is turned left, kept or turned right with
/// probability 1/3 each. No time limit. Takes one bounded draw a step when slippery, none otherwise.
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
    state: u8,
    slippery: bool,
    over: bool,
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
        Self { state: Self::START as u8, slippery, over: true }
    }

    /// The agent's cell.
    pub const fn state(&self) -> usize {
        self.state as usize
    }

    /// Whether a cell belongs to the cliff.
    #[inline]
    pub const fn is_cliff(state: usize) -> bool {
        state > Self::START && state < Self::GOAL
    }

    /// Next state, reward and whether the goal is reached, when nothing slips.
    #[inline]
    const fn intended(state: usize, action: usize) -> (usize, f32, bool) {
        let column = state % Self::COLUMNS;
        let landed = match action {
            0 if state >= Self::COLUMNS => state - Self::COLUMNS,
            1 if column + 1 < Self::COLUMNS => state + 1,
            2 if state + Self::COLUMNS < Self::STATES => state + Self::COLUMNS,
            3 if column > 0 => state - 1,
            _ => state,
        };
        if Self::is_cliff(landed) { (Self::START, -100.0, false) } else { (landed, -1.0, landed == Self::GOAL) }
    }
}

impl Env for CliffWalking {
    type ObservationSpace = Discrete<Const<{ Self::STATES }>>;
    type ActionSpace = Discrete<Const<{ Self::ACTIONS }>>;

    fn observation_space(&self) -> Self::ObservationSpace {
        Discrete(Const)
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Const)
    }

    #[inline]
    fn reset(&mut self, _rng: &mut (impl Rng + ?Sized)) -> usize {
        self.state = Self::START as u8;
        self.over = false;
        Self::START
    }

    #[inline]
    fn step(&mut self, action: usize, rng: &mut (impl Rng + ?Sized)) -> Result<Step<usize>, Error> {
        if action >= Self::ACTIONS {
            return Err(Error::ActionOutOfRange);
        }
        if self.over {
            return Err(Error::EpisodeOver);
        }
        let turn = if self.slippery { rng::below(3, rng)? as usize + 3 } else { 4 };
        let (state, reward, terminated) = Self::intended(self.state(), (action + turn) % 4);
        self.state = state as u8;
        self.over = terminated;
        let outcome = if terminated { Outcome::Terminated } else { Outcome::Continue };
        Ok(Step { observation: state, reward, outcome })
    }
}

impl FiniteModel for CliffWalking {
    fn states(&self) -> usize {
        Self::STATES
    }

    fn actions(&self) -> usize {
        Self::ACTIONS
    }

    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        match (state < Self::STATES, action < Self::ACTIONS) {
            (false, _) => Err(Error::StateOutOfRange),
            (_, false) => Err(Error::ActionOutOfRange),
            _ => Ok(if self.slippery { 3 } else { 1 }),
        }
    }

    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        let count = self.outcome_count(state, action)?;
        let turn = if self.slippery { index + 3 } else { 4 };
        let (next_state, reward, terminated) = Self::intended(state, (action + turn) % 4);
        let probability = 1.0 / count as f32;
        Ok((index < count).then_some(ModelOutcome { probability, next_state, reward, terminated }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
                for action in 0..4 {
                    for _ in 0..20 {
                        cliff.reset(&mut rng);
                        cliff.state = state as u8;
                        let step = cliff.step(action, &mut rng).unwrap();
                        assert!((0..3).any(|index| {
                            cliff.outcome(state, action, index).unwrap().is_some_and(|outcome| {
                                outcome.next_state == step.observation && outcome.reward == step.reward
                            })
                        }));
                    }
                }
            }
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
