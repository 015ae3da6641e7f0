//! Finite models: environments whose every transition can be listed.
//!
//! | piece | what it is |
//! |---|---|
//! | [`FiniteModel`] | states, actions, and the outcomes of each pair |
//! | [`ModelOutcome`] | one outcome and its probability |
//! | [`sample()`] | draws an outcome |
//! | [`outcomes`], [`is_available`], [`check_outcomes`] | the outcomes of a pair in order; whether there are any; whether they are a distribution |
//! | [`expected_reward`], [`expected_next`] | what the next step pays on average, and what lies beyond it |

use crate::error::Error;
use crate::math::is_in_unit_interval;
use crate::rng::{self, Rng};
use crate::state::{Digest, Write};

/// One possible outcome of an action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModelOutcome {
    /// Its probability.
    pub probability: f32,
    /// The state it leads to.
    pub next_state: usize,
    /// Its reward.
    pub reward: f32,
    /// Whether the episode ends with it.
    pub terminated: bool,
}

impl ModelOutcome {
    /// What follows for ever in a terminal state: the same state, and nothing for it.
    pub const fn absorbed(state: usize) -> Self {
        Self { probability: 1.0, next_state: state, reward: 0.0, terminated: true }
    }
}

/// A finite Markov decision process, computed rather than stored.
pub trait FiniteModel {
    /// The number of states.
    fn states(&self) -> usize;

    /// The number of actions.
    fn actions(&self) -> usize;

    /// How many outcomes the pair has, in a fixed order. Without any the action is not available in the state.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`].
    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error>;

    /// Whether there is such a pair.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`].
    #[inline]
    fn check_pair(&self, state: usize, action: usize) -> Result<(), Error> {
        if state >= self.states() {
            return Err(Error::StateOutOfRange);
        }
        if action >= self.actions() { Err(Error::ActionOutOfRange) } else { Ok(()) }
    }

    /// The outcome at `index` of the pair, or `None` past the last.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`].
    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error>;

    /// What is collected on arrival in a state where no action is available; 0 unless the model says otherwise.
    fn terminal_value(&self, _state: usize) -> f32 {
        0.0
    }

    /// FNV-1a 64 over the whole table: for every state, action and outcome in order, the state, the action and the next
    /// state as `u32`, the reward as `i32` and a byte for `terminated`, little-endian. For models with whole rewards.
    ///
    /// # Errors
    /// None for a model that keeps to its own sizes.
    fn table_digest(&self) -> Result<u64, Error> {
        let mut digest = Digest::new();
        for state in 0..self.states() {
            for action in 0..self.actions() {
                for index in 0..self.outcome_count(state, action)? {
                    let Some(outcome) = self.outcome(state, action, index)? else { continue };
                    for word in [state, action, outcome.next_state] {
                        digest.bytes(&(word as u32).to_le_bytes());
                    }
                    digest.bytes(&(outcome.reward as i32).to_le_bytes());
                    digest.bytes(&[u8::from(outcome.terminated)]);
                }
            }
        }
        Ok(digest.value())
    }
}

/// Draws an outcome of the pair, in the order in which the model lists them: the integer running sum of the
/// [`threshold`](rng::threshold)s of the probabilities is compared with one word (`determinism.md`, rule 3), and the last
/// outcome whose probability is above 0 absorbs all rounding. A pair with a single outcome takes no word.
///
/// # Errors
/// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`]; [`Error::ProbabilityOutOfRange`] when the model lists a
/// probability outside `[0, 1]`, or none above 0. No word is taken then.
#[inline]
pub fn sample(
    model: &(impl FiniteModel + ?Sized),
    state: usize,
    action: usize,
    rng: &mut (impl Rng + ?Sized),
) -> Result<ModelOutcome, Error> {
    let count = model.outcome_count(state, action)?;
    let outcome = |index| model.outcome(state, action, index).ok().flatten();
    let probability = |index| outcome(index).map_or(0.0, |outcome| outcome.probability);
    let index = if count == 1 {
        if rng::threshold(probability(0))? == 0 {
            return Err(Error::ProbabilityOutOfRange);
        }
        0
    } else {
        rng::categorical_by(count, probability, rng)?
    };
    outcome(index).ok_or(Error::ProbabilityOutOfRange)
}

/// The outcomes of a pair, in the order in which the model lists them; none where there is no such pair.
pub fn outcomes(
    model: &(impl FiniteModel + ?Sized),
    state: usize,
    action: usize,
) -> impl Iterator<Item = ModelOutcome> {
    let count = model.outcome_count(state, action).unwrap_or(0);
    (0..count).filter_map(move |index| model.outcome(state, action, index).ok().flatten())
}

/// Whether the outcomes of a pair are a distribution over the model's states, with rewards that are numbers.
///
/// # Errors
/// [`Error::StateOutOfRange`], also for the state of an outcome, [`Error::ActionOutOfRange`];
/// [`Error::ProbabilityOutOfRange`], also where the probabilities do not add up to 1 within 1e-5; [`Error::NonFinite`].
pub fn check_outcomes(model: &(impl FiniteModel + ?Sized), state: usize, action: usize) -> Result<(), Error> {
    model.check_pair(state, action)?;
    let mut sum = 0.0;
    for outcome in outcomes(model, state, action) {
        if !is_in_unit_interval(outcome.probability) {
            return Err(Error::ProbabilityOutOfRange);
        }
        if outcome.next_state >= model.states() {
            return Err(Error::StateOutOfRange);
        }
        if !outcome.reward.is_finite() {
            return Err(Error::NonFinite);
        }
        sum += outcome.probability;
    }
    if (sum - 1.0).abs() > 1e-5 { Err(Error::ProbabilityOutOfRange) } else { Ok(()) }
}

/// Whether the pair has an outcome.
pub fn is_available(model: &(impl FiniteModel + ?Sized), state: usize, action: usize) -> bool {
    model.outcome_count(state, action).is_ok_and(|count| count > 0)
}

/// `sum_o p_o v(s'_o)` over the outcomes of the pair that do not end the episode: nothing lies beyond those that do.
pub fn expected_next(model: &(impl FiniteModel + ?Sized), state: usize, action: usize, values: &[f32]) -> f32 {
    outcomes(model, state, action)
        .filter(|outcome| !outcome.terminated)
        .fold(0.0, |sum, outcome| sum + outcome.probability * values.get(outcome.next_state).copied().unwrap_or(0.0))
}

/// `sum_o p_o r_o` over the outcomes of the pair, in the order in which the model lists them.
///
/// # Errors
/// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`].
pub fn expected_reward(model: &(impl FiniteModel + ?Sized), state: usize, action: usize) -> Result<f32, Error> {
    let mut sum = 0.0;
    for index in 0..model.outcome_count(state, action)? {
        if let Some(outcome) = model.outcome(state, action, index)? {
            sum += outcome.probability * outcome.reward;
        }
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{categorical, stream};

    /// One state and one action, whose outcomes lead to the number of their place.
    struct Wheel(&'static [f32]);

    impl FiniteModel for Wheel {
        fn states(&self) -> usize {
            1
        }

        fn actions(&self) -> usize {
            1
        }

        fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
            self.check_pair(state, action).map(|()| self.0.len())
        }

        fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
            self.check_pair(state, action)?;
            let of = |&probability| ModelOutcome { probability, next_state: index, reward: 0.0, terminated: false };
            Ok(self.0.get(index).map(of))
        }
    }

    #[test]
    fn an_outcome_is_drawn_as_any_category() {
        for wheel in [&[0.1, 0.2, 0.3, 0.4][..], &[0.0, 0.5, 0.0], &[1.0, 1.0], &[0.25, 0.25], &[1.0 / 3.0; 3]] {
            let (mut one, mut other) = (stream(5, 0), stream(5, 0));
            for _ in 0..1000 {
                let drawn = sample(&Wheel(wheel), 0, 0, &mut one).unwrap().next_state;
                assert_eq!(Ok(drawn), categorical(wheel, &mut other));
            }
            assert_eq!(one, other);
        }
    }

    #[test]
    fn what_is_certain_or_wrong_takes_no_word() {
        let mut rng = stream(5, 0);
        assert_eq!(sample(&Wheel(&[1.0]), 0, 0, &mut rng).map(|outcome| outcome.next_state), Ok(0));
        for bad in [&[][..], &[0.0, 0.0], &[0.5, f32::NAN], &[0.5, 1.5], &[-0.5, 0.5]] {
            assert_eq!(sample(&Wheel(bad), 0, 0, &mut rng), Err(Error::ProbabilityOutOfRange));
        }
        assert_eq!(sample(&Wheel(&[1.0]), 1, 0, &mut rng), Err(Error::StateOutOfRange));
        assert_eq!(sample(&Wheel(&[1.0]), 0, 1, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!(rng, stream(5, 0));
    }
}
