//! One contender: a tabular policy gradient, told only what discount to use.

use super::task::{Comparison, Task, observed};
use super::{ACTIONS, STATES, STEPS};
use crate::env::{CarrySize, Env, GripCarry};
use crate::error::Error;
use crate::interact::{EpisodeBuffer, Sample};
use crate::math::argmax;
use crate::policy::features::{Active, OneHot};
use crate::policy::{Features, SoftmaxPolicy, StochasticPolicy};
use crate::reward::learned::{BestDemonstration, FirstEpisodeScale};
use crate::rng::{Generator, stream};
use crate::state::persist_fields;

/// Greedy episodes of an evaluation.
pub(super) const EVALUATIONS: usize = 4;

/// The magnitudes of the first episode's rewards sum to 10.
const SCALE: FirstEpisodeScale = {
    let Ok(scale) = FirstEpisodeScale::new(10.0) else { unreachable!() };
    scale
};

const STEP_SIZE: f32 = 0.2;
const ENTROPY_WEIGHT: f32 = 0.05;
const VALUE_STEP_SIZE: f32 = 0.1;

/// What one contender after the other works in.
#[derive(Debug)]
pub(super) struct Workspace {
    rewards: BestDemonstration<Comparison, STEPS>,
    episode: EpisodeBuffer<Active<1>, usize, STEPS>,
    observations: [u8; STEPS],
    gradient: [[f32; STATES]; ACTIONS],
}

impl Workspace {
    pub(super) const EMPTY: Self = Self {
        rewards: BestDemonstration::new(Comparison::EMPTY),
        episode: EpisodeBuffer::EMPTY,
        observations: [0; STEPS],
        gradient: [[0.0; STATES]; ACTIONS],
    };

    pub(super) fn start(&mut self, nearest: bool) -> Result<(), Error> {
        self.rewards.rule_mut().start(nearest)
    }
}

/// A learner with its own world and its own copies of the generators.
#[derive(Debug)]
pub(super) struct Lane {
    policy: SoftmaxPolicy<ACTIONS, STATES>,
    values: [f32; STATES],
    scale: FirstEpisodeScale,
    env: GripCarry,
    generators: Option<[Generator; 2]>,
    /// The rewards of the episodes since the last evaluation, and their number.
    sum: f32,
    episodes: u32,
    /// Mean imitation reward of a training episode, as of the last evaluation.
    pub(super) imitation: f32,
    /// Share of greedy episodes that succeed, as of the last evaluation.
    pub(super) success: f32,
}

impl Lane {
    pub(super) const EMPTY: Self = Self {
        policy: SoftmaxPolicy::EMPTY,
        values: [0.0; STATES],
        scale: SCALE,
        env: GripCarry::new(CarrySize::Full),
        generators: None,
        sum: 0.0,
        episodes: 0,
        imitation: f32::NAN,
        success: f32::NAN,
    };

    pub(super) fn start(&mut self, seed: u32, task: &Task) -> Result<(), Error> {
        self.policy.set(&[0.0; ACTIONS * STATES])?;
        self.values = [0.0; STATES];
        self.scale = SCALE;
        self.env = GripCarry::new(task.size);
        self.generators = Some([stream(seed, 0), stream(seed, 1)]);
        (self.sum, self.episodes) = (0.0, 0);
        (self.imitation, self.success) = (f32::NAN, f32::NAN);
        Ok(())
    }

    /// One training episode, and what is learned from it with this discount.
    pub(super) fn train(&mut self, task: &Task, space: &mut Workspace, discount: f32) -> Result<(), Error> {
        let [world, choices] = self.generators.as_mut().ok_or(Error::NotStarted)?;
        let Workspace { rewards, episode, observations, gradient } = space;
        episode.clear();
        let mut state = self.env.reset(world);
        for place in observations.iter_mut().take(task.size.steps()) {
            let code = OneHot::<STATES>.encode(state)?;
            let action = self.policy.act(&code, choices)?;
            state = self.env.step(action, world)?.observation;
            *place = observed(state);
            episode.push(Sample { observation: code, action, reward: 0.0 })?;
        }

        let distance = |demonstration: usize, i: usize, j: usize| {
            task.distance(observations.get(i).copied().unwrap_or(0), demonstration, j)
        };
        let (rewards, _) = rewards.rewards(task.size.steps(), &task.lengths, distance)?;
        self.scale.apply(rewards)?;
        self.sum += rewards.iter().sum::<f32>();
        self.episodes += 1;

        let mut total = 0.0;
        for (sample, reward) in episode.samples_mut().iter_mut().zip(rewards.iter()).rev() {
            total = reward + discount * total;
            sample.reward = total;
        }
        let gradient = gradient.as_flattened_mut();
        gradient.fill(0.0);
        for sample in episode.samples() {
            let [state] = sample.observation.0;
            let value = self.values.get(usize::from(state)).copied().unwrap_or(0.0);
            self.policy.add_score(&sample.observation, sample.action, sample.reward - value, gradient)?;
            self.policy.add_entropy_gradient(&sample.observation, ENTROPY_WEIGHT, gradient)?;
        }
        self.policy.add(STEP_SIZE, gradient)?;
        for sample in episode.samples() {
            let [state] = sample.observation.0;
            if let Some(value) = self.values.get_mut(usize::from(state)) {
                *value += VALUE_STEP_SIZE * (sample.reward - *value);
            }
        }
        Ok(())
    }

    /// Greedy episodes; each one's observations are handed on.
    pub(super) fn evaluate(
        &mut self,
        task: &Task,
        mut show: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let [world, _] = self.generators.as_mut().ok_or(Error::NotStarted)?;
        let (policy, mut succeeded) = (self.policy.parameters(), 0.0);
        for _ in 0..EVALUATIONS {
            let mut observations = [0; STEPS];
            let observations = observations.get_mut(..task.size.steps()).ok_or(Error::LengthMismatch)?;
            let mut state = self.env.reset(world);
            for place in observations.iter_mut() {
                let preference = |action: usize| policy.get(action * STATES + state).copied().unwrap_or(0.0);
                let action = argmax(ACTIONS, preference).unwrap_or(0);
                let step = self.env.step(action, world)?;
                state = step.observation;
                *place = observed(state);
                succeeded += step.reward;
            }
            show(observations)?;
        }
        self.success = succeeded / EVALUATIONS as f32;
        self.imitation = self.sum / self.episodes.max(1) as f32;
        (self.sum, self.episodes) = (0.0, 0);
        Ok(())
    }
}

persist_fields!([] Lane { policy, values, scale });
