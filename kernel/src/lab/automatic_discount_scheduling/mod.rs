//! Imitation from observations under several discounts: `automatic-discount-scheduling`.

mod claims;
mod lane;
mod task;

use super::{Descriptor, Experiment, Metric, Parameter, Steps, Values, View};
use crate::discount::{
    AutomaticDiscount, AutomaticDiscountParameters, DiscountSchedule, ExponentialDiscount, FixedDiscount,
    ProgressRecognizer,
};
use crate::env::{CarrySize, GripCarry};
use crate::error::Error;
use crate::math::Libm;
use crate::state::persist_fields;
use lane::{EVALUATIONS, Lane, Workspace};
use task::{DEMONSTRATIONS, Task};

const STATES: usize = GripCarry::STATES;
const ACTIONS: usize = GripCarry::ACTIONS;
const STEPS: usize = GripCarry::STEPS;

/// Training episodes between evaluations.
const EPISODES: u32 = 25;

/// Discounts that never change, before the one that a parameter sets.
const FIXED: [f32; 5] = [0.5, 0.7, 0.8, 0.9, 0.99];

/// After how many episodes the exponential schedules are done, after the one that takes the whole run.
const EXPONENTIAL: [u32; 2] = [300, 150];

const FIRST_EXPONENTIAL: usize = FIXED.len() + 2;
const CONTENDERS: usize = FIRST_EXPONENTIAL + EXPONENTIAL.len() + 1;

const SIZES: [CarrySize; 2] = [CarrySize::Full, CarrySize::Small];

type Exponential = ExponentialDiscount<Libm>;

/// The state of `automatic-discount-scheduling`.
#[derive(Debug)]
pub struct AutomaticDiscountSchedulingExperiment {
    task: Task,
    space: Workspace,
    lanes: [Lane; CONTENDERS],
    automatic: AutomaticDiscount<STEPS, { EVALUATIONS * DEMONSTRATIONS }>,
    fixed: [Option<FixedDiscount>; FIXED.len() + 1],
    exponential: [Option<Exponential>; EXPONENTIAL.len() + 1],
    /// The contender whose turn it is.
    contender: usize,
    /// How many episodes of this step each contender before it has had more than it.
    episode: u32,
}

impl AutomaticDiscountSchedulingExperiment {
    /// A contender's present discount.
    fn discount(&self, contender: usize) -> f32 {
        let Some(index) = contender.checked_sub(1) else { return self.automatic.gamma() };
        let fixed = self.fixed.get(index).map(|schedule| schedule.as_ref().map(FixedDiscount::gamma));
        let exponential = || self.exponential.get(contender.checked_sub(FIRST_EXPONENTIAL)?)?.as_ref();
        fixed.flatten().or_else(|| exponential().map(Exponential::gamma)).unwrap_or(f32::NAN)
    }

    /// One training episode, or the evaluation, of the contender whose turn it is.
    fn turn(&mut self) -> Result<(), Error> {
        let discount = self.discount(self.contender);
        let Self { task, space, lanes, automatic, exponential, contender, episode, .. } = self;
        let lane = lanes.get_mut(*contender).ok_or(Error::UnknownContender)?;
        if *episode < EPISODES {
            lane.train(task, space, discount)?;
            let schedule = contender.checked_sub(FIRST_EXPONENTIAL).and_then(|index| exponential.get_mut(index));
            if let Some(Some(schedule)) = schedule {
                schedule.advance();
            }
            return Ok(());
        }
        if *contender > 0 {
            return lane.evaluate(task, |_| Ok(()));
        }
        lane.evaluate(task, |observations| {
            (0..DEMONSTRATIONS).try_for_each(|demonstration| {
                automatic.observe(observations.len(), |i, j| {
                    task.distance(observations.get(i).copied().unwrap_or(0), demonstration, j)
                })
            })
        })?;
        automatic.update().map(|_| ())
    }
}

impl Experiment for AutomaticDiscountSchedulingExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "automatic-discount-scheduling",
        title: "Automatic discount scheduling",
        room: "reward",
        summary: "A gripper learns to carry a ball to a basket from three demonstrations that show where it was and whether \
                  it held the ball, and not what it did. With a far-sighted discount the reward of the later steps keeps it \
                  from ever grasping; a short-sighted one does not see that a soft grip slips late. The automatic schedule \
                  looks as far ahead as the agent follows the demonstrations. A round is 25 episodes and an evaluation.",
        citation: "Liu, Dong, Hu, Wen, Yin, Zhang, Gao, Imitation learning from observation with automatic discount \
                   scheduling, ICLR 2024, arXiv 2310.07433; with a tabular learner in a small world that fails alike",
        step: "round",
        steps: Steps { minimum: 1, maximum: 100_000, default: 48, conformance: 1 },
        contenders: &[
            "ADS",
            "fixed 0.5",
            "fixed 0.7",
            "fixed 0.8",
            "fixed 0.9",
            "fixed 0.99",
            "fixed",
            "exponential",
            "exponential 300",
            "exponential 150",
        ],
        parameters: &[
            Parameter::choice(
                "size",
                "16 cells and 26 steps an episode, or 10 cells and 18 steps.",
                &["full", "small"],
            ),
            Parameter::choice(
                "reward",
                "What imitation costs: transport to a demonstration, or the distance to its nearest observation.",
                &["transport", "nearest"],
            ),
            Parameter::real("alpha", "What a reward at the end of the mastered prefix weighs.", [0.01, 0.99], 0.2),
            Parameter::real(
                "threshold",
                "Share of the demonstrations' own score that counts as mastered.",
                [0.1, 1.0],
                0.9,
            ),
            Parameter::real("gamma", "The discount of the contender \"fixed\".", [0.0, 1.0], 0.85),
        ],
        metrics: &[
            Metric {
                name: "success",
                unit: "",
                description: "Share of the four greedy episodes that end with the ball in the basket.",
            },
            Metric { name: "discount", unit: "", description: "The discount from now on." },
            Metric {
                name: "progress",
                unit: "steps",
                description: "How many steps of the demonstrations count as mastered; only the automatic schedule asks.",
            },
            Metric {
                name: "imitation",
                unit: "reward",
                description: "Mean imitation reward of a training episode, undiscounted: what is learned from, and no sign \
                              of success.",
            },
        ],
        views: &[
            View::Curve { title: "Success", metric: "success" },
            View::Curve { title: "Discount", metric: "discount" },
            View::Curve { title: "Mastered steps of the demonstrations", metric: "progress" },
            View::Curve { title: "Imitation reward an episode", metric: "imitation" },
        ],
        claims: claims::CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        task: Task::EMPTY,
        space: Workspace::EMPTY,
        lanes: [const { Lane::EMPTY }; CONTENDERS],
        automatic: AutomaticDiscount::EMPTY,
        fixed: [None; FIXED.len() + 1],
        exponential: [None; EXPONENTIAL.len() + 1],
        contender: 0,
        episode: 0,
    };

    fn start(&mut self, seed: u32, steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let size = *SIZES.get(values.choice(&Self::DESCRIPTOR, 0)).ok_or(Error::UnknownChoice)?;
        self.task.start(size)?;
        self.space.start(values.choice(&Self::DESCRIPTOR, 1) == 1)?;

        let task = &self.task;
        let distance = |a: usize, b: usize, i: usize, j: usize| task.distance(task.shown(a, i), b, j);
        let (mut pairs, mut reference) = ([0; DEMONSTRATIONS * (DEMONSTRATIONS - 1)], [0.0; STEPS]);
        let reference = reference.get_mut(..size.steps()).ok_or(Error::LengthMismatch)?;
        let mut recognizer = ProgressRecognizer::<STEPS>::EMPTY;
        recognizer.reference(DEMONSTRATIONS, 50.0, distance, &mut pairs, reference)?;
        let parameters = AutomaticDiscountParameters {
            alpha: real(2)?,
            threshold: real(3)?,
            ..AutomaticDiscountParameters::PUBLISHED
        };
        self.automatic.start(parameters, reference)?;

        for (schedule, discount) in self.fixed.iter_mut().zip(FIXED.into_iter().chain([real(4)?])) {
            *schedule = Some(FixedDiscount::new(discount)?);
        }
        let lengths = [steps.saturating_mul(EPISODES)].into_iter().chain(EXPONENTIAL);
        for (schedule, length) in self.exponential.iter_mut().zip(lengths) {
            *schedule = Some(ExponentialDiscount::new(0.4, 0.99, length)?);
        }
        (self.contender, self.episode) = (0, 0);
        self.lanes.iter_mut().try_for_each(|lane| lane.start(seed, task))
    }

    fn tick(&mut self) -> Result<bool, Error> {
        self.turn()?;
        self.contender += 1;
        if self.contender < CONTENDERS {
            return Ok(false);
        }
        self.contender = 0;
        let over = self.episode == EPISODES;
        self.episode = if over { 0 } else { self.episode + 1 };
        Ok(over)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        let lane = self.lanes.get(contender);
        match metric {
            0 => lane.map_or(f32::NAN, |lane| lane.success),
            1 => self.discount(contender),
            2 if contender == 0 => f32::from(self.automatic.progress()),
            3 => lane.map_or(f32::NAN, |lane| lane.imitation),
            _ => f32::NAN,
        }
    }
}

persist_fields!([] AutomaticDiscountSchedulingExperiment { lanes, automatic });
