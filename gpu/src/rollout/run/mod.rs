//! Rollouts on a device.

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use super::{Batch, End, Environment, Lanes, Policy};
use crate::compute::{Access, BYTES_AT_ONCE, Kernel, Recorder, steps_at_once};
use crate::context::{Context, Grid};
use crate::error::Error;
use crate::streams::{XOSHIRO, streams};
use habit::interact::Outcome;
use std::ops::Range;

/// Invocations of a workgroup; the same number stands in the shader.
const WIDTH: usize = 64;
/// Rows of an end before those of its observation.
const END_ROWS: usize = 3;

/// What environments and policies draw with, in WGSL.
pub(crate) const RANDOM: &str = include_str!("../wgsl/random.wgsl");
/// How they read their words.
pub(crate) const WORDS: &str = include_str!("../wgsl/words.wgsl");

/// Rollouts of one environment under one policy on a device. Making one compiles their shader; keep it.
///
/// Gymnasium's semantics: an episode that terminates or reaches its time limit is recorded with its true last observation,
/// and the lane's next step is taken in a new episode. Each lane has a stream of its own, from which its resets, actions and
/// steps draw in that order, the words that [`habit::env`] and [`habit::policy`] draw.
///
/// ```no_run
/// use habit_gpu::rollout::{Environment, Policy, Rollout};
/// use habit_gpu::{Context, Options, block_on};
/// # fn main() -> Result<(), habit_gpu::Error> {
/// let context = block_on(Context::new(&Options::default()))?;
/// let policy = Policy::softmax(&[2.4, 2.0, 0.2095, 2.0], &[0.0; 10])?;
/// let rollout = block_on(Rollout::new(&context, Environment::cart_pole()?, policy))?;
/// let mut lanes = rollout.start(42, 1024)?;
/// let batch = block_on(rollout.run(&mut lanes, 256))?;
/// assert_eq!(batch.rewards().len(), 256 * 1024);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Rollout {
    context: Context,
    kernel: Kernel,
    environment: Environment,
    policy: Policy,
}

/// The arrays of a rollout on the device, in the order of the shader's bindings.
#[derive(Debug)]
pub(crate) struct Buffers {
    pub(crate) words: wgpu::Buffer,
    pub(crate) lanes: wgpu::Buffer,
    pub(crate) observations: wgpu::Buffer,
    pub(crate) actions: wgpu::Buffer,
    pub(crate) rewards: wgpu::Buffer,
    pub(crate) outcomes: wgpu::Buffer,
    pub(crate) log_probabilities: wgpu::Buffer,
    /// For the first, second, ... end of each lane [`END_ROWS`] and `D` rows of lanes: its step; the episode's steps and the
    /// sum of its rewards; the true last observation.
    pub(crate) ends: wgpu::Buffer,
}

/// A shape that has been checked against the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) steps: usize,
    pub(crate) lanes: usize,
    /// Ends that a lane has room for.
    pub(crate) slots: usize,
    /// Steps of a dispatch.
    steps_at_once: usize,
    /// A workgroup serves 64 lanes.
    pub(crate) grid: Grid,
}

impl Rollout {
    /// Of an environment under a policy.
    ///
    /// # Errors
    /// [`Error::Input`] with `LengthMismatch` for a policy of other sizes than the environment's; [`Error::Shader`] for WGSL
    /// that does not compile; [`Error::Lost`].
    pub async fn new(context: &Context, environment: Environment, policy: Policy) -> Result<Self, Error> {
        policy.check(&environment)?;
        let declarations = environment.declarations();
        let records = format!("const RECORDS_LOG_PROBABILITIES = {};\n", policy.gives_log_probabilities());
        // What a user wrote comes first, so that the compiler counts its lines as the user does.
        let sources = [
            environment.source(),
            policy.source(),
            &declarations,
            &records,
            XOSHIRO,
            RANDOM,
            include_str!("../wgsl/sin_cos.wgsl"),
            WORDS,
            include_str!("../wgsl/rollout.wgsl"),
        ];
        let mut accesses = vec![Access::Read];
        accesses.extend([Access::Write; 7]);
        let kernel = Kernel::new(context, &sources, "rollout", &accesses).await.map_err(|error| match error {
            Error::Driver(reason) => Error::Shader(reason),
            other => other,
        })?;
        Ok(Self { context: context.clone(), kernel, environment, policy })
    }

    /// The environment.
    pub const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The policy.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// `count` lanes before their first episodes; lane `i` has stream `i` of the seed.
    ///
    /// # Errors
    /// [`Error::Empty`]; [`Error::TooLarge`] for more lanes than the device holds one step of.
    pub fn start(&self, seed: u32, count: usize) -> Result<Lanes, Error> {
        self.shape(&self.policy, 1, count)?;
        Ok(Lanes::unborn(&streams(seed, count), self.environment.state_words()))
    }

    /// What so many steps of so many lanes need.
    pub(crate) fn shape(&self, policy: &Policy, steps: usize, lanes: usize) -> Result<Shape, Error> {
        let context = &self.context;
        let (observation, slots) = (self.environment.observation().words(), self.environment.slots(steps));
        let words = self.environment.words().len() + policy.words().len();
        context.bytes(1, words.max(1), 4)?;
        context.bytes(Lanes::rows(self.environment.state_words()), lanes, 4)?;
        context.bytes(steps, lanes, 4)?;
        context.bytes((steps.saturating_add(1)).saturating_mul(observation.max(1)), lanes, 4)?;
        context.bytes(slots.saturating_mul(END_ROWS + observation), lanes, 4)?;
        let steps_at_once = steps_at_once(lanes).min(self.environment.steps_within_rounds());
        let grid = context.grid(lanes.div_ceil(WIDTH))?;
        Ok(Shape { steps, lanes, slots, steps_at_once, grid })
    }

    /// Whether so many steps of so many lanes need no division.
    pub(crate) fn fits_at_once(&self, steps: usize, lanes: usize) -> Result<(), Error> {
        self.shape(&self.policy, steps, lanes).map(|_| ())
    }

    /// The policy's words begin here.
    pub(crate) fn policy_offset(&self) -> usize {
        self.environment.words().len()
    }

    /// Arrays for a shape, with a policy of the same source and these lanes.
    pub(crate) fn buffers(&self, recorder: &Recorder<'_>, shape: &Shape, policy: &Policy, lanes: &Lanes) -> Buffers {
        let words = [self.environment.words(), policy.words()].concat();
        let observation = self.environment.observation().words();
        let array = |rows: usize| recorder.storage(4 * (rows * shape.lanes) as u64);
        let log_probabilities = if self.policy.gives_log_probabilities() { shape.steps } else { 0 };
        Buffers {
            words: recorder.upload(bytemuck::cast_slice(&words)),
            lanes: recorder.upload(bytemuck::cast_slice(lanes.words())),
            observations: array((shape.steps + 1) * observation),
            actions: array(shape.steps),
            rewards: array(shape.steps),
            outcomes: recorder.storage((shape.steps * shape.lanes) as u64),
            log_probabilities: array(log_probabilities),
            ends: array(shape.slots * (END_ROWS + observation)),
        }
    }

    /// Takes the steps of a shape over arrays on the device.
    pub(crate) fn record(&self, recorder: &mut Recorder<'_>, shape: &Shape, buffers: &Buffers) {
        recorder.clear(&buffers.outcomes);
        let arrays = [
            &buffers.words,
            &buffers.lanes,
            &buffers.observations,
            &buffers.actions,
            &buffers.rewards,
            &buffers.outcomes,
            &buffers.log_probabilities,
            &buffers.ends,
        ];
        for taken in (0..shape.steps).step_by(shape.steps_at_once) {
            let uniform = recorder.uniform(&[
                shape.steps_at_once.min(shape.steps - taken) as u32,
                taken as u32,
                shape.lanes as u32,
                self.environment.time_limit().unwrap_or(0),
                self.policy_offset() as u32,
                shape.slots as u32,
            ]);
            recorder.dispatch(&self.kernel, &uniform, &arrays, shape.grid);
        }
    }

    /// Runs `steps` steps of every lane. The lanes move on, so that another call goes on from there. What the device does not
    /// hold at once is run in parts.
    ///
    /// # Errors
    /// [`Error::Input`] with `LengthMismatch` for lanes of another environment; [`Error::Empty`]; [`Error::TooLarge`] for more
    /// lanes than the device holds one step of, or more results than this machine's memory takes; [`Error::ShortEpisode`]; or
    /// what the device reports. The lanes are unchanged then.
    pub async fn run(&self, lanes: &mut Lanes, steps: usize) -> Result<Batch, Error> {
        self.run_under(&self.policy, lanes, steps).await
    }

    /// As [`run`](Self::run), under another policy of the same source, with other weights or thresholds say.
    ///
    /// # Errors
    /// As [`run`](Self::run); [`Error::Input`] with `LengthMismatch` for a policy of another source or of other sizes than
    /// the environment's.
    pub async fn run_under(&self, policy: &Policy, lanes: &mut Lanes, steps: usize) -> Result<Batch, Error> {
        self.run_by(policy, lanes, steps, BYTES_AT_ONCE).await
    }

    /// As [`run_under`](Self::run_under), in parts whose arrays have no more bytes than these, or one step.
    pub(crate) async fn run_by(
        &self,
        policy: &Policy,
        lanes: &mut Lanes,
        steps: usize,
        bytes: u64,
    ) -> Result<Batch, Error> {
        policy.check(&self.environment)?;
        let compiled = (self.policy.source(), self.policy.gives_log_probabilities());
        if (policy.source(), policy.gives_log_probabilities()) != compiled {
            return Err(habit::Error::LengthMismatch.into());
        }
        if lanes.state_words() != self.environment.state_words() {
            return Err(habit::Error::LengthMismatch.into());
        }
        if steps == 0 {
            return Err(Error::Empty);
        }
        let row = 4 * (END_ROWS + self.environment.observation().words()) * lanes.len();
        let part = ((bytes.min(self.context.limits().buffer_bytes) / row.max(1) as u64) as usize).saturating_sub(1);
        let part = part.clamp(1, steps);
        self.shape(policy, part, lanes.len())?;
        let observation = self.environment.observation();
        let mut batch = Batch::filled(steps, lanes.len(), observation, self.policy.gives_log_probabilities())?;
        let mut moved = lanes.clone();
        for first in (0..steps).step_by(part) {
            self.run_part(policy, &mut moved, &mut batch, first..steps.min(first + part)).await?;
        }
        batch.sort_ends();
        *lanes = moved;
        Ok(batch)
    }

    /// The steps of a range.
    async fn run_part(
        &self,
        policy: &Policy,
        lanes: &mut Lanes,
        batch: &mut Batch,
        steps: Range<usize>,
    ) -> Result<(), Error> {
        let shape = self.shape(policy, steps.len(), lanes.len())?;
        let words = batch.observation.words();
        let taken = steps.start * shape.lanes..steps.end * shape.lanes;
        let observed = words * taken.start..words * (taken.end + shape.lanes);
        let logarithms = if batch.log_probabilities.is_empty() { 0..0 } else { taken.clone() };
        let mut codes = vec![0u8; taken.len()];
        let mut ends = vec![0u32; shape.slots * (END_ROWS + words) * shape.lanes];
        let before = lanes.clone();
        let mut outputs = [
            bytemuck::cast_slice_mut(lanes.words_mut()),
            bytemuck::cast_slice_mut(&mut batch.observations[observed]),
            bytemuck::cast_slice_mut(&mut batch.actions[taken.clone()]),
            bytemuck::cast_slice_mut(&mut batch.rewards[taken.clone()]),
            &mut codes[..],
            bytemuck::cast_slice_mut(&mut batch.log_probabilities[logarithms]),
            bytemuck::cast_slice_mut(&mut ends),
        ];
        let record = |recorder: &mut Recorder<'_>| {
            let buffers = self.buffers(recorder, &shape, policy, &before);
            self.record(recorder, &shape, &buffers);
            let Buffers { lanes, observations, actions, rewards, outcomes, log_probabilities, ends, .. } = buffers;
            vec![lanes, observations, actions, rewards, outcomes, log_probabilities, ends]
        };
        self.context.run(&mut outputs, record).await?;
        for (outcome, code) in batch.outcomes[taken.clone()].iter_mut().zip(codes) {
            *outcome = Outcome::from_flags(code == Outcome::Terminated as u8, code == Outcome::Truncated as u8);
        }
        for lane in 0..shape.lanes {
            if lanes.ends(lane) > shape.slots {
                return Err(Error::ShortEpisode);
            }
            for end in 0..lanes.ends(lane) {
                let word = |row: usize| ends[(end * (END_ROWS + words) + row) * shape.lanes + lane];
                batch.ends.push(End {
                    step: steps.start + word(0) as usize,
                    lane,
                    length: word(1),
                    earned: f32::from_bits(word(2)),
                });
                batch.final_observations.extend((END_ROWS..END_ROWS + words).map(word));
            }
        }
        Ok(())
    }
}
