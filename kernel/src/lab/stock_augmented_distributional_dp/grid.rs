//! A way that may be dear, and a detour: `stock-augmented-distributional-dp.grid`.

use super::CITATION;
use super::planner::{Aim, METRICS, Planner, STAGES, about, claim};
use crate::error::Error;
use crate::lab::{Descriptor, Experiment, Requirement, Steps, Values, View};
use crate::plan::StockSizes;
use crate::state::persist_fields;

const TEXT: &str = include_str!("../../../problems/detour.dp");

/// Of the longest plan.
const SIZES: StockSizes = StockSizes { stages: STAGES as u16, states: 12, most_reward: 9 };

const AIMS: [(&str, Aim); 2] = [("mean", Aim::Mean), ("worst quarter", Aim::WorstShare)];

/// The state of `stock-augmented-distributional-dp.grid`.
#[derive(Debug)]
pub struct GridExperiment {
    planner: Planner<
        { AIMS.len() },
        48,
        12,
        { SIZES.values() },
        { SIZES.policy() },
        { SIZES.scratch() },
        { SIZES.returns() },
    >,
}

impl Experiment for GridExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "stock-augmented-distributional-dp.grid",
        title: "The detour that never costs much",
        room: "plan",
        summary: "The short way to the goal leads over two cells that may cost 7 instead of 1; a detour never does. For the mean \
                  the short way is better by 0.2, for the worst quarter the detour by 4.5. Each step is a plan for one stage more.",
        citation: CITATION,
        step: "stage",
        steps: Steps { minimum: 1, maximum: STAGES, default: STAGES, conformance: 1 },
        contenders: &[AIMS[0].0, AIMS[1].0],
        parameters: &[],
        metrics: &METRICS,
        views: &[
            View::Curve { title: "Worst quarter", metric: "worst" },
            View::Curve { title: "Mean", metric: "mean" },
            View::Curve { title: "Standard deviation", metric: "deviation" },
        ],
        claims: &[
            about("For the mean it is 5.2", "mean", "mean", 5.2),
            about("For the mean the worst quarter is 0.46", "mean", "worst", 0.46),
            about("By the detour the worst quarter is 5", "worst quarter", "worst", 5.0),
            about("By the detour the mean is 5 too", "worst quarter", "mean", 5.0),
            claim("Followed forward the mean is what planning says", "mean", "gap", Requirement::AtMost(1e-4)),
            claim("So is the worst quarter", "worst quarter", "gap", Requirement::AtMost(1e-4)),
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

persist_fields!([] GridExperiment { planner });
