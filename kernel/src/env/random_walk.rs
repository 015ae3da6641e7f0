//! A walk that only chance directs.

use super::episode::{Episode, episodes_of_model};
use crate::error::Error;
use crate::model::{FiniteModel, ModelOutcome};
use crate::state::{Identify, Identity, persist_fields};

/// Sutton & Barto's random walk (examples 6.2 and 7.1) on `N` states in a row with an exit at either end.
///
/// States 0 to `N - 1` from left to right, starting in the middle. The one action, 0, lets chance move left or right, in
/// this order, with probability 1/2 each, so that a learner of action values predicts: its `Q(s, 0)` is `v(s)`. Exits are
/// not states: the step that leaves pays, ends the episode, and observes the state it left. All other rewards are 0. No
/// time limit. `reset` takes no word, a step takes one.
///
/// ```
/// use habit::env::{Env, RandomWalk};
/// use habit::rng::stream;
/// let (mut walk, mut rng) = (RandomWalk::<5>::EXAMPLE_6_2, stream(1, 0));
/// assert_eq!(walk.reset(&mut rng), 2);
/// assert!([1, 3].contains(&walk.step(0, &mut rng)?.observation));
/// assert_eq!(walk.true_value(2), 0.5);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RandomWalk<const N: usize> {
    left_exit: f32,
    right_exit: f32,
    episode: Episode<N>,
}

impl RandomWalk<5> {
    /// The right exit pays 1.
    pub const EXAMPLE_6_2: Self = Self::paying(0.0, 1.0);
}

impl RandomWalk<19> {
    /// The left exit pays -1, the right one 1.
    pub const EXAMPLE_7_1: Self = Self::paying(-1.0, 1.0);
}

impl<const N: usize> RandomWalk<N> {
    /// The state that every episode starts in.
    pub const START: usize = N / 2;
    /// Number of states; there is at least one.
    pub const STATES: usize = {
        assert!(N > 0);
        N
    };

    const fn paying(left_exit: f32, right_exit: f32) -> Self {
        Self { left_exit, right_exit, episode: Episode::before(Self::START) }
    }

    /// With these rewards for leaving at either end.
    ///
    /// # Errors
    /// [`Error::NonFinite`].
    pub const fn new(left_exit: f32, right_exit: f32) -> Result<Self, Error> {
        if left_exit.is_finite() && right_exit.is_finite() {
            Ok(Self::paying(left_exit, right_exit))
        } else {
            Err(Error::NonFinite)
        }
    }

    /// The agent's state.
    pub const fn state(&self) -> usize {
        self.episode.state()
    }

    /// The expected undiscounted return from a state, on the line between the exits' rewards.
    pub fn true_value(&self, state: usize) -> f32 {
        self.left_exit + (self.right_exit - self.left_exit) * (state + 1) as f32 / (N + 1) as f32
    }
}

episodes_of_model!([const N: usize] RandomWalk<N>, N, 1, |world, _rng| Self::START);

impl<const N: usize> FiniteModel for RandomWalk<N> {
    fn states(&self) -> usize {
        Self::STATES
    }

    fn actions(&self) -> usize {
        1
    }

    #[inline]
    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action).map(|()| 2)
    }

    #[inline]
    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        self.check_pair(state, action)?;
        let (next_state, reward, terminated) = match index {
            0 if state == 0 => (state, self.left_exit, true),
            0 => (state - 1, 0.0, false),
            _ if state + 1 == N => (state, self.right_exit, true),
            _ => (state + 1, 0.0, false),
        };
        Ok((index < 2).then_some(ModelOutcome { probability: 0.5, next_state, reward, terminated }))
    }
}

persist_fields!([const N: usize] RandomWalk<N> { episode });

/// `"random-walk"`: states, actions.
impl<const N: usize> Identify for RandomWalk<N> {
    fn identity(&self) -> Identity {
        Identity::new("random-walk", Identity::PLAIN, [N, 1, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use crate::interact::Outcome;
    use crate::rng::stream;

    #[test]
    fn the_true_values_are_those_of_the_model() {
        let walk = RandomWalk::<19>::EXAMPLE_7_1;
        for state in 0..19 {
            assert!((walk.true_value(state) - (state as f32 - 9.0) / 10.0).abs() < 1e-6);
            let backed_up = [0, 1].map(|index| {
                let outcome = walk.outcome(state, 0, index).unwrap().unwrap();
                let beyond = if outcome.terminated { 0.0 } else { walk.true_value(outcome.next_state) };
                outcome.probability * (outcome.reward + beyond)
            });
            assert!((walk.true_value(state) - backed_up[0] - backed_up[1]).abs() < 1e-6);
        }
        assert_eq!(RandomWalk::EXAMPLE_6_2.true_value(4), 5.0 / 6.0);
    }

    #[test]
    fn half_the_walks_leave_on_either_side() {
        let (mut walk, mut rng) = (RandomWalk::EXAMPLE_6_2, stream(3, 0));
        let mut right = 0u32;
        for _ in 0..10_000 {
            walk.reset(&mut rng);
            let last = loop {
                let step = walk.step(0, &mut rng).unwrap();
                if step.outcome == Outcome::Terminated {
                    break step;
                }
                assert_eq!(step.reward, 0.0);
            };
            assert_eq!(last.observation, if last.reward == 1.0 { 4 } else { 0 });
            right += last.reward as u32;
        }
        // Five standard deviations.
        assert!(right.abs_diff(5_000) < 250, "{right}");
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut walk, mut rng) = (RandomWalk::<1>::new(2.0, 3.0).unwrap(), stream(0, 0));
        assert_eq!(walk.step(0, &mut rng), Err(Error::EpisodeOver));
        walk.reset(&mut rng);
        let before = (walk, rng.clone());
        assert_eq!(walk.step(1, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!((walk, rng.clone()), before);
        assert!([2.0, 3.0].contains(&walk.step(0, &mut rng).unwrap().reward));
        assert_eq!(walk.outcome(1, 0, 0), Err(Error::StateOutOfRange));
        assert_eq!(walk.outcome(0, 0, 2), Ok(None));
        assert_eq!(RandomWalk::<5>::new(0.0, f32::NAN), Err(Error::NonFinite));
    }
}
