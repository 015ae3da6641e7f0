//! The solver against enumeration: `declarative-dp-solver.random-models`.

use core::fmt::Write as _;

use super::CITATION;
use crate::error::Error;
use crate::lab::{Claim, Descriptor, Experiment, Measure, Metric, Quantity, Requirement, Steps, Values, View};
use crate::plan::{DeclaredTransition, DynamicProgram};
use crate::rng::{Generator, below, stream};
use crate::state::persist_fields;

const STATES: usize = 3;
const ACTIONS: usize = 2;
const OUTCOMES: usize = 2 * STATES * ACTIONS;

/// Models that the claim is measured over.
const MODELS: u32 = 200;

/// How far the two may differ, also as a share of the value.
const TOLERANCE: f32 = 1e-4;

const SOLVER: &str = "backward induction";
const ENUMERATION: &str = "enumeration";

/// A model as it is drawn: from a state by an action to another state.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    state: usize,
    action: usize,
    next_state: usize,
    probability: f32,
    reward: f32,
}

#[derive(Clone, Debug)]
struct Model {
    states: usize,
    actions: usize,
    stages: usize,
    outcomes: heapless::Vec<Outcome, OUTCOMES>,
}

impl Model {
    /// At most three states, two actions, three stages; one or two successors with weights from 1 to 9, rewards from -9 to 9.
    fn draw(rng: &mut Generator) -> Result<Self, Error> {
        let mut draw = |from: i32, to: i32| below((to - from + 1) as u32, rng).map(|above| from + above as i32);
        let (states, actions, stages) = (draw(1, 3)? as usize, draw(1, 2)? as usize, draw(1, 3)? as usize);
        let mut model = Self { states, actions, stages, outcomes: heapless::Vec::new() };
        for pair in 0..states * actions {
            let both = draw(1, 2)? == 2;
            let (first, second) = (draw(1, 9)?, if both { draw(1, 9)? } else { 0 });
            let sum = (first + second) as f32;
            for weight in [first, second].into_iter().filter(|weight| *weight > 0) {
                let outcome = Outcome {
                    state: pair / actions,
                    action: pair % actions,
                    next_state: draw(0, states as i32 - 1)? as usize,
                    probability: weight as f32 / sum,
                    reward: draw(-9, 9)? as f32,
                };
                model.outcomes.push(outcome).map_err(|_| Error::BufferTooSmall)?;
            }
        }
        Ok(model)
    }

    /// The model as a person would write it, from state 0.
    fn text(&self) -> Result<heapless::String<1024>, Error> {
        let mut text = heapless::String::new();
        let Self { states, actions, stages, outcomes } = self;
        let mut written =
            writeln!(text, "dp 1\nhorizon finite {stages}\nstates {states}\nactions {actions}\nsense max\nstart 0");
        for Outcome { state, action, next_state, probability, reward } in outcomes {
            written = written.and(writeln!(text, "p {state} {action} {next_state} {probability} {reward}"));
        }
        written.map(|()| text).map_err(|_| Error::BufferTooSmall)
    }

    /// The value of the best of all policies, each followed through.
    fn enumerate(&self) -> f32 {
        let decisions = (self.states * self.stages) as u32;
        let mut best = f32::NEG_INFINITY;
        for policy in 0..self.actions.pow(decisions) {
            let mut values = [0.0; STATES];
            let mut rest = policy;
            for _ in 0..self.stages {
                let mut now = [0.0; STATES];
                for (state, value) in now.iter_mut().enumerate().take(self.states) {
                    let action = rest % self.actions;
                    rest /= self.actions;
                    let taken =
                        self.outcomes.iter().filter(|outcome| (outcome.state, outcome.action) == (state, action));
                    for outcome in taken {
                        let beyond = values.get(outcome.next_state).copied().unwrap_or(0.0);
                        *value += outcome.probability * (outcome.reward + beyond);
                    }
                }
                values = now;
            }
            best = best.max(values[0]);
        }
        best
    }
}

/// The state of `declarative-dp-solver.random-models`.
#[derive(Debug)]
pub struct RandomModelsExperiment {
    rng: Option<Generator>,
    /// What each method found last.
    values: [f32; 2],
    models: u32,
    agreed: u32,
}

impl Experiment for RandomModelsExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "declarative-dp-solver.random-models",
        title: "Solver against enumeration",
        room: "plan",
        summary: "Each step draws a small model, writes it as text, solves what it reads back, and follows every policy \
                  through. An answer that another method gives too can be trusted.",
        citation: CITATION,
        step: "model",
        steps: Steps { minimum: 1, maximum: 100_000, default: MODELS, conformance: 3 },
        contenders: &[SOLVER, ENUMERATION],
        parameters: &[],
        metrics: &[
            Metric { name: "value", unit: "", description: "What state 0 is worth at the first stage." },
            Metric {
                name: "agreement",
                unit: "",
                description: "The share of models so far where the two agree within 1e-4.",
            },
        ],
        views: &[
            View::Curve { title: "Value", metric: "value" },
            View::Curve { title: "Agreement", metric: "agreement" },
        ],
        claims: &[Claim::new(
            "200 of 200 random models have the value of their best policy",
            Measure::Value(Quantity::mean(SOLVER, "agreement", MODELS - 1, MODELS)),
            Requirement::Equal(1.0),
            1,
            MODELS,
        )],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self { rng: None, values: [0.0; 2], models: 0, agreed: 0 };

    fn start(&mut self, seed: u32, _steps: u32, _values: &Values) -> Result<(), Error> {
        *self = Self { rng: Some(stream(seed, 0)), ..Self::EMPTY };
        Ok(())
    }

    /// One model.
    fn tick(&mut self) -> Result<bool, Error> {
        let model = Model::draw(self.rng.as_mut().ok_or(Error::NotStarted)?)?;
        let (mut transitions, mut terminal) = ([DeclaredTransition::EMPTY; OUTCOMES], [0.0; STATES]);
        let text = model.text()?;
        let program = DynamicProgram::parse(&text, &mut transitions, &mut terminal).map_err(|fault| fault.error)?;
        let (mut values, mut scratch) = ([0.0; STATES], [0.0; STATES]);
        let (Some(values), Some(scratch)) = (values.get_mut(..model.states), scratch.get_mut(..model.states)) else {
            return Err(Error::BufferTooSmall);
        };
        let (found, expected) = (program.solve(values, scratch)?.value, model.enumerate());
        self.values = [found, expected];
        self.models += 1;
        self.agreed += u32::from((found - expected).abs() <= TOLERANCE * expected.abs().max(1.0));
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        match metric {
            0 if self.models == 0 => f32::NAN,
            0 => self.values.get(contender).copied().unwrap_or(f32::NAN),
            _ => self.agreed as f32 / self.models as f32,
        }
    }
}

persist_fields!([] RandomModelsExperiment { values, models, agreed });
