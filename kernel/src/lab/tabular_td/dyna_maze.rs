//! Planning in a maze: `tabular-td.dyna-maze`.

use crate::env::GridWorld;
use crate::error::Error;
use crate::lab::episode_lane::{EpisodeLane, tick_episodes};
use crate::lab::grid_view::{Kind, fill, greedy_path};
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::learn::{DynaQ, TdParameters};
use crate::policy::EpsilonGreedy;
use crate::state::persist_fields;

const ROWS: usize = 6;
const COLUMNS: usize = 9;
const STATES: usize = ROWS * COLUMNS;
const PLANNING: [u32; 3] = [0, 5, 50];

type Lane = EpisodeLane<GridWorld<STATES>, DynaQ<STATES, 4>>;

/// The state of `tabular-td.dyna-maze`.
#[derive(Debug)]
pub struct DynaMazeExperiment {
    lanes: [Lane; PLANNING.len()],
}

impl Experiment for DynaMazeExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "tabular-td.dyna-maze",
        title: "Dyna maze",
        room: "learn",
        summary: "Three Q-learners in a maze that pays only at its end. Two of them also learn from what they remember, 5 or \
                  50 times a step: they know the way after a few episodes.",
        citation: "Sutton & Barto, Reinforcement Learning: An Introduction, 2nd ed., 2018, example 8.1 and figure 8.2",
        step: "episode",
        steps: Steps { minimum: 1, maximum: 1_000_000, default: 50, conformance: 3 },
        contenders: &["n=0", "n=5", "n=50"],
        parameters: &[
            Parameter::real("step_size", "How far a value moves towards its target (alpha).", [0.01, 1.0], 0.1),
            Parameter::real("epsilon", "Probability of a random action.", [0.0, 1.0], 0.1),
            Parameter::real("discount", "What a reward is worth one step later (gamma).", [0.5, 1.0], 0.95),
        ],
        metrics: &[
            Metric { name: "length", unit: "transitions", description: "Transitions in the episode." },
            Metric { name: "remembered", unit: "", description: "Pairs of state and action in the model." },
        ],
        views: &[
            View::Curve { title: "Length of each episode", metric: "length" },
            View::Grid { title: "Values and greedy actions", rows: ROWS, columns: COLUMNS },
        ],
        claims: &[
            planning("In the second episode 50 planning steps take at most half as many transitions as 5", 50, 4),
            planning("In the second episode 5 planning steps take at most 0.4 times as many transitions as none", 5, 4),
            planning("Over 100 runs 50 planning steps take at most half as many transitions as 5", 50, 100),
            planning("Over 100 runs 5 planning steps take at most 0.4 times as many transitions as none", 5, 100),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self =
        Self { lanes: [const { EpisodeLane::new(GridWorld::DYNA_MAZE, DynaQ::EMPTY) }; PLANNING.len()] };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let parameters = TdParameters { step_size: real(0)?, discount: real(2)? };
        let exploration = EpsilonGreedy::new(real(1)?)?;
        for (lane, planning) in self.lanes.iter_mut().zip(PLANNING) {
            lane.agent.start(parameters, exploration, 0.0, planning)?;
            lane.start(seed);
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        let [none, few, many] = &mut self.lanes;
        tick_episodes!(u32::MAX, [none, few, many])
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        match (self.lanes.get(contender), metric) {
            (Some(lane), 0) => lane.episode.length as f32,
            (Some(lane), 1) => lane.agent.model().len() as f32,
            _ => f32::NAN,
        }
    }

    fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<(), Error> {
        let Some(lane) = self.lanes.get(contender).filter(|_| view == 1) else { return Ok(()) };
        let kind = |state| lane.env.cell(state).map_or(Kind::Wall, Kind::from);
        let path =
            |visit: &mut dyn FnMut(usize)| greedy_path(GridWorld::DYNA_MAZE, lane.agent.table(), visit).is_some();
        fill(lane.agent.table(), kind, path, lane.env.state(), out)
    }
}

persist_fields!([] DynaMazeExperiment { lanes });

/// What planning saves in the second episode, over so many runs. Four, which the specification names, scatter widely; the
/// same limits over a hundred say what is so.
const fn planning(sentence: &'static str, steps: u32, runs: u32) -> Claim {
    let (more, less, limit) = if steps == 50 { ("n=50", "n=5", 0.5) } else { ("n=5", "n=0", 0.4) };
    Claim::new(
        sentence,
        Measure::Ratio(Quantity::mean(more, "length", 1, 2), Quantity::mean(less, "length", 1, 2)),
        Requirement::AtMost(limit),
        runs,
        2,
    )
}
