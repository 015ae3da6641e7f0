//! A simple reward against a reward of many terms: `simple-driving-reward`.

mod drive;
mod ppo;

use super::{Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View};
use crate::error::Error;
use crate::state::persist_fields;
use drive::Rule;
use ppo::{Learner, Stage, Workplace};

/// Episodes of a batch, in the order of the parameter's options.
const BATCHES: [u32; 2] = [8, 128];

/// The state of `simple-driving-reward`. No batch is kept: its episodes are driven again from the same random numbers, so
/// that 7680 transitions take no more memory than 60.
#[derive(Debug)]
pub struct SimpleDrivingRewardExperiment {
    learners: [Learner; 2],
    work: Workplace,
    batch: u32,
    contender: usize,
    stage: Stage,
}

impl Experiment for SimpleDrivingRewardExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "simple-driving-reward",
        title: "Driving by a simple reward",
        room: "reward",
        summary: "Two lights, a parked car and a speed limit. A reward of many weighted terms pays for standing still before \
                  the parked car, and there its driver stays; progress times a factor, ended by infractions, leads its driver \
                  home.",
        citation: "Jaeger, Dauner, Beisswenger, Gerstenecker, Chitta, Geiger, CaRL: Learning Scalable Planning Policies with \
                   Simple Rewards, 2025, arXiv 2504.17838",
        step: "update",
        steps: Steps { minimum: 1, maximum: 10_000, default: 250, conformance: 1 },
        contenders: &["simple", "additive"],
        parameters: &[Parameter::choice("batch", "Episodes an update learns from.", &["8", "128"])],
        metrics: &[
            Metric {
                name: "score",
                unit: "%",
                description: "Driving score of 400 episodes under the present policy: the completion, times 0.6 after an \
                              infraction, times 0.9 after a step above the limit.",
            },
            Metric { name: "completion", unit: "%", description: "How much of the route those episodes completed." },
            Metric { name: "infractions", unit: "", description: "The share of them that ended by an infraction." },
            Metric {
                name: "return",
                unit: "reward",
                description: "Mean return of the episodes that were learned from, by the contender's own reward.",
            },
        ],
        views: &[
            View::Curve { title: "Driving score", metric: "score" },
            View::Curve { title: "Route completed", metric: "completion" },
            View::Curve { title: "Episodes with an infraction", metric: "infractions" },
            View::Curve { title: "Return, each by its own reward", metric: "return" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        learners: [Learner::new(Rule::Simple), Learner::new(Rule::Additive)],
        work: Workplace::EMPTY,
        batch: 0,
        contender: 0,
        stage: Stage::START,
    };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        self.batch = *BATCHES.get(values.choice(&Self::DESCRIPTOR, 0)).ok_or(Error::UnknownChoice)?;
        (self.contender, self.stage) = (0, Stage::START);
        self.learners.iter_mut().try_for_each(|learner| learner.start(seed))
    }

    /// An episode of one contender.
    fn tick(&mut self) -> Result<bool, Error> {
        let learner = self.learners.get_mut(self.contender).ok_or(Error::UnknownContender)?;
        if !learner.tick(&mut self.stage, self.batch, &mut self.work)? {
            return Ok(false);
        }
        self.contender = (self.contender + 1) % self.learners.len();
        Ok(self.contender == 0)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        let metrics = self.learners.get(contender).map(|learner| learner.metrics);
        metrics.and_then(|metrics| metrics.get(metric).copied()).unwrap_or(f32::NAN)
    }
}

persist_fields!([] SimpleDrivingRewardExperiment { learners });

const SEEDS: u32 = 3;
/// Updates in 120 000 transitions, of 60 an episode.
const SMALL: u32 = 250;
const LARGE: u32 = 16;

/// A metric after the last update with batches of 8 or of 128 episodes.
const fn small(contender: &'static str, metric: &'static str) -> Quantity {
    Quantity::mean(contender, metric, SMALL - 1, SMALL)
}

const fn large(contender: &'static str, metric: &'static str) -> Quantity {
    Quantity::mean(contender, metric, LARGE - 1, LARGE).with("batch=128")
}

const CLAIMS: &[Claim] = &[
    Claim::new(
        "With batches of 8 episodes the simple reward leads to a driving score of at least 85",
        Measure::Value(small("simple", "score")),
        Requirement::AtLeast(85.0),
        SEEDS,
        SMALL,
    ),
    Claim::new(
        "With batches of 128 episodes the simple reward leads to a driving score of at least 85",
        Measure::Value(large("simple", "score")),
        Requirement::AtLeast(85.0),
        SEEDS,
        LARGE,
    ),
    Claim::new(
        "With batches of 8 episodes the additive reward leads to a driving score of at most 60",
        Measure::Value(small("additive", "score")),
        Requirement::AtMost(60.0),
        SEEDS,
        SMALL,
    ),
    Claim::new(
        "With batches of 128 episodes the additive reward leads to a driving score of at most 60",
        Measure::Value(large("additive", "score")),
        Requirement::AtMost(60.0),
        SEEDS,
        LARGE,
    ),
    Claim::new(
        "With batches of 128 episodes the simple reward scores at least 30 more than the additive one",
        Measure::Difference(large("simple", "score"), large("additive", "score")),
        Requirement::AtLeast(30.0),
        SEEDS,
        LARGE,
    ),
    Claim::new(
        "The simple reward gains by larger batches, as in the paper",
        Measure::Difference(large("simple", "score"), small("simple", "score").in_runs_of(SMALL)),
        Requirement::Above(0.0),
        SEEDS,
        LARGE,
    ),
];
