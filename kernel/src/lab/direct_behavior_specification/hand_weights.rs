//! How many hand-tuned weights do what was asked: `direct-behavior-specification.hand-weights`.

use super::exact::{Behaviour, Judge, LIMIT, Policy, THRESHOLD};
use crate::error::Error;
use crate::lab::{
    Claim, Descriptor, Experiment, Kind, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::reward::weights::{BehaviorConstraint, constrained};
use crate::state::persist_fields;

/// What a behaviour may cost.
const WEIGHTS: [f32; 7] = [0.0, 0.02, 0.05, 0.1, 0.3, 1.0, 3.0];
const MOST: usize = 3;
const TOLERANCE: f32 = 0.01;
const SUCCESS: f32 = 0.9;

/// The state of `direct-behavior-specification.hand-weights`.
#[derive(Debug)]
pub struct HandWeightsExperiment {
    judge: Judge,
    policy: Policy,
    weights: [f32; MOST],
    /// The mean over the last quarter of the iterations, as far as they have come.
    behaviour: Behaviour,
    constraints: usize,
    every: usize,
    iterations: u32,
    limit: f32,
    /// How many vectors were tried.
    tried: usize,
    iteration: u32,
    passed: u32,
    passes: bool,
}

impl HandWeightsExperiment {
    /// The weights of the next vector: as the digits of its number, the last weight fastest. After the last vector comes
    /// the first one.
    fn next_weights(&self) -> [f32; MOST] {
        let mut number = self.tried * self.every;
        let mut weights = [0.0; MOST];
        for weight in weights[..self.constraints].iter_mut().rev() {
            *weight = WEIGHTS[number % WEIGHTS.len()];
            number /= WEIGHTS.len();
        }
        weights
    }
}

impl Experiment for HandWeightsExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "direct-behavior-specification.hand-weights",
        title: "Weights by hand",
        room: "reward",
        summary: "The grid of direct behaviour specification, with a fixed cost for every hot step, every jump and every noisy \
                  step. Each step trains a policy on the next vector of a grid of costs: the more requirements there are, the \
                  smaller is the share of vectors that meet them all and still reach the goal.",
        citation: "Roy, Girgis, Romoff, Bacon, Pal, Direct Behavior Specification via Constrained Reinforcement Learning, ICML \
                   2022, arXiv 2112.12228",
        step: "vector",
        steps: Steps { minimum: 1, maximum: 343, default: 27, conformance: 1 },
        contenders: &["hand weights"],
        parameters: &[
            Parameter {
                name: "constraints",
                unit: "",
                description: "On hot cells; on jumps too; on noisy cells too.",
                kind: Kind::Choice { options: &["1", "2", "3"], default: 2 },
            },
            Parameter::real("every", "Which vectors are tried: every so many.", [1.0, 171.0], 13.0),
            Parameter::real("iterations", "Improvements of each policy.", [4.0, 1000.0], 60.0),
            Parameter::real("limit", "Where logits are cut.", [1.0, 1e6], LIMIT),
        ],
        metrics: &[
            Metric {
                name: "passes",
                unit: "",
                description: "1 where the policy meets all rates within 0.01 and 0.9 of the episodes succeed, else 0.",
            },
            Metric { name: "share", unit: "", description: "Share of the vectors so far that pass." },
            Metric { name: "success", unit: "", description: "Share of the episodes that reach the goal in 40 steps." },
            Metric { name: "rate_hot", unit: "", description: "Share of the steps that enter a hot cell." },
            Metric { name: "rate_jump", unit: "", description: "Share of the steps that are jumps." },
            Metric { name: "rate_noisy", unit: "", description: "Share of the steps that enter a noisy cell." },
            Metric { name: "weight_hot", unit: "", description: "Cost of entering a hot cell." },
            Metric { name: "weight_jump", unit: "", description: "Cost of a jump." },
            Metric { name: "weight_noisy", unit: "", description: "Cost of entering a noisy cell." },
        ],
        views: &[
            View::Curve { title: "Share of vectors that pass so far", metric: "share" },
            View::Curve { title: "Success", metric: "success" },
            View::Curve { title: "Hot steps", metric: "rate_hot" },
            View::Curve { title: "Jumps", metric: "rate_jump" },
            View::Curve { title: "Noisy steps", metric: "rate_noisy" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        judge: Judge::EMPTY,
        policy: Policy::EMPTY,
        weights: [0.0; MOST],
        behaviour: Behaviour::NONE,
        constraints: 0,
        every: 0,
        iterations: 0,
        limit: 0.0,
        tried: 0,
        iteration: 0,
        passed: 0,
        passes: false,
    };

    fn start(&mut self, _seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        (self.every, self.iterations, self.limit) = (real(1)? as usize, real(2)? as u32, real(3)?);
        self.constraints = values.choice(&Self::DESCRIPTOR, 0) + 1;
        (self.tried, self.iteration, self.passed, self.passes) = (0, 0, 0, false);
        self.behaviour = Behaviour::NONE;
        self.judge.start();
        Ok(())
    }

    /// One iteration of one policy.
    fn tick(&mut self) -> Result<bool, Error> {
        if self.iteration == 0 {
            self.policy.clear();
            self.weights = self.next_weights();
            self.behaviour = Behaviour { rates: [0.0; MOST], success: 0.0 };
        }
        let behaviour = self.judge.judge(&mut self.policy)?;
        let late = self.iterations / 4;
        if self.iteration >= self.iterations - late {
            let share = 1.0 / late as f32;
            self.behaviour.rates.iter_mut().zip(behaviour.rates).for_each(|(mean, rate)| *mean += share * rate);
            self.behaviour.success += share * behaviour.success;
        }
        let (count, costs) = (self.constraints, [BehaviorConstraint::at_most(THRESHOLD)?; MOST]);
        let weights = &self.weights[..count];
        self.judge.improve(&mut self.policy, self.limit, |reward, happened| {
            constrained(reward, 1.0, weights, &costs, happened)
        })?;
        self.iteration += 1;
        if self.iteration < self.iterations {
            return Ok(false);
        }
        (self.iteration, self.tried) = (0, self.tried + 1);
        let mut rates = self.behaviour.rates[..count].iter();
        self.passes = rates.all(|rate| *rate <= THRESHOLD + TOLERANCE) && self.behaviour.success >= SUCCESS;
        self.passed += u32::from(self.passes);
        Ok(true)
    }

    fn metric(&self, _contender: usize, metric: usize) -> f32 {
        match metric {
            0 => f32::from(u8::from(self.passes)),
            1 => self.passed as f32 / self.tried as f32,
            2 => self.behaviour.success,
            3..=5 => self.behaviour.rates[metric - 3],
            6..=8 if metric - 6 < self.constraints => self.weights[metric - 6],
            _ => f32::NAN,
        }
    }
}

persist_fields!([] HandWeightsExperiment { policy });

/// The share of vectors that pass, of so many that are tried; nothing is left to chance.
const fn share(set: &'static str, vectors: u32) -> Quantity {
    Quantity::mean("hand weights", "passes", 0, vectors).with(set).in_runs_of(vectors)
}

const ONE: Quantity = share("constraints=1,every=1", 7);
const TWO: Quantity = share("constraints=2,every=1", 49);
const THREE: Quantity = share("constraints=3,every=13", 27);
const TWO_UNCUT: Quantity = share("constraints=2,every=1,limit=1000000", 49);
const THREE_UNCUT: Quantity = share("constraints=3,every=13,limit=1000000", 27);
const TWO_LONG: Quantity = share("constraints=2,every=1,limit=1000000,iterations=300", 49);
const THREE_LONG: Quantity = share("constraints=3,every=12,limit=1000000,iterations=300", 29);

const fn less(sentence: &'static str, share: Quantity, than: Quantity) -> Claim {
    Claim::new(sentence, Measure::Ratio(share, than), Requirement::Below(1.0), 1, 49)
}

const CLAIMS: &[Claim] = &[
    Claim::new(
        "With one constraint more than half of the weights do",
        Measure::Value(ONE),
        Requirement::Above(0.5),
        1,
        7,
    ),
    Claim::new(
        "With three constraints less than 0.15 of the weights do",
        Measure::Value(THREE),
        Requirement::Below(0.15),
        1,
        27,
    ),
    less("With two constraints a smaller share does than with one", TWO, ONE),
    less("With three constraints a smaller share does than with two", THREE, TWO),
    less("With logits cut at 30 a smaller share of two weights does than with logits that are not", TWO, TWO_UNCUT),
    less("With logits that are not cut a smaller share of three weights does than of two", THREE_UNCUT, TWO_UNCUT),
    less("After 300 iterations, uncut, a smaller share of three weights does than of two", THREE_LONG, TWO_LONG),
];
