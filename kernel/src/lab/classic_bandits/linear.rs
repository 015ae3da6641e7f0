//! Arms with features: `classic-bandits.linear`.

use crate::bandit::{
    ContextualBandit, Explored, FixedRadius, Optimistic, PosteriorSampling, SharedLinTs, SharedLinUcb, SharedLinear,
};
use crate::env::{Env, LinearContextualBandit};
use crate::error::Error;
use crate::lab::pick::pick;
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::math::CompensatedSum;
use crate::policy::EpsilonGreedy;
use crate::rng::{Generator, stream};
use crate::state::persist_fields;

const K: usize = 10;
const D: usize = 5;
const LAMBDA: f32 = 1.0;
const NOISE: f32 = 0.3;

type World = LinearContextualBandit<K, D, { K * D }>;

/// One contender: its bandit, its own arms, its own copies of the generators.
#[derive(Debug)]
struct Lane<B> {
    world: World,
    bandit: B,
    generators: Option<[Generator; 2]>,
    regret: CompensatedSum,
    /// Whether the last play was of the best arm.
    optimal: bool,
}

impl<B: ContextualBandit> Lane<B> {
    const fn new(bandit: B) -> Self {
        Self { world: World::EMPTY, bandit, generators: None, regret: CompensatedSum::EMPTY, optimal: false }
    }

    fn start(&mut self, seed: u32) -> Result<(), Error> {
        let mut world = stream(seed, 0);
        self.world = World::new(NOISE, &mut world)?;
        self.generators = Some([world, stream(seed, 1)]);
        (self.regret, self.optimal) = (CompensatedSum::EMPTY, false);
        Ok(())
    }

    fn round(&mut self) -> Result<(), Error> {
        let [world, choices] = self.generators.as_mut().ok_or(Error::NotStarted)?;
        let features = *self.world.features();
        let arm = self.bandit.select(&features, choices)?.arm;
        let best = (0..K).map(|arm| self.world.mean(arm)).fold(f32::NEG_INFINITY, f32::max);
        let shortfall = best - self.world.mean(arm);
        let reward = self.world.step(arm, world)?.reward;
        self.bandit.update(&features, arm, reward)?;
        self.regret.add(shortfall);
        self.optimal = shortfall == 0.0;
        Ok(())
    }

    fn metric(&self, metric: usize) -> f32 {
        match metric {
            0 => self.regret.value(),
            1 => f32::from(u8::from(self.optimal)),
            _ => f32::NAN,
        }
    }
}

/// The state of `classic-bandits.linear`.
#[derive(Debug)]
pub struct LinearExperiment {
    lin_ucb: Lane<SharedLinUcb<K, D>>,
    lin_ts: Lane<SharedLinTs<K, D>>,
    explored: Lane<SharedLinear<K, D>>,
}

impl Experiment for LinearExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "classic-bandits.linear",
        title: "Linear contexts",
        room: "bandit",
        summary: "Ten new arms every round, each with features that are seen first; rewards follow one hidden direction. A \
                  bound on what is not known, or a draw from what is believed, explores where it helps; chance explores \
                  anywhere, for ever.",
        citation: "Li, Chu, Langford, Schapire 2010, arXiv 1003.0146; Abbasi-Yadkori, Pál, Szepesvári 2011; Agrawal, Goyal \
                   2013, arXiv 1209.3352",
        step: "round",
        steps: Steps { minimum: 1, maximum: 10_000_000, default: 1500, conformance: 60 },
        contenders: &["LinUCB", "LinTS", "epsilon-greedy"],
        parameters: &[
            Parameter::real("alpha", "Width of LinUCB's confidence bound.", [0.0, 10.0], 1.0),
            Parameter::real("v", "Scale of LinTS's posterior.", [0.0, 10.0], 0.3),
            Parameter::real("epsilon", "How often epsilon-greedy plays any arm.", [0.0, 1.0], 0.1),
        ],
        metrics: &[
            Metric {
                name: "regret",
                unit: "reward",
                description: "What the best arm of each round would have paid more so far, in expectation.",
            },
            Metric { name: "optimal", unit: "", description: "1 when the play was of the round's best arm, else 0." },
        ],
        views: &[
            View::Curve { title: "Regret", metric: "regret" },
            View::Curve { title: "Best arm played", metric: "optimal" },
        ],
        claims: &[
            against_chance("LinUCB's regret is at most 0.3 of epsilon-greedy's on the same estimate", "LinUCB"),
            against_chance("LinTS's regret is at most 0.3 of epsilon-greedy's on the same estimate", "LinTS"),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        lin_ucb: Lane::new(SharedLinUcb::EMPTY),
        lin_ts: Lane::new(SharedLinTs::EMPTY),
        explored: Lane::new(SharedLinear::EMPTY),
    };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        self.lin_ucb.bandit.start(LAMBDA, Optimistic(FixedRadius(real(0)?)))?;
        self.lin_ts.bandit.start(LAMBDA, PosteriorSampling::new(real(1)?))?;
        self.explored.bandit.start(LAMBDA, Explored::new(EpsilonGreedy::new(real(2)?)?))?;
        self.lin_ucb.start(seed)?;
        self.lin_ts.start(seed)?;
        self.explored.start(seed)
    }

    fn tick(&mut self) -> Result<bool, Error> {
        self.lin_ucb.round()?;
        self.lin_ts.round()?;
        self.explored.round()?;
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        pick!(contender, [&self.lin_ucb, &self.lin_ts, &self.explored], |lane| lane.metric(metric), f32::NAN)
    }
}

persist_fields!([] LinearExperiment { lin_ucb.bandit, lin_ts.bandit, explored.bandit });

/// A contender's regret after 1500 rounds as a fraction of epsilon-greedy's, over the four runs of the specification.
const fn against_chance(sentence: &'static str, contender: &'static str) -> Claim {
    let own = Quantity::growth(contender, "regret", 0, 1500);
    let chance = Quantity { contender: "epsilon-greedy", ..own };
    Claim::new(sentence, Measure::Ratio(own, chance), Requirement::AtMost(0.3), 4, 1500)
}
