//! Step rewards behind a gate: `gated-reward-accumulation`.

use super::batch_lane::{BatchLane, tick_batches};
use super::{Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View};
use crate::advantage::GroupBaseline;
use crate::env::{PatchTask, TimeLimit};
use crate::error::Error;
use crate::reward::credit::GatedEpisode;
use crate::state::persist_fields;

const STATES: usize = PatchTask::WORKING;
const ACTIONS: usize = PatchTask::ACTIONS;
/// Episodes of a group, and the steps that they may take together.
const GROUP: usize = 16;
const STEPS: usize = GROUP * PatchTask::TURNS as usize;

const BASELINE: GroupBaseline = GroupBaseline::Standardised { ddof: 0, epsilon: 1e-8 };

/// Before the first batch.
const NONE: [f32; 7] = [f32::NAN; 7];

const CONTENDERS: [&str; 3] = ["G-RA", "D-RA", "sparse"];

/// One contender: they differ in the gate's threshold alone.
#[derive(Debug)]
struct Lane {
    batch: BatchLane<PatchTask, STATES, ACTIONS, GROUP, STEPS>,
    gate: Option<GatedEpisode>,
    /// In the order of the metrics; of the last complete batch.
    figures: [f32; 7],
}

impl Lane {
    const EMPTY: Self =
        Self { batch: BatchLane::new(TimeLimit::new(PatchTask::new(), PatchTask::TURNS)), gate: None, figures: NONE };

    /// One group-relative step: every turn of an episode has the advantage of the whole.
    fn learn(&mut self, step_size: f32) -> Result<(), Error> {
        let (gate, batch) = (self.gate.ok_or(Error::NotStarted)?, &mut self.batch);
        let (mut returns, mut advantages) = ([0.0; GROUP], [0.0; GROUP]);
        for (total, (_, end)) in returns.iter_mut().zip(batch.episodes()) {
            *total = gate.total(end.reward, PatchTask::outcome(end.state()))?;
        }
        BASELINE.advantages(&returns, &mut advantages)?;
        let mut weights = [[0.0; ACTIONS]; STATES];
        for ((visits, _), advantage) in batch.episodes().zip(advantages) {
            visits.iter().for_each(|visit| weights[visit.state()][visit.action()] += advantage);
        }
        let share = |of: fn(usize) -> bool| batch.mean(|(_, end)| if of(end.state()) { 1.0 } else { 0.0 });
        let outcome = batch.mean(|(_, end)| PatchTask::outcome(end.state()));
        let submitted = share(|state| state >= PatchTask::EMPTY);
        let edited = share(|state| state > PatchTask::EMPTY);
        let passed = share(|state| state == PatchTask::PASSED);
        let ungated = outcome + batch.mean(|(_, end)| end.reward);
        let gated = returns.iter().sum::<f32>() / GROUP as f32;
        self.figures = [submitted, edited, passed, outcome, ungated, gated, batch.length()];
        batch.ascend(&weights, step_size / GROUP as f32)
    }
}

persist_fields!([] Lane { batch });

/// The state of `gated-reward-accumulation`.
#[derive(Debug)]
pub struct GatedRewardAccumulationExperiment {
    lanes: [Lane; 3],
    step_size: f32,
}

impl Experiment for GatedRewardAccumulationExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "gated-reward-accumulation",
        title: "Step rewards behind a gate",
        room: "reward",
        summary: "A patch is to be made in twelve turns; every well-formed turn pays a little, the outcome decides. Added up, the \
                  turns are farmed and nothing is handed in. Without them the policy edits at once and learns little. Counted \
                  only in episodes whose outcome reaches a threshold, they teach it to inspect first. On this small task \
                  even the highest threshold does not waste them.",
        citation: "Sun, Li, Chen, Qin, Hu, Stabilizing Long-term Multi-turn Reinforcement Learning with Gated Rewards, 2025, \
                   arXiv 2508.10548",
        step: "update",
        steps: Steps { minimum: 1, maximum: 10_000, default: UPDATES, conformance: 20 },
        contenders: &CONTENDERS,
        parameters: &[
            Parameter::real(
                "threshold",
                "The outcome from which on the turns of an episode count for G-RA.",
                [-1.0, 1.0],
                0.0,
            ),
            Parameter::real("step_size", "Step size of the policy.", [0.01, 1.0], 0.3),
        ],
        metrics: &[
            Metric { name: "submitted", unit: "", description: "Share of the group's episodes that submit." },
            Metric { name: "edited", unit: "", description: "Share that submit an edit." },
            Metric { name: "passed", unit: "", description: "Share whose edit passes." },
            Metric { name: "outcome", unit: "reward", description: "Mean outcome." },
            Metric { name: "ungated", unit: "reward", description: "Mean outcome and rewards of all turns." },
            Metric { name: "gated", unit: "reward", description: "Mean of what the contender learns from." },
            Metric { name: "length", unit: "turns", description: "Mean number of turns of an episode." },
        ],
        views: &[
            View::Curve { title: "Episodes that submit", metric: "submitted" },
            View::Curve { title: "Episodes that pass", metric: "passed" },
            View::Curve { title: "Raw reward: outcome and all turns", metric: "ungated" },
            View::Curve { title: "Gated reward: what is learned from", metric: "gated" },
            View::Curve { title: "Outcome", metric: "outcome" },
            View::Curve { title: "Turns", metric: "length" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self { lanes: [Lane::EMPTY; 3], step_size: 0.0 };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let thresholds = [real(0)?, f32::NEG_INFINITY, f32::INFINITY];
        self.step_size = real(1)?;
        for (lane, threshold) in self.lanes.iter_mut().zip(thresholds) {
            (lane.gate, lane.figures) = (Some(GatedEpisode::new(threshold)?), NONE);
            lane.batch.start(seed);
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        let full = tick_batches!(self.lanes, |lane| lane.batch.tick(|_, _, _| {}));
        if full {
            self.lanes.iter_mut().try_for_each(|lane| lane.learn(self.step_size))?;
        }
        Ok(full)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        self.lanes.get(contender).and_then(|lane| lane.figures.get(metric)).copied().unwrap_or(f32::NAN)
    }
}

persist_fields!([] GatedRewardAccumulationExperiment { lanes });

const SEEDS: u32 = 40;
const UPDATES: u32 = 400;

/// The mean of a metric over the last 40 of 400 updates.
const fn late(contender: &'static str, metric: &'static str) -> Quantity {
    Quantity::mean(contender, metric, 360, UPDATES)
}

const fn claim(sentence: &'static str, measure: Measure, required: Requirement) -> Claim {
    Claim::new(sentence, measure, required, SEEDS, UPDATES)
}

const CLAIMS: &[Claim] = &[
    claim(
        "With gated rewards at least 0.85 of the episodes submit",
        Measure::Value(late("G-RA", "submitted")),
        Requirement::AtLeast(0.85),
    ),
    claim(
        "With added rewards at most 0.7 of the episodes submit",
        Measure::Value(late("D-RA", "submitted")),
        Requirement::AtMost(0.7),
    ),
    claim(
        "Gated rewards have at least 0.25 more of the episodes submit an edit than added ones",
        Measure::Difference(late("G-RA", "edited"), late("D-RA", "edited")),
        Requirement::AtLeast(0.25),
    ),
    claim(
        "In the lower quartile of runs at least twice as many episodes pass with gated rewards as with the outcome alone",
        Measure::Ratio(late("G-RA", "passed").percentile(25), late("sparse", "passed").percentile(25)),
        Requirement::AtLeast(2.0),
    ),
    claim(
        "On average more episodes pass with gated rewards than with the outcome alone",
        Measure::Difference(late("G-RA", "passed"), late("sparse", "passed")),
        Requirement::Above(0.0),
    ),
    claim(
        "Added rewards collect more reward, ungated, than gated ones",
        Measure::Difference(late("D-RA", "ungated"), late("G-RA", "ungated")),
        Requirement::Above(0.0),
    ),
    claim(
        "With a threshold of -0.5 at least 0.85 of the episodes submit as well",
        Measure::Value(late("G-RA", "submitted").with("threshold=-0.5")),
        Requirement::AtLeast(0.85),
    ),
    claim(
        "With a threshold of 1 at least 0.85 of the episodes submit as well",
        Measure::Value(late("G-RA", "submitted").with("threshold=1")),
        Requirement::AtLeast(0.85),
    ),
    claim(
        "A threshold as high as 1 does not waste the rewards of turns: on average more episodes pass than with the outcome \
         alone",
        Measure::Difference(late("G-RA", "passed").with("threshold=1"), late("sparse", "passed")),
        Requirement::Above(0.0),
    ),
];
