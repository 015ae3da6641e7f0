//! A finite model as tables of integers.

use super::policy::cumulative;
use habit::Error;
use habit::model::FiniteModel;

/// Words of an outcome in the tables: threshold, next state, bits of the reward, 1 when terminated.
pub(crate) const OUTCOME_WORDS: usize = 4;

/// Marks a pair that takes a word; the same number stands in the shader.
const DRAWS: u32 = 1 << 31;

/// A [`FiniteModel`] and how its episodes start and end, as tables of integers: `4 (S A + 1) + 16 O` bytes for `O` outcomes
/// of probability above 0.
///
/// A pair's outcome is drawn as by [`habit::model::sample`]: from one word, in listing order, by the integer running sum of
/// thresholds; a pair that lists a single outcome takes no word. Outcomes of probability 0 are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Tables {
    states: usize,
    actions: usize,
    episode: Episode,
    /// Where the outcomes of each pair begin, with [`DRAWS`] where the pair takes a word; at the end their number.
    starts: Vec<u32>,
    outcomes: Vec<u32>,
}

/// How episodes start and when they are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Episode {
    /// The state that every episode starts in.
    pub start: usize,
    /// The number of steps after which an episode that has not terminated is truncated, at least 1; `None` never does.
    pub time_limit: Option<u32>,
}

impl Episode {
    /// # Errors
    /// [`Error::StateOutOfRange`]; [`Error::ParameterOutOfRange`] for a time limit of 0.
    pub(crate) fn check(&self, states: usize) -> Result<(), Error> {
        match self {
            Self { start, .. } if *start >= states => Err(Error::StateOutOfRange),
            Self { time_limit: Some(0), .. } => Err(Error::ParameterOutOfRange),
            _ => Ok(()),
        }
    }
}

impl Tables {
    /// Lists a whole model. Cost: one call of the model an outcome.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] for a model without states or actions; [`Error::StateOutOfRange`] for a start or an outcome
    /// outside the model; [`Error::ProbabilityOutOfRange`] for a pair whose outcomes have no valid probabilities;
    /// [`Error::NonFinite`] for a reward; [`Error::ParameterOutOfRange`] for a time limit of 0 or a model of 2^32 pairs or 2^31
    /// outcomes; and whatever the model itself refuses.
    pub fn new(model: &impl FiniteModel, episode: Episode) -> Result<Self, Error> {
        let (states, actions) = (model.states(), model.actions());
        if states == 0 || actions == 0 {
            return Err(Error::EmptyRange);
        }
        if u32::try_from(states as u64 * actions as u64).is_err() {
            return Err(Error::ParameterOutOfRange);
        }
        episode.check(states)?;
        let mut tables = Self { states, actions, episode, starts: Vec::new(), outcomes: Vec::new() };
        for state in 0..states {
            for action in 0..actions {
                tables.list(model, state, action)?;
            }
        }
        tables.starts.push(tables.count()?);
        Ok(tables)
    }

    /// Adds the outcomes of the next pair.
    fn list(&mut self, model: &impl FiniteModel, state: usize, action: usize) -> Result<(), Error> {
        let count = model.outcome_count(state, action)?;
        let listed = (0..count).filter_map(|index| model.outcome(state, action, index).transpose());
        let listed = listed.collect::<Result<Vec<_>, _>>()?;
        let probabilities: Vec<_> = listed.iter().map(|outcome| outcome.probability).collect();
        let (sums, _) = cumulative(&probabilities)?;
        self.starts.push(self.count()? | if count > 1 { DRAWS } else { 0 });
        for (outcome, sum) in listed.iter().zip(sums).filter(|(outcome, _)| outcome.probability > 0.0) {
            if outcome.next_state >= self.states {
                return Err(Error::StateOutOfRange);
            }
            if !outcome.reward.is_finite() {
                return Err(Error::NonFinite);
            }
            let terminated = u32::from(outcome.terminated);
            self.outcomes.extend([sum, outcome.next_state as u32, outcome.reward.to_bits(), terminated]);
        }
        Ok(())
    }

    /// The number of outcomes so far.
    fn count(&self) -> Result<u32, Error> {
        let count = self.outcomes.len() / OUTCOME_WORDS;
        u32::try_from(count).ok().filter(|&count| count < DRAWS).ok_or(Error::ParameterOutOfRange)
    }

    /// The number of states.
    pub const fn states(&self) -> usize {
        self.states
    }

    /// The number of actions.
    pub const fn actions(&self) -> usize {
        self.actions
    }

    /// How episodes start and when they are cut.
    pub const fn episode(&self) -> Episode {
        self.episode
    }

    /// Whether no pair takes a word.
    pub(crate) fn is_certain(&self) -> bool {
        self.starts.iter().all(|start| start & DRAWS == 0)
    }

    pub(crate) fn starts(&self) -> &[u32] {
        &self.starts
    }

    pub(crate) fn outcomes(&self) -> &[u32] {
        &self.outcomes
    }
}
