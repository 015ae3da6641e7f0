//! One descent under several schedules: `uba-step-size-schedule.quadratic`.

use super::CITATION;
use super::rule::{PHIS, RULES, Rule, before_siblings};
use super::surface::{DIMENSIONS, Descent, eigenvalues};
use crate::error::Error;
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::schedule::{Budgeted, Schedule};
use crate::state::persist_fields;

/// UBA with `phi` 3 and 5, and every sibling.
const CONTENDERS: usize = RULES - PHIS + 2;

/// The state of `uba-step-size-schedule.quadratic`.
#[derive(Debug)]
pub struct QuadraticExperiment {
    descents: [Descent; CONTENDERS],
    eigenvalues: [f32; DIMENSIONS],
    greatest: f32,
    budget: u32,
    updates: u32,
}

impl QuadraticExperiment {
    /// A contender's step size at update `t`.
    fn step_size(&self, contender: usize, t: u32) -> Result<f32, Error> {
        let rule = Rule::of(PHIS - 3 + contender + usize::from(contender >= 2));
        Ok(Budgeted::new(rule, self.budget, self.greatest, 0.0)?.at(t))
    }
}

impl Experiment for QuadraticExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "uba-step-size-schedule.quadratic",
        title: "A budget of noisy steps",
        room: "reward",
        summary: "Gradient descent with noise on a quadratic, exact in expectation, with as many updates as the run has \
                  steps. Large steps go far and leave noise behind; which shape ends lowest depends on the budget, the \
                  condition and the greatest step size.",
        citation: CITATION,
        step: "update",
        steps: Steps { minimum: 1, maximum: 100_000, default: 200, conformance: 50 },
        contenders: &before_siblings::<2, CONTENDERS>(["UBA phi=3", "UBA phi=5"]),
        parameters: &[
            Parameter::real("condition", "The largest eigenvalue divided by the smallest.", [1.0, 1000.0], 100.0),
            Parameter::real("step_size", "The greatest step size.", [0.01, 1.0], 1.0),
        ],
        metrics: &[
            Metric { name: "loss", unit: "", description: "The expected loss." },
            Metric { name: "step_size", unit: "", description: "The step size of the update." },
        ],
        views: &[
            View::Curve { title: "Loss", metric: "loss" },
            View::Curve { title: "Step size", metric: "step_size" },
        ],
        claims: &[
            ends_below("After 400 updates at condition 10 UBA with phi 5 ends below the cosine", "condition=10"),
            ends_below("After 400 updates at condition 100 UBA with phi 5 ends below the cosine", "condition=100"),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        descents: [Descent::START; CONTENDERS],
        eigenvalues: [1.0; DIMENSIONS],
        greatest: 0.0,
        budget: 1,
        updates: 0,
    };

    fn start(&mut self, _seed: u32, steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        self.eigenvalues = eigenvalues(real(0)?);
        self.greatest = real(1)?;
        self.descents = [Descent::START; CONTENDERS];
        (self.budget, self.updates) = (steps, 0);
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        for contender in 0..CONTENDERS {
            let step_size = self.step_size(contender, self.updates)?;
            self.descents[contender].update(&self.eigenvalues, step_size);
        }
        self.updates += 1;
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        match (self.descents.get(contender), metric) {
            (Some(descent), 0) => descent.loss(&self.eigenvalues),
            (Some(_), 1) => self.step_size(contender, self.updates.saturating_sub(1)).unwrap_or(f32::NAN),
            _ => f32::NAN,
        }
    }
}

persist_fields!([] QuadraticExperiment { descents });

/// The claim that UBA ends below the cosine at the longest budget and the largest step size.
const fn ends_below(sentence: &'static str, set: &'static str) -> Claim {
    let last = Quantity::mean("UBA phi=5", "loss", 399, 400).with(set);
    Claim::new(
        sentence,
        Measure::Ratio(last, Quantity { contender: "cosine", ..last }),
        Requirement::Below(1.0),
        1,
        400,
    )
}
