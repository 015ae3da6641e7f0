//! What a rollout leaves.

use super::Observation;
use crate::error::Error;
use habit::interact::Outcome;

/// An episode that ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct End {
    /// The step that ended it.
    pub step: usize,
    /// The lane that it ran in.
    pub lane: usize,
    /// How many steps it had, those before the rollout among them.
    pub length: u32,
    /// The sum of its rewards, added up in `f32` from the first one on.
    pub earned: f32,
}

impl End {
    /// Its step and its lane.
    pub const fn place(&self) -> (usize, usize) {
        (self.step, self.lane)
    }
}

/// `T` steps of `N` lanes, time-major: step `t` of lane `n` is at `t N + n`.
///
/// Observations are words of `D` rows a step, [`Observation::words`]: number `d` before step `t` of lane `n` is at `(t D +
/// d) N + n`, so that neighbouring lanes of a device write and read neighbouring words. There are `T + 1` of them: the last
/// is what the next step will be taken on. After an end that is the new episode's; the ended one's true last observation is
/// kept apart, for ended episodes only.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    pub(crate) steps: usize,
    pub(crate) lanes: usize,
    pub(crate) observation: Observation,
    pub(crate) observations: Vec<u32>,
    pub(crate) actions: Vec<u32>,
    pub(crate) rewards: Vec<f32>,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) log_probabilities: Vec<f32>,
    /// By their steps, then lanes.
    pub(crate) ends: Vec<End>,
    /// `D` words an end.
    pub(crate) final_observations: Vec<u32>,
}

impl Batch {
    /// # Errors
    /// [`Error::TooLarge`] where the machine has not that much memory.
    pub(crate) fn filled(
        steps: usize,
        lanes: usize,
        observation: Observation,
        log_probabilities: bool,
    ) -> Result<Self, Error> {
        let observed = lanes.saturating_mul(observation.words()).saturating_mul(steps.saturating_add(1));
        let count = steps.saturating_mul(lanes);
        Ok(Self {
            steps,
            lanes,
            observation,
            observations: zeros(observed)?,
            actions: zeros(count)?,
            rewards: zeros(count)?,
            outcomes: filled(count, Outcome::Continue)?,
            log_probabilities: zeros(if log_probabilities { count } else { 0 })?,
            ends: Vec::new(),
            final_observations: Vec::new(),
        })
    }

    /// Puts the ends in the order of their steps.
    pub(crate) fn sort_ends(&mut self) {
        let words = self.observation.words();
        let mut order: Vec<usize> = (0..self.ends.len()).collect();
        order.sort_unstable_by_key(|&end| self.ends[end].place());
        let of = |end: &usize| &self.final_observations[end * words..(end + 1) * words];
        self.final_observations = order.iter().flat_map(of).copied().collect();
        self.ends.sort_unstable_by_key(End::place);
    }

    /// `T`.
    pub const fn steps(&self) -> usize {
        self.steps
    }

    /// `N`.
    pub const fn lanes(&self) -> usize {
        self.lanes
    }

    /// Observations as integers, `[T + 1][D][N]`; numbers by their bits.
    pub fn observations(&self) -> &[u32] {
        &self.observations
    }

    /// Observations as numbers, `[T + 1][D][N]`; none unless numbers are what is observed.
    pub fn numbers(&self) -> &[f32] {
        match self.observation {
            Observation::Numbers(_) => bytemuck::cast_slice(&self.observations),
            _ => &[],
        }
    }

    /// Actions taken, `[T][N]`.
    pub fn actions(&self) -> &[u32] {
        &self.actions
    }

    /// Rewards that followed, `[T][N]`.
    pub fn rewards(&self) -> &[f32] {
        &self.rewards
    }

    /// How each step left its episode, `[T][N]`.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// Logarithms of the probabilities of the actions taken, `[T][N]`; none where the policy does not give them.
    pub fn log_probabilities(&self) -> &[f32] {
        &self.log_probabilities
    }

    /// The episodes that ended, by their steps, then lanes.
    pub fn ends(&self) -> &[End] {
        &self.ends
    }

    /// The observation that a step was taken on, one word a number; none past the end. Step `T` is the one that follows.
    pub fn observation(&self, step: usize, lane: usize) -> Vec<u32> {
        let words = if step <= self.steps && lane < self.lanes { self.observation.words() } else { 0 };
        (0..words).map(|d| self.observations[(step * words + d) * self.lanes + lane]).collect()
    }

    /// What a step led to: the true next observation, before any reset; none past the end.
    pub fn next_observation(&self, step: usize, lane: usize) -> Vec<u32> {
        if step >= self.steps {
            return Vec::new();
        }
        match self.ends.binary_search_by_key(&(step, lane), End::place) {
            Ok(end) => {
                let words = self.observation.words();
                self.final_observations[end * words..(end + 1) * words].to_vec()
            }
            Err(_) => self.observation(step + 1, lane),
        }
    }

    /// The true last observations of the episodes that ended, `D` words each, in the order of [`ends`](Self::ends).
    pub fn final_observations(&self) -> &[u32] {
        &self.final_observations
    }
}

fn filled<T: Clone>(count: usize, value: T) -> Result<Vec<T>, Error> {
    let mut all = Vec::new();
    let refusal = |_| {
        let asked = (count as u64).saturating_mul(size_of::<T>() as u64);
        Error::TooLarge { what: "bytes of results for this machine's memory", asked, limit: isize::MAX as u64 }
    };
    all.try_reserve_exact(count).map_err(refusal)?;
    all.resize(count, value);
    Ok(all)
}

fn zeros<T: Clone + Default>(count: usize) -> Result<Vec<T>, Error> {
    filled(count, T::default())
}
