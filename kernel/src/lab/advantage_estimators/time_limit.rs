//! What a time limit taken for an end costs: `advantage-estimators.time-limit`.

use super::GAE;
use crate::advantage::Gae;
use crate::error::Error;
use crate::interact::{Outcome, RolloutView};
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::state::persist_fields;

/// Steps of an episode, and of a buffer of two.
const LIMIT: usize = 20;
const LENGTH: usize = 2 * LIMIT;
const DISCOUNT: f32 = 0.95;
const STEP_SIZE: f32 = 0.1;

/// How each contender takes the cut.
const CUTS: [Outcome; 2] = [Outcome::Truncated, Outcome::Terminated];

/// Updates that the claims are measured after.
const UPDATES: u32 = 400;

/// The state of `advantage-estimators.time-limit`.
#[derive(Debug)]
pub struct TimeLimitExperiment {
    gae: Option<Gae>,
    values: [f32; CUTS.len()],
}

/// The mean value target of two episodes in one state, whose value is thought to be `value`.
fn mean_target(gae: &Gae, value: f32, cut: Outcome) -> Result<f32, Error> {
    let (rewards, values) = ([1.0; LENGTH], [value; LENGTH]);
    let mut outcomes = [Outcome::Continue; LENGTH];
    outcomes.iter_mut().skip(LIMIT - 1).step_by(LIMIT).for_each(|outcome| *outcome = cut);
    let rollout = RolloutView::trajectory(&rewards, &values, &values, &outcomes)?;
    let (mut advantages, mut targets) = ([0.0; LENGTH], [0.0; LENGTH]);
    gae.advantages_and_targets(&rollout, &mut advantages, &mut targets)?;
    Ok(targets.iter().sum::<f32>() / LENGTH as f32)
}

impl Experiment for TimeLimitExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "advantage-estimators.time-limit",
        title: "A time limit is not an end",
        room: "advantage",
        summary: "One state pays 1 a step for ever, which is worth 20 at a discount of 0.95. Episodes are cut after 20 steps: \
                  whoever takes the cut for an end learns less than half of the value.",
        citation: GAE,
        step: "update",
        steps: Steps { minimum: 1, maximum: 10_000, default: UPDATES, conformance: 20 },
        contenders: &["truncated", "terminated"],
        parameters: &[Parameter::real("lambda", "How far rewards reach back.", [0.0, 1.0], 0.95)],
        metrics: &[Metric { name: "value", unit: "", description: "What the state is thought to be worth." }],
        views: &[View::Curve { title: "Value", metric: "value" }],
        claims: &[
            claim(
                "With the cut as a truncation the value is within 0.05 of 20",
                "truncated",
                Requirement::Within(19.95, 20.05),
            ),
            claim("With the cut as an end the value is below 10", "terminated", Requirement::Below(10.0)),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self { gae: None, values: [0.0; CUTS.len()] };

    fn start(&mut self, _seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let lambda = values.real(&Self::DESCRIPTOR, 0).ok_or(Error::ParameterOutOfRange)?;
        self.gae = Some(Gae::new(DISCOUNT, lambda)?);
        self.values = [0.0; CUTS.len()];
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        let gae = self.gae.as_ref().ok_or(Error::NotStarted)?;
        for (value, cut) in self.values.iter_mut().zip(CUTS) {
            *value += STEP_SIZE * (mean_target(gae, *value, cut)? - *value);
        }
        Ok(true)
    }

    fn metric(&self, contender: usize, _metric: usize) -> f32 {
        self.values.get(contender).copied().unwrap_or(f32::NAN)
    }
}

persist_fields!([] TimeLimitExperiment { values });

const fn claim(sentence: &'static str, contender: &'static str, required: Requirement) -> Claim {
    Claim::new(sentence, Measure::Value(Quantity::mean(contender, "value", UPDATES - 1, UPDATES)), required, 1, UPDATES)
}
