//! A far goal, and a small reward on the way back.

use super::episode::{Episode, episodes_of_model};
use crate::error::Error;
use crate::math::is_in_unit_interval;
use crate::model::{FiniteModel, ModelOutcome};
use crate::state::{Identify, Identity, persist_fields};

/// The chain with a distractor of Devidze, Kamalaruban and Singla (NeurIPS 2022, ExploRS): `S` states in a row.
///
/// Actions left 0 and right 1. Choosing right in the last state pays 1, choosing left in the distractor, five states before
/// the start, pays a little; moving right out of the last state ends the episode, as does moving left out of the first.
/// With probability `slip` the move is any of the two, whatever was chosen: rewards follow the choice, the move and the end
/// follow what is carried out. What leaves observes the state it left. No time limit. `reset` takes no word, a step takes one.
///
/// ```
/// use habit::env::{DistractorChain, Env};
/// use habit::rng::stream;
/// let (mut chain, mut rng) = (DistractorChain::<21>::new(12, 0.01, 0.0)?, stream(1, 0));
/// assert_eq!(chain.reset(&mut rng), 12);
/// let rewards = [0; 6].map(|action| chain.step(action, &mut rng).map(|step| step.reward));
/// assert_eq!((rewards[4], rewards[5]), (Ok(0.0), Ok(0.01)));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DistractorChain<const S: usize> {
    start: usize,
    distraction: f32,
    slip: f32,
    episode: Episode<S>,
}

impl<const S: usize> DistractorChain<S> {
    /// How far before the start the distractor is.
    pub const BACK: usize = 5;

    /// Not started; nothing distracts.
    pub const EMPTY: Self = Self { start: 0, distraction: 0.0, slip: 0.0, episode: Episode::before(0) };

    /// With the state that episodes start in, what the distractor pays, and the probability of any move.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`]; [`Error::NonFinite`]; [`Error::ProbabilityOutOfRange`].
    pub const fn new(start: usize, distraction: f32, slip: f32) -> Result<Self, Error> {
        if start >= S {
            return Err(Error::StateOutOfRange);
        }
        if !distraction.is_finite() {
            return Err(Error::NonFinite);
        }
        if !is_in_unit_interval(slip) {
            return Err(Error::ProbabilityOutOfRange);
        }
        Ok(Self { start, distraction, slip, episode: Episode::before(start) })
    }

    /// The agent's state.
    pub const fn state(&self) -> usize {
        self.episode.state()
    }

    fn paid(&self, state: usize, action: usize) -> f32 {
        match action {
            0 if state + Self::BACK == self.start => self.distraction,
            1 if state + 1 == S => 1.0,
            _ => 0.0,
        }
    }
}

episodes_of_model!([const S: usize] DistractorChain<S>, S, 2, |chain, _rng| chain.start);

impl<const S: usize> FiniteModel for DistractorChain<S> {
    fn states(&self) -> usize {
        S
    }

    fn actions(&self) -> usize {
        2
    }

    #[inline]
    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action).map(|()| 2)
    }

    /// Moving left, then moving right.
    #[inline]
    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        self.check_pair(state, action)?;
        let (next_state, terminated) = match index {
            0 => (state.saturating_sub(1), state == 0),
            1 if state + 1 == S => (state, true),
            1 => (state + 1, false),
            _ => return Ok(None),
        };
        let probability = if index == action { 1.0 - self.slip / 2.0 } else { self.slip / 2.0 };
        Ok(Some(ModelOutcome { probability, next_state, reward: self.paid(state, action), terminated }))
    }
}

persist_fields!([const S: usize] DistractorChain<S> { episode });

/// `"distractor-chain"`: states, actions.
impl<const S: usize> Identify for DistractorChain<S> {
    fn identity(&self) -> Identity {
        Identity::new("distractor-chain", Identity::PLAIN, [S, 2, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rewards_follow_the_choice_and_moves_what_is_carried_out() {
        let chain = DistractorChain::<21>::new(12, 0.01, 0.05).unwrap();
        let outcome = |state, action, index| {
            let o: ModelOutcome = chain.outcome(state, action, index).unwrap().unwrap();
            (o.probability, o.next_state, o.reward, o.terminated)
        };
        assert_eq!(outcome(20, 1, 1), (0.975, 20, 1.0, true));
        assert_eq!(outcome(20, 1, 0), (0.025, 19, 1.0, false));
        assert_eq!(outcome(20, 0, 1), (0.025, 20, 0.0, true));
        assert_eq!(outcome(7, 0, 0), (0.975, 6, 0.01, false));
        assert_eq!(outcome(7, 0, 1), (0.025, 8, 0.01, false));
        assert_eq!(outcome(7, 1, 0), (0.025, 6, 0.0, false));
        assert_eq!(outcome(0, 0, 0), (0.975, 0, 0.0, true));
        assert_eq!(outcome(0, 1, 1), (0.975, 1, 0.0, false));
        assert_eq!(chain.outcome(0, 0, 2), Ok(None));
    }

    #[test]
    fn bad_numbers_are_refused() {
        assert_eq!(DistractorChain::<4>::new(4, 0.0, 0.0), Err(Error::StateOutOfRange));
        assert_eq!(DistractorChain::<4>::new(0, f32::NAN, 0.0), Err(Error::NonFinite));
        assert_eq!(DistractorChain::<4>::new(0, 0.0, 1.5), Err(Error::ProbabilityOutOfRange));
        assert_eq!(DistractorChain::<4>::EMPTY.outcome(4, 0, 0), Err(Error::StateOutOfRange));
    }
}
