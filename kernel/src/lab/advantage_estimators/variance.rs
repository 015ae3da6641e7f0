//! What a long reach costs: `advantage-estimators.variance`.

use super::GAE;
use crate::advantage::Gae;
use crate::error::Error;
use crate::interact::{Outcome, RolloutView};
use crate::lab::{Claim, Descriptor, Experiment, Measure, Metric, Quantity, Requirement, Steps, Values, View};
use crate::math::CompensatedMoments;
use crate::rng::{Generator, gaussian_by_sum, stream};
use crate::state::persist_fields;

/// Steps of an episode.
const LENGTH: usize = 10;
const LAMBDAS: [f32; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// Episodes that the claims are measured over.
const EPISODES: u32 = 10_000;

/// The state of `advantage-estimators.variance`.
#[derive(Debug)]
pub struct VarianceExperiment {
    rng: Option<Generator>,
    moments: [CompensatedMoments; LAMBDAS.len()],
}

impl Experiment for VarianceExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "advantage-estimators.variance",
        title: "Bias against variance",
        room: "advantage",
        summary: "Episodes of ten rewards of mean 0 and variance 1, values of 0 and no discount. The variance of the first \
                  step's advantage rises with lambda, from that of one reward to that of all ten.",
        citation: GAE,
        step: "episode",
        steps: Steps { minimum: 1, maximum: 1_000_000, default: 2000, conformance: 100 },
        contenders: &["lambda=0", "lambda=0.25", "lambda=0.5", "lambda=0.75", "lambda=1"],
        parameters: &[],
        metrics: &[Metric { name: "variance", unit: "", description: "Of the first step's advantage so far." }],
        views: &[View::Curve { title: "Variance", metric: "variance" }],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self { rng: None, moments: [CompensatedMoments::EMPTY; LAMBDAS.len()] };

    fn start(&mut self, seed: u32, _steps: u32, _values: &Values) -> Result<(), Error> {
        (self.rng, self.moments) = (Some(stream(seed, 0)), Self::EMPTY.moments);
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        let rng = self.rng.as_mut().ok_or(Error::NotStarted)?;
        let rewards: [f32; LENGTH] = core::array::from_fn(|_| gaussian_by_sum(rng));
        let mut outcomes = [Outcome::Continue; LENGTH];
        outcomes[LENGTH - 1] = Outcome::Terminated;
        let episode = RolloutView::trajectory(&rewards, &[0.0; LENGTH], &[0.0; LENGTH], &outcomes)?;
        for (moments, lambda) in self.moments.iter_mut().zip(LAMBDAS) {
            let mut advantages = [0.0; LENGTH];
            Gae::new(1.0, lambda)?.advantages(&episode, &mut advantages)?;
            moments.add(advantages[0])?;
        }
        Ok(true)
    }

    fn metric(&self, contender: usize, _metric: usize) -> f32 {
        // One episode has none.
        self.moments.get(contender).map_or(f32::NAN, |moments| moments.variance().unwrap_or(0.0))
    }
}

persist_fields!([] VarianceExperiment { moments });

const fn last(contender: &'static str) -> Quantity {
    Quantity::mean(contender, "variance", EPISODES - 1, EPISODES)
}

const fn rises(sentence: &'static str, from: &'static str, to: &'static str) -> Claim {
    Claim::new(sentence, Measure::Difference(last(to), last(from)), Requirement::Above(0.0), 1, EPISODES)
}

const CLAIMS: &[Claim] = &[
    Claim::new(
        "At lambda 0 the variance is below 1.2",
        Measure::Value(last("lambda=0")),
        Requirement::Below(1.2),
        1,
        EPISODES,
    ),
    Claim::new(
        "At lambda 1 the variance is above 8",
        Measure::Value(last("lambda=1")),
        Requirement::Above(8.0),
        1,
        EPISODES,
    ),
    rises("The variance rises from lambda 0 to 0.25", "lambda=0", "lambda=0.25"),
    rises("The variance rises from lambda 0.25 to 0.5", "lambda=0.25", "lambda=0.5"),
    rises("The variance rises from lambda 0.5 to 0.75", "lambda=0.5", "lambda=0.75"),
    rises("The variance rises from lambda 0.75 to 1", "lambda=0.75", "lambda=1"),
];
