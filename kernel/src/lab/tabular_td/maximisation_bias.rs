//! A maximum of noise: `tabular-td.maximisation-bias`.

use crate::env::MaximisationBias;
use crate::error::Error;
use crate::lab::episode_lane::{EpisodeLane, tick_episodes};
use crate::lab::pick::pick;
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::learn::{DoubleQLearning, QLearning, TdParameters};
use crate::policy::{EpsilonGreedy, LimitedActions};
use crate::state::persist_fields;

const STATES: usize = MaximisationBias::STATES;
const ACTIONS: usize = MaximisationBias::ACTIONS;

type Exploration = LimitedActions<EpsilonGreedy, [u8; STATES]>;
type Lane<C> = EpisodeLane<MaximisationBias, C>;

/// The state of `tabular-td.maximisation-bias`.
#[derive(Debug)]
pub struct MaximisationBiasExperiment {
    q_learning: Lane<QLearning<STATES, ACTIONS, Exploration>>,
    double_q: Lane<DoubleQLearning<STATES, ACTIONS, Exploration>>,
}

impl Experiment for MaximisationBiasExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "tabular-td.maximisation-bias",
        title: "Maximisation bias",
        room: "learn",
        summary: "Going left leads to ten gambles that lose a little on average. Q-learning takes the luckiest of them for \
                  what they are worth and goes left again and again; Double Q-learning lets a second table be the judge.",
        citation: "Sutton & Barto, Reinforcement Learning: An Introduction, 2nd ed., 2018, example 6.7; van Hasselt, Double \
                   Q-learning, 2010",
        step: "episode",
        steps: Steps { minimum: 1, maximum: 1_000_000, default: 300, conformance: 100 },
        contenders: &["Q-learning", "Double Q-learning"],
        parameters: &[
            Parameter::real("step_size", "How far a value moves towards its target (alpha).", [0.01, 1.0], 0.1),
            Parameter::real("epsilon", "Probability of a random action.", [0.0, 1.0], 0.1),
        ],
        metrics: &[Metric { name: "left", unit: "", description: "1 when the episode went left, else 0." }],
        views: &[View::Curve { title: "Went left", metric: "left" }],
        claims: &[
            Claim::new(
                "In episodes 20 to 60 Q-learning goes left at least 40 points more often than Double Q-learning",
                Measure::Difference(left("Q-learning", 19, 60), left("Double Q-learning", 19, 60)),
                Requirement::AtLeast(0.4),
                150,
                300,
            ),
            Claim::new(
                "In the end Q-learning goes left at most 16 % of the time",
                Measure::Value(left("Q-learning", 250, 300)),
                Requirement::AtMost(0.16),
                150,
                300,
            ),
            Claim::new(
                "In the end Double Q-learning goes left at most 16 % of the time",
                Measure::Value(left("Double Q-learning", 250, 300)),
                Requirement::AtMost(0.16),
                150,
                300,
            ),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        q_learning: EpisodeLane::new(MaximisationBias::new(), QLearning::EMPTY),
        double_q: EpisodeLane::new(MaximisationBias::new(), DoubleQLearning::EMPTY),
    };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let parameters = TdParameters { step_size: real(0)?, discount: 1.0 };
        let counts = core::array::from_fn(|state| MaximisationBias::actions_in(state) as u8);
        let exploration = LimitedActions::new(EpsilonGreedy::new(real(1)?)?, counts);
        self.q_learning.agent.start(parameters, exploration, 0.0)?;
        self.double_q.agent.start(parameters, exploration, 0.0)?;
        self.q_learning.start(seed);
        self.double_q.start(seed);
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        tick_episodes!(u32::MAX, [self.q_learning, self.double_q])
    }

    fn metric(&self, contender: usize, _metric: usize) -> f32 {
        // Right ends the episode at once; left leads on.
        let went_left = |length| if length > 1 { 1.0 } else { 0.0 };
        pick!(contender, [&self.q_learning, &self.double_q], |lane| went_left(lane.episode.length), f32::NAN)
    }
}

persist_fields!([] MaximisationBiasExperiment { q_learning.agent, double_q.agent });

/// How often episodes after `from` up to and with `to` went left.
const fn left(contender: &'static str, from: u32, to: u32) -> Quantity {
    Quantity::mean(contender, "left", from, to)
}
