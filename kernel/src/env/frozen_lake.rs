//! A frozen lake with holes.

use super::episode::{Episode, episodes_of_model};
use super::grid::{DOWN, Ground, LEFT, RIGHT, UP, moved};
use crate::error::Error;
use crate::model::{FiniteModel, ModelOutcome};
use crate::state::{Identify, Identity, persist_fields};

/// Gymnasium's `FrozenLake-v1` (`S` = 16, a 4 x 4 map) and `FrozenLake8x8-v1` (`S` = 64).
///
/// State `side * row + column`; actions left 0, down 1, right 2, up 3; moves are clamped at the border. Reaching the goal,
/// the last cell, pays 1, everything else 0; goal and holes end the episode, and their rows of the table are one self-loop
/// that pays nothing. On slippery ground, which is Gymnasium's default, the action before, the action itself or the action
/// after it in the order above is carried out, in this order, with probability 1/3 each. `reset` takes no word; a step
/// takes one when slippery, none otherwise.
///
/// ```
/// use habit::env::{Env, FrozenLake};
/// use habit::rng::stream;
/// let (mut lake, mut rng) = (FrozenLake::<16>::new(false), stream(1, 0));
/// lake.reset(&mut rng);
/// for action in [1, 1, 2, 1, 2] {
///     assert_eq!(lake.step(action, &mut rng)?.reward, 0.0);
/// }
/// assert_eq!(lake.step(2, &mut rng)?.reward, 1.0);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrozenLake<const S: usize> {
    map: &'static [u8; S],
    ground: Ground,
    episode: Episode<S>,
}

impl FrozenLake<16> {
    /// When Gymnasium cuts an episode.
    pub const TIME_LIMIT: u32 = 100;

    /// Before the first episode.
    pub const fn new(slippery: bool) -> Self {
        Self::on(b"SFFFFHFHFFFHHFFG", slippery)
    }
}

impl FrozenLake<64> {
    /// When Gymnasium cuts an episode.
    pub const TIME_LIMIT: u32 = 200;

    /// Before the first episode.
    pub const fn new(slippery: bool) -> Self {
        Self::on(b"SFFFFFFFFFFFFFFFFFFHFFFFFFFFFHFFFFFHFFFFFHHFFFHFFHFFHFHFFFFHFFFG", slippery)
    }
}

impl<const S: usize> FrozenLake<S> {
    /// Number of states.
    pub const STATES: usize = S;
    /// Number of actions.
    pub const ACTIONS: usize = 4;
    /// Rows and columns of the map.
    pub const SIDE: usize = S.isqrt();
    /// The state that every episode starts in.
    pub const START: usize = 0;

    const fn on(map: &'static [u8; S], slippery: bool) -> Self {
        Self { map, ground: Ground { slippery }, episode: Episode::before(0) }
    }

    /// The agent's cell.
    pub const fn state(&self) -> usize {
        self.episode.state()
    }

    /// Whether a cell is a hole.
    #[inline]
    pub fn is_hole(&self, state: usize) -> bool {
        self.map.get(state) == Some(&b'H')
    }
}

episodes_of_model!([const S: usize] FrozenLake<S>, S, 4, |world, _rng| Self::START);

impl<const S: usize> FiniteModel for FrozenLake<S> {
    fn states(&self) -> usize {
        S
    }

    fn actions(&self) -> usize {
        Self::ACTIONS
    }

    #[inline]
    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action)?;
        Ok(if self.is_hole(state) || state + 1 == S { 1 } else { self.ground.outcomes() })
    }

    #[inline]
    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        if index >= self.outcome_count(state, action)? {
            return Ok(None);
        }
        if self.is_hole(state) || state + 1 == S {
            return Ok(Some(ModelOutcome::absorbed(state)));
        }
        let offset = [LEFT, DOWN, RIGHT, UP][self.ground.carried_out(action, index) % 4];
        let next_state = moved(state, Self::SIDE, Self::SIDE, offset);
        let at_goal = next_state + 1 == S;
        let (probability, reward) = (self.ground.probability(), if at_goal { 1.0 } else { 0.0 });
        let terminated = at_goal || self.is_hole(next_state);
        Ok(Some(ModelOutcome { probability, next_state, reward, terminated }))
    }
}

persist_fields!([const S: usize] FrozenLake<S> { episode });

/// `"frozen-lake"`: states, actions.
impl<const S: usize> Identify for FrozenLake<S> {
    fn identity(&self) -> Identity {
        Identity::new("frozen-lake", Identity::PLAIN, [S, Self::ACTIONS, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use crate::interact::Outcome;
    use crate::rng::stream;

    #[test]
    fn the_tables_are_those_of_gymnasium() {
        assert_eq!(FrozenLake::<16>::new(true).table_digest(), Ok(0x0659_10e9_df66_b9fc));
        assert_eq!(FrozenLake::<16>::new(false).table_digest(), Ok(0xcc46_c3f3_b373_886a));
        assert_eq!(FrozenLake::<64>::new(true).table_digest(), Ok(0x487b_cc24_c80b_2e8b));
    }

    #[test]
    fn a_hole_ends_the_episode_without_a_reward() {
        let (mut lake, mut rng) = (FrozenLake::<16>::new(false), stream(0, 0));
        lake.reset(&mut rng);
        lake.step(1, &mut rng).unwrap();
        let step = lake.step(2, &mut rng).unwrap();
        assert_eq!((step.observation, step.reward, step.outcome), (5, 0.0, Outcome::Terminated));
        assert!(lake.is_hole(5) && !lake.is_hole(4) && !lake.is_hole(16));
        assert_eq!(lake.step(0, &mut rng), Err(Error::EpisodeOver));
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut lake, mut rng) = (FrozenLake::<64>::new(true), stream(0, 0));
        assert_eq!(lake.step(0, &mut rng), Err(Error::EpisodeOver));
        lake.reset(&mut rng);
        let before = (lake, rng.clone());
        assert_eq!(lake.step(4, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!((lake, rng), before);
        assert_eq!(lake.outcome(64, 0, 0), Err(Error::StateOutOfRange));
        assert_eq!(lake.outcome(0, 4, 0), Err(Error::ActionOutOfRange));
        assert_eq!(lake.outcome(0, 0, 3), Ok(None));
        assert_eq!(lake.outcome(19, 0, 1), Ok(None));
    }
}
