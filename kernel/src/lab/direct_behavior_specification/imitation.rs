//! From three recorded runs to a policy: `direct-behavior-specification.imitation`.

use super::{DISCOUNT, HORIZON};
use crate::env::{Env, SpecGrid, TimeLimit};
use crate::error::Error;
use crate::interact::Outcome;
use crate::lab::{Claim, Descriptor, Experiment, Measure, Metric, Quantity, Requirement, Steps, Values, View};
use crate::learn::{SoftAdvantageFitting, behavioral_cloning_step};
use crate::math::argmax;
use crate::policy::features::{Active, Features, OneHot};
use crate::policy::{SoftmaxPolicy, StochasticPolicy};
use crate::rng::{Bernoulli, Generator, below, stream};
use crate::state::persist_fields;

const STATES: usize = SpecGrid::STATES;
const ACTIONS: usize = SpecGrid::ACTIONS;
const SLIP: f32 = 0.15;
/// How often the expert does anything.
const CARELESS: f32 = 0.05;
const EXPERT_EPISODES: usize = 3;
const GENERATED_EPISODES: usize = 4;
const EVALUATIONS: u32 = 60;
const STEPS_A_ROUND: u32 = 10;
const STEP_SIZE: f32 = 20.0;

/// States and actions of some episodes.
#[derive(Debug)]
struct Record<const N: usize> {
    pairs: [[u8; 2]; N],
    len: usize,
}

impl<const N: usize> Record<N> {
    const EMPTY: Self = Self { pairs: [[0; 2]; N], len: 0 };

    fn push(&mut self, state: usize, action: usize) {
        if let Some(pair) = self.pairs.get_mut(self.len) {
            *pair = [state as u8, action as u8];
            self.len += 1;
        }
    }

    fn pairs(&self) -> impl Iterator<Item = (Active<1>, usize)> + Clone {
        let pairs = self.pairs.get(..self.len).unwrap_or_default();
        pairs.iter().map(|[state, action]| (Active([u16::from(*state)]), usize::from(*action)))
    }
}

/// One episode of at most 40 steps, and whether it reached the goal.
fn episode(
    [world, choices]: &mut [Generator; 2],
    mut act: impl FnMut(usize, &mut Generator) -> Result<usize, Error>,
    mut note: impl FnMut(usize, usize),
) -> Result<bool, Error> {
    let mut grid = TimeLimit::new(SpecGrid::new(SLIP)?, HORIZON as u32);
    let mut state = grid.reset(world);
    loop {
        let action = act(state, choices)?;
        note(state, action);
        let step = grid.step(action, world)?;
        if step.outcome.is_over() {
            return Ok(step.outcome == Outcome::Terminated);
        }
        state = step.observation;
    }
}

/// Nearly always what is best on the grid without slip.
#[derive(Debug)]
struct Expert {
    best: [u8; STATES],
}

impl Expert {
    const EMPTY: Self = Self { best: [0; STATES] };

    fn start(&mut self) {
        let mut worth = [0.0f32; STATES];
        let value = |worth: &[f32; STATES], state: usize, action: usize| {
            let next = SpecGrid::next(state, action);
            SpecGrid::reward(next) + if next == SpecGrid::GOAL { 0.0 } else { DISCOUNT * worth[next] }
        };
        // Far more sweeps than the longest way has steps.
        for _ in 0..HORIZON {
            for state in (0..STATES).filter(|state| *state != SpecGrid::GOAL) {
                worth[state] =
                    (0..ACTIONS).map(|action| value(&worth, state, action)).fold(f32::NEG_INFINITY, f32::max);
            }
        }
        for (state, best) in self.best.iter_mut().enumerate() {
            *best = argmax(ACTIONS, |action| value(&worth, state, action)).unwrap_or(0) as u8;
        }
    }

    fn act(&self, state: usize, rng: &mut Generator) -> Result<usize, Error> {
        if Bernoulli::new(CARELESS)?.sample(rng) {
            return below(ACTIONS as u32, rng).map(|action| action as usize);
        }
        self.best.get(state).map(|best| usize::from(*best)).ok_or(Error::StateOutOfRange)
    }
}

/// Draws from a policy.
fn draw(policy: &mut SoftmaxPolicy<ACTIONS, STATES>, state: usize, rng: &mut Generator) -> Result<usize, Error> {
    policy.act(&OneHot::<STATES>.encode(state)?, rng)
}

/// How often a contender reaches the goal, on random numbers of its own.
#[derive(Debug)]
struct Evaluation {
    generators: Option<[Generator; 2]>,
    reached: u32,
    rate: f32,
}

impl Evaluation {
    const EMPTY: Self = Self { generators: None, reached: 0, rate: f32::NAN };

    fn start(&mut self, seed: u32) {
        *self = Self { generators: Some([stream(seed, 2), stream(seed, 3)]), ..Self::EMPTY };
    }

    fn episode(&mut self, act: impl FnMut(usize, &mut Generator) -> Result<usize, Error>) -> Result<(), Error> {
        let generators = self.generators.as_mut().ok_or(Error::NotStarted)?;
        self.reached += u32::from(episode(generators, act, |_, _| {})?);
        Ok(())
    }

    fn finish(&mut self) {
        self.rate = self.reached as f32 / EVALUATIONS as f32;
        self.reached = 0;
    }
}

/// The state of `direct-behavior-specification.imitation`.
#[derive(Debug)]
pub struct ImitationExperiment {
    expert: Expert,
    demonstrations: Record<{ EXPERT_EPISODES * HORIZON }>,
    generated: Record<{ GENERATED_EPISODES * HORIZON }>,
    fitting: SoftAdvantageFitting<STATES, ACTIONS>,
    clone: SoftmaxPolicy<ACTIONS, STATES>,
    gradient: [[f32; STATES]; ACTIONS],
    generators: Option<[Generator; 2]>,
    evaluations: [Evaluation; 3],
    /// Episodes of this round's evaluation; none before the round has learned.
    evaluated: Option<u32>,
}

impl ImitationExperiment {
    /// New episodes of the generator, and ten steps of both methods.
    fn learn(&mut self) -> Result<(), Error> {
        let generators = self.generators.as_mut().ok_or(Error::NotStarted)?;
        let (generated, generator) = (&mut self.generated, self.fitting.generator_mut());
        generated.len = 0;
        for _ in 0..GENERATED_EPISODES {
            let act = |state, rng: &mut Generator| draw(generator, state, rng);
            episode(generators, act, |state, action| generated.push(state, action))?;
        }
        let gradient = self.gradient.as_flattened_mut();
        for _ in 0..STEPS_A_ROUND {
            self.fitting.fit(self.demonstrations.pairs(), generated.pairs(), STEP_SIZE, gradient)?;
            behavioral_cloning_step(&mut self.clone, self.demonstrations.pairs(), STEP_SIZE, gradient)?;
        }
        self.fitting.sync_generator()
    }
}

impl Experiment for ImitationExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "direct-behavior-specification.imitation",
        title: "Do as was shown",
        room: "reward",
        summary: "Three recorded episodes of an expert on slippery ground. Adversarial soft advantage fitting tells the \
                  expert's steps from its own by classification, and becomes the expert without a reward and without \
                  reinforcement learning. Behavioural cloning has the same records; over a table, which does not generalise, \
                  it does as well.",
        citation: "Barde, Roy, Jeon, Pineau, Pal, Nowrouzezahrai, Adversarial Soft Advantage Fitting, NeurIPS 2020, arXiv \
                   2006.13258",
        step: "round",
        steps: Steps { minimum: 1, maximum: 1000, default: 30, conformance: 1 },
        contenders: &["ASAF", "behavioural cloning", "expert"],
        parameters: &[],
        metrics: &[Metric {
            name: "goal_rate",
            unit: "",
            description: "Share of 60 episodes after the round that reach the goal in 40 steps.",
        }],
        views: &[View::Curve { title: "Episodes that reach the goal", metric: "goal_rate" }],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        expert: Expert::EMPTY,
        demonstrations: Record::EMPTY,
        generated: Record::EMPTY,
        fitting: SoftAdvantageFitting::EMPTY,
        clone: SoftmaxPolicy::EMPTY,
        gradient: [[0.0; STATES]; ACTIONS],
        generators: None,
        evaluations: [Evaluation::EMPTY; 3],
        evaluated: None,
    };

    fn start(&mut self, seed: u32, _steps: u32, _values: &Values) -> Result<(), Error> {
        let Self { expert, demonstrations, .. } = self;
        expert.start();
        let mut generators = [stream(seed, 0), stream(seed, 1)];
        demonstrations.len = 0;
        for _ in 0..EXPERT_EPISODES {
            let act = |state, rng: &mut Generator| expert.act(state, rng);
            episode(&mut generators, act, |state, action| demonstrations.push(state, action))?;
        }
        self.generators = Some(generators);
        self.evaluations.iter_mut().for_each(|evaluation| evaluation.start(seed));
        self.evaluated = None;
        self.clone.clear();
        self.fitting.clear();
        Ok(())
    }

    /// What a round learns, or one episode of its evaluation.
    fn tick(&mut self) -> Result<bool, Error> {
        let Some(evaluated) = self.evaluated else {
            self.learn()?;
            self.evaluated = Some(0);
            return Ok(false);
        };
        let Self { expert, fitting, clone, evaluations: [by_fitting, by_clone, by_expert], .. } = self;
        by_fitting.episode(|state, rng| draw(fitting.learner_mut(), state, rng))?;
        by_clone.episode(|state, rng| draw(clone, state, rng))?;
        by_expert.episode(|state, rng| expert.act(state, rng))?;
        let is_over = evaluated + 1 == EVALUATIONS;
        if is_over {
            self.evaluations.iter_mut().for_each(Evaluation::finish);
        }
        self.evaluated = (!is_over).then_some(evaluated + 1);
        Ok(is_over)
    }

    fn metric(&self, contender: usize, _metric: usize) -> f32 {
        self.evaluations.get(contender).map_or(f32::NAN, |evaluation| evaluation.rate)
    }
}

persist_fields!([] ImitationExperiment { fitting, clone });

const SEEDS: u32 = 5;
const ROUNDS: u32 = 30;

const fn in_the_end(contender: &'static str) -> Quantity {
    Quantity::mean(contender, "goal_rate", ROUNDS - 1, ROUNDS)
}

const CLAIMS: &[Claim] = &[
    Claim::new(
        "From three demonstrations ASAF reaches the goal in at least 0.85 of the episodes",
        Measure::Value(in_the_end("ASAF")),
        Requirement::AtLeast(0.85),
        SEEDS,
        ROUNDS,
    ),
    Claim::new(
        "From the same demonstrations so does behavioural cloning",
        Measure::Value(in_the_end("behavioural cloning")),
        Requirement::AtLeast(0.85),
        SEEDS,
        ROUNDS,
    ),
    Claim::new(
        "Over 50 seeds too ASAF reaches it in at least 0.85 of the episodes",
        Measure::Value(in_the_end("ASAF")),
        Requirement::AtLeast(0.85),
        50,
        ROUNDS,
    ),
    Claim::new(
        "A table does not generalise: over 50 seeds ASAF is no better than behavioural cloning",
        Measure::Difference(in_the_end("ASAF"), in_the_end("behavioural cloning")),
        Requirement::AtMost(0.0),
        50,
        ROUNDS,
    ),
];
