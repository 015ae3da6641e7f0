//! The ten-armed testbed: `classic-bandits.testbed`.

use crate::bandit::{ActionValueBandit, GradientBandit, Ucb, Ucb1};
use crate::env::GaussianBandit;
use crate::error::Error;
use crate::lab::bandit_lane::BanditLane;
use crate::lab::pick::pick;
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::policy::EpsilonGreedy;
use crate::state::persist_fields;

const K: usize = 10;

type World = GaussianBandit<K>;
type Lane<B> = BanditLane<World, B>;

/// Epsilon, the step size (`None` for the average), and the initial estimate of each action-value contender.
const SETTINGS: [(f32, Option<f32>, f32); 5] =
    [(0.0, None, 0.0), (0.01, None, 0.0), (0.1, None, 0.0), (0.0, Some(0.1), 5.0), (0.1, Some(0.1), 0.0)];

/// The state of `classic-bandits.testbed`.
#[derive(Debug)]
pub struct TestbedExperiment {
    values: [Lane<ActionValueBandit<K>>; SETTINGS.len()],
    ucb: Lane<Ucb1<K>>,
    gradients: [Lane<GradientBandit<K>>; 2],
}

impl Experiment for TestbedExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "classic-bandits.testbed",
        title: "Ten-armed testbed",
        room: "bandit",
        summary: "Ten arms with means of their own and noisy rewards. Greed locks on to the first arm that looks good; a \
                  little chance, an optimistic start or a bound on what is not known yet find the best one.",
        citation: "Sutton & Barto, Reinforcement Learning: An Introduction, 2nd ed., 2018, sections 2.3-2.8",
        step: "play",
        steps: Steps { minimum: 1, maximum: 1_000_000, default: 1000, conformance: 300 },
        contenders: &[
            "greedy",
            "epsilon=0.01",
            "epsilon=0.1",
            "optimistic",
            "epsilon=0.1 alpha=0.1",
            "UCB c=2",
            "gradient",
            "gradient without baseline",
        ],
        parameters: &[Parameter::real("centre", "Mean of the arms' means.", [-10.0, 10.0], 0.0).in_unit("reward")],
        metrics: &[
            Metric { name: "reward", unit: "reward", description: "Reward of the play." },
            Metric { name: "optimal", unit: "", description: "1 when the play was of the best arm, else 0." },
            Metric {
                name: "regret",
                unit: "reward",
                description: "What the best arm would have paid more so far, in expectation.",
            },
        ],
        views: &[
            View::Curve { title: "Regret", metric: "regret" },
            View::Curve { title: "Best arm played", metric: "optimal" },
            View::Curve { title: "Reward of each play", metric: "reward" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        values: [const { Lane::new(World::EMPTY, ActionValueBandit::EMPTY) }; SETTINGS.len()],
        ucb: Lane::new(World::EMPTY, Ucb1::EMPTY),
        gradients: [const { Lane::new(World::EMPTY, GradientBandit::EMPTY) }; 2],
    };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let centre = values.real(&Self::DESCRIPTOR, 0).ok_or(Error::ParameterOutOfRange)?;
        for (lane, (epsilon, step_size, initial)) in self.values.iter_mut().zip(SETTINGS) {
            lane.bandit.start(EpsilonGreedy::new(epsilon)?, step_size, initial)?;
            lane.start(seed, |rng| World::testbed(centre, rng))?;
        }
        // The book's c stands outside the root.
        self.ucb.bandit.start(Ucb::new(4.0)?)?;
        self.ucb.start(seed, |rng| World::testbed(centre, rng))?;
        for (lane, with_baseline) in self.gradients.iter_mut().zip([true, false]) {
            lane.bandit.start(0.1, with_baseline)?;
            lane.start(seed, |rng| World::testbed(centre, rng))?;
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        self.values.iter_mut().try_for_each(|lane| lane.round())?;
        self.ucb.round()?;
        self.gradients.iter_mut().try_for_each(|lane| lane.round())?;
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        let [a, b, c, d, e] = &self.values;
        let [with, without] = &self.gradients;
        pick!(contender, [a, b, c, d, e, &self.ucb, with, without], |lane| measure(lane, metric), f32::NAN)
    }
}

persist_fields!([] TestbedExperiment { values, ucb, gradients });

fn measure<B>(lane: &Lane<B>, metric: usize) -> f32 {
    let (arm, reward) = lane.last;
    match metric {
        0 => reward,
        1 => {
            let means = lane.env.means();
            let own = means.get(arm).copied().unwrap_or(f32::NAN);
            if means.iter().all(|mean| *mean <= own) { 1.0 } else { 0.0 }
        }
        2 => lane.regret.value(),
        _ => f32::NAN,
    }
}

/// The mean of a metric over plays after `from` up to and with `to`.
const fn plays(contender: &'static str, metric: &'static str, from: u32, to: u32) -> Quantity {
    Quantity::mean(contender, metric, from, to)
}

const fn claim(sentence: &'static str, measure: Measure, required: Requirement) -> Claim {
    Claim::new(sentence, measure, required, 400, 1000)
}

/// The first earns more than the second over the last 100 plays.
const fn earns_more(sentence: &'static str, first: &'static str, second: &'static str) -> Claim {
    let measure = Measure::Difference(plays(first, "reward", 900, 1000), plays(second, "reward", 900, 1000));
    claim(sentence, measure, Requirement::Above(0.0))
}

const CLAIMS: &[Claim] = &[
    earns_more("Exploring once in a hundred plays earns more in the end than greed", "epsilon=0.01", "greedy"),
    earns_more(
        "Exploring once in ten plays earns more in the end than once in a hundred",
        "epsilon=0.1",
        "epsilon=0.01",
    ),
    earns_more(
        "The upper confidence bound earns more in the end than exploring once in ten plays",
        "UCB c=2",
        "epsilon=0.1",
    ),
    claim(
        "Greed earns less than 1.15 in the end",
        Measure::Value(plays("greedy", "reward", 900, 1000)),
        Requirement::Below(1.15),
    ),
    claim(
        "An optimistic start ends with the best arm in at least 80 % of the plays",
        Measure::Value(plays("optimistic", "optimal", 900, 1000)),
        Requirement::AtLeast(0.8),
    ),
    claim(
        "In plays 12 to 40 the optimistic start is behind exploration with the same step size",
        Measure::Difference(plays("optimistic", "optimal", 11, 40), plays("epsilon=0.1 alpha=0.1", "optimal", 11, 40)),
        Requirement::Below(0.0),
    ),
    claim(
        "At play 11 the optimistic start spikes to at least 30 % best arms",
        Measure::Value(plays("optimistic", "optimal", 10, 11)),
        Requirement::AtLeast(0.3),
    ),
    claim(
        "With means around 4 a baseline gains the gradient bandit at least 20 points of best arms",
        Measure::Difference(
            plays("gradient", "optimal", 900, 1000).with("centre=4"),
            plays("gradient without baseline", "optimal", 900, 1000).with("centre=4"),
        ),
        Requirement::AtLeast(0.2),
    ),
];
