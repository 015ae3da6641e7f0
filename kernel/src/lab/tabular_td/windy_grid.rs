//! A grid with wind: `tabular-td.windy-grid`.

use crate::env::WindyGrid;
use crate::error::Error;
use crate::lab::episode_lane::EpisodeLane;
use crate::lab::grid_view::{Kind, fill, greedy_path};
use crate::lab::pick::pick;
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::learn::{QLearningTarget, SarsaTarget, Target, TdControl, TdParameters};
use crate::policy::{EpsilonGreedy, QTable};
use crate::state::persist_fields;

type Agent<T> = TdControl<T, QTable<{ WindyGrid::STATES }, { WindyGrid::ACTIONS }>>;

/// One contender and the episodes that it has finished.
#[derive(Debug)]
struct Lane<T: Target> {
    lane: EpisodeLane<WindyGrid, Agent<T>>,
    episodes: u32,
    last_length: u32,
}

impl<T: Target> Lane<T> {
    const EMPTY: Self =
        Self { lane: EpisodeLane::new(WindyGrid::new(), TdControl::EMPTY), episodes: 0, last_length: 0 };

    fn start(&mut self, seed: u32, parameters: TdParameters, exploration: EpsilonGreedy) -> Result<(), Error> {
        self.lane.agent.start(parameters, exploration, 0.0)?;
        self.lane.start(seed);
        (self.episodes, self.last_length) = (0, 0);
        Ok(())
    }

    fn tick(&mut self) -> Result<(), Error> {
        if self.lane.over {
            self.lane.reset();
        }
        if self.lane.tick(u32::MAX)? {
            self.episodes += 1;
            self.last_length = self.lane.episode.length;
        }
        Ok(())
    }

    fn metric(&self, metric: usize) -> f32 {
        match metric {
            0 => self.episodes as f32,
            1 if self.episodes > 0 => self.last_length as f32,
            _ => f32::NAN,
        }
    }

    fn grid(&self, out: &mut [f32]) -> Result<(), Error> {
        let kind = |state| match state {
            WindyGrid::START => Kind::Start,
            WindyGrid::GOAL => Kind::Goal,
            _ => Kind::Free,
        };
        let table = self.lane.agent.table();
        let path = |visit: &mut dyn FnMut(usize)| greedy_path(WindyGrid::new(), table, visit).is_some();
        fill(table, kind, path, self.lane.env.state(), out)
    }
}

/// The state of `tabular-td.windy-grid`.
#[derive(Debug)]
pub struct WindyGridExperiment {
    sarsa: Lane<SarsaTarget>,
    q_learning: Lane<QLearningTarget>,
}

impl Experiment for WindyGridExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "tabular-td.windy-grid",
        title: "Windy grid world",
        room: "learn",
        summary: "A crosswind blows upwards in the middle of a grid, so the way to the goal must overshoot it. Episodes get \
                  shorter as the learners find that out: the steeper the curve, the shorter the way.",
        citation: "Sutton & Barto, Reinforcement Learning: An Introduction, 2nd ed., 2018, example 6.5",
        step: "transition",
        steps: Steps { minimum: 1, maximum: 10_000_000, default: 8000, conformance: 1000 },
        contenders: &["SARSA", "Q-learning"],
        parameters: &[
            Parameter::real("step_size", "How far a value moves towards its target (alpha).", [0.01, 1.0], 0.5),
            Parameter::real("epsilon", "Probability of a random action.", [0.0, 1.0], 0.1),
            Parameter::real("discount", "What a reward is worth one step later (gamma).", [0.0, 1.0], 1.0),
        ],
        metrics: &[
            Metric { name: "episodes", unit: "", description: "Episodes finished so far." },
            Metric { name: "length", unit: "transitions", description: "Transitions in the last finished episode." },
        ],
        views: &[
            View::Curve { title: "Episodes finished", metric: "episodes" },
            View::Curve { title: "Length of the last episode", metric: "length" },
            View::Grid { title: "Values and greedy actions", rows: WindyGrid::ROWS, columns: WindyGrid::COLUMNS },
        ],
        claims: &[Claim::new(
            "SARSA finishes about 170 episodes in 8000 transitions",
            Measure::Value(Quantity::growth("SARSA", "episodes", 0, 8000)),
            Requirement::Within(130.0, 190.0),
            5,
            8000,
        )],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self { sarsa: Lane::EMPTY, q_learning: Lane::EMPTY };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let parameters = TdParameters { step_size: real(0)?, discount: real(2)? };
        let exploration = EpsilonGreedy::new(real(1)?)?;
        self.sarsa.start(seed, parameters, exploration)?;
        self.q_learning.start(seed, parameters, exploration)
    }

    fn tick(&mut self) -> Result<bool, Error> {
        self.sarsa.tick()?;
        self.q_learning.tick()?;
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        pick!(contender, [&self.sarsa, &self.q_learning], |lane| lane.metric(metric), f32::NAN)
    }

    fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<(), Error> {
        match view {
            2 => pick!(contender, [&self.sarsa, &self.q_learning], |lane| lane.grid(out), Ok(())),
            _ => Ok(()),
        }
    }
}

persist_fields!([] WindyGridExperiment { sarsa.lane.agent, q_learning.lane.agent });
