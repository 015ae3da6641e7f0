//! Arms that change: `classic-bandits.abrupt-change`.

use crate::bandit::{DiscountedUcb, SlidingWindowUcb, Ucb, Ucb1};
use crate::env::BernoulliBandit;
use crate::error::Error;
use crate::lab::bandit_lane::BanditLane;
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::state::persist_fields;

const K: usize = 3;
/// Twice what theory asks for at this horizon.
const WINDOW: usize = 858;
const XI: f32 = 0.6;
/// The third arm is the best one from the first of these plays, counted from 0, until before the second.
const CHANGES: [u32; 2] = [3000, 5000];

type World = BernoulliBandit<K>;
type Lane<B> = BanditLane<World, B>;

/// The state of `classic-bandits.abrupt-change`.
#[derive(Debug)]
pub struct AbruptChangeExperiment {
    ucb1: Lane<Ucb1<K>>,
    discounted: Lane<DiscountedUcb<K>>,
    windowed: Lane<SlidingWindowUcb<K, WINDOW>>,
    plays: u32,
}

impl Experiment for AbruptChangeExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "classic-bandits.abrupt-change",
        title: "Abrupt change",
        room: "bandit",
        summary: "The worst of three arms becomes the best for a while. A bandit that never forgets notices late; one that \
                  discounts what it has seen, or looks at a window of it, follows.",
        citation: "Garivier, Moulines, On Upper-Confidence Bound Policies for Non-Stationary Bandit Problems, 2008, arXiv \
                   0805.3415",
        step: "play",
        steps: Steps { minimum: 1, maximum: 10_000_000, default: 10_000, conformance: 300 },
        contenders: &["UCB1", "D-UCB", "SW-UCB"],
        parameters: &[
            Parameter::real("gamma", "Factor by which D-UCB's plays fade.", [0.9, 1.0], 0.996464),
            Parameter::real("pad", "Width of D-UCB's bound; 2 in theory.", [0.0, 5.0], 1.0),
        ],
        metrics: &[Metric {
            name: "regret",
            unit: "reward",
            description: "What the best arm of the time would have paid more so far, in expectation.",
        }],
        views: &[View::Curve { title: "Regret", metric: "regret" }],
        claims: &[
            against_ucb1("Discounted UCB's regret is at most 0.8 of UCB1's", "D-UCB", "", Requirement::AtMost(0.8)),
            against_ucb1(
                "Sliding-window UCB's regret is at most 0.8 of UCB1's",
                "SW-UCB",
                "",
                Requirement::AtMost(0.8),
            ),
            against_ucb1(
                "With the width that theory asks for discounted UCB is worse than UCB1 at this horizon",
                "D-UCB",
                "pad=2",
                Requirement::Above(1.0),
            ),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        ucb1: Lane::new(World::EMPTY, Ucb1::EMPTY),
        discounted: Lane::new(World::EMPTY, DiscountedUcb::EMPTY),
        windowed: Lane::new(World::EMPTY, SlidingWindowUcb::EMPTY),
        plays: 0,
    };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let pad = real(1)?;
        self.ucb1.bandit.start(Ucb::new(2.0)?)?;
        self.discounted.bandit.start_discounted(Ucb::new(pad * pad * XI)?, real(0)?)?;
        self.windowed.bandit.start(Ucb::new(XI)?)?;
        self.ucb1.start(seed, |_| Ok(World::EMPTY))?;
        self.discounted.start(seed, |_| Ok(World::EMPTY))?;
        self.windowed.start(seed, |_| Ok(World::EMPTY))?;
        self.plays = 0;
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        if self.plays == 0 || CHANGES.contains(&self.plays) {
            let third = if (CHANGES[0]..CHANGES[1]).contains(&self.plays) { 0.9 } else { 0.4 };
            let means = [0.5, 0.3, third];
            self.ucb1.env.set(means)?;
            self.discounted.env.set(means)?;
            self.windowed.env.set(means)?;
        }
        self.ucb1.round()?;
        self.discounted.round()?;
        self.windowed.round()?;
        self.plays = self.plays.saturating_add(1);
        Ok(true)
    }

    fn metric(&self, contender: usize, _metric: usize) -> f32 {
        let regrets = [&self.ucb1.regret, &self.discounted.regret, &self.windowed.regret];
        regrets.get(contender).map_or(f32::NAN, |regret| regret.value())
    }
}

persist_fields!([] AbruptChangeExperiment { ucb1.bandit, discounted.bandit, windowed.bandit });

/// A contender's regret after 10 000 plays as a fraction of UCB1's, over the four runs of the specification.
const fn against_ucb1(
    sentence: &'static str,
    contender: &'static str,
    set: &'static str,
    required: Requirement,
) -> Claim {
    let own = Quantity::growth(contender, "regret", 0, 10_000).with(set);
    Claim::new(sentence, Measure::Ratio(own, Quantity { contender: "UCB1", ..own }), required, 4, 10_000)
}
