//! How long a trace should last: `tabular-td.lambda`.

use super::walk_lane::{METRICS, VIEWS, WalkLane, Walks};
use crate::env::RandomWalk;
use crate::error::Error;
use crate::lab::{Claim, Descriptor, Experiment, Measure, Parameter, Quantity, Requirement, Steps, Values};
use crate::learn::{TdLambda, TdParameters, TraceKind};
use crate::policy::features::OneHot;
use crate::state::persist_fields;

const LAMBDAS: [f32; 5] = [0.0, 0.4, 0.8, 0.9, 0.95];
const KINDS: [TraceKind; 3] = [TraceKind::Accumulating, TraceKind::Replacing, TraceKind::Dutch];

/// The state of `tabular-td.lambda`.
#[derive(Debug)]
pub struct LambdaExperiment {
    walks: Walks<TdLambda<OneHot<19>, 19>, 19, { LAMBDAS.len() }>,
}

impl Experiment for LambdaExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "tabular-td.lambda",
        title: "Eligibility traces",
        room: "learn",
        summary: "TD(lambda) on a walk of 19 states: a trace hands an error back to the states that led to it. Some lambda \
                  between 0 and 1 learns most from ten episodes.",
        citation: "Sutton & Barto, Reinforcement Learning: An Introduction, 2nd ed., 2018, sections 12.1-12.2 and figure 12.6",
        step: "episode",
        steps: Steps { minimum: 1, maximum: 1_000_000, default: 10, conformance: 10 },
        contenders: &["lambda=0", "lambda=0.4", "lambda=0.8", "lambda=0.9", "lambda=0.95"],
        parameters: &[
            Parameter::real("alpha", "How far a value moves along its trace.", [0.01, 1.0], 0.2),
            Parameter::choice("traces", "How a visit raises a trace.", &["accumulating", "replacing", "dutch"]),
        ],
        metrics: METRICS,
        views: VIEWS,
        claims: &[Claim::new(
            "The best of lambda 0.8 errs at most 0.85 times as much as the best of lambda 0",
            Measure::RatioOfLeast(LONG, NONE),
            Requirement::AtMost(0.85),
            12,
            10,
        )],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self =
        Self { walks: Walks([const { WalkLane::new(RandomWalk::EXAMPLE_7_1, TdLambda::EMPTY) }; LAMBDAS.len()]) };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let step_size = values.real(&Self::DESCRIPTOR, 0).ok_or(Error::ParameterOutOfRange)?;
        let kind = *KINDS.get(values.choice(&Self::DESCRIPTOR, 1)).ok_or(Error::UnknownChoice)?;
        let parameters = TdParameters { step_size, discount: 1.0 };
        self.walks.start(seed, |learner, index| learner.start(OneHot, parameters, kind, LAMBDAS[index], 0.0))
    }

    fn tick(&mut self) -> Result<bool, Error> {
        self.walks.tick()
    }

    fn metric(&self, contender: usize, _metric: usize) -> f32 {
        self.walks.error(contender)
    }
}

persist_fields!([] LambdaExperiment { walks });

/// The mean error of ten episodes at every step size of the specification.
const fn at_every_step_size(contender: &'static str) -> [Quantity; 5] {
    let error = Quantity::mean(contender, "error", 0, 10);
    [
        error.with("alpha=0.05"),
        error.with("alpha=0.1"),
        error.with("alpha=0.2"),
        error.with("alpha=0.4"),
        error.with("alpha=0.8"),
    ]
}

const NONE: &[Quantity] = &at_every_step_size("lambda=0");
const LONG: &[Quantity] = &at_every_step_size("lambda=0.8");
