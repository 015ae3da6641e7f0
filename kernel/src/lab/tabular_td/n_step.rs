//! How many rewards a return should hold: `tabular-td.n-step`.

use super::walk_lane::{METRICS, VIEWS, WalkLane, Walks};
use crate::env::RandomWalk;
use crate::error::Error;
use crate::lab::{Claim, Descriptor, Experiment, Measure, Parameter, Quantity, Requirement, Steps, Values};
use crate::learn::{NStepTd, TdParameters};
use crate::policy::features::OneHot;
use crate::state::persist_fields;

const NS: [usize; 5] = [1, 2, 4, 8, 16];

/// The state of `tabular-td.n-step`.
#[derive(Debug)]
pub struct NStepExperiment {
    walks: Walks<NStepTd<OneHot<19>, 19, 16>, 19, { NS.len() }>,
}

impl Experiment for NStepExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "tabular-td.n-step",
        title: "n-step returns",
        room: "learn",
        summary: "How far should a return look before it trusts an estimate? On a walk of 19 states neither one step nor \
                  sixteen does best: something in between learns most from ten episodes.",
        citation: "Sutton & Barto, Reinforcement Learning: An Introduction, 2nd ed., 2018, example 7.1 and figure 7.2",
        step: "episode",
        steps: Steps { minimum: 1, maximum: 1_000_000, default: 10, conformance: 10 },
        contenders: &["n=1", "n=2", "n=4", "n=8", "n=16"],
        parameters: &[Parameter::real("alpha", "How far a value moves towards its return.", [0.01, 1.0], 0.4)],
        metrics: METRICS,
        views: VIEWS,
        claims: &[
            Claim::new(
                "The best of 2, 4 and 8 steps errs at most 0.9 times as much as the best of 1 step",
                Measure::RatioOfLeast(MIDDLE, ONE),
                Requirement::AtMost(0.9),
                12,
                10,
            ),
            Claim::new(
                "The best of 2, 4 and 8 steps errs at most 0.9 times as much as the best of 16 steps",
                Measure::RatioOfLeast(MIDDLE, SIXTEEN),
                Requirement::AtMost(0.9),
                12,
                10,
            ),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self =
        Self { walks: Walks([const { WalkLane::new(RandomWalk::EXAMPLE_7_1, NStepTd::EMPTY) }; NS.len()]) };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let step_size = values.real(&Self::DESCRIPTOR, 0).ok_or(Error::ParameterOutOfRange)?;
        let parameters = TdParameters { step_size, discount: 1.0 };
        self.walks.start(seed, |learner, index| learner.start(OneHot, parameters, NS[index], 0.0))
    }

    fn tick(&mut self) -> Result<bool, Error> {
        self.walks.tick()
    }

    fn metric(&self, contender: usize, _metric: usize) -> f32 {
        self.walks.error(contender)
    }
}

persist_fields!([] NStepExperiment { walks });

/// The mean error of ten episodes at every step size of the specification.
const fn at_every_step_size(contender: &'static str) -> [Quantity; 7] {
    let error = Quantity::mean(contender, "error", 0, 10);
    [
        error.with("alpha=0.1"),
        error.with("alpha=0.2"),
        error.with("alpha=0.3"),
        error.with("alpha=0.4"),
        error.with("alpha=0.6"),
        error.with("alpha=0.8"),
        error.with("alpha=1"),
    ]
}

const ONE: &[Quantity] = &at_every_step_size("n=1");
const SIXTEEN: &[Quantity] = &at_every_step_size("n=16");
const MIDDLE: &[Quantity] =
    [at_every_step_size("n=2"), at_every_step_size("n=4"), at_every_step_size("n=8")].as_flattened();
