//! Three rewards, of which one saturates early: `dynamic-reward-weighting.alignment`.

mod rule;
mod task;

use super::{CITATION, fill_front};
use crate::error::Error;
use crate::lab::pick::pick;
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::reward::weights::{FixedWeights, InfluenceWeights, ParetoBuffer};
use crate::state::{Persist, persist_fields};
use rule::{Amplified, Rule};
use task::{BATCH, Gradient, Heads, OBJECTIVES, Returns, Sample, Task, policy_gradient};

/// Of accuracy, conciseness and clarity: a run each.
const PREFERENCES: [[f32; OBJECTIVES]; 3] = [[0.5, 0.25, 0.25], [1.0 / 3.0; OBJECTIVES], [0.25, 0.5, 0.25]];
/// After how many updates each run adds a point to the front.
const POINT_EVERY: u32 = 5;
const LONGEST: u32 = 200;
/// As many points as the longest run adds.
const POINTS: usize = PREFERENCES.len() * (LONGEST / POINT_EVERY) as usize;

/// One run: preferences, a policy, and a task of its own.
#[derive(Debug)]
struct Training<R> {
    rule: R,
    heads: Heads,
    task: Task,
    returns: Returns,
}

impl<R: Rule> Training<R> {
    const EMPTY: Self = Self { rule: R::EMPTY, heads: Heads::EMPTY, task: Task::EMPTY, returns: Returns::ZERO };

    fn start(&mut self, seed: u32, index: u32, preferences: &[f32; OBJECTIVES], ratio: f32) -> Result<(), Error> {
        self.task.start(seed, index)?;
        self.heads.start()?;
        self.returns = self.task.returns(&mut self.heads)?;
        self.rule.start(preferences, &self.returns.natural(), ratio)
    }

    fn update(&mut self, step_size: f32) -> Result<(), Error> {
        let (mut samples, mut rewards) = ([Sample::EMPTY; BATCH], [[0.0; OBJECTIVES]; BATCH]);
        self.task.draw(&mut self.heads, &mut samples, &mut rewards)?;
        if R::LOOKS_AT_GRADIENTS {
            let mut gradients = [Gradient::ZERO; OBJECTIVES];
            for (objective, gradient) in gradients.iter_mut().enumerate() {
                *gradient = policy_gradient(&mut self.heads, &samples, |index| Ok(rewards[index][objective]))?;
            }
            let [a, b, c] = &gradients;
            self.rule.look([a.blocks(), b.blocks(), c.blocks()])?;
        }
        let gradient = policy_gradient(&mut self.heads, &samples, |index| self.rule.scalarise(&rewards[index]))?;
        self.heads.step(step_size, &gradient)?;
        self.returns = self.task.returns(&mut self.heads)?;
        self.rule.validate(&self.returns.natural())
    }
}

persist_fields!([R: Persist] Training<R> { rule, heads });

/// One contender: a run a preference, and the front of all.
#[derive(Debug)]
struct Lane<R> {
    runs: [Training<R>; PREFERENCES.len()],
    front: ParetoBuffer<OBJECTIVES, POINTS>,
    hypervolume: f32,
}

impl<R: Rule> Lane<R> {
    const EMPTY: Self =
        Self { runs: [const { Training::EMPTY }; PREFERENCES.len()], front: ParetoBuffer::EMPTY, hypervolume: 0.0 };

    fn start(&mut self, seed: u32, ratio: f32) -> Result<(), Error> {
        self.front.start(&[0.0; OBJECTIVES])?;
        self.hypervolume = 0.0;
        for (index, (run, preferences)) in self.runs.iter_mut().zip(&PREFERENCES).enumerate() {
            run.start(seed, index as u32, preferences, ratio)?;
        }
        Ok(())
    }

    fn update(&mut self, step_size: f32, is_point: bool) -> Result<(), Error> {
        for run in &mut self.runs {
            run.update(step_size)?;
            if is_point {
                self.front.insert(&run.returns.scaled())?;
            }
        }
        if is_point {
            self.hypervolume = self.front.hypervolume();
        }
        Ok(())
    }

    fn mean(&self, of: impl Fn(&Training<R>) -> f32) -> f32 {
        self.runs.iter().fold(0.0, |sum, run| sum + of(run)) / self.runs.len() as f32
    }

    fn metric(&self, metric: usize) -> f32 {
        match metric {
            0 => self.hypervolume,
            1 => self.mean(|run| run.rule.factor()),
            2..=4 => self.mean(|run| run.rule.weight(metric - 2)),
            5 => self.mean(|run| run.returns.accuracy),
            6 => self.mean(|run| run.returns.tokens),
            7 => self.mean(|run| run.returns.clarity),
            _ => f32::NAN,
        }
    }

    /// Accuracy and conciseness, of three objectives.
    fn view(&self, out: &mut [f32]) -> Result<(), Error> {
        let runs = self.runs.iter().map(|run| {
            let [accuracy, conciseness, _] = run.returns.scaled();
            [accuracy, conciseness, run.rule.weight(0), run.rule.weight(1)]
        });
        let front = self.front.points().map(|point| [0, 1].map(|i| point.get(i).copied().unwrap_or(f32::NAN)));
        fill_front(runs, front, out)
    }
}

persist_fields!([R: Persist] Lane<R> { runs });

/// The state of `dynamic-reward-weighting.alignment`.
#[derive(Debug)]
pub struct AlignmentExperiment {
    fixed: Lane<FixedWeights<OBJECTIVES>>,
    amplified: Lane<Amplified>,
    influence: Lane<InfluenceWeights<OBJECTIVES>>,
    step_size: f32,
    updates: u32,
}

impl Experiment for AlignmentExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "dynamic-reward-weighting.alignment",
        title: "Accurate, concise, clear",
        room: "reward",
        summary: "Eight questions, each answered at one of four lengths, in a clear form or not. A reward that is amplified \
                  while training still extends the Pareto front reaches a larger front sooner than fixed weights; weights \
                  that follow each objective's influence turn from brevity, which is learned early, to clarity.",
        citation: CITATION,
        step: "update",
        steps: Steps { minimum: 1, maximum: LONGEST, default: LONGEST, conformance: 5 },
        contenders: &["fixed", "hypervolume", "influence"],
        parameters: &[
            Parameter::real("step_size", "Step size of the policy.", [0.01, 8.0], 2.0),
            Parameter::real(
                "ratio",
                "Step size over regularisation of the influence weights: eta / mu.",
                [0.01, 10.0],
                1.0,
            ),
        ],
        metrics: &[
            Metric {
                name: "hypervolume",
                unit: "",
                description: "Volume below the front of the three runs so far, a point each every five updates.",
            },
            Metric {
                name: "factor",
                unit: "",
                description: "What the reward is multiplied by next; mean of three runs.",
            },
            Metric { name: "weight_accuracy", unit: "", description: "Weight of accuracy; mean of three runs." },
            Metric { name: "weight_conciseness", unit: "", description: "Weight of conciseness; mean of three runs." },
            Metric { name: "weight_clarity", unit: "", description: "Weight of clarity; mean of three runs." },
            Metric { name: "accuracy", unit: "", description: "Probability of a right answer that counts." },
            Metric { name: "tokens", unit: "token", description: "Expected length of an answer." },
            Metric { name: "clarity", unit: "", description: "Probability of a clear form." },
        ],
        views: &[
            View::Front {
                title: "The front, and the runs",
                axes: ["accuracy", "conciseness"],
                points: PREFERENCES.len() + POINTS,
            },
            View::Curve { title: "Volume below the Pareto front", metric: "hypervolume" },
            View::Curve { title: "Factor of the reward", metric: "factor" },
            View::Curve { title: "Weight of accuracy", metric: "weight_accuracy" },
            View::Curve { title: "Weight of conciseness", metric: "weight_conciseness" },
            View::Curve { title: "Weight of clarity", metric: "weight_clarity" },
            View::Curve { title: "Accuracy", metric: "accuracy" },
            View::Curve { title: "Tokens", metric: "tokens" },
            View::Curve { title: "Clarity", metric: "clarity" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self =
        Self { fixed: Lane::EMPTY, amplified: Lane::EMPTY, influence: Lane::EMPTY, step_size: 0.0, updates: 0 };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let (step_size, ratio) = (real(0)?, real(1)?);
        (self.step_size, self.updates) = (step_size, 0);
        self.fixed.start(seed, ratio)?;
        self.amplified.start(seed, ratio)?;
        self.influence.start(seed, ratio)
    }

    fn tick(&mut self) -> Result<bool, Error> {
        self.updates += 1;
        let is_point = self.updates.is_multiple_of(POINT_EVERY);
        self.fixed.update(self.step_size, is_point)?;
        self.amplified.update(self.step_size, is_point)?;
        self.influence.update(self.step_size, is_point)?;
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        pick!(contender, [&self.fixed, &self.amplified, &self.influence], |lane| lane.metric(metric), f32::NAN)
    }

    fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<(), Error> {
        if view != 0 {
            return Ok(());
        }
        pick!(contender, [&self.fixed, &self.amplified, &self.influence], |lane| lane.view(out), Ok(()))
    }
}

persist_fields!([] AlignmentExperiment { fixed, amplified, influence });

/// Sets of 4 seeds vary by 3 %.
const SEEDS: u32 = 24;

const fn after(contender: &'static str, metric: &'static str, updates: u32, set: &'static str) -> Quantity {
    Quantity::mean(contender, metric, updates - 1, updates).with(set)
}

/// The claim on a contender's front, as so many times that of fixed weights at the same step size.
macro_rules! front {
    ($what:literal, $contender:literal, $updates:literal, $step_size:literal, $factor:literal) => {
        Claim::new(
            concat!(
                "With step size ",
                $step_size,
                " and ",
                $what,
                " the front is at least ",
                $factor,
                " times as large after ",
                $updates,
                " updates"
            ),
            Measure::Ratio(
                after($contender, "hypervolume", $updates, concat!("step_size=", $step_size)),
                after("fixed", "hypervolume", $updates, concat!("step_size=", $step_size)),
            ),
            Requirement::AtLeast($factor),
            SEEDS,
            LONGEST,
        )
    };
}

const CLAIMS: &[Claim] = &[
    front!("the factor", "hypervolume", 25, 2, 1.04),
    front!("the factor", "hypervolume", 25, 4, 1.04),
    front!("the factor", "hypervolume", 100, 2, 0.99),
    front!("the factor", "hypervolume", 100, 4, 0.99),
    front!("the factor", "hypervolume", 200, 2, 0.99),
    front!("the factor", "hypervolume", 200, 4, 0.99),
    front!("influence weights", "influence", 25, 2, 1.03),
    front!("influence weights", "influence", 200, 2, 0.97),
    Claim::new(
        "The influence weight of conciseness ends below 0.32",
        Measure::Value(after("influence", "weight_conciseness", LONGEST, "step_size=2")),
        Requirement::Below(0.32),
        SEEDS,
        LONGEST,
    ),
    Claim::new(
        "The influence weight of clarity ends above 0.40",
        Measure::Value(after("influence", "weight_clarity", LONGEST, "step_size=2")),
        Requirement::Above(0.4),
        SEEDS,
        LONGEST,
    ),
    Claim::new(
        "Influence weights do not end with a larger front than fixed ones",
        Measure::Ratio(
            after("influence", "hypervolume", LONGEST, "step_size=2"),
            after("fixed", "hypervolume", LONGEST, "step_size=2"),
        ),
        Requirement::AtMost(1.0),
        SEEDS,
        LONGEST,
    ),
];
