//! Arms that pay or do not: `classic-bandits.bernoulli`.

use crate::bandit::{Exp3, KlUcb, KullbackLeibler, ThompsonBeta, Ucb, Ucb1, exploration_rate};
use crate::env::BernoulliBandit;
use crate::error::Error;
use crate::lab::bandit_lane::BanditLane;
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::math::Libm;
use crate::state::persist_fields;

const K: usize = 5;
const ARMS: [[f32; K]; 2] = [[0.1, 0.2, 0.3, 0.4, 0.5], [0.01, 0.02, 0.03, 0.05, 0.1]];

type World = BernoulliBandit<K>;
type Lane<B> = BanditLane<World, B>;

/// The state of `classic-bandits.bernoulli`.
#[derive(Debug)]
pub struct BernoulliExperiment {
    ucb1: Lane<Ucb1<K>>,
    kl_ucb: Lane<KlUcb<K>>,
    thompson: Lane<ThompsonBeta<K>>,
    exp3: Lane<Exp3<K>>,
}

impl Experiment for BernoulliExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "classic-bandits.bernoulli",
        title: "Bernoulli arms",
        room: "bandit",
        summary: "Five arms that pay 1 or nothing. UCB1's bound knows only that rewards lie between 0 and 1; KL-UCB's knows \
                  that they are coins, and Thompson sampling believes what it has seen: both lose less than half as much.",
        citation: "Auer, Cesa-Bianchi, Fischer 2002; Garivier, Cappé 2011, arXiv 1102.2490; Agrawal, Goyal 2012, arXiv \
                   1111.1797; Auer, Cesa-Bianchi, Freund, Schapire 2002",
        step: "play",
        steps: Steps { minimum: 2, maximum: 10_000_000, default: 3000, conformance: 300 },
        contenders: &["UCB1", "KL-UCB", "Thompson", "Exp3"],
        parameters: &[Parameter::choice("arms", "What the arms pay: .1 to .5, or .01 to .1.", &["usual", "rare"])],
        metrics: &[Metric {
            name: "regret",
            unit: "reward",
            description: "What the best arm would have paid more so far, in expectation.",
        }],
        views: &[View::Curve { title: "Regret", metric: "regret" }],
        claims: &[
            half("KL-UCB's regret is at most half of UCB1's", "KL-UCB", "arms=usual"),
            half("Thompson sampling's regret is at most half of UCB1's", "Thompson", "arms=usual"),
            half("With rare rewards KL-UCB's regret is at most half of UCB1's", "KL-UCB", "arms=rare"),
            half("With rare rewards Thompson sampling's regret is at most half of UCB1's", "Thompson", "arms=rare"),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        ucb1: Lane::new(World::EMPTY, Ucb1::EMPTY),
        kl_ucb: Lane::new(World::EMPTY, KlUcb::EMPTY),
        thompson: Lane::new(World::EMPTY, ThompsonBeta::EMPTY),
        exp3: Lane::new(World::EMPTY, Exp3::EMPTY),
    };

    fn start(&mut self, seed: u32, steps: u32, values: &Values) -> Result<(), Error> {
        let mut world = World::EMPTY;
        world.set(*ARMS.get(values.choice(&Self::DESCRIPTOR, 0)).ok_or(Error::UnknownChoice)?)?;
        self.ucb1.bandit.start(Ucb::new(2.0)?)?;
        self.kl_ucb.bandit.start(KullbackLeibler::new(0.0)?)?;
        self.thompson.bandit.start()?;
        self.exp3.bandit.start(exploration_rate::<Libm>(K, steps as f32), 0.0, 1.0)?;
        self.ucb1.start(seed, |_| Ok(world))?;
        self.kl_ucb.start(seed, |_| Ok(world))?;
        self.thompson.start(seed, |_| Ok(world))?;
        self.exp3.start(seed, |_| Ok(world))
    }

    fn tick(&mut self) -> Result<bool, Error> {
        self.ucb1.round()?;
        self.kl_ucb.round()?;
        self.thompson.round()?;
        self.exp3.round()?;
        Ok(true)
    }

    fn metric(&self, contender: usize, _metric: usize) -> f32 {
        let regrets = [&self.ucb1.regret, &self.kl_ucb.regret, &self.thompson.regret, &self.exp3.regret];
        regrets.get(contender).map_or(f32::NAN, |regret| regret.value())
    }
}

persist_fields!([] BernoulliExperiment { ucb1.bandit, kl_ucb.bandit, thompson.bandit, exp3.bandit });

/// A contender's regret after 3000 plays is at most half of UCB1's, over the four runs of the specification.
const fn half(sentence: &'static str, contender: &'static str, set: &'static str) -> Claim {
    let own = Quantity::growth(contender, "regret", 0, 3000).with(set);
    Claim::new(sentence, Measure::Ratio(own, Quantity { contender: "UCB1", ..own }), Requirement::AtMost(0.5), 4, 3000)
}
