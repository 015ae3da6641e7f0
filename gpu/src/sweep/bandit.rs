//! Sweeps of bandits.

use super::curves::Curves;
use super::plan::{CURVE_BYTES, GENERATOR_ROWS, Needs, Parameters, Plan, Wanted, Work};
use super::quantiles::Quantiles;
use crate::compute::{Access, Kernel, Recorder};
use crate::context::Context;
use crate::error::Error;
use crate::rollout::{Environment, RANDOM, WORDS};
use crate::streams::XOSHIRO;
use habit::bandit::{ActionValueBandit, GradientBandit, IndexRule, Ucb};
use habit::policy::EpsilonGreedy;
use habit::rng::threshold;
use std::ops::Range;

/// The most arms: a lane remembers them all in registers.
const MOST_ARMS: usize = 64;
/// Dispatches that are submitted together.
const DISPATCHES: usize = 64;

/// What a lane's bandit pays.
#[derive(Clone, Debug, PartialEq)]
pub enum Arms {
    /// [`habit::env::GaussianBandit::testbed`]: each lane draws the means of its own arms.
    GaussianTestbed {
        /// Number of arms, 1 to 64.
        arms: usize,
        /// Mean of the arms' means.
        centre: f32,
    },
    /// [`habit::env::GaussianBandit`], the same in every lane.
    Gaussian {
        /// What each arm pays on average.
        means: Vec<f32>,
        /// Of every arm.
        deviation: f32,
    },
    /// [`habit::env::BernoulliBandit`], the same in every lane.
    Bernoulli {
        /// How often each arm pays.
        means: Vec<f32>,
    },
}

/// Who plays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BanditLearner {
    /// [`habit::bandit::ActionValueBandit`] with epsilon-greedy.
    ActionValue {
        /// How often any arm is played, in `[0, 1]`.
        epsilon: f32,
        /// In `(0, 1]`, or `None` for the sample average.
        step_size: Option<f32>,
        /// What every arm is thought to pay at first.
        initial: f32,
    },
    /// [`habit::bandit::Ucb1`].
    Ucb1 {
        /// `c` of `mean + sqrt(c ln total / count)`, not negative.
        confidence: f32,
    },
    /// [`habit::bandit::GradientBandit`].
    Gradient {
        /// Above 0.
        step_size: f32,
        /// Whether rewards are compared with the mean of those before.
        with_baseline: bool,
    },
}

/// One learner on one kind of arms, with thousands of seeds at once. Making one compiles its shader; keep it.
///
/// Metrics of a play, in this order: its reward; 1 when it was of the best arm, else 0; the regret so far. `8 (K + 1) + 4 (12 +
/// S)` bytes a lane, with `S = K` words of arms for the testbed and 1 for others.
///
/// ```no_run
/// use habit_gpu::sweep::{Arms, BanditLearner, BanditSweep, Bucket, Plan};
/// use habit_gpu::{Context, Options, block_on};
/// # fn main() -> Result<(), habit_gpu::Error> {
/// let context = block_on(Context::new(&Options::default()))?;
/// let arms = Arms::GaussianTestbed { arms: 10, centre: 0.0 };
/// let learner = BanditLearner::ActionValue { epsilon: 0.1, step_size: None, initial: 0.0 };
/// let sweep = block_on(BanditSweep::new(&context, &arms, learner))?;
/// let plan = Plan { first_seed: 1, seeds: 4096, steps: 1000, every: 10, bucket: Bucket::Mean };
/// let curves = block_on(sweep.run(&plan, &[10.0, 50.0, 90.0]))?;
/// println!("median regret after {} plays: {:?}", curves.steps()[99], curves.quantile(99, 2, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct BanditSweep {
    context: Context,
    kernel: Kernel,
    quantiles: Quantiles,
    environment: Environment,
    learner: BanditLearner,
}

impl Arms {
    /// Number of arms.
    pub fn len(&self) -> usize {
        match self {
            Self::GaussianTestbed { arms, .. } => *arms,
            Self::Gaussian { means, .. } | Self::Bernoulli { means } => means.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As an environment, and what an arm pays on average, in WGSL.
    fn environment(&self) -> Result<(Environment, &'static str), Error> {
        if self.len() > MOST_ARMS {
            return Err(Error::TooLarge { what: "arms", asked: self.len() as u64, limit: MOST_ARMS as u64 });
        }
        Ok(match self {
            Self::GaussianTestbed { arms, centre } => {
                (Environment::gaussian_testbed(*arms, *centre)?, "var means = state; return bitcast<f32>(means[arm]);")
            }
            Self::Gaussian { means, deviation } => {
                (Environment::gaussian_bandit(means, *deviation)?, "return environment_number(1u + arm);")
            }
            Self::Bernoulli { means } => {
                let environment = Environment::bernoulli_bandit(means)?;
                // Behind the thresholds, which are all that the environment itself reads.
                let words = environment.words().iter().copied().chain(means.iter().map(|mean| mean.to_bits()));
                let words = words.collect();
                (environment.with_words(words), "return environment_number(2u * ACTIONS + arm);")
            }
        })
    }
}

impl BanditLearner {
    /// # Errors
    /// What the kernel's learner says.
    fn check(self) -> Result<(), habit::Error> {
        match self {
            Self::ActionValue { epsilon, step_size, initial } => {
                let mut learner = ActionValueBandit::<1>::EMPTY;
                learner.start(EpsilonGreedy::new(epsilon)?, step_size, initial)
            }
            Self::Ucb1 { confidence } => <Ucb>::new(confidence).map(|_| ()),
            Self::Gradient { step_size, with_baseline } => {
                let mut learner = GradientBandit::<1>::EMPTY;
                learner.start(step_size, with_baseline)
            }
        }
    }

    const fn source(self) -> &'static str {
        match self {
            Self::ActionValue { .. } => include_str!("wgsl/action_value.wgsl"),
            Self::Ucb1 { .. } => include_str!("wgsl/ucb.wgsl"),
            Self::Gradient { .. } => include_str!("wgsl/gradient.wgsl"),
        }
    }

    /// Puts its numbers to the others.
    fn complete(self, parameters: Parameters) -> Result<Parameters, habit::Error> {
        Ok(match self {
            Self::ActionValue { epsilon, step_size, initial } => {
                let step_size = step_size.unwrap_or(0.0);
                Parameters { explores: threshold(epsilon)?, step_size, initial, ..parameters }
            }
            Self::Ucb1 { .. } => parameters,
            Self::Gradient { step_size, with_baseline } => {
                Parameters { step_size, baseline: u32::from(with_baseline), ..parameters }
            }
        })
    }

    /// What UCB1 explores at each of these plays, counted from 0; of other learners nothing.
    fn exploration(self, plays: Range<u32>) -> Result<Vec<f32>, habit::Error> {
        let Self::Ucb1 { confidence } = self else { return Ok(Vec::new()) };
        let rule = <Ucb>::new(confidence)?;
        Ok(plays.map(|total| rule.exploration(total as f32)).collect())
    }
}

impl BanditSweep {
    /// Metrics of a play.
    pub const METRICS: usize = 3;

    /// Of a learner on such arms.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for more than 64 arms; [`Error::Input`] for no arms, for arms that the kernel refuses, and for
    /// parameters that its learner refuses; [`Error::Driver`], [`Error::Lost`].
    pub async fn new(context: &Context, arms: &Arms, learner: BanditLearner) -> Result<Self, Error> {
        learner.check()?;
        let (environment, mean) = arms.environment()?;
        let types = environment.types();
        let own =
            format!("const METRICS = {}u;\nfn arm_mean(state: State, arm: u32) -> f32 {{ {mean} }}\n", Self::METRICS);
        let sources = [
            environment.source(),
            &types,
            &own,
            XOSHIRO,
            RANDOM,
            WORDS,
            include_str!("wgsl/measure.wgsl"),
            learner.source(),
            include_str!("wgsl/bandit.wgsl"),
        ];
        let accesses = [Access::Read, Access::Write, Access::Write, Access::Read];
        let kernel = Kernel::new(context, &sources, "bandit_sweep", &accesses).await?;
        let quantiles = Quantiles::new(context).await?;
        Ok(Self { context: context.clone(), kernel, quantiles, environment, learner })
    }

    /// Percentiles, each in `[0, 100]`, and means over the seeds.
    ///
    /// # Errors
    /// [`Error::Empty`] without seeds, steps or steps of a bucket; [`Error::TooLarge`] for more than 262 144 seeds or more
    /// than the device holds; [`Error::Input`] with `ParameterOutOfRange` for a percentage and for seeds past the last, with
    /// `NonFinite` when a metric is not finite; or what the device reports.
    pub async fn run(&self, plan: &Plan, percents: &[f32]) -> Result<Curves, Error> {
        let mut wanted = Wanted::percentiles(&self.quantiles, plan, percents)?;
        let work = self.sweep(plan, CURVE_BYTES, &mut wanted).await?;
        Ok(wanted.curves(work.ends, Self::METRICS))
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

    /// Rows of a lane.
    fn rows(&self) -> usize {
        GENERATOR_ROWS + 4 + self.environment.state_words() + 2 * self.environment.actions() + 1
    }

    /// The bytes that a sweep in one dispatch reads and writes, and the least: what each lane remembers once in and once out,
    /// the curves once out and once in.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn traffic(&self, plan: &Plan) -> [u64; 2] {
        plan.traffic(self.rows(), Self::METRICS)
    }

    /// Runs all of it, with curves of no more than `bytes` at once, or one bucket.
    async fn sweep(&self, plan: &Plan, bytes: u64, wanted: &mut Wanted<'_>) -> Result<Work, Error> {
        let arms = self.environment.actions();
        let needs = Needs {
            rows: self.rows(),
            metrics: Self::METRICS,
            // Five times over the arms, twelve words of a normal number; it may be drawn for each arm before.
            rounds: 6 * arms + 24,
            rounds_besides: 32 * arms + 32,
            bytes,
        };
        let work = Work::new(&self.context, plan, needs)?;
        let mut buffers = None;
        for part in work.parts() {
            let begin = part.start as u32 * plan.every;
            let end = work.ends[part.end - 1];
            let at_once = work.steps_at_once * DISPATCHES;
            for first in (begin..end).step_by(at_once) {
                let plays = first..end.min(first.saturating_add(at_once as u32));
                let parameters = self.learner.complete(Parameters::of(&work, &part))?;
                let exploration = self.learner.exploration(plays.clone())?;
                let record = |recorder: &mut Recorder<'_>| {
                    let exploration = recorder.upload(bytemuck::cast_slice(&exploration));
                    let [words, lanes, curves] = buffers.get_or_insert_with(|| {
                        [
                            recorder.upload(bytemuck::cast_slice(self.environment.words())),
                            recorder.upload(bytemuck::cast_slice(&work.lane_words())),
                            work.curves(recorder),
                        ]
                    });
                    for taken in plays.clone().step_by(work.steps_at_once) {
                        let steps = (plays.end - taken).min(work.steps_at_once as u32);
                        let parameters = Parameters { steps, taken, until: plays.start, ..parameters };
                        let uniform = recorder.uniform(&parameters.words());
                        let arrays = [&*words, &*lanes, &*curves, &exploration];
                        recorder.dispatch(&self.kernel, &uniform, &arrays, work.grid);
                    }
                    Vec::new()
                };
                self.context.run(&mut [], record).await?;
            }
            if let Some([_, _, curves]) = &buffers {
                wanted.take(&self.context, curves, Self::METRICS * part.len(), work.lanes).await?;
            }
        }
        Ok(work)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::sweep::Bucket;
    use crate::{Options, block_on};

    #[test]
    fn parts_leave_what_the_whole_leaves() {
        let context = block_on(Context::new(&Options::default())).unwrap();
        let arms = Arms::GaussianTestbed { arms: 3, centre: 0.0 };
        let sweep = block_on(BanditSweep::new(&context, &arms, BanditLearner::Ucb1 { confidence: 1.0 })).unwrap();
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
