//! Restless bandits with combinatorial actions: `combinatorial-restless-q`.

mod family;
mod lane;
mod optimum;
#[cfg(test)]
mod tests;

use super::{Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View};
use crate::bandit::restless::{ActionList, Credit, FactoredQ, FactoredQParameters, WhittleIndex};
use crate::env::BirthDeathArm;
use crate::error::Error;
use crate::lab::pick::pick;
use crate::schedule::{Linear, Schedule};
use crate::state::persist_fields;
use lane::{Lane, Learner, Random, Table};
use optimum::Optimum;

const ARMS: usize = 5;
const STATES: usize = 4;
const LEVELS: usize = 5;

/// Steps of an episode.
const HORIZON: u32 = 20;

/// Episodes in which contenders learn; in all later ones they are judged.
const TRAINING: u32 = 500;

/// The discount of the arms' own problems, in which Whittle's index is defined.
const INDEX_DISCOUNT: f32 = 0.99;

type Actions = ActionList<ARMS, 22>;
type Arms = [BirthDeathArm<STATES, LEVELS>; ARMS];

/// The state of `combinatorial-restless-q`.
#[derive(Debug)]
pub struct CombinatorialRestlessQExperiment {
    actions: Actions,
    arms: Arms,
    random: Lane<Random>,
    myopic: Lane<Table>,
    whittle: Lane<Table>,
    per_arm: Lane<Learner>,
    scalar: Lane<Learner>,
    optimum: Optimum,
    episode: u32,
    time: u32,
}

/// `max(0.05, 0.9 (1 - e / (0.7 E)))` in training.
fn epsilon(episode: u32) -> Result<Option<f32>, Error> {
    if episode >= TRAINING {
        return Ok(None);
    }
    let falling = Linear::new(0.9, 0.0, TRAINING * 7 / 10)?;
    Ok(Some(falling.at(episode).max(0.05)))
}

impl Experiment for CombinatorialRestlessQExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "combinatorial-restless-q",
        title: "Restless arms, joint actions",
        room: "bandit",
        summary: "Five small Markov arms decay unless they are pushed, pay well only when they have climbed to the top, and \
                  must share what can be done in a step: workers, appointments, one vehicle's round, a few measures. 500 \
                  episodes of training, then play without exploration: Q-learning with a value an arm and an exact search \
                  over the feasible actions comes close to the optimum, where greed for the next reward does not.",
        citation: "Xu, Wilder, Khalil, Tambe, Reinforcement learning with combinatorial actions for coupled restless \
                   bandits, ICLR 2025, arXiv 2503.01919; with a linear function for the network",
        step: "episode",
        steps: Steps { minimum: 1, maximum: 1_000_000, default: 560, conformance: 2 },
        contenders: &["random", "myopic", "Whittle", "per-arm Q", "single-scalar Q", "optimum"],
        parameters: &[Parameter::choice(
            "family",
            "What makes a joint action feasible: workers' capacities, a schedule, one vehicle's path, or a few interventions \
             that each reach several arms.",
            family::NAMES,
        )],
        metrics: &[Metric {
            name: "reward",
            unit: "reward",
            description: "Mean reward a step of the episode, all arms together. The optimum is the expected one of the best \
                          policy for 20 steps, known after as many episodes.",
        }],
        views: &[
            View::Curve { title: "Mean reward a step", metric: "reward" },
            View::Arms { title: "Arms", arms: &["arm 0", "arm 1", "arm 2", "arm 3", "arm 4"] },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        actions: ActionList::EMPTY,
        arms: [BirthDeathArm::EMPTY; ARMS],
        random: Lane::new(Random),
        myopic: Lane::new(Table::EMPTY),
        whittle: Lane::new(Table::EMPTY),
        per_arm: Lane::new(FactoredQ::EMPTY),
        scalar: Lane::new(FactoredQ::EMPTY),
        optimum: Optimum::EMPTY,
        episode: 0,
        time: 0,
    };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let family = values.choice(&Self::DESCRIPTOR, 0);
        family::start(family, &mut self.actions)?;
        let levels = if family == 3 { LEVELS } else { 2 };
        let mut index = WhittleIndex::<STATES>::EMPTY;
        for (number, arm) in self.arms.iter_mut().enumerate() {
            *arm = BirthDeathArm::published(number, levels)?;
            self.myopic.player.set_myopic(number, arm)?;
            let indices = index.compute(arm, INDEX_DISCOUNT)?;
            self.whittle.player.set_index(number, indices, |level| arm.share(level))?;
        }
        let myopic = &self.myopic.player;
        let warm = |arm: usize, state: usize, level: usize| myopic.value(arm, state as u8, level as u8);
        self.per_arm.player.start(FactoredQParameters::USUAL, warm)?;
        self.scalar.player.start(FactoredQParameters { credit: Credit::Joint, ..FactoredQParameters::USUAL }, warm)?;
        self.random.start(seed, &self.arms);
        self.myopic.start(seed, &self.arms);
        self.whittle.start(seed, &self.arms);
        self.per_arm.start(seed, &self.arms);
        self.scalar.start(seed, &self.arms);
        self.optimum.start();
        (self.episode, self.time) = (0, 0);
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        let epsilon = epsilon(self.episode)?;
        self.random.step(&self.actions, self.time, epsilon)?;
        self.myopic.step(&self.actions, self.time, epsilon)?;
        self.whittle.step(&self.actions, self.time, epsilon)?;
        self.per_arm.step(&self.actions, self.time, epsilon)?;
        self.scalar.step(&self.actions, self.time, epsilon)?;
        self.optimum.advance(&self.actions, &self.arms, &self.myopic.player);
        self.time += 1;
        let over = self.time == HORIZON;
        if over {
            (self.episode, self.time) = (self.episode.saturating_add(1), 0);
        }
        Ok(over)
    }

    fn metric(&self, contender: usize, _metric: usize) -> f32 {
        let lanes =
            [self.random.reward, self.myopic.reward, self.whittle.reward, self.per_arm.reward, self.scalar.reward];
        lanes.get(contender).copied().unwrap_or_else(|| self.optimum.reward())
    }

    fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<(), Error> {
        if view != 1 {
            return Ok(());
        }
        let pushes = pick!(
            contender,
            [&self.random, &self.myopic, &self.whittle, &self.per_arm, &self.scalar],
            |lane| lane.pushes.map(|pushes| pushes as f32),
            [f32::NAN; ARMS]
        );
        for (out, (pushes, arm)) in out.chunks_exact_mut(4).zip(pushes.iter().zip(&self.arms)) {
            out.copy_from_slice(&[f32::NAN, f32::NAN, *pushes, arm.rewards()[STATES - 1]]);
        }
        Ok(())
    }
}

persist_fields!([] CombinatorialRestlessQExperiment { myopic.player, whittle.player, per_arm.player, scalar.player, optimum });

/// The mean reward a step in the 60 episodes after training.
const fn judged(contender: &'static str, set: &'static str) -> Quantity {
    Quantity::mean(contender, "reward", TRAINING, TRAINING + 60).with(set)
}

/// How the mean reward of Q-learning with credit per arm compares with another contender's, over more seeds than the 8
/// that are asked for at least: a few runs in a hundred end with a poor table, and would decide among so few.
const fn against(sentence: &'static str, of: &'static str, set: &'static str, required: Requirement) -> Claim {
    Claim::new(sentence, Measure::Ratio(judged("per-arm Q", set), judged(of, set)), required, 64, TRAINING + 60)
}

const CAPACITY: &str = "";
const SCHEDULE: &str = "family=schedule";
const PATH: &str = "family=path";
const INTERVENTIONS: &str = "family=interventions";

const CLAIMS: &[Claim] = &[
    against(
        "With workers' capacities per-arm Q earns at least 0.95 of the optimum",
        "optimum",
        CAPACITY,
        Requirement::AtLeast(0.95),
    ),
    against(
        "With a schedule per-arm Q earns at least 0.95 of the optimum",
        "optimum",
        SCHEDULE,
        Requirement::AtLeast(0.95),
    ),
    against(
        "With one vehicle's path per-arm Q earns at least 0.95 of the optimum",
        "optimum",
        PATH,
        Requirement::AtLeast(0.95),
    ),
    against(
        "With interventions per-arm Q earns at least 0.95 of the optimum",
        "optimum",
        INTERVENTIONS,
        Requirement::AtLeast(0.95),
    ),
    against(
        "With workers' capacities per-arm Q earns at least 1.4 times what the myopic policy does",
        "myopic",
        CAPACITY,
        Requirement::AtLeast(1.4),
    ),
    against(
        "With a schedule per-arm Q earns at least 1.4 times what the myopic policy does",
        "myopic",
        SCHEDULE,
        Requirement::AtLeast(1.4),
    ),
    against(
        "With one vehicle's path per-arm Q earns at least 1.4 times what the myopic policy does",
        "myopic",
        PATH,
        Requirement::AtLeast(1.4),
    ),
    against(
        "With interventions per-arm Q earns at least 1.03 times what the myopic policy does",
        "myopic",
        INTERVENTIONS,
        Requirement::AtLeast(1.03),
    ),
    against(
        "With interventions per-arm Q earns more than Whittle's index",
        "Whittle",
        INTERVENTIONS,
        Requirement::Above(1.0),
    ),
];
