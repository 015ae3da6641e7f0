//! Sweeps of tabular learners.

use super::curves::Curves;
use super::plan::{CURVE_BYTES, GENERATOR_ROWS, Needs, Parameters, Plan, Wanted, Work};
use super::quantiles::Quantiles;
use crate::compute::{Access, Kernel, Recorder};
use crate::context::Context;
use crate::error::Error;
use crate::rollout::{Environment, RANDOM, Tables, WORDS};
use crate::streams::XOSHIRO;
use habit::learn::{QLearning, TdParameters};
use habit::policy::EpsilonGreedy;
use habit::rng::threshold;
use std::ops::Range;

/// The row of a lane that holds the length of its episode, and what it holds before the first one; both stand in the shader.
const LENGTH: usize = 9;
const UNBORN: u32 = u32::MAX;
/// Rows of a lane.
const ROWS: usize = GENERATOR_ROWS + 9;
/// The most actions: a lane holds the values of them all in registers.
const MOST_ACTIONS: usize = 64;
/// The most dispatches that are submitted together: each may find that all lanes are done.
const DISPATCHES: usize = 64;
/// What the shader says went wrong.
const NOT_FINITE: u32 = 1;

/// What a next state is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// [`habit::learn::QLearning`]: its best action.
    QLearning,
    /// [`habit::learn::Sarsa`]: the action that will be taken.
    Sarsa,
    /// [`habit::learn::ExpectedSarsa`]: what the policy expects.
    ExpectedSarsa,
}

/// Who learns, by epsilon-greedy choices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TabularLearner {
    /// What it moves towards.
    pub target: Target,
    /// Step size and discount.
    pub parameters: TdParameters,
    /// How often any action is taken, in `[0, 1]`.
    pub epsilon: f32,
    /// Every action value at first.
    pub initial: f32,
}

/// One learner on one finite model, with thousands of seeds at once. Making one compiles its shader; keep it.
///
/// Metrics of an episode, in this order: its return, undiscounted; its transitions; where asked for, the length of the greedy
/// path. An episode without end is given up after 2^24 transitions. `4 (S A + 17)` bytes a lane.
///
/// ```no_run
/// use habit::env::CliffWalking;
/// use habit::learn::TdParameters;
/// use habit_gpu::rollout::{Episode, Tables};
/// use habit_gpu::sweep::{Bucket, Plan, TabularLearner, TabularSweep, Target};
/// use habit_gpu::{Context, Options, block_on};
/// # fn main() -> Result<(), habit_gpu::Error> {
/// let context = block_on(Context::new(&Options::default()))?;
/// let episode = Episode { start: CliffWalking::START, time_limit: None };
/// let tables = Tables::new(&CliffWalking::new(false), episode)?;
/// let parameters = TdParameters { step_size: 0.5, discount: 1.0 };
/// let learner = TabularLearner { target: Target::Sarsa, parameters, epsilon: 0.1, initial: 0.0 };
/// let sweep = block_on(TabularSweep::new(&context, &tables, learner, Some(100.0)))?;
/// let plan = Plan { first_seed: 1, seeds: 4096, steps: 500, every: 10, bucket: Bucket::Mean };
/// let curves = block_on(sweep.run(&plan, &[10.0, 50.0, 90.0]))?;
/// println!("median return of the last ten episodes: {:?}", curves.quantile(49, 0, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TabularSweep {
    context: Context,
    kernel: Kernel,
    quantiles: Quantiles,
    environment: Environment,
    learner: TabularLearner,
    values: usize,
    metrics: usize,
}

/// The arrays of a sweep on the device.
struct Buffers {
    words: wgpu::Buffer,
    lanes: wgpu::Buffer,
    curves: wgpu::Buffer,
    values: wgpu::Buffer,
}

impl TabularLearner {
    /// # Errors
    /// What the kernel's learner says.
    fn check(&self) -> Result<(), habit::Error> {
        let mut learner = QLearning::<1, 1>::EMPTY;
        learner.start(self.parameters, EpsilonGreedy::new(self.epsilon)?, self.initial)
    }

    /// Puts its numbers to the others.
    fn complete(&self, parameters: Parameters) -> Result<Parameters, habit::Error> {
        let TdParameters { step_size, discount } = self.parameters;
        let explores = threshold(self.epsilon)?;
        Ok(Parameters { explores, epsilon: self.epsilon, step_size, discount, initial: self.initial, ..parameters })
    }
}

impl Target {
    const fn source(self) -> &'static str {
        match self {
            Self::QLearning => include_str!("wgsl/q_learning.wgsl"),
            Self::Sarsa => include_str!("wgsl/sarsa.wgsl"),
            Self::ExpectedSarsa => include_str!("wgsl/expected_sarsa.wgsl"),
        }
    }
}

impl TabularSweep {
    /// Of a learner on a model. With `no_path`, the greedy path is measured where each bucket ends; that number stands for a
    /// path that does not arrive.
    ///
    /// # Errors
    /// [`Error::Input`] for parameters that the kernel's learner refuses, with `NonFinite` for a `no_path` that is not finite,
    /// and with `ParameterOutOfRange` where a path is asked for of a model with chance in it;
    /// [`Error::TooLarge`] for more than 64 actions;
    /// [`Error::Driver`], [`Error::Lost`].
    pub async fn new(
        context: &Context,
        tables: &Tables,
        learner: TabularLearner,
        no_path: Option<f32>,
    ) -> Result<Self, Error> {
        learner.check()?;
        if let Some(none) = no_path {
            if !none.is_finite() {
                return Err(habit::Error::NonFinite.into());
            }
            if !tables.is_certain() {
                return Err(habit::Error::ParameterOutOfRange.into());
            }
        }
        if tables.actions() > MOST_ACTIONS {
            return Err(Error::TooLarge {
                what: "actions",
                asked: tables.actions() as u64,
                limit: MOST_ACTIONS as u64,
            });
        }
        let environment = Environment::tabular(tables)?;
        let metrics = if no_path.is_some() { 3 } else { 2 };
        let types = environment.types();
        let own = format!(
            "const METRICS = {metrics}u;\nconst STATES = {}u;\nconst NO_ARRIVAL = {:?}f;\n",
            tables.states(),
            no_path.unwrap_or(0.0)
        );
        let sources = [
            environment.source(),
            &types,
            &own,
            XOSHIRO,
            RANDOM,
            WORDS,
            include_str!("wgsl/measure.wgsl"),
            learner.target.source(),
            include_str!("wgsl/tabular.wgsl"),
        ];
        let accesses = [Access::Read, Access::Write, Access::Write, Access::Write, Access::Write];
        let kernel = Kernel::new(context, &sources, "tabular_sweep", &accesses).await?;
        let quantiles = Quantiles::new(context).await?;
        let values = tables.states() * tables.actions();
        Ok(Self { context: context.clone(), kernel, quantiles, environment, learner, values, metrics })
    }

    /// Metrics of an episode.
    pub const fn metrics(&self) -> usize {
        self.metrics
    }

    /// Percentiles, each in `[0, 100]`, and means over the seeds.
    ///
    /// # Errors
    /// [`Error::Empty`] without seeds, episodes or episodes of a bucket; [`Error::TooLarge`] for more than 262 144 seeds or
    /// more than the device holds; [`Error::Input`] with `ParameterOutOfRange` for a percentage and for seeds past the last,
    /// with `NonFinite` when a value or a metric is not finite; [`Error::LongEpisode`]; or what the device reports.
    pub async fn run(&self, plan: &Plan, percents: &[f32]) -> Result<Curves, Error> {
        let mut wanted = Wanted::percentiles(&self.quantiles, plan, percents)?;
        let work = self.sweep(plan, CURVE_BYTES, &mut wanted).await?;
        Ok(wanted.curves(work.ends, self.metrics))
    }

    /// Every seed's metrics, `[bucket][metric][seed]`: for few of them, and to hold them against the CPU's.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn lanes(&self, plan: &Plan) -> Result<Vec<f32>, Error> {
        let mut wanted = Wanted::Lanes(Vec::new());
        self.sweep(plan, CURVE_BYTES, &mut wanted).await?;
        Ok(wanted.lanes())
    }

    /// The bytes that a sweep in one dispatch reads and writes, and the least, with so many transitions a lane: what each lane
    /// remembers once in and once out, the curves once out and once in, and in each transition one row of action values in and
    /// one value out.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn traffic(&self, plan: &Plan, transitions: usize) -> [u64; 2] {
        let values = (transitions * (self.environment.actions() + 1)).div_ceil(2);
        plan.traffic(ROWS + values, self.metrics)
    }

    /// Runs all of it, with curves of no more than `bytes` at once, or one bucket.
    async fn sweep(&self, plan: &Plan, bytes: u64, wanted: &mut Wanted<'_>) -> Result<Work, Error> {
        let actions = self.environment.actions();
        // Eleven times over the actions, a search among outcomes, words of bounded draws.
        let (rounds, rounds_besides) = (12 * actions + 48, actions + 32);
        let needs = Needs { rows: ROWS, metrics: self.metrics, rounds, rounds_besides, bytes };
        let work = Work::new(&self.context, plan, needs)?;
        self.context.bytes(self.values, work.lanes, 4)?;
        let mut buffers = None;
        for part in work.parts() {
            // All lanes finish a part before any begins the next, because the curves have room for one.
            let mut dispatches = 1;
            while !self.advance(&work, &part, &mut buffers, dispatches).await? {
                dispatches = (2 * dispatches).min(DISPATCHES);
            }
            if let Some(Buffers { curves, .. }) = &buffers {
                wanted.take(&self.context, curves, self.metrics * part.len(), work.lanes).await?;
            }
        }
        Ok(work)
    }

    fn buffers(&self, recorder: &Recorder<'_>, work: &Work) -> Buffers {
        let mut lanes = work.lane_words();
        lanes[LENGTH * work.lanes..(LENGTH + 1) * work.lanes].fill(UNBORN);
        let values = self.values * work.lanes;
        Buffers {
            words: recorder.upload(bytemuck::cast_slice(self.environment.words())),
            lanes: recorder.upload(bytemuck::cast_slice(&lanes)),
            curves: work.curves(recorder),
            values: if self.learner.initial == 0.0 {
                recorder.storage(4 * values as u64)
            } else {
                recorder.upload(bytemuck::cast_slice(&vec![self.learner.initial; values]))
            },
        }
    }

    /// Some dispatches; whether every lane has then finished the part.
    async fn advance(
        &self,
        work: &Work,
        part: &Range<usize>,
        buffers: &mut Option<Buffers>,
        dispatches: usize,
    ) -> Result<bool, Error> {
        let parameters = self.learner.complete(Parameters::of(work, part))?;
        let mut status = vec![0u32; 1 + dispatches];
        let bytes = 4 * status.len() as u64;
        let record = |recorder: &mut Recorder<'_>| {
            let counters = recorder.storage(bytes);
            let Buffers { words, lanes, curves, values } = buffers.get_or_insert_with(|| self.buffers(recorder, work));
            for counter in 0..dispatches {
                let parameters = Parameters {
                    steps: work.steps_at_once as u32,
                    until: work.ends[part.end - 1],
                    counter: counter as u32,
                    time_limit: self.environment.time_limit().unwrap_or(0),
                    ..parameters
                };
                let uniform = recorder.uniform(&parameters.words());
                let arrays = [&*words, &*lanes, &*curves, &*values, &counters];
                recorder.dispatch(&self.kernel, &uniform, &arrays, work.grid);
            }
            vec![counters]
        };
        self.context.run(&mut [bytemuck::cast_slice_mut(&mut status)], record).await?;
        match status[0] {
            0 => Ok(status[dispatches] == 0),
            wrong if wrong & NOT_FINITE != 0 => Err(habit::Error::NonFinite.into()),
            _ => Err(Error::LongEpisode),
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::rollout::Episode;
    use crate::sweep::Bucket;
    use crate::{Options, block_on};
    use habit::env::CliffWalking;

    #[test]
    fn parts_leave_what_the_whole_leaves() {
        let context = block_on(Context::new(&Options::default())).unwrap();
        let episode = Episode { start: CliffWalking::START, time_limit: Some(60) };
        let tables = Tables::new(&CliffWalking::new(false), episode).unwrap();
        let parameters = TdParameters { step_size: 0.5, discount: 0.9 };
        let learner = TabularLearner { target: Target::Sarsa, parameters, epsilon: 0.1, initial: 1.0 };
        let sweep = block_on(TabularSweep::new(&context, &tables, learner, Some(50.0))).unwrap();
        let plan = Plan { first_seed: 3, seeds: 67, steps: 41, every: 4, bucket: Bucket::Mean };
        let whole = block_on(sweep.lanes(&plan)).unwrap();
        // Three buckets at once, and one.
        for bytes in [3 * 3 * 67 * 4, 1] {
            let mut wanted = Wanted::Lanes(Vec::new());
            block_on(sweep.sweep(&plan, bytes, &mut wanted)).unwrap();
            assert!(matches!(wanted, Wanted::Lanes(parts) if parts == whole));
        }
    }
}
