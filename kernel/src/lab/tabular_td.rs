//! The TD family on the cliff: `tabular-td.cliff-walking`.

use super::{
    Claim, Descriptor, Experiment, Kind, Measure, Metric, Parameter, Quantity, Reduction, Requirement, Steps, Values,
    View,
};
use crate::env::{CliffWalking, Env};
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::learn::{Control, ExpectedSarsaTarget, QLearningTarget, SarsaTarget, Target, TdControl, TdParameters};
use crate::policy::{EpsilonGreedy, QTable};
use crate::rng::{Generator, stream};
use crate::state::{Persist, Write};

const ROWS: usize = CliffWalking::ROWS;
const COLUMNS: usize = CliffWalking::COLUMNS;
const STATES: usize = CliffWalking::STATES;
const ACTIONS: usize = CliffWalking::ACTIONS;

/// What the metric `greedy_path` says where the path does not arrive.
const NO_ARRIVAL: u32 = 100;

type Learner<T> = TdControl<T, QTable<STATES, ACTIONS>>;

/// One contender: its learner, its own cliff, its own copies of the generators.
#[derive(Debug)]
struct Lane<T> {
    learner: Learner<T>,
    cliff: CliffWalking,
    cliff_rng: Option<Generator>,
    learner_rng: Option<Generator>,
    state: usize,
    reward: f32,
    length: u32,
    over: bool,
}

impl<T: Target> Lane<T> {
    const EMPTY: Self = Self {
        learner: Learner::EMPTY,
        cliff: CliffWalking::new(false),
        cliff_rng: None,
        learner_rng: None,
        state: CliffWalking::START,
        reward: 0.0,
        length: 0,
        over: true,
    };

    fn start(&mut self, seed: u32, parameters: TdParameters, epsilon: f32) -> Result<(), Error> {
        self.learner.start(parameters, EpsilonGreedy::new(epsilon)?, 0.0)?;
        self.cliff = CliffWalking::new(false);
        self.cliff_rng = Some(stream(seed, 0));
        self.learner_rng = Some(stream(seed, 1));
        self.over = true;
        Ok(())
    }

    /// Begins an episode.
    fn reset(&mut self) {
        if let Some(rng) = &mut self.cliff_rng {
            self.state = self.cliff.reset(rng);
        }
        (self.reward, self.length, self.over) = (0.0, 0, false);
    }

    /// One transition, unless the episode is over.
    fn tick(&mut self) -> Result<(), Error> {
        let (Some(cliff_rng), Some(learner_rng)) = (&mut self.cliff_rng, &mut self.learner_rng) else {
            return Err(Error::NotStarted);
        };
        if self.over {
            return Ok(());
        }
        let state = self.state;
        let action = self.learner.act(state, learner_rng)?;
        let step = self.cliff.step(action, cliff_rng)?;
        let (reward, next_state, outcome) = (step.reward, step.observation, step.outcome);
        self.learner.learn(&Transition { state, action, reward, next_state, outcome }, learner_rng)?;
        self.state = next_state;
        // Whole numbers below 2^24: exact in any order.
        self.reward += reward;
        self.length += 1;
        self.over = outcome.is_over();
        Ok(())
    }

    /// Follows the greedy actions from the start, calls `visit` with every cell, and returns the number of steps to the
    /// goal, if they lead there.
    fn greedy_path(&self, mut visit: impl FnMut(usize)) -> Option<u32> {
        let mut rng = stream(0, 0);
        let mut walker = CliffWalking::new(false);
        let mut state = walker.reset(&mut rng);
        for length in 1..=STATES as u32 {
            visit(state);
            let (action, _) = self.learner.table().greedy(state).ok()?;
            let step = walker.step(action, &mut rng).ok()?;
            if step.outcome == Outcome::Terminated {
                visit(step.observation);
                return Some(length);
            }
            state = step.observation;
        }
        None
    }

    fn metric(&self, metric: usize) -> f32 {
        match metric {
            0 => self.reward,
            1 => self.length as f32,
            2 => self.greedy_path(|_| {}).unwrap_or(NO_ARRIVAL) as f32,
            _ => f32::NAN,
        }
    }

    fn grid(&self, out: &mut [f32]) -> Result<(), Error> {
        let (values, rest) = out.split_at_mut(STATES);
        let (arrows, rest) = rest.split_at_mut(STATES);
        let (kinds, rest) = rest.split_at_mut(STATES);
        let (path, agent) = rest.split_at_mut(STATES);
        path.fill(0.0);
        // What circles without arriving is no path.
        if self.greedy_path(|_| {}).is_some() {
            self.greedy_path(|state| path[state] = 1.0);
        }
        for state in 0..STATES {
            let row = self.learner.table().row(state)?;
            let (_, best) = self.learner.table().greedy(state)?;
            let mask = row.iter().enumerate().filter(|(_, value)| **value == best).map(|(action, _)| 1 << action);
            let kind = match state {
                CliffWalking::START => 3.0,
                CliffWalking::GOAL => 4.0,
                _ if CliffWalking::is_cliff(state) => 2.0,
                _ => 0.0,
            };
            let acts = kind == 0.0 || kind == 3.0;
            values[state] = best;
            arrows[state] = if acts { mask.sum::<u32>() as f32 } else { 0.0 };
            kinds[state] = kind;
        }
        agent.fill(self.cliff.state() as f32);
        Ok(())
    }
}

/// The state of `tabular-td.cliff-walking`.
#[derive(Debug)]
pub struct CliffWalkingExperiment {
    sarsa: Lane<SarsaTarget>,
    q_learning: Lane<QLearningTarget>,
    expected_sarsa: Lane<ExpectedSarsaTarget>,
}

impl CliffWalkingExperiment {
    fn is_complete(&self) -> bool {
        self.sarsa.over && self.q_learning.over && self.expected_sarsa.over
    }
}

impl Experiment for CliffWalkingExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "tabular-td.cliff-walking",
        title: "Cliff walking",
        room: "learn",
        summary: "Three temporal-difference learners cross a cliff. Q-learning finds the shortest path, along the edge, and \
                  falls off it while it explores; SARSA learns the safer way round and earns more on-line; Expected SARSA \
                  averages over its exploration and earns most.",
        citation: "Sutton & Barto, Reinforcement Learning: An Introduction, 2nd ed., 2018, example 6.6 and sections 6.4-6.6",
        step: "episode",
        steps: Steps { minimum: 1, maximum: 1_000_000, default: 500 },
        contenders: &["SARSA", "Q-learning", "Expected SARSA"],
        parameters: &[
            Parameter {
                name: "step_size",
                unit: "",
                description: "How far a value moves towards its target (alpha).",
                kind: Kind::Real { minimum: 0.01, maximum: 1.0, default: Some(0.5), derived: "" },
            },
            Parameter {
                name: "epsilon",
                unit: "",
                description: "Probability of a random action.",
                kind: Kind::Real { minimum: 0.0, maximum: 1.0, default: Some(0.1), derived: "" },
            },
            Parameter {
                name: "discount",
                unit: "",
                description: "What a reward is worth one step later (gamma).",
                kind: Kind::Real { minimum: 0.0, maximum: 1.0, default: Some(1.0), derived: "" },
            },
        ],
        metrics: &[
            Metric { name: "return", unit: "reward", description: "Sum of the rewards of the episode, undiscounted." },
            Metric { name: "length", unit: "transitions", description: "Transitions in the episode." },
            Metric {
                name: "greedy_path",
                unit: "transitions",
                description: "Length of the greedy path from start to goal; 100 where it does not arrive.",
            },
        ],
        views: &[
            View::Curve { title: "Return of each episode", metric: "return" },
            View::Curve { title: "Length of the greedy path", metric: "greedy_path" },
            View::Grid { title: "Values and greedy actions", rows: ROWS, columns: COLUMNS },
        ],
        claims: &[
            Claim {
                sentence: "SARSA earns about -25 an episode on-line",
                measure: Measure::Value(late_return("SARSA")),
                required: Requirement::Within(-35.0, -20.0),
                seeds: 48,
                steps: 500,
                full: false,
            },
            Claim {
                sentence: "Q-learning earns about -50 an episode on-line",
                measure: Measure::Value(late_return("Q-learning")),
                required: Requirement::Within(-70.0, -40.0),
                seeds: 48,
                steps: 500,
                full: false,
            },
            Claim {
                sentence: "Expected SARSA earns at least 2 more than SARSA",
                measure: Measure::Difference(late_return("Expected SARSA"), late_return("SARSA")),
                required: Requirement::AtLeast(2.0),
                seeds: 48,
                steps: 500,
                full: false,
            },
            Claim {
                sentence: "Q-learning's greedy path is the optimal 13 steps after 1000 episodes",
                measure: Measure::Value(Quantity {
                    contender: "Q-learning",
                    metric: "greedy_path",
                    reduction: Reduction::Mean { from: 999, to: 1000 },
                    set: "",
                }),
                required: Requirement::Equal(13.0),
                seeds: 48,
                steps: 1000,
                full: false,
            },
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self { sarsa: Lane::EMPTY, q_learning: Lane::EMPTY, expected_sarsa: Lane::EMPTY };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let (parameters, epsilon) = (TdParameters { step_size: real(0)?, discount: real(2)? }, real(1)?);
        self.sarsa.start(seed, parameters, epsilon)?;
        self.q_learning.start(seed, parameters, epsilon)?;
        self.expected_sarsa.start(seed, parameters, epsilon)
    }

    fn tick(&mut self) -> Result<bool, Error> {
        if self.is_complete() {
            self.sarsa.reset();
            self.q_learning.reset();
            self.expected_sarsa.reset();
        }
        self.sarsa.tick()?;
        self.q_learning.tick()?;
        self.expected_sarsa.tick()?;
        Ok(self.is_complete())
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        match contender {
            0 => self.sarsa.metric(metric),
            1 => self.q_learning.metric(metric),
            2 => self.expected_sarsa.metric(metric),
            _ => f32::NAN,
        }
    }

    fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<(), Error> {
        match (view, contender) {
            (0 | 1, 0..3) => Ok(()),
            (2, 0) => self.sarsa.grid(out),
            (2, 1) => self.q_learning.grid(out),
            (2, 2) => self.expected_sarsa.grid(out),
            (0..3, _) => Err(Error::UnknownContender),
            _ => Err(Error::UnknownView),
        }
    }

    fn write_learned(&self, out: &mut impl Write) {
        self.sarsa.learner.write(out);
        self.q_learning.learner.write(out);
        self.expected_sarsa.learner.write(out);
    }
}

/// The mean return over the last 100 of 500 episodes.
const fn late_return(contender: &'static str) -> Quantity {
    Quantity { contender, metric: "return", reduction: Reduction::Mean { from: 400, to: 500 }, set: "" }
}
