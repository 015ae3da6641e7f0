//! Stakes in a market with two regimes: `stock-augmented-distributional-dp.market`.

use super::CITATION;
use super::planner::{Aim, METRICS, Planner, STAGES, about, claim};
use crate::error::Error;
use crate::lab::{Descriptor, Experiment, Requirement, Steps, Values, View};
use crate::plan::StockSizes;
use crate::state::persist_fields;

const TEXT: &str = include_str!("../../../problems/market.dp");

/// Of the longest plan.
const SIZES: StockSizes = StockSizes { stages: STAGES as u16, states: 2, most_reward: 3 };

const AIMS: [(&str, Aim); 5] = [
    ("mean", Aim::Mean),
    ("worst quarter", Aim::WorstShare),
    ("worst quarter frozen", Aim::FrozenStock),
    ("nearest to 4", Aim::Nearest),
    ("at least 4", Aim::AtLeast),
];

/// The state of `stock-augmented-distributional-dp.market`.
#[derive(Debug)]
pub struct MarketExperiment {
    planner: Planner<
        { AIMS.len() },
        20,
        2,
        { SIZES.values() },
        { SIZES.policy() },
        { SIZES.scratch() },
        { SIZES.returns() },
    >,
}

impl Experiment for MarketExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "stock-augmented-distributional-dp.market",
        title: "Stakes, by what was won so far",
        room: "plan",
        summary: "Hold, stake 1 or stake 3, in a market that is calm or stormy. The greatest mean risks the most; who remembers \
                  what was won can have a worst quarter above 0, or end near 4, which no policy of the market alone can. Each \
                  step is a plan for one stage more; nothing is sampled.",
        citation: CITATION,
        step: "stage",
        steps: Steps { minimum: 1, maximum: STAGES, default: STAGES, conformance: 2 },
        contenders: &[AIMS[0].0, AIMS[1].0, AIMS[2].0, AIMS[3].0, AIMS[4].0],
        parameters: &[],
        metrics: &METRICS,
        views: &[
            View::Curve { title: "Worst quarter", metric: "worst" },
            View::Curve { title: "Mean", metric: "mean" },
            View::Curve { title: "Reaches 4", metric: "reached" },
            View::Curve { title: "Distance from 4", metric: "miss" },
        ],
        claims: &[
            about("For the mean it is 7.106", "mean", "mean", 7.106),
            about("For the mean the worst quarter is -1.524", "mean", "worst", -1.524),
            about("With a stock the worst quarter is 0.957492", "worst quarter", "worst", 0.957_492),
            about("With a stock the mean is then 1.739", "worst quarter", "mean", 1.739),
            claim("The threshold is 2", "worst quarter", "threshold", Requirement::Equal(2.0)),
            about("With the stock frozen the worst quarter is 0.176", "worst quarter frozen", "worst", 0.176),
            about("Aiming at 4 with a stock misses by 0.889", "nearest to 4", "miss", 0.889),
            about("For the mean the miss is 5.943", "mean", "miss", 5.943),
            about("With a stock at least 4 has a probability of 0.878", "at least 4", "reached", 0.878),
            about("For the mean at least 4 has a probability of 0.731", "mean", "reached", 0.731),
            claim("Followed forward the mean is what planning says", "mean", "gap", Requirement::AtMost(1e-4)),
            claim("So is the worst quarter", "worst quarter", "gap", Requirement::AtMost(1e-4)),
            claim("So is the miss", "nearest to 4", "gap", Requirement::AtMost(1e-4)),
            claim("So is the probability", "at least 4", "gap", Requirement::AtMost(1e-4)),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self { planner: Planner::EMPTY };

    fn start(&mut self, _seed: u32, _steps: u32, _values: &Values) -> Result<(), Error> {
        self.planner.start();
        Ok(())
    }

    /// One plan.
    fn tick(&mut self) -> Result<bool, Error> {
        self.planner.tick(TEXT, SIZES, &AIMS)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        self.planner.metric(contender, metric)
    }
}

persist_fields!([] MarketExperiment { planner });
