//! Actor-critic and PPO-clip.

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use super::{Progress, Settings};
use crate::advantage::{Gae, GroupBaseline};
use crate::compute::{Access, Kernel, Recorder};
use crate::context::Context;
use crate::error::Error;
use crate::rollout::{self, Environment, Observation, Policy, Rollout, Shape};
use crate::unroll::unroll;
use habit::advantage;

/// Invocations of a workgroup; the same number stands in the shaders.
const WIDTH: usize = 64;
/// Samples that an invocation adds up before its workgroup does, where there are enough for all.
const SAMPLES: usize = 32;
/// The most workgroups that add up samples; beyond it, each has more of them.
const BLOCKS: usize = 1024;
/// The most inputs: what a workgroup has room for.
const INPUTS: usize = 8;
/// The most weights of a policy.
const WEIGHTS: usize = 256;
/// Steps of all lanes together that are submitted at once.
const LANE_STEPS_AT_ONCE: usize = 1 << 24;
/// What keeps advantages apart that are all alike.
const EPSILON: f32 = 1e-8;

/// A softmax-linear policy and a critic that learn on the device, for environments that show numbers (at most 8).
///
/// An iteration: `steps` steps of every lane; the critic's values; GAE(lambda); the critic anew, by regularised least squares
/// on the value targets; the advantages standardised; `passes` steps along the mean gradient of the surrogate, each from all
/// samples. The policy sees the observation's numbers, each divided by its scale, and a constant 1
/// ([`Policy::softmax`]); the critic sees a constant 1, these inputs and their squares. With a clip it is PPO-clip, with one
/// pass and none a plain actor-critic: the contenders of `linear-policies.cart-pole`.
///
/// ```no_run
/// use habit_gpu::learn::{PolicyGradient, Settings};
/// use habit_gpu::rollout::Environment;
/// use habit_gpu::{Context, Options, block_on};
/// # fn main() -> Result<(), habit_gpu::Error> {
/// let context = block_on(Context::new(&Options::default()))?;
/// let settings =
///     Settings { steps: 256, passes: 20, step_size: 0.2, clip: Some(0.2), discount: 0.995, lambda: 0.98, ridge: 1e-6 };
/// let scales = [2.4, 2.0, 0.2095, 2.0];
/// let mut training = block_on(PolicyGradient::new(&context, Environment::cart_pole()?, &scales, settings))?;
/// block_on(training.start(42, 1024))?;
/// for progress in block_on(training.run(30))? {
///     println!("{:?}", progress.mean_length());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct PolicyGradient {
    context: Context,
    rollout: Rollout,
    gae: Gae,
    standardise: GroupBaseline,
    settings: Settings,
    inputs: usize,
    passes: Passes,
    state: Option<State>,
}

/// The shaders, beside those of rollout and advantages.
#[derive(Debug)]
struct Passes {
    judge: Kernel,
    products: Kernel,
    solve: Kernel,
    gradient: Kernel,
    update: Kernel,
    episodes: Kernel,
    collect: Kernel,
}

impl Passes {
    async fn new(context: &Context, inputs: usize, actions: usize) -> Result<Self, Error> {
        use Access::{Read, Write};
        let sizes = format!("const INPUTS = {inputs}u;\nconst ACTIONS = {actions}u;\n");
        let [parameters, seen] = [include_str!("../wgsl/parameters.wgsl"), include_str!("../wgsl/inputs.wgsl")];
        let unrolled =
            |source| unroll(source, &[("INPUTS", inputs), ("ACTIONS", actions), ("CRITIC_FEATURES", 2 * inputs + 1)]);
        let sums = include_str!("../wgsl/sums.wgsl");
        let judge = [&sizes, parameters, seen, include_str!("../wgsl/judge.wgsl")];
        let fit = [&sizes, parameters, seen, sums, &unrolled(include_str!("../wgsl/fit.wgsl"))];
        let gradient = [&sizes, parameters, seen, sums, &unrolled(include_str!("../wgsl/gradient.wgsl"))];
        let episodes = [&sizes, parameters, sums, include_str!("../wgsl/episodes.wgsl")];
        let of_judge = [Read, Read, Read, Read, Read, Write, Write];
        let of_fit = [Read, Read, Read, Write, Write];
        let of_gradient = [Write, Read, Read, Read, Read, Write, Write];
        let of_episodes = [Read, Read, Write, Write];
        Ok(Self {
            judge: Kernel::new(context, &judge, "judge", &of_judge).await?,
            products: Kernel::new(context, &fit, "products", &of_fit).await?,
            solve: Kernel::new(context, &fit, "solve", &of_fit).await?,
            gradient: Kernel::new(context, &gradient, "gradient", &of_gradient).await?,
            update: Kernel::new(context, &gradient, "update", &of_gradient).await?,
            episodes: Kernel::new(context, &episodes, "episodes", &of_episodes).await?,
            collect: Kernel::new(context, &episodes, "collect", &of_episodes).await?,
        })
    }
}

/// What stays on the device.
#[derive(Debug)]
struct State {
    shape: Shape,
    blocks: usize,
    rollout: rollout::Buffers,
    critic: wgpu::Buffer,
    values: wgpu::Buffer,
    next_values: wgpu::Buffer,
    advantages: wgpu::Buffer,
    targets: wgpu::Buffer,
    standardised: wgpu::Buffer,
    partials: wgpu::Buffer,
}

impl PolicyGradient {
    /// For an environment whose numbers have these scales, each the size that a number usually has. Every action is as likely
    /// as any other at first, and all is worth 0.
    ///
    /// # Errors
    /// [`Error::Input`] with `LengthMismatch` unless there is a scale a number, with `ParameterOutOfRange`,
    /// `DiscountOutOfRange` or `StepSizeOutOfRange` for a setting or a scale; [`Error::TooLarge`] for more than 8 numbers or 256
    /// weights; [`Error::Shader`]; [`Error::Driver`], [`Error::Lost`].
    pub async fn new(
        context: &Context,
        environment: Environment,
        scales: &[f32],
        settings: Settings,
    ) -> Result<Self, Error> {
        let gae = settings.check()?;
        let inputs = scales.len();
        if environment.observation() != Observation::Numbers(inputs) {
            return Err(habit::Error::LengthMismatch.into());
        }
        let actions = environment.actions();
        let limited = |what, asked: usize, limit: usize| match asked > limit {
            true => Err(Error::TooLarge { what, asked: asked as u64, limit: limit as u64 }),
            false => Ok(()),
        };
        limited("numbers to learn from", inputs, INPUTS)?;
        limited("weights of a policy", actions.saturating_mul(inputs + 1), WEIGHTS)?;
        let policy = Policy::softmax(scales, &vec![0.0; actions * (inputs + 1)])?;
        let standardised = advantage::GroupBaseline::Standardised { ddof: 0, epsilon: EPSILON };
        Ok(Self {
            context: context.clone(),
            rollout: Rollout::new(context, environment, policy).await?,
            gae: Gae::new(context, gae).await?,
            standardise: GroupBaseline::new(context, standardised).await?,
            settings,
            inputs,
            passes: Passes::new(context, inputs, actions).await?,
            state: None,
        })
    }

    /// The numbers of this training.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Starts anew with `lanes` lanes; lane `i` has stream `i` of the seed.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::TooLarge`], or what the device reports; nothing is changed then.
    pub async fn start(&mut self, seed: u32, lanes: usize) -> Result<(), Error> {
        let shape = self.rollout.shape(self.rollout.policy(), self.settings.steps, lanes)?;
        self.gae.plan(shape.steps, shape.lanes)?;
        self.standardise.plan(1, shape.steps * shape.lanes)?;
        let before = self.rollout.start(seed, lanes)?;
        let blocks = (shape.steps * shape.lanes).div_ceil(WIDTH * SAMPLES).min(BLOCKS);
        let rows = self.fit_rows().max(self.weights() + 3);
        let mut state = None;
        let record = |recorder: &mut Recorder<'_>| {
            let array = || recorder.storage(4 * (shape.steps * shape.lanes) as u64);
            state = Some(State {
                shape,
                blocks,
                rollout: self.rollout.buffers(recorder, &shape, self.rollout.policy(), &before),
                critic: recorder.storage(4 * self.critic_features() as u64),
                values: array(),
                next_values: array(),
                advantages: array(),
                targets: array(),
                standardised: array(),
                partials: recorder.storage(4 * (rows * blocks) as u64),
            });
            Vec::new()
        };
        self.context.run(&mut [], record).await?;
        self.state = state;
        Ok(())
    }

    /// Features of the critic.
    const fn critic_features(&self) -> usize {
        2 * self.inputs + 1
    }

    /// Sums that the critic is fitted from.
    const fn fit_rows(&self) -> usize {
        let features = self.critic_features();
        features * (features + 1) / 2 + features
    }

    /// Weights of the policy.
    fn weights(&self) -> usize {
        self.rollout.environment().actions() * (self.inputs + 1)
    }

    /// Runs so many iterations and tells of each.
    ///
    /// # Errors
    /// [`Error::Input`] with `NotStarted`; [`Error::Empty`] for no iteration; [`Error::TooLarge`] for too many to tell of.
    /// [`Error::ShortEpisode`], or what the device reports: the training is of no use then until it is started anew.
    pub async fn run(&mut self, iterations: usize) -> Result<Vec<Progress>, Error> {
        let state = self.state.as_ref().ok_or(habit::Error::NotStarted)?;
        self.context.bytes(iterations, Progress::NUMBERS, 4)?;
        let at_once = (LANE_STEPS_AT_ONCE / (state.shape.steps * state.shape.lanes)).max(1);
        let mut all = Vec::with_capacity(iterations);
        for first in (0..iterations).step_by(at_once) {
            let now = at_once.min(iterations - first);
            let mut numbers = vec![[0f32; Progress::NUMBERS]; now];
            let record = |recorder: &mut Recorder<'_>| {
                let progress = recorder.storage((4 * Progress::NUMBERS * now) as u64);
                for iteration in 0..now {
                    self.record(recorder, state, &progress, iteration);
                }
                vec![progress]
            };
            self.context.run(&mut [bytemuck::cast_slice_mut(numbers.as_flattened_mut())], record).await?;
            for numbers in &numbers {
                all.push(Progress::of(numbers)?);
            }
        }
        Ok(all)
    }

    /// One iteration.
    fn record(&self, recorder: &mut Recorder<'_>, state: &State, progress: &wgpu::Buffer, iteration: usize) {
        let State { shape, rollout, critic, values, next_values, advantages, targets, standardised, partials, .. } =
            state;
        let Settings { step_size, clip, ridge, passes, .. } = self.settings;
        let count = shape.steps * shape.lanes;
        // Checked when the training was started.
        let (Ok(gae), Ok(group)) = (self.gae.plan(shape.steps, shape.lanes), self.standardise.plan(1, count)) else {
            return;
        };
        let integers = [
            shape.steps,
            shape.lanes,
            state.blocks,
            shape.slots,
            self.rollout.policy_offset(),
            iteration * Progress::NUMBERS,
        ];
        let numbers = [step_size, clip.unwrap_or(-1.0), ridge].map(f32::to_bits);
        let uniform = recorder.uniform(&[&integers.map(|number| number as u32)[..], &numbers[..]].concat());
        let blocks = [state.blocks as u32, 1];

        self.rollout.record(recorder, shape, rollout);
        let judged =
            [&rollout.words, critic, &rollout.observations, &rollout.outcomes, &rollout.ends, values, next_values];
        recorder.dispatch(&self.passes.judge, &uniform, &judged, shape.grid);
        let estimated = [&rollout.rewards, values, next_values, &rollout.outcomes, advantages, targets];
        self.gae.record(recorder, &gae, 3, &estimated);
        let fitted = [&rollout.words, &rollout.observations, targets, partials, critic];
        recorder.dispatch(&self.passes.products, &uniform, &fitted, blocks);
        recorder.dispatch(&self.passes.solve, &uniform, &fitted, [1, 1]);
        self.standardise.record(recorder, &group, [advantages, standardised]);
        let followed = [
            &rollout.words,
            &rollout.observations,
            &rollout.actions,
            &rollout.log_probabilities,
            standardised,
            partials,
            progress,
        ];
        for _ in 0..passes {
            recorder.dispatch(&self.passes.gradient, &uniform, &followed, blocks);
            recorder.dispatch(&self.passes.update, &uniform, &followed, [1, 1]);
        }
        let told = [&rollout.lanes, &rollout.ends, partials, progress];
        recorder.dispatch(&self.passes.episodes, &uniform, &told, blocks);
        recorder.dispatch(&self.passes.collect, &uniform, &told, [1, 1]);
    }

    /// The policy's weights, a row an action: those of [`Policy::softmax`] and [`habit::policy::SoftmaxPolicy`].
    ///
    /// # Errors
    /// [`Error::Input`] with `NotStarted`, or what the device reports.
    pub async fn policy(&self) -> Result<Vec<f32>, Error> {
        let state = self.state.as_ref().ok_or(habit::Error::NotStarted)?;
        let skipped = self.rollout.policy_offset() + self.inputs;
        let mut words = vec![0f32; skipped + self.weights()];
        self.read(&state.rollout.words, &mut words).await?;
        Ok(words.split_off(skipped))
    }

    /// The critic's weights: of a constant 1, of the inputs, of their squares.
    ///
    /// # Errors
    /// As [`policy`](Self::policy).
    pub async fn critic(&self) -> Result<Vec<f32>, Error> {
        let state = self.state.as_ref().ok_or(habit::Error::NotStarted)?;
        let mut weights = vec![0f32; self.critic_features()];
        self.read(&state.critic, &mut weights).await?;
        Ok(weights)
    }

    async fn read<T: bytemuck::Pod>(&self, buffer: &wgpu::Buffer, out: &mut [T]) -> Result<(), Error> {
        self.context.run(&mut [bytemuck::cast_slice_mut(out)], |_| vec![buffer.clone()]).await
    }
}
