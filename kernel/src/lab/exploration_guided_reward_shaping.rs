//! Explore by a bonus, exploit by a reward of one's own: `exploration-guided-reward-shaping`.

use super::episode_lane::{EpisodeLane, tick_episodes};
use super::{Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View};
use crate::env::DistractorChain;
use crate::error::Error;
use crate::joint::{ExplorationGuided, ExplorationGuidedParameters};
use crate::reward::learned::SelfDesignedParameters;
use crate::reward::shaping::BoundedRoot;
use crate::state::persist_fields;

/// The start; the goal lies behind state 20.
const START: usize = 12;
const STATES: usize = 8 + START + 1;
const HORIZON: u16 = 16;
const SLIP: f32 = 0.05;

type Agent = ExplorationGuided<STATES, 2, { 10 * HORIZON as usize }>;
type Lane = EpisodeLane<DistractorChain<STATES>, Agent>;

/// With a bonus, with a reward of its own; in table order.
const CONTENDERS: [(bool, bool); 4] = [(false, false), (true, false), (false, true), (true, true)];

/// The state of `exploration-guided-reward-shaping`.
#[derive(Debug)]
pub struct ExplorationGuidedRewardShapingExperiment {
    lanes: [Lane; CONTENDERS.len()],
}

impl Experiment for ExplorationGuidedRewardShapingExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "exploration-guided-reward-shaping",
        title: "A chain with a distractor",
        room: "reward",
        summary: "The goal is nine steps to the right; five steps to the left a distractor pays a little. ExploRS adds a \
                  bonus for what was seldom seen and a reward that designs itself so that the original return grows: the \
                  bonus alone leads nowhere, and the original reward is too rare to learn from.",
        citation: "Devidze, Kamalaruban, Singla, Exploration-Guided Reward Shaping for Reinforcement Learning under Sparse \
                   Rewards, NeurIPS 2022; Devidze, arXiv 2503.21949",
        step: "episode",
        steps: Steps { minimum: 1, maximum: 100_000, default: 3000, conformance: 40 },
        contenders: &["orig", "explore", "self", "both"],
        parameters: &[
            Parameter::real("distractor", "What the distractor pays.", [0.0, 1.0], 0.01),
            Parameter::real("step_size", "Step size of the policy.", [0.001, 1.0], 0.1),
            Parameter::real("reward_step_size", "Step size of the self-designed reward.", [0.0, 1.0], 0.01),
            Parameter::real("bonus", "The greatest bonus (b_max).", [0.01, 10.0], 1.0),
            Parameter::real("lambda", "How slowly the bonus falls.", [0.01, 10.0], 1.0),
        ],
        metrics: &[
            Metric { name: "return", unit: "reward", description: "Discounted original return of the episode." },
            Metric {
                name: "added",
                unit: "reward",
                description: "Sum of what bonus and design have added in the episode.",
            },
            Metric {
                name: "design",
                unit: "reward",
                description: "How much more the designed reward gives for right than for left at the start.",
            },
        ],
        views: &[
            View::Curve { title: "Original return of each episode", metric: "return" },
            View::Curve { title: "What was added to the rewards", metric: "added" },
            View::Curve { title: "Designed reward for going right at the start", metric: "design" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self { lanes: [const { Lane::new(DistractorChain::EMPTY, Agent::EMPTY) }; CONTENDERS.len()] };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let chain = DistractorChain::new(START, real(0)?, SLIP)?;
        let (step_size, reward_step_size, rule) = (real(1)?, real(2)?, BoundedRoot::new(real(4)?, real(3)?)?);
        for (lane, (explores, designs)) in self.lanes.iter_mut().zip(CONTENDERS) {
            let published = SelfDesignedParameters::PUBLISHED;
            let designed =
                SelfDesignedParameters { step_size: if designs { reward_step_size } else { 0.0 }, ..published };
            lane.env = chain;
            lane.agent.start(ExplorationGuidedParameters {
                step_size,
                designed,
                bonus: explores.then_some(rule),
                horizon: HORIZON,
            })?;
            lane.start(seed);
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        if self.lanes.iter().all(|lane| lane.over) {
            // One that was read back half-way.
            self.lanes.iter_mut().for_each(|lane| lane.agent.give_up_episode());
        }
        let [orig, explore, own, both] = &mut self.lanes;
        tick_episodes!(u32::from(HORIZON), [orig, explore, own, both])
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        let Some(Lane { agent, .. }) = self.lanes.get(contender) else { return f32::NAN };
        match metric {
            0 => agent.original_return(),
            1 => {
                let newest = agent.episodes().newest(1).flat_map(|episode| episode.iter());
                newest.fold(0.0, |sum, step| sum + (step.shaped - step.reward))
            }
            2 => match agent.designed().table().row(START) {
                Ok([left, right]) => right - left,
                _ => f32::NAN,
            },
            _ => f32::NAN,
        }
    }
}

// The learners keep the steps of their episodes, so all begin a new one.
persist_fields!([] ExplorationGuidedRewardShapingExperiment { lanes } then |this| {
    this.lanes.iter_mut().for_each(|lane| lane.over = true);
});

const SEEDS: u32 = 8;
const RUN: u32 = 3000;
const WITHOUT: &str = "distractor=0";
const WITH: &str = "distractor=0.01";

/// The mean return of the last 600 episodes.
const fn late(contender: &'static str, set: &'static str) -> Quantity {
    Quantity::mean(contender, "return", RUN - 600, RUN).with(set)
}

const fn earns(sentence: &'static str, contender: &'static str, set: &'static str, required: Requirement) -> Claim {
    Claim::new(sentence, Measure::Value(late(contender, set)), required, SEEDS, RUN)
}

const fn beside(sentence: &'static str, set: &'static str) -> Claim {
    let measure = Measure::Difference(late("both", set), late("self", set));
    Claim::new(sentence, measure, Requirement::AtLeast(-0.02), SEEDS, RUN)
}

const CLAIMS: &[Claim] = &[
    earns(
        "Without a distractor bonus and design together earn at least 0.8",
        "both",
        WITHOUT,
        Requirement::AtLeast(0.8),
    ),
    earns("With a distractor bonus and design together earn at least 0.8", "both", WITH, Requirement::AtLeast(0.8)),
    earns("Without a distractor the original reward earns at most 0.15", "orig", WITHOUT, Requirement::AtMost(0.15)),
    earns("With a distractor the original reward earns at most 0.15", "orig", WITH, Requirement::AtMost(0.15)),
    earns("Without a distractor the bonus alone earns at most 0.3", "explore", WITHOUT, Requirement::AtMost(0.3)),
    earns("With a distractor the bonus alone earns at most 0.3", "explore", WITH, Requirement::AtMost(0.3)),
    beside("Without a distractor both earn at most 0.02 less than the design alone", WITHOUT),
    beside("With a distractor both earn at most 0.02 less than the design alone", WITH),
];
