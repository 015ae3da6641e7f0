//! Plans for what is sought of the return, and the distributions that they have.

use crate::error::Error;
use crate::lab::{Claim, Measure, Metric, Quantity, Requirement};
use crate::plan::{DeclaredTransition, DynamicProgram, ReturnLaw, StockPlan, StockSizes, return_law};
use crate::state::persist_fields;

/// Stages of the longest plan.
pub(super) const STAGES: u32 = 8;

/// The worst share of returns that matters.
pub(super) const TAU: f32 = 0.25;

/// The return that is aimed at.
pub(super) const TARGET: i32 = 4;

/// What is sought.
#[derive(Clone, Copy)]
pub(super) enum Aim {
    /// The greatest mean.
    Mean,
    /// The greatest mean of the worst share.
    WorstShare,
    /// The same policy with the start stock for ever: what it would do without knowing what was collected.
    FrozenStock,
    /// The nearest to the target.
    Nearest,
    /// Most likely the target or more.
    AtLeast,
}

impl Aim {
    /// The worth of a start stock and the return together.
    fn utility(self, x: i32) -> f32 {
        match self {
            Self::Mean => x as f32,
            Self::WorstShare | Self::FrozenStock => x.min(0) as f32,
            Self::Nearest => -(x.abs() as f32),
            Self::AtLeast => f32::from(u8::from(x >= 0)),
        }
    }
}

/// What is known of a contender's return.
#[derive(Clone, Copy, Debug)]
struct Figures {
    numbers: [f32; METRICS.len()],
}

impl Figures {
    const EMPTY: Self = Self { numbers: [0.0; METRICS.len()] };
}

pub(super) const METRICS: [Metric; 7] = [
    Metric { name: "mean", unit: "", description: "Mean of the return." },
    Metric { name: "worst", unit: "", description: "Mean of the worst quarter of returns (CVaR at 0.25)." },
    Metric { name: "deviation", unit: "", description: "Standard deviation of the return." },
    Metric { name: "miss", unit: "", description: "Mean distance of the return from 4." },
    Metric { name: "reached", unit: "", description: "How likely the return is 4 or more." },
    Metric {
        name: "threshold",
        unit: "",
        description: "The return that the plan holds its worst quarter against; 0 without one.",
    },
    Metric {
        name: "gap",
        unit: "",
        description: "How far what is sought, followed forward through the policy, is from what planning says.",
    },
];

/// The plans of a world's contenders, one stage longer at every step, and memory for the longest.
#[derive(Debug)]
pub(super) struct Planner<
    const CONTENDERS: usize,
    const TRANSITIONS: usize,
    const STATES: usize,
    const VALUES: usize,
    const POLICY: usize,
    const SCRATCH: usize,
    const RETURNS: usize,
> {
    transitions: [DeclaredTransition; TRANSITIONS],
    terminal: [f32; STATES],
    values: [f32; VALUES],
    policy: [u8; POLICY],
    scratch: [f32; SCRATCH],
    law: [f32; RETURNS],
    figures: [Figures; CONTENDERS],
    done: u32,
    /// The contender whose turn it is.
    at: usize,
}

impl<
    const CONTENDERS: usize,
    const TRANSITIONS: usize,
    const STATES: usize,
    const VALUES: usize,
    const POLICY: usize,
    const SCRATCH: usize,
    const RETURNS: usize,
> Planner<CONTENDERS, TRANSITIONS, STATES, VALUES, POLICY, SCRATCH, RETURNS>
{
    pub(super) const EMPTY: Self = Self {
        transitions: [DeclaredTransition::EMPTY; TRANSITIONS],
        terminal: [0.0; STATES],
        values: [0.0; VALUES],
        policy: [0; POLICY],
        scratch: [0.0; SCRATCH],
        law: [0.0; RETURNS],
        figures: [Figures::EMPTY; CONTENDERS],
        done: 0,
        at: 0,
    };

    pub(super) fn start(&mut self) {
        (self.figures, self.done, self.at) = ([Figures::EMPTY; CONTENDERS], 0, 0);
    }

    /// The next plan; `longest` has the sizes of the longest one. True when every contender has one of this length.
    pub(super) fn tick(
        &mut self,
        text: &str,
        longest: StockSizes,
        aims: &[(&str, Aim); CONTENDERS],
    ) -> Result<bool, Error> {
        let sizes = StockSizes { stages: self.done as u16 + 1, ..longest };
        self.figures[self.at] = self.plan(text, sizes, aims[self.at].1)?;
        self.at = (self.at + 1) % CONTENDERS;
        self.done += u32::from(self.at == 0);
        Ok(self.at == 0)
    }

    pub(super) fn metric(&self, contender: usize, metric: usize) -> f32 {
        if self.done == 0 {
            return f32::NAN;
        }
        self.figures.get(contender).and_then(|figures| figures.numbers.get(metric)).copied().unwrap_or(f32::NAN)
    }

    /// Plans so many stages for an aim, and follows the policy forward.
    fn plan(&mut self, text: &str, sizes: StockSizes, aim: Aim) -> Result<Figures, Error> {
        let read = DynamicProgram::parse(text, &mut self.transitions, &mut self.terminal);
        let model = read.map_err(|fault| fault.error)?.stage(0);
        let small = Error::BufferTooSmall;
        let values = self.values.get_mut(..sizes.values()).ok_or(small)?;
        let policy = self.policy.get_mut(..sizes.policy()).ok_or(small)?;
        let plan = StockPlan::solve(&model, sizes, &|x: i32| aim.utility(x), values, policy)?;
        let (planned, threshold) = match aim {
            Aim::WorstShare | Aim::FrozenStock => plan.maximise_cvar(0, TAU)?,
            Aim::Mean => (plan.value(0, 0)?, 0),
            // A target that no return reaches is taken for the nearest that one can.
            Aim::Nearest | Aim::AtLeast => {
                let target = TARGET.min(sizes.most_return() as i32);
                (plan.value(0, -target)?, target)
            }
        };
        let act = |stage: usize, state: usize, collected: i32| {
            let collected = if matches!(aim, Aim::FrozenStock) { 0 } else { collected };
            plan.act(stage, state, collected - threshold)
        };
        let scratch = self.scratch.get_mut(..sizes.scratch()).ok_or(small)?;
        let law = return_law(&model, sizes, 0, act, scratch, self.law.get_mut(..sizes.returns()).ok_or(small)?)?;
        let followed = match aim {
            Aim::Mean => law.mean(),
            Aim::WorstShare | Aim::FrozenStock => law.cvar(TAU)?,
            Aim::Nearest | Aim::AtLeast => law.expected(&|x: i32| aim.utility(x - threshold)),
        };
        figures(&law, threshold, planned - followed)
    }
}

persist_fields!([] Figures { numbers });

persist_fields!([
    const CONTENDERS: usize,
    const TRANSITIONS: usize,
    const STATES: usize,
    const VALUES: usize,
    const POLICY: usize,
    const SCRATCH: usize,
    const RETURNS: usize
] Planner<CONTENDERS, TRANSITIONS, STATES, VALUES, POLICY, SCRATCH, RETURNS> { figures });

fn figures(law: &ReturnLaw<'_>, threshold: i32, gap: f32) -> Result<Figures, Error> {
    let miss = law.expected(&|x: i32| (x - TARGET).abs() as f32);
    let (mean, worst) = (law.mean(), law.cvar(TAU)?);
    let numbers = [mean, worst, law.std(), miss, law.at_least(TARGET), threshold as f32, gap.abs()];
    Ok(Figures { numbers })
}

pub(super) const fn claim(
    sentence: &'static str,
    contender: &'static str,
    metric: &'static str,
    required: Requirement,
) -> Claim {
    Claim::new(sentence, Measure::Value(Quantity::mean(contender, metric, STAGES - 1, STAGES)), required, 1, STAGES)
}

/// Within a thousandth.
pub(super) const fn about(sentence: &'static str, contender: &'static str, metric: &'static str, figure: f32) -> Claim {
    claim(sentence, contender, metric, Requirement::Within(figure - 1e-3, figure + 1e-3))
}
