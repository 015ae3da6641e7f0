//! Scores of steps, refined: `clip-delta-reward-refinement`.

use super::batch_lane::{BatchLane, tick_batches};
use super::{Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View};
use crate::advantage::GroupBaseline;
use crate::env::{StallChain, TimeLimit};
use crate::error::Error;
use crate::reward::EpisodeReward;
use crate::reward::credit::{Refine, StepRewardRefiner};
use crate::state::persist_fields;

const STATES: usize = StallChain::RUNNING;
const ACTIONS: usize = StallChain::ACTIONS;
/// Episodes of a batch, and the steps that they may take together.
const EPISODES: usize = 16;
const STEPS: usize = EPISODES * StallChain::STEPS as usize;

const WHITENED: GroupBaseline = GroupBaseline::Standardised { ddof: 0, epsilon: 1e-8 };

/// Before the first batch.
const NONE: [f32; 4] = [f32::NAN; 4];

const CONTENDERS: [&str; 5] = ["success only", "raw", "clip", "delta", "clip-delta"];
/// In the order of the contenders.
const REFINES: [Option<Refine>; 5] =
    [None, Some(Refine::Raw), Some(Refine::Clip), Some(Refine::Delta), Some(Refine::ClipDelta)];

/// One contender: they differ in what becomes of the scores.
#[derive(Debug)]
struct Lane {
    batch: BatchLane<StallChain, STATES, ACTIONS, EPISODES, STEPS>,
    refiner: Option<StepRewardRefiner>,
    /// The score of every step of the batch; while it learns its reward, then its return.
    scores: [f32; STEPS],
    /// In the order of the metrics; of the last complete batch.
    figures: [f32; 4],
}

impl Lane {
    const EMPTY: Self = Self {
        batch: BatchLane::new(TimeLimit::new(StallChain::new(), StallChain::STEPS)),
        refiner: None,
        scores: [0.0; STEPS],
        figures: NONE,
    };

    fn tick(&mut self) -> Result<(), Error> {
        let scores = &mut self.scores;
        self.batch.tick(|place, visit, world| {
            if let Some(score) = scores.get_mut(place) {
                *score = StallChain::score(visit.state(), visit.action(), world);
            }
        })
    }

    /// One step on whitened returns. `advantages` is scratch.
    fn learn(&mut self, alpha: f32, step_size: f32, advantages: &mut [f32; STEPS]) -> Result<(), Error> {
        let (mut rest, mut raw, mut refined) = (&mut self.scores[..], 0.0, 0.0);
        for (visits, end) in self.batch.episodes() {
            let (rewards, others) = rest.split_at_mut_checked(visits.len()).ok_or(Error::LengthMismatch)?;
            rest = others;
            raw += alpha * rewards.iter().sum::<f32>() + end.reward;
            match &self.refiner {
                Some(refiner) => refiner.rewrite(rewards, end.reward)?,
                None => {
                    rewards.fill(0.0);
                    rewards.last_mut().into_iter().for_each(|last| *last = end.reward);
                }
            }
            let mut total = 0.0;
            for reward in rewards.iter_mut().rev() {
                total += *reward;
                *reward = total;
            }
            refined += total;
        }
        let visits = self.batch.visits();
        let (Some(returns), Some(advantages)) = (self.scores.get(..visits.len()), advantages.get_mut(..visits.len()))
        else {
            return Err(Error::LengthMismatch);
        };
        WHITENED.advantages(returns, advantages)?;
        let mut weights = [[0.0; ACTIONS]; STATES];
        for (visit, advantage) in visits.iter().zip(advantages) {
            weights[visit.state()][visit.action()] += *advantage;
        }
        let (success, episodes) = (self.batch.mean(|(_, end)| end.reward), EPISODES as f32);
        self.figures = [success, self.batch.length(), raw / episodes, refined / episodes];
        self.batch.ascend(&weights, step_size / STEPS as f32)
    }
}

persist_fields!([] Lane { batch });

/// The state of `clip-delta-reward-refinement`.
#[derive(Debug)]
pub struct ClipDeltaRewardRefinementExperiment {
    lanes: [Lane; 5],
    advantages: [f32; STEPS],
    alpha: f32,
    step_size: f32,
}

impl Experiment for ClipDeltaRewardRefinementExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "clip-delta-reward-refinement",
        title: "Scores that cannot be farmed",
        room: "reward",
        summary: "A derivation of two steps and its answer. A learned score rates every step, and rates repeating oneself as \
                  highly as being right. Added to the success it is farmed by stalling; clipped it makes the policy answer at \
                  once; as differences it slows learning down; clipped and as differences it helps.",
        citation: "Gao, Xu, Ye, Liu, He, Fu, Mei, Wang, Wu, On Designing Effective RL Reward at Training Time for LLM Reasoning, \
                   2024, arXiv 2410.15115",
        step: "update",
        steps: Steps { minimum: 1, maximum: 10_000, default: BATCHES, conformance: 20 },
        contenders: &CONTENDERS,
        parameters: &[
            Parameter::real("eta", "What clipping takes off a score.", [0.0, 1.0], 0.7),
            Parameter::real("alpha", "What a unit of score is worth.", [0.01, 10.0], 0.5),
            Parameter::real("step_size", "Step size of the policy.", [0.01, 10.0], 2.0),
        ],
        metrics: &[
            Metric { name: "success", unit: "", description: "Share of the batch's episodes that answer rightly." },
            Metric { name: "length", unit: "steps", description: "Mean number of steps of an episode." },
            Metric { name: "raw", unit: "reward", description: "Mean success and scores as they are." },
            Metric { name: "refined", unit: "reward", description: "Mean of what the contender learns from." },
        ],
        views: &[
            View::Curve { title: "Success", metric: "success" },
            View::Curve { title: "Length", metric: "length" },
            View::Curve { title: "Raw reward: success and scores as they are", metric: "raw" },
            View::Curve { title: "Refined reward: what is learned from", metric: "refined" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self { lanes: [Lane::EMPTY; 5], advantages: [0.0; STEPS], alpha: 0.0, step_size: 0.0 };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let eta = real(0)?;
        (self.alpha, self.step_size) = (real(1)?, real(2)?);
        for (lane, refine) in self.lanes.iter_mut().zip(REFINES) {
            let refiner = refine.map(|refine| StepRewardRefiner::new(refine, eta, self.alpha)).transpose()?;
            (lane.refiner, lane.figures) = (refiner, NONE);
            lane.batch.start(seed);
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        let full = tick_batches!(self.lanes, |lane| lane.tick());
        if full {
            let Self { lanes, advantages, alpha, step_size } = self;
            lanes.iter_mut().try_for_each(|lane| lane.learn(*alpha, *step_size, advantages))?;
        }
        Ok(full)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        self.lanes.get(contender).and_then(|lane| lane.figures.get(metric)).copied().unwrap_or(f32::NAN)
    }
}

persist_fields!([] ClipDeltaRewardRefinementExperiment { lanes });

const SEEDS: u32 = 20;
const BATCHES: u32 = 200;

/// The mean of a metric over the last 10 of 200 batches.
const fn late(contender: &'static str, metric: &'static str) -> Quantity {
    Quantity::mean(contender, metric, 190, BATCHES)
}

/// The mean success over all batches.
const fn training(contender: &'static str) -> Quantity {
    Quantity::mean(contender, "success", 0, BATCHES)
}

const fn claim(sentence: &'static str, measure: Measure, required: Requirement) -> Claim {
    Claim::new(sentence, measure, required, SEEDS, BATCHES)
}

const CLAIMS: &[Claim] = &[
    claim("Raw scores end success: below 0.05", Measure::Value(late("raw", "success")), Requirement::Below(0.05)),
    claim(
        "Raw scores are farmed by stalling: episodes are longer than 14 steps",
        Measure::Value(late("raw", "length")),
        Requirement::Above(14.0),
    ),
    claim("Clipped scores end success: below 0.05", Measure::Value(late("clip", "success")), Requirement::Below(0.05)),
    claim(
        "Clipped scores are escaped by answering at once: episodes are shorter than 2 steps",
        Measure::Value(late("clip", "length")),
        Requirement::Below(2.0),
    ),
    claim(
        "Differences of scores alone end below the success alone",
        Measure::Difference(late("delta", "success"), late("success only", "success")),
        Requirement::Below(0.0),
    ),
    claim(
        "Clipped differences end at least as well as the success alone",
        Measure::Difference(late("clip-delta", "success"), late("success only", "success")),
        Requirement::AtLeast(0.0),
    ),
    claim(
        "Over the whole training clipped differences succeed at least 1.15 times as often as the success alone",
        Measure::Ratio(training("clip-delta"), training("success only")),
        Requirement::AtLeast(1.15),
    ),
];
