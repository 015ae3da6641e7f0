//! Rates of behaviour instead of hand-tuned weights: `direct-behavior-specification.constraints`.

use super::exact::{Behaviour, Judge, LIMIT, Policy, THRESHOLD};
use crate::env::SpecGrid;
use crate::error::Error;
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::reward::weights::{
    BehaviorConstraint, LagrangianMultipliersState, Multipliers, NormalizedMultipliersState, constrained,
};
use crate::state::{Persist, Reader, Write, check_each, persist_fields};

/// The most constraints, that on success included.
const MOST: usize = 4;
const STEP_SIZE: f32 = 1.0;
const SUCCESS: f32 = 0.9;

/// Which constraints there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Specification {
    /// The first so many of: hot, jump, noisy.
    First(usize),
    /// Hot, and "never be in any cell".
    Unsatisfiable,
}

impl Specification {
    const ALL: [Self; 4] = [Self::First(1), Self::First(2), Self::First(3), Self::Unsatisfiable];

    const fn behaviours(self) -> usize {
        match self {
            Self::First(count) => count,
            Self::Unsatisfiable => 2,
        }
    }

    /// The constraints on behaviour, then that on success.
    fn constraints(self) -> Result<[BehaviorConstraint; MOST], Error> {
        let mut constraints = [BehaviorConstraint::at_most(THRESHOLD)?; MOST];
        constraints[self.behaviours()] = BehaviorConstraint::at_least(SUCCESS)?.of_episodes();
        Ok(constraints)
    }

    /// What happened in a step, a bit a constraint.
    const fn active(self, happened: u32) -> u32 {
        let success = ((happened & SpecGrid::SUCCESS != 0) as u32) << self.behaviours();
        match self {
            Self::First(count) => success | (happened & ((1 << count) - 1)),
            Self::Unsatisfiable => success | 2 | (happened & 1),
        }
    }

    /// How often it happened, a rate a constraint.
    fn rates(self, behaviour: &Behaviour) -> [f32; MOST] {
        let [hot, jump, noisy] = behaviour.rates;
        let mut rates = match self {
            Self::First(_) => [hot, jump, noisy, 0.0],
            Self::Unsatisfiable => [hot, 1.0, 0.0, 0.0],
        };
        rates[self.behaviours()] = behaviour.success;
        rates
    }
}

/// How multipliers move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Normalised,
    Plain,
}

/// One contender.
#[derive(Debug)]
struct Lane {
    method: Method,
    policy: Policy,
    /// Base parameters, or multipliers.
    dual: [f32; MOST],
    behaviour: Behaviour,
    task_weight: f32,
    weights: [f32; MOST],
    /// The greatest multiplier so far.
    peak: f32,
}

impl Lane {
    const fn new(method: Method) -> Self {
        Self {
            method,
            policy: Policy::EMPTY,
            dual: [0.0; MOST],
            behaviour: Behaviour::NONE,
            task_weight: f32::NAN,
            weights: [f32::NAN; MOST],
            peak: 0.0,
        }
    }

    fn start(&mut self) {
        self.policy.clear();
        (self.dual, self.weights) = ([0.0; MOST], [f32::NAN; MOST]);
        (self.behaviour, self.task_weight, self.peak) = (Behaviour::NONE, f32::NAN, 0.0);
    }

    fn iterate(&mut self, specification: Specification, judge: &mut Judge) -> Result<(), Error> {
        let all = specification.constraints()?;
        self.behaviour = judge.judge(&mut self.policy)?;
        let (rates, success) = (specification.rates(&self.behaviour), specification.behaviours());
        // Success is a constraint of the normalised method alone.
        let count = success + usize::from(self.method == Method::Normalised);
        let (constraints, rates) = (&all[..count], &rates[..count]);
        let (dual, weights) = (&mut self.dual[..count], &mut self.weights[..count]);
        self.task_weight = match self.method {
            Method::Normalised => {
                let multipliers =
                    NormalizedMultipliersState::<_, _>::over(dual, constraints, STEP_SIZE, Some(success))?;
                step(multipliers, rates, weights)?
            }
            Method::Plain => step(LagrangianMultipliersState::over(dual, constraints, STEP_SIZE)?, rates, weights)?,
        };
        let (task_weight, weights) = (self.task_weight, &*weights);
        self.peak = weights.iter().copied().fold(self.peak, f32::max);
        judge.improve(&mut self.policy, LIMIT, |reward, happened| {
            constrained(reward, task_weight, weights, constraints, specification.active(happened))
        })
    }

    fn metric(&self, metric: usize, specification: Specification) -> f32 {
        let count = specification.behaviours();
        let weight = |index: usize| self.weights.get(index).copied().unwrap_or(f32::NAN);
        let is_satisfiable = specification != Specification::Unsatisfiable;
        match metric {
            0..=2 => self.behaviour.rates[metric],
            3 => self.behaviour.success,
            4 => self.task_weight,
            5 => weight(0),
            6 if is_satisfiable && count > 1 => weight(1),
            7 if is_satisfiable && count > 2 => weight(2),
            8 if !is_satisfiable => weight(1),
            9 if self.method == Method::Normalised => weight(count),
            10 => self.peak,
            _ => f32::NAN,
        }
    }
}

/// A dual step, and the weights after it.
fn step(mut multipliers: impl Multipliers, rates: &[f32], weights: &mut [f32]) -> Result<f32, Error> {
    multipliers.dual_step(rates)?;
    multipliers.weights(weights)
}

/// Base parameters or multipliers; the policy.
impl Persist for Lane {
    fn write(&self, out: &mut impl Write) {
        self.dual.write(out);
        self.policy.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        check_each(&self.dual, from, |dual| self.method == Method::Normalised || dual >= 0.0)?;
        self.policy.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.dual.read(from)?;
        self.policy.read(from)
    }
}

/// The state of `direct-behavior-specification.constraints`.
#[derive(Debug)]
pub struct ConstraintsExperiment {
    judge: Judge,
    lanes: [Lane; 2],
    specification: Specification,
}

impl Experiment for ConstraintsExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "direct-behavior-specification.constraints",
        title: "Say how often, not how much",
        room: "reward",
        summary: "A grid with hot cells, noisy cells and jumps. Each requirement is a rate, in at most 2 % of the steps, and \
                  multipliers find what it weighs. Normalised they sum to 1, with the task's success as one constraint more; \
                  those of the plain Lagrangian grow without a limit where a requirement cannot be met.",
        citation: "Roy, Girgis, Romoff, Bacon, Pal, Direct Behavior Specification via Constrained Reinforcement Learning, ICML \
                   2022, arXiv 2112.12228",
        step: "iteration",
        steps: Steps { minimum: 1, maximum: 10_000, default: 60, conformance: 2 },
        contenders: &["normalised", "plain Lagrangian"],
        parameters: &[Parameter::choice(
            "constraints",
            "On hot cells; on jumps too; on noisy cells too; or on hot cells and on being in any cell.",
            &["1", "2", "3", "unsatisfiable"],
        )],
        metrics: &[
            Metric { name: "rate_hot", unit: "", description: "Share of the steps that enter a hot cell." },
            Metric { name: "rate_jump", unit: "", description: "Share of the steps that are jumps." },
            Metric { name: "rate_noisy", unit: "", description: "Share of the steps that enter a noisy cell." },
            Metric { name: "success", unit: "", description: "Share of the episodes that reach the goal in 40 steps." },
            Metric { name: "lambda_task", unit: "", description: "Weight of the task." },
            Metric { name: "lambda_hot", unit: "", description: "Multiplier of the constraint on hot cells." },
            Metric { name: "lambda_jump", unit: "", description: "Multiplier of the constraint on jumps." },
            Metric { name: "lambda_noisy", unit: "", description: "Multiplier of the constraint on noisy cells." },
            Metric { name: "lambda_any", unit: "", description: "Multiplier of the constraint that cannot be met." },
            Metric { name: "lambda_success", unit: "", description: "Multiplier of the constraint on success." },
            Metric { name: "peak", unit: "", description: "The greatest multiplier so far." },
        ],
        views: &[
            View::Curve { title: "Hot steps", metric: "rate_hot" },
            View::Curve { title: "Jumps", metric: "rate_jump" },
            View::Curve { title: "Noisy steps", metric: "rate_noisy" },
            View::Curve { title: "Success", metric: "success" },
            View::Curve { title: "Weight of the task", metric: "lambda_task" },
            View::Curve { title: "Multiplier of hot cells", metric: "lambda_hot" },
            View::Curve { title: "Multiplier of jumps", metric: "lambda_jump" },
            View::Curve { title: "Multiplier of noisy cells", metric: "lambda_noisy" },
            View::Curve { title: "Multiplier of being anywhere", metric: "lambda_any" },
            View::Curve { title: "Multiplier of success", metric: "lambda_success" },
            View::Curve { title: "Greatest multiplier so far", metric: "peak" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        judge: Judge::EMPTY,
        lanes: [Lane::new(Method::Normalised), Lane::new(Method::Plain)],
        specification: Specification::First(1),
    };

    fn start(&mut self, _seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let chosen = values.choice(&Self::DESCRIPTOR, 0);
        self.specification = *Specification::ALL.get(chosen).ok_or(Error::UnknownChoice)?;
        self.judge.start();
        self.lanes.iter_mut().for_each(Lane::start);
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        let Self { judge, lanes, specification } = self;
        lanes.iter_mut().try_for_each(|lane| lane.iterate(*specification, judge))?;
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        self.lanes.get(contender).map_or(f32::NAN, |lane| lane.metric(metric, self.specification))
    }
}

persist_fields!([] ConstraintsExperiment { lanes });

/// The claim on the mean of the last quarter of a run; nothing is left to chance.
const fn late(
    sentence: &'static str,
    metric: &'static str,
    set: &'static str,
    steps: u32,
    required: Requirement,
) -> Claim {
    let own = Quantity::mean("normalised", metric, steps - steps / 4, steps).with(set);
    Claim::new(sentence, Measure::Value(own), required, 1, steps)
}

/// The claim that a rate is within its threshold and 0.01.
macro_rules! met {
    ($count:literal, $rate:literal, $what:literal, $iterations:literal) => {
        late(
            concat!(
                "Under constraints 1 to ",
                $count,
                " that on ",
                $what,
                " is met after ",
                $iterations,
                " iterations"
            ),
            $rate,
            concat!("constraints=", $count),
            $iterations,
            Requirement::AtMost(0.03),
        )
    };
}

/// The claim that the task is still done.
macro_rules! succeeds {
    ($count:literal, $iterations:literal) => {
        late(
            concat!("Under constraints 1 to ", $count, " at least 0.95 succeed after ", $iterations, " iterations"),
            "success",
            concat!("constraints=", $count),
            $iterations,
            Requirement::AtLeast(0.95),
        )
    };
}

/// The claim on the greatest multiplier where a constraint cannot be met.
const fn greatest(sentence: &'static str, contender: &'static str, required: Requirement) -> Claim {
    let own = Quantity::mean(contender, "peak", 299, 300).with("constraints=unsatisfiable");
    Claim::new(sentence, Measure::Value(own), required, 1, 300)
}

const CLAIMS: &[Claim] = &[
    met!("1", "rate_hot", "hot cells", 60),
    succeeds!("1", 60),
    met!("2", "rate_hot", "hot cells", 60),
    met!("2", "rate_jump", "jumps", 60),
    succeeds!("2", 60),
    met!("3", "rate_hot", "hot cells", 60),
    met!("3", "rate_jump", "jumps", 60),
    met!("3", "rate_noisy", "noisy cells", 60),
    succeeds!("3", 60),
    met!("3", "rate_hot", "hot cells", 300),
    met!("3", "rate_jump", "jumps", 300),
    met!("3", "rate_noisy", "noisy cells", 300),
    succeeds!("3", 300),
    greatest("Where one cannot be met the plain multiplier exceeds 50", "plain Lagrangian", Requirement::Above(50.0)),
    greatest("Where one cannot be met no normalised multiplier ever exceeds 1", "normalised", Requirement::AtMost(1.0)),
];
