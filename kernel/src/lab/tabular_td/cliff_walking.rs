//! The TD family on the cliff: `tabular-td.cliff-walking`.

use crate::env::CliffWalking;
use crate::error::Error;
use crate::lab::episode_lane::{EpisodeLane, tick_episodes};
use crate::lab::grid_view::{Kind, fill, greedy_path};
use crate::lab::pick::pick;
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::learn::{ExpectedSarsaTarget, QLearningTarget, SarsaTarget, Target, TdControl, TdParameters};
use crate::policy::{EpsilonGreedy, QTable};
use crate::state::persist_fields;

const STATES: usize = CliffWalking::STATES;
const ACTIONS: usize = CliffWalking::ACTIONS;

/// What the metric `greedy_path` says where the path does not arrive.
const NO_ARRIVAL: u32 = 100;

type Lane<T> = EpisodeLane<CliffWalking, TdControl<T, QTable<STATES, ACTIONS>>>;

const fn lane<T: Target>() -> Lane<T> {
    EpisodeLane::new(CliffWalking::new(false), TdControl::EMPTY)
}

fn path<T: Target>(lane: &Lane<T>, visit: impl FnMut(usize)) -> Option<u32> {
    greedy_path(CliffWalking::new(false), lane.agent.table(), visit)
}

fn measure<T: Target>(lane: &Lane<T>, metric: usize) -> f32 {
    match metric {
        0 => lane.episode.reward,
        1 => lane.episode.length as f32,
        2 => path(lane, |_| {}).unwrap_or(NO_ARRIVAL) as f32,
        _ => f32::NAN,
    }
}

fn fill_grid<T: Target>(lane: &Lane<T>, out: &mut [f32]) -> Result<(), Error> {
    let kind = |state| match state {
        CliffWalking::START => Kind::Start,
        CliffWalking::GOAL => Kind::Goal,
        _ if CliffWalking::is_cliff(state) => Kind::Hazard,
        _ => Kind::Free,
    };
    let path = |visit: &mut dyn FnMut(usize)| path(lane, visit).is_some();
    fill(lane.agent.table(), kind, path, lane.env.state(), out)
}

/// The state of `tabular-td.cliff-walking`.
#[derive(Debug)]
pub struct CliffWalkingExperiment {
    sarsa: Lane<SarsaTarget>,
    q_learning: Lane<QLearningTarget>,
    expected_sarsa: Lane<ExpectedSarsaTarget>,
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
        steps: Steps { minimum: 1, maximum: 1_000_000, default: 500, conformance: 500 },
        contenders: &["SARSA", "Q-learning", "Expected SARSA"],
        parameters: &[
            Parameter::real("step_size", "How far a value moves towards its target (alpha).", [0.01, 1.0], 0.5),
            Parameter::real("epsilon", "Probability of a random action.", [0.0, 1.0], 0.1),
            Parameter::real("discount", "What a reward is worth one step later (gamma).", [0.0, 1.0], 1.0),
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
            View::Grid { title: "Values and greedy actions", rows: CliffWalking::ROWS, columns: CliffWalking::COLUMNS },
        ],
        claims: &[
            Claim::new(
                "SARSA earns about -25 an episode on-line",
                Measure::Value(late_return("SARSA")),
                Requirement::Within(-35.0, -20.0),
                48,
                500,
            ),
            Claim::new(
                "Q-learning earns about -50 an episode on-line",
                Measure::Value(late_return("Q-learning")),
                Requirement::Within(-70.0, -40.0),
                48,
                500,
            ),
            Claim::new(
                "Expected SARSA earns at least 2 more than SARSA",
                Measure::Difference(late_return("Expected SARSA"), late_return("SARSA")),
                Requirement::AtLeast(2.0),
                48,
                500,
            ),
            Claim::new(
                "Q-learning's greedy path is the optimal 13 steps after 1000 episodes",
                Measure::Value(Quantity::mean("Q-learning", "greedy_path", 999, 1000)),
                Requirement::Equal(13.0),
                48,
                1000,
            ),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self { sarsa: lane(), q_learning: lane(), expected_sarsa: lane() };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let parameters = TdParameters { step_size: real(0)?, discount: real(2)? };
        let exploration = EpsilonGreedy::new(real(1)?)?;
        self.sarsa.agent.start(parameters, exploration, 0.0)?;
        self.q_learning.agent.start(parameters, exploration, 0.0)?;
        self.expected_sarsa.agent.start(parameters, exploration, 0.0)?;
        self.sarsa.start(seed);
        self.q_learning.start(seed);
        self.expected_sarsa.start(seed);
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        tick_episodes!(u32::MAX, [self.sarsa, self.q_learning, self.expected_sarsa])
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        pick!(contender, [&self.sarsa, &self.q_learning, &self.expected_sarsa], |lane| measure(lane, metric), f32::NAN)
    }

    fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<(), Error> {
        match view {
            2 => {
                pick!(
                    contender,
                    [&self.sarsa, &self.q_learning, &self.expected_sarsa],
                    |lane| fill_grid(lane, out),
                    Ok(())
                )
            }
            _ => Ok(()),
        }
    }
}

persist_fields!([] CliffWalkingExperiment { sarsa.agent, q_learning.agent, expected_sarsa.agent });

/// The mean return over the last 100 of 500 episodes.
const fn late_return(contender: &'static str) -> Quantity {
    Quantity::mean(contender, "return", 400, 500)
}
