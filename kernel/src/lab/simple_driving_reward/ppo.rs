//! Tabular PPO on whole episodes, in memory that does not grow with the batch.

use super::drive::{ACTIONS, Distributions, Episode, HORIZON, Rule, STATES};
use crate::advantage::Gae;
use crate::error::Error;
use crate::interact::{Outcome, RolloutView};
use crate::learn::{PolicyBatch, PpoClip, policy_gradient_step};
use crate::math::{CompensatedMoments, CompensatedSum};
use crate::policy::features::Dense;
use crate::policy::{SoftmaxPolicy, StochasticPolicy};
use crate::rng::{Generator, stream};
use crate::state::{Persist, Reader, Write, check_each};
use heapless::Vec;

/// A state has a policy of its own, whose one feature is always 1.
type StatePolicy = SoftmaxPolicy<ACTIONS, 1>;
const CODE: Dense<1> = Dense([1.0]);

const EPOCHS: usize = 3;
const CLIP: f32 = 0.1;
const DISCOUNT: f32 = 0.99;
const LAMBDA: f32 = 0.95;
const ENTROPY: f32 = 0.01;
const VALUE_RATE: f32 = 0.3;
/// How many episodes the present policy is measured on.
pub(super) const EVALUATED: u32 = 400;
/// How often the episodes of a batch are driven: for their returns, for the spread of their advantages, for their sums.
const PASSES: u8 = 3;

/// What an update needs of a batch, state by state: since every state has its own policy and all samples of an action with
/// advantages of one sign have the same gradient, sums are as good as samples.
#[derive(Debug)]
pub(super) struct Sums {
    /// Of the standardised advantages below 0 and of the others, by action.
    advantages: [[[f32; 2]; ACTIONS]; STATES],
    /// Of the targets of the value.
    targets: [f32; STATES],
    counts: [u16; STATES],
}

impl Sums {
    const EMPTY: Self = Self { advantages: [[[0.0; 2]; ACTIONS]; STATES], targets: [0.0; STATES], counts: [0; STATES] };
    /// In place: it is a third of the state.
    fn clear(&mut self) {
        self.advantages.as_flattened_mut().as_flattened_mut().fill(0.0);
        self.targets.fill(0.0);
        self.counts.fill(0);
    }
}

/// What both contenders use, one after the other.
#[derive(Debug)]
pub(super) struct Workplace {
    episode: Episode,
    advantages: [f32; HORIZON],
    policy: Distributions,
    sums: Sums,
    /// Of the absolute returns of the batch, and of the returns.
    returns: [CompensatedSum; 2],
    /// Of its advantages.
    moments: CompensatedMoments,
    /// Of the scores, the completions and the infractions of the episodes that measure.
    measured: [CompensatedSum; 3],
}

impl Workplace {
    pub(super) const EMPTY: Self = Self {
        episode: Episode::EMPTY,
        advantages: [0.0; HORIZON],
        policy: [[0.0; ACTIONS]; STATES],
        sums: Sums::EMPTY,
        returns: [CompensatedSum::EMPTY; 2],
        moments: CompensatedMoments::EMPTY,
        measured: [CompensatedSum::EMPTY; 3],
    };
}

/// Where an update stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stage {
    /// Passes over the batch, then the update, then the measurement.
    pass: u8,
    episode: u32,
}

impl Stage {
    pub(super) const START: Self = Self { pass: 0, episode: 0 };
}

/// One contender: a policy and a value for every state, under its own reward.
#[derive(Debug)]
pub(super) struct Learner {
    rule: Rule,
    policies: [StatePolicy; STATES],
    values: [f32; STATES],
    /// What rewards are divided by.
    scale: f32,
    /// Of the world and of the choices: at present, at the start of the batch, and where every measurement starts.
    generators: Option<[[Generator; 2]; 3]>,
    /// Of the last update: score, completion, share of infractions, return.
    pub(super) metrics: [f32; 4],
}

impl Learner {
    pub(super) const fn new(rule: Rule) -> Self {
        Self {
            rule,
            policies: [StatePolicy::EMPTY; STATES],
            values: [0.0; STATES],
            scale: 1.0,
            generators: None,
            metrics: [f32::NAN; 4],
        }
    }

    pub(super) fn start(&mut self, seed: u32) -> Result<(), Error> {
        self.policies.iter_mut().try_for_each(|policy| policy.set(&[0.0; ACTIONS]))?;
        (self.values, self.scale, self.metrics) = ([0.0; STATES], 1.0, [f32::NAN; 4]);
        let training = || [stream(seed, 0), stream(seed, 1)];
        self.generators = Some([training(), training(), [stream(seed, 2), stream(seed, 3)]]);
        Ok(())
    }

    /// One episode, or what follows the last one of a pass; whether the update is complete.
    pub(super) fn tick(&mut self, stage: &mut Stage, batch: u32, work: &mut Workplace) -> Result<bool, Error> {
        let episodes = if stage.pass < PASSES { batch } else { EVALUATED };
        if stage.episode == 0 {
            self.begin(stage.pass, work)?;
        }
        self.drive(work)?;
        match stage.pass {
            0 => self.add_return(work),
            1 => self.add_moments(work)?,
            2 => self.add_sums(work)?,
            _ => add_measurement(work),
        }
        stage.episode += 1;
        if stage.episode < episodes {
            return Ok(false);
        }
        match stage.pass {
            0 => self.rescale(batch, work),
            2 => self.learn(batch, work)?,
            PASSES => self.report(batch, work),
            _ => {}
        }
        let complete = stage.pass == PASSES;
        *stage = if complete { Stage::START } else { Stage { pass: stage.pass + 1, episode: 0 } };
        Ok(complete)
    }

    /// Before the first episode of a pass.
    fn begin(&mut self, pass: u8, work: &mut Workplace) -> Result<(), Error> {
        let [present, batch, measurement] = self.generators.as_mut().ok_or(Error::NotStarted)?;
        match pass {
            0 => {
                *batch = present.clone();
                work.returns = [CompensatedSum::EMPTY; 2];
            }
            // The same episodes again: nothing of them need be kept.
            1 | 2 => *present = batch.clone(),
            // The present ones wait in the place of the batch while it is measured.
            _ => {
                *batch = present.clone();
                *present = measurement.clone();
            }
        }
        match pass {
            1 => work.moments = CompensatedMoments::EMPTY,
            2 => work.sums.clear(),
            PASSES => work.measured = [CompensatedSum::EMPTY; 3],
            _ => {}
        }
        if pass == 0 || pass == PASSES {
            for (row, policy) in work.policy.iter_mut().zip(&mut self.policies) {
                row.copy_from_slice(policy.distribution(&CODE)?);
            }
        }
        Ok(())
    }

    fn drive(&mut self, work: &mut Workplace) -> Result<(), Error> {
        let [[world, choices], ..] = self.generators.as_mut().ok_or(Error::NotStarted)?;
        work.episode.drive(&work.policy, self.rule, world, choices)
    }

    fn add_return(&self, work: &mut Workplace) {
        let Workplace { episode, returns, .. } = work;
        let sum = episode.rewards.iter().take(episode.length).fold(0.0, |sum, reward| sum + reward);
        let [absolute, plain] = returns;
        absolute.add(sum.abs());
        plain.add(sum);
    }

    fn rescale(&mut self, batch: u32, work: &Workplace) {
        let mean = work.returns[0].value() / batch as f32;
        self.scale = 0.9 * self.scale + 0.1 * mean.max(1.0);
    }

    /// The advantages of the episode; nothing has a value after its last step, whatever ended it.
    fn judge(&self, work: &mut Workplace) -> Result<(), Error> {
        let Workplace { episode, advantages, .. } = work;
        let (mut rewards, mut values, mut next_values) = ([0.0; HORIZON], [0.0; HORIZON], [0.0; HORIZON]);
        let mut outcomes = [Outcome::Continue; HORIZON];
        let length = episode.length.min(HORIZON);
        for (index, state) in episode.states.iter().enumerate().take(length) {
            let value = self.values.get(usize::from(*state)).copied().ok_or(Error::StateOutOfRange)?;
            values[index] = value;
            if let Some(next) = index.checked_sub(1).and_then(|before| next_values.get_mut(before)) {
                *next = value;
            }
            rewards[index] = episode.rewards[index] / self.scale;
        }
        if let Some(last) = length.checked_sub(1).and_then(|last| outcomes.get_mut(last)) {
            *last = Outcome::Terminated;
        }
        let (rewards, values) = (&rewards[..length], &values[..length]);
        let rollout = RolloutView::trajectory(rewards, values, &next_values[..length], &outcomes[..length])?;
        Gae::new(DISCOUNT, LAMBDA)?.advantages(&rollout, &mut advantages[..length])
    }

    fn add_moments(&self, work: &mut Workplace) -> Result<(), Error> {
        self.judge(work)?;
        let Workplace { advantages, moments, episode, .. } = work;
        advantages.iter().take(episode.length).try_for_each(|advantage| moments.add(*advantage))
    }

    fn add_sums(&self, work: &mut Workplace) -> Result<(), Error> {
        self.judge(work)?;
        let Workplace { episode, advantages, moments, sums, .. } = work;
        let mean = moments.mean().unwrap_or(0.0);
        let count = moments.count() as f32;
        // Of the population: divided by the number, not by one less.
        let variance = moments.variance().unwrap_or(0.0) * ((count - 1.0) / count);
        let deviation = libm::sqrtf(variance) + 1e-8;
        let steps = episode.states.iter().zip(&episode.actions).zip(advantages.iter());
        for ((state, action), advantage) in steps.take(episode.length) {
            let (state, action) = (usize::from(*state), usize::from(*action));
            let standardised = (advantage - mean) / deviation;
            let side = usize::from(standardised >= 0.0);
            let sum = sums.advantages.get_mut(state).and_then(|row| row.get_mut(action)?.get_mut(side));
            let rest = sums.targets.get_mut(state).zip(sums.counts.get_mut(state)).zip(self.values.get(state));
            if let Some((sum, ((target, count), value))) = sum.zip(rest) {
                *sum += standardised;
                *target += advantage + value;
                *count += 1;
            }
        }
        Ok(())
    }

    /// Three epochs over the batch, state by state.
    fn learn(&mut self, batch: u32, work: &Workplace) -> Result<(), Error> {
        // 0.5 sqrt(transitions / 480), at 60 transitions an episode
        let rate = 0.5 * libm::sqrtf(batch as f32 / 8.0);
        let clip = PpoClip::new(CLIP, CLIP)?;
        let Sums { advantages, targets, counts } = &work.sums;
        let rows = self.policies.iter_mut().zip(&mut self.values).zip(advantages.iter().zip(targets).zip(counts));
        for ((policy, value), ((sums, target), count)) in rows.filter(|(_, (_, count))| **count > 0) {
            let count = f32::from(*count);
            learn_state(policy, sums, count, &clip, rate)?;
            for _ in 0..EPOCHS {
                *value += VALUE_RATE * (target / count - *value);
            }
        }
        Ok(())
    }

    fn report(&mut self, batch: u32, work: &Workplace) {
        let [score, completion, infractions] = work.measured.map(|sum| sum.value() / EVALUATED as f32);
        self.metrics = [score, completion, infractions, work.returns[1].value() / batch as f32];
        if let Some([present, batch, _]) = &mut self.generators {
            *present = batch.clone();
        }
    }
}

/// Policies and values state by state; what rewards are divided by.
impl Persist for Learner {
    fn write(&self, out: &mut impl Write) {
        self.policies.write(out);
        self.values.write(out);
        self.scale.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.policies.check(from)?;
        self.values.check(from)?;
        // It never falls below 1 but by rounding.
        check_each(&[self.scale], from, |scale| scale > 0.5)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.policies.read(from)?;
        self.values.read(from)?;
        self.scale.read(from)
    }
}

/// The mean gradient over the samples of one state, `EPOCHS` times: at most six sums stand for them.
fn learn_state(
    policy: &mut StatePolicy,
    sums: &[[f32; 2]; ACTIONS],
    count: f32,
    clip: &PpoClip,
    rate: f32,
) -> Result<(), Error> {
    const SIDES: usize = 2 * ACTIONS;
    let mut actions = Vec::<usize, SIDES>::new();
    let (mut old, mut advantages) = (Vec::<f32, SIDES>::new(), Vec::<f32, SIDES>::new());
    let used = sums.as_flattened().iter().filter(|sum| **sum != 0.0).count() as f32;
    for (action, sides) in sums.iter().enumerate() {
        let log_probability = policy.log_probability(&CODE, action)?;
        for sum in sides.iter().filter(|sum| **sum != 0.0) {
            // The step divides by the number of sums.
            let full = actions.push(action).is_err()
                || old.push(log_probability).is_err()
                || advantages.push(sum * (used / count)).is_err();
            if full {
                return Err(Error::BufferTooSmall);
            }
        }
    }
    let codes = [CODE; SIDES];
    let codes = codes.get(..actions.len()).unwrap_or_default();
    for _ in 0..EPOCHS {
        let mut entropy = [0.0; ACTIONS];
        policy.add_entropy_gradient(&CODE, 1.0, &mut entropy)?;
        if !codes.is_empty() {
            let samples = PolicyBatch::new(codes, &actions, &old, &advantages)?;
            policy_gradient_step(policy, clip, &samples, rate, &mut [0.0; ACTIONS])?;
        }
        policy.add(rate * ENTROPY, &entropy)?;
    }
    Ok(())
}

fn add_measurement(work: &mut Workplace) {
    let Episode { score, completion, infraction, .. } = work.episode;
    let numbers = [score, completion, f32::from(u8::from(infraction))];
    work.measured.iter_mut().zip(numbers).for_each(|(sum, number)| sum.add(number));
}
