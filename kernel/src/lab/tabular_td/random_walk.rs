//! TD(0) on a random walk: `tabular-td.random-walk`.

use super::walk_lane::{METRICS, VIEWS, WalkLane, Walks};
use crate::env::RandomWalk;
use crate::error::Error;
use crate::lab::{Claim, Descriptor, Experiment, Measure, Parameter, Quantity, Requirement, Steps, Values};
use crate::learn::{TdLambda, TdParameters, TraceKind};
use crate::policy::features::OneHot;
use crate::state::persist_fields;

const STEP_SIZES: [f32; 3] = [0.05, 0.1, 0.15];

/// The state of `tabular-td.random-walk`.
#[derive(Debug)]
pub struct RandomWalkExperiment {
    walks: Walks<TdLambda<OneHot<5>, 5>, 5, { STEP_SIZES.len() }>,
}

impl Experiment for RandomWalkExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "tabular-td.random-walk",
        title: "Random walk",
        room: "learn",
        summary: "TD(0) learns what the five states of a random walk are worth. A large step size learns quickly and then \
                  keeps jumping about; a small one takes longer and ends closer to the truth.",
        citation: "Sutton & Barto, Reinforcement Learning: An Introduction, 2nd ed., 2018, example 6.2",
        step: "episode",
        steps: Steps { minimum: 1, maximum: 1_000_000, default: 100, conformance: 100 },
        contenders: &["alpha=0.05", "alpha=0.1", "alpha=0.15"],
        parameters: &[Parameter::real("initial", "What every state is held to be worth at first.", [-1.0, 2.0], 0.5)],
        metrics: METRICS,
        views: VIEWS,
        claims: &[
            Claim::new(
                "With step size 0.05 the error after 100 episodes is at most 0.06",
                Measure::Value(last("alpha=0.05")),
                Requirement::AtMost(0.06),
                60,
                100,
            ),
            Claim::new(
                "With step size 0.1 the error after 100 episodes is at most 0.08",
                Measure::Value(last("alpha=0.1")),
                Requirement::AtMost(0.08),
                60,
                100,
            ),
            Claim::new(
                "With step size 0.15 the error after 100 episodes is at most 0.1",
                Measure::Value(last("alpha=0.15")),
                Requirement::AtMost(0.1),
                60,
                100,
            ),
            Claim::new(
                "The error after 100 episodes is greater with step size 0.1 than with 0.05",
                Measure::Difference(last("alpha=0.1"), last("alpha=0.05")),
                Requirement::Above(0.0),
                60,
                100,
            ),
            Claim::new(
                "The error after 100 episodes is greater with step size 0.15 than with 0.1",
                Measure::Difference(last("alpha=0.15"), last("alpha=0.1")),
                Requirement::Above(0.0),
                60,
                100,
            ),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self =
        Self { walks: Walks([const { WalkLane::new(RandomWalk::EXAMPLE_6_2, TdLambda::EMPTY) }; STEP_SIZES.len()]) };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let initial = values.real(&Self::DESCRIPTOR, 0).ok_or(Error::ParameterOutOfRange)?;
        self.walks.start(seed, |learner, index| {
            let parameters = TdParameters { step_size: STEP_SIZES[index], discount: 1.0 };
            learner.start(OneHot, parameters, TraceKind::Accumulating, 0.0, initial)
        })
    }

    fn tick(&mut self) -> Result<bool, Error> {
        self.walks.tick()
    }

    fn metric(&self, contender: usize, _metric: usize) -> f32 {
        self.walks.error(contender)
    }
}

persist_fields!([] RandomWalkExperiment { walks });

const fn last(contender: &'static str) -> Quantity {
    Quantity::mean(contender, "error", 99, 100)
}
