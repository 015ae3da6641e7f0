//! Short answers, clear ones, or right ones: a task of three decisions and three rewards.

use crate::advantage::GroupBaseline;
use crate::error::Error;
use crate::lab::dynamic_reward_weighting::sigmoid;
use crate::policy::features::{Active, Features, OneHot};
use crate::policy::{SoftmaxPolicy, StochasticPolicy};
use crate::rng::{Bernoulli, Generator, below, categorical, stream, unit_f32};
use crate::state::persist_fields;

pub(super) const OBJECTIVES: usize = 3;
const CONTEXTS: usize = 8;
/// Samples a context and update.
const GROUP: usize = 8;
pub(super) const BATCH: usize = CONTEXTS * GROUP;
const LENGTHS: usize = 4;
const ANSWERS: usize = 6;

/// Tokens of each length, and of the format.
const TOKENS: [u32; LENGTHS] = [100, 200, 400, 800];
const FORMAT_TOKENS: u32 = 100;
const MOST_TOKENS: f32 = 900.0;
/// With which probability the right answer counts at each length.
const ACCURACY: [f32; LENGTHS] = [0.45, 0.7, 0.9, 1.0];
const LENGTH_LOGITS: [f32; LENGTHS] = [-1.0, -0.5, 0.5, 1.0];
const FORMAT_LOGIT: f32 = -1.0;

/// The gradient of a mean over a batch: of the length's weights, the answer's, and the format's one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gradient {
    length: [[f32; CONTEXTS]; LENGTHS],
    answer: [[f32; CONTEXTS]; ANSWERS],
    format: f32,
}

impl Gradient {
    pub(super) const ZERO: Self =
        Self { length: [[0.0; CONTEXTS]; LENGTHS], answer: [[0.0; CONTEXTS]; ANSWERS], format: 0.0 };

    /// The parameters in blocks.
    pub(super) const fn blocks(&self) -> [&[f32]; 3] {
        [self.length.as_flattened(), self.answer.as_flattened(), core::slice::from_ref(&self.format)]
    }
}

/// The policy: three heads, one shared by all contexts.
#[derive(Debug)]
pub(super) struct Heads {
    length: SoftmaxPolicy<LENGTHS, CONTEXTS>,
    answer: SoftmaxPolicy<ANSWERS, CONTEXTS>,
    format: f32,
}

persist_fields!([] Heads { length, answer, format });

impl Heads {
    pub(super) const EMPTY: Self = Self { length: SoftmaxPolicy::EMPTY, answer: SoftmaxPolicy::EMPTY, format: 0.0 };

    pub(super) fn start(&mut self) -> Result<(), Error> {
        self.length.set(LENGTH_LOGITS.map(|logit| [logit; CONTEXTS]).as_flattened())?;
        self.answer.clear();
        self.format = FORMAT_LOGIT;
        Ok(())
    }

    /// `gradient += weight * score` of a sample.
    fn add_score(&mut self, sample: &Sample, weight: f32, gradient: &mut Gradient) -> Result<(), Error> {
        let code = context(sample.context)?;
        self.length.add_score(&code, usize::from(sample.length), weight, gradient.length.as_flattened_mut())?;
        self.answer.add_score(&code, usize::from(sample.answer), weight, gradient.answer.as_flattened_mut())?;
        gradient.format += weight * (f32::from(u8::from(sample.format)) - sigmoid(self.format));
        Ok(())
    }

    /// A step on the gradient of a batch's mean: a context's weights step by the mean over its own group.
    pub(super) fn step(&mut self, step_size: f32, gradient: &Gradient) -> Result<(), Error> {
        let own = step_size * CONTEXTS as f32;
        self.length.add(own, gradient.length.as_flattened())?;
        self.answer.add(own, gradient.answer.as_flattened())?;
        self.format += step_size * gradient.format;
        Ok(())
    }
}

fn context(index: u8) -> Result<Active<1>, Error> {
    OneHot::<CONTEXTS>.encode(usize::from(index))
}

/// What was decided in a context.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    context: u8,
    length: u8,
    answer: u8,
    format: bool,
    counts: bool,
    tokens: u16,
}

impl Sample {
    pub(super) const EMPTY: Self = Self { context: 0, length: 0, answer: 0, format: false, counts: false, tokens: 0 };
}

/// The exact returns of a policy: accuracy, expected tokens, clarity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Returns {
    pub(super) accuracy: f32,
    pub(super) tokens: f32,
    pub(super) clarity: f32,
}

impl Returns {
    pub(super) const ZERO: Self = Self { accuracy: 0.0, tokens: 0.0, clarity: 0.0 };

    /// In natural units, all to be maximised.
    pub(super) const fn natural(&self) -> [f32; OBJECTIVES] {
        [self.accuracy, -self.tokens, self.clarity]
    }

    /// All in `[0, 1]`.
    pub(super) const fn scaled(&self) -> [f32; OBJECTIVES] {
        [self.accuracy, 1.0 - self.tokens / MOST_TOKENS, self.clarity]
    }
}

/// The world: the right answers, and its chance; with it the chance of the choices, and the tokens so far.
#[derive(Debug)]
pub(super) struct Task {
    right: [u8; CONTEXTS],
    generators: Option<[Generator; 2]>,
    tokens: u32,
    samples: u32,
}

impl Task {
    pub(super) const EMPTY: Self = Self { right: [0; CONTEXTS], generators: None, tokens: 0, samples: 0 };

    /// Run `index` of a seed has two streams of its own.
    pub(super) fn start(&mut self, seed: u32, index: u32) -> Result<(), Error> {
        let (mut world, choices) = (stream(seed, 2 * index), stream(seed, 2 * index + 1));
        for right in &mut self.right {
            *right = below(ANSWERS as u32, &mut world)? as u8;
        }
        self.generators = Some([world, choices]);
        (self.tokens, self.samples) = (0, 0);
        Ok(())
    }

    /// Draws a batch, group by group, and writes the rewards of every sample: accuracy, conciseness, clarity.
    pub(super) fn draw(
        &mut self,
        heads: &mut Heads,
        samples: &mut [Sample; BATCH],
        rewards: &mut [[f32; OBJECTIVES]; BATCH],
    ) -> Result<(), Error> {
        let [world, choices] = self.generators.as_mut().ok_or(Error::NotStarted)?;
        let format = Bernoulli::new(sigmoid(heads.format))?;
        for (index, (group, right)) in samples.chunks_exact_mut(GROUP).zip(self.right).enumerate() {
            let code = context(index as u8)?;
            let (lengths, answers) = (heads.length.distribution(&code)?, heads.answer.distribution(&code)?);
            for sample in group {
                let length = categorical(lengths, choices)?;
                let format = format.sample(choices);
                let answer = categorical(answers, choices)? as u8;
                let tokens = TOKENS[length] + if format { FORMAT_TOKENS } else { 0 };
                let counts = unit_f32(world) < ACCURACY[length] && answer == right;
                *sample = Sample {
                    context: index as u8,
                    length: length as u8,
                    answer,
                    format,
                    counts,
                    tokens: tokens as u16,
                };
                self.tokens += tokens;
                self.samples += 1;
            }
        }
        for (sample, rewards) in samples.iter().zip(rewards) {
            let below_mean = u64::from(sample.tokens) * u64::from(self.samples) < u64::from(self.tokens);
            let clear = sample.format && sample.length >= 1;
            *rewards = [sample.counts, below_mean, clear].map(|earned| f32::from(u8::from(earned)));
        }
        Ok(())
    }

    /// What the policy is worth, without chance.
    pub(super) fn returns(&self, heads: &mut Heads) -> Result<Returns, Error> {
        let format = sigmoid(heads.format);
        let mut sum = Returns::ZERO;
        for (index, right) in self.right.iter().enumerate() {
            let code = context(index as u8)?;
            let right = heads.answer.distribution(&code)?[usize::from(*right)];
            let lengths = heads.length.distribution(&code)?;
            let expected = |of: [f32; LENGTHS]| lengths.iter().zip(of).fold(0.0, |sum, (p, x)| sum + p * x);
            sum.accuracy += right * expected(ACCURACY);
            sum.tokens += expected(TOKENS.map(|tokens| tokens as f32));
            sum.clarity += format * (1.0 - lengths[0]);
        }
        let share = 1.0 / CONTEXTS as f32;
        let tokens = share * sum.tokens + FORMAT_TOKENS as f32 * format;
        Ok(Returns { accuracy: share * sum.accuracy, tokens, clarity: share * sum.clarity })
    }
}

/// The policy gradient of a batch from one reward a sample, each against the others of its group.
pub(super) fn policy_gradient(
    heads: &mut Heads,
    samples: &[Sample; BATCH],
    reward: impl Fn(usize) -> Result<f32, Error>,
) -> Result<Gradient, Error> {
    let mut gradient = Gradient::ZERO;
    for (index, group) in samples.chunks_exact(GROUP).enumerate() {
        let (mut rewards, mut advantages) = ([0.0; GROUP], [0.0; GROUP]);
        for (offset, own) in rewards.iter_mut().enumerate() {
            *own = reward(index * GROUP + offset)?;
        }
        GroupBaseline::LeaveOneOut.advantages(&rewards, &mut advantages)?;
        for (sample, advantage) in group.iter().zip(advantages) {
            if advantage != 0.0 {
                heads.add_score(sample, advantage / BATCH as f32, &mut gradient)?;
            }
        }
    }
    Ok(gradient)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_batch_pays_what_the_exact_returns_say() {
        let (mut task, mut heads) = (Task::EMPTY, Heads::EMPTY);
        task.start(1, 0).unwrap();
        heads.start().unwrap();
        let returns = task.returns(&mut heads).unwrap();
        let (mut samples, mut rewards) = ([Sample::EMPTY; BATCH], [[0.0; OBJECTIVES]; BATCH]);
        let (mut sums, mut tokens) = ([0.0; OBJECTIVES], 0.0);
        for _ in 0..500 {
            task.draw(&mut heads, &mut samples, &mut rewards).unwrap();
            for (sample, rewards) in samples.iter().zip(&rewards) {
                sums.iter_mut().zip(rewards).for_each(|(sum, reward)| *sum += reward);
                tokens += f32::from(sample.tokens);
            }
        }
        let count = 500.0 * BATCH as f32;
        assert!((sums[0] / count - returns.accuracy).abs() < 0.01);
        assert!((tokens / count - returns.tokens).abs() < 5.0);
        assert!((sums[2] / count - returns.clarity).abs() < 0.01);
        assert!((0.3..0.7).contains(&(sums[1] / count)));
    }

    #[test]
    fn the_gradient_points_where_the_returns_rise() {
        let (mut task, mut heads) = (Task::EMPTY, Heads::EMPTY);
        task.start(2, 0).unwrap();
        heads.start().unwrap();
        let before = task.returns(&mut heads).unwrap();
        let (mut samples, mut rewards) = ([Sample::EMPTY; BATCH], [[0.0; OBJECTIVES]; BATCH]);
        for _ in 0..20 {
            task.draw(&mut heads, &mut samples, &mut rewards).unwrap();
            let gradient = policy_gradient(&mut heads, &samples, |index| Ok(rewards[index][0])).unwrap();
            heads.step(2.0, &gradient).unwrap();
        }
        assert!(task.returns(&mut heads).unwrap().accuracy > before.accuracy + 0.2);
    }
}
