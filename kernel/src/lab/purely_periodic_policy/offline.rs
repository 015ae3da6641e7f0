//! Known arms, and ever more of them: `purely-periodic-policy.offline`.

use super::top::mark_top;
use crate::bandit::{PeriodicPlanState, PlanScratch, PlanSettings, RecoveryTable, Slot};
use crate::env::{IdleTimes, fill_recovering_means};
use crate::error::Error;
use crate::lab::{
    Claim, Descriptor, Experiment, Kind, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::math::{CompensatedSum, Libm};
use crate::state::persist_fields;

/// `K`, by the option of the parameter.
const PULLS: [usize; 6] = [1, 2, 4, 8, 16, 32];
/// `N` is so many times `K`.
const ARMS_A_PULL: usize = 6;
const MAX_ARMS: usize = ARMS_A_PULL * PULLS[PULLS.len() - 1];
const D: usize = 32;
const FINEST: u8 = 8;

/// One contender: its own arms' idle times, and what it has earned.
#[derive(Debug)]
struct Lane {
    idle: IdleTimes<[u16; MAX_ARMS]>,
    total: CompensatedSum,
    reward: f32,
    /// By how many it pulled too many arms.
    excess: usize,
}

impl Lane {
    const EMPTY: Self = Self { idle: IdleTimes::EMPTY, total: CompensatedSum::EMPTY, reward: 0.0, excess: 0 };

    fn start(&mut self) -> Result<(), Error> {
        (self.total, self.reward, self.excess) = (CompensatedSum::EMPTY, 0.0, 0);
        self.idle.start(D as u16)
    }

    /// What an arm would pay now.
    fn mean(&self, means: &[[f32; D]; MAX_ARMS], arm: usize) -> f32 {
        means.get(arm).and_then(|row| row.get(self.idle.of(arm) - 1)).copied().unwrap_or(0.0)
    }

    /// One period with these pulls, `allowed` of them at most.
    fn pull(&mut self, means: &[[f32; D]; MAX_ARMS], pulls: &[bool], allowed: usize) {
        let pulled = || pulls.iter().enumerate().filter(|(_, pull)| **pull);
        self.reward = pulled().fold(0.0, |sum, (arm, _)| sum + self.mean(means, arm));
        self.excess = pulled().count().saturating_sub(allowed);
        self.total.add(self.reward);
        self.idle.pass(pulls);
    }
}

persist_fields!([] Lane { idle });

/// One plan, and what it is computed to earn a period.
#[derive(Debug)]
struct Plan {
    slots: [Slot; MAX_ARMS],
    rate: f32,
}

impl Plan {
    const EMPTY: Self = Self { slots: [Slot::EMPTY; MAX_ARMS], rate: 0.0 };
}

persist_fields!([] Plan { slots });

/// The state of `purely-periodic-policy.offline`.
#[derive(Debug)]
pub struct OfflineExperiment {
    means: [[f32; D]; MAX_ARMS],
    scratch: PlanScratch<MAX_ARMS, D>,
    /// With the fill pass and without.
    plans: [Plan; 2],
    /// Of the plans, of greed, of the round robin.
    lanes: [Lane; 4],
    pulled: [bool; MAX_ARMS],
    settings: PlanSettings,
    bound: f32,
    /// The first arm of the round robin's next turn.
    turn: usize,
    periods: u32,
}

impl OfflineExperiment {
    const fn arms(&self) -> usize {
        ARMS_A_PULL * self.settings.pulls
    }
}

impl Experiment for OfflineExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "purely-periodic-policy.offline",
        title: "Recovering arms, known",
        room: "bandit",
        summary: "Six times as many arms as pulls a period, and each pays more the longer it was left alone. A plan of one \
                  period and one offset an arm comes ever closer to what no policy can exceed; greed, which knows as much, \
                  pulls too early.",
        citation: "Simchi-Levi, Zheng, Zhu, Dynamic Planning and Learning under Recovering Rewards, ICML 2021 (PMLR 139), \
                   arXiv 2106.14813",
        step: "period",
        steps: Steps { minimum: 1, maximum: 10_000_000, default: 2000, conformance: 100 },
        contenders: &["plan", "plan without fill", "greedy", "round robin"],
        parameters: &[Parameter {
            name: "pulls",
            unit: "arm",
            description: "How many arms may be pulled in a period: K. There are 6 K.",
            kind: Kind::Choice { options: &["1", "2", "4", "8", "16", "32"], default: 2 },
        }],
        metrics: &[
            Metric {
                name: "share",
                unit: "",
                description: "Mean reward a period so far, as a share of the fluid bound.",
            },
            Metric { name: "reward", unit: "reward", description: "What the pulled arms pay in this period." },
            Metric {
                name: "computed",
                unit: "",
                description: "What the plan is computed to earn a period, as a share of the fluid bound.",
            },
            Metric {
                name: "guarantee",
                unit: "",
                description: "The share of the fluid bound that a plan is guaranteed to earn.",
            },
            Metric {
                name: "excess",
                unit: "arm",
                description: "By how many too many arms were pulled in this period.",
            },
        ],
        views: &[View::Curve { title: "Share of the bound so far", metric: "share" }],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        means: [[0.0; D]; MAX_ARMS],
        scratch: PlanScratch::EMPTY,
        plans: [Plan::EMPTY; 2],
        lanes: [Lane::EMPTY; 4],
        pulled: [false; MAX_ARMS],
        settings: PlanSettings { pulls: 1, finest: FINEST, fills: true },
        bound: 0.0,
        turn: 0,
        periods: 0,
    };

    fn start(&mut self, _seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let pulls = PULLS.get(values.choice(&Self::DESCRIPTOR, 0)).copied().ok_or(Error::UnknownChoice)?;
        self.settings.pulls = pulls;
        let arms = self.arms();
        let known = self.means.get_mut(..arms).ok_or(Error::LengthMismatch)?;
        fill_recovering_means::<Libm>(known.as_flattened_mut(), D);
        let table = RecoveryTable::new(known.as_flattened(), D)?;
        for (plan, fills) in self.plans.iter_mut().zip([true, false]) {
            let mut periodic = PeriodicPlanState::new(plan.slots.get_mut(..arms).ok_or(Error::LengthMismatch)?);
            periodic.plan(&table, PlanSettings { fills, ..self.settings }, &mut self.scratch.first(arms))?;
            (plan.rate, self.bound) = (periodic.rate(), periodic.bound());
        }
        (self.turn, self.periods) = (0, 0);
        self.lanes.iter_mut().try_for_each(Lane::start)
    }

    fn tick(&mut self) -> Result<bool, Error> {
        let (arms, pulls) = (self.arms(), self.settings.pulls);
        let pulled = self.pulled.get_mut(..arms).ok_or(Error::LengthMismatch)?;
        let [planned, unfilled, greedy, round_robin] = &mut self.lanes;
        for (lane, plan) in [planned, unfilled].into_iter().zip(&self.plans) {
            pulled.iter_mut().zip(&plan.slots).for_each(|(pull, slot)| *pull = slot.is_due(self.periods));
            lane.pull(&self.means, pulled, pulls);
        }
        mark_top(pulls, pulled, |arm| greedy.mean(&self.means, arm));
        greedy.pull(&self.means, pulled, pulls);
        for (arm, pull) in pulled.iter_mut().enumerate() {
            *pull = (self.turn..self.turn + pulls).contains(&arm);
        }
        round_robin.pull(&self.means, pulled, pulls);
        // The number of arms is a multiple of the number of pulls, so that no turn reaches past the end.
        self.turn = if self.turn + pulls < arms { self.turn + pulls } else { 0 };
        self.periods += 1;
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        let (Some(lane), plan) = (self.lanes.get(contender), self.plans.get(contender)) else { return f32::NAN };
        match metric {
            0 => lane.total.value() / self.periods as f32 / self.bound,
            1 => lane.reward,
            2 => plan.map_or(f32::NAN, |plan| plan.rate / self.bound),
            3 => plan.map_or(f32::NAN, |_| self.settings.guarantee()),
            4 => lane.excess as f32,
            _ => f32::NAN,
        }
    }
}

persist_fields!([] OfflineExperiment { plans, lanes });

/// The number of periods that the specification simulates.
const PERIODS: u32 = 2000;

/// What a contender has earned a period by the end, as a share of the bound.
const fn earned(contender: &'static str, set: &'static str) -> Quantity {
    Quantity::mean(contender, "share", PERIODS - 1, PERIODS).with(set)
}

/// The mean of one of a contender's metrics over all periods.
const fn overall(contender: &'static str, metric: &'static str, set: &'static str) -> Quantity {
    Quantity::mean(contender, metric, 0, PERIODS).with(set)
}

const fn claim(sentence: &'static str, measure: Measure, required: Requirement) -> Claim {
    Claim::new(sentence, measure, required, 1, PERIODS)
}

/// The claims, each of the numbers of pulls that it is made of; of two neighbours where it compares them.
macro_rules! claims {
    (all: $($all:literal)*; some: $($some:literal)*; most: $($most:literal)*; rise: $($few:literal $more:literal),*) => {
        &[
            $(claim(
                concat!("With K = ", $all, " the plan earns more than it is guaranteed to"),
                above_guarantee("plan", concat!("pulls=", $all)),
                Requirement::Above(0.0),
            ),)*
            $(claim(
                concat!("With K = ", $all, " and without the fill pass it still earns more than it is guaranteed to"),
                above_guarantee("plan without fill", concat!("pulls=", $all)),
                Requirement::Above(0.0),
            ),)*
            $(claim(
                concat!("With K = ", $some, " the plan earns at least 0.96 of the bound"),
                Measure::Value(overall("plan", "computed", concat!("pulls=", $some))),
                Requirement::AtLeast(0.96),
            ),)*
            claim(
                "With K = 32 the plan earns at least 0.99 of the bound",
                Measure::Value(overall("plan", "computed", "pulls=32")),
                Requirement::AtLeast(0.99),
            ),
            $(claim(
                concat!("With K = ", $more, " the plan earns a greater share of the bound than with K = ", $few),
                Measure::Difference(
                    overall("plan", "computed", concat!("pulls=", $more)),
                    overall("plan", "computed", concat!("pulls=", $few)),
                ),
                Requirement::Above(0.0),
            ),)*
            $(claim(
                concat!("With K = ", $most, " the plan earns more than greed with the same knowledge"),
                Measure::Difference(
                    earned("plan", concat!("pulls=", $most)),
                    earned("greedy", concat!("pulls=", $most)),
                ),
                Requirement::Above(0.0),
            ),)*
            $(claim(
                concat!("With K = ", $all, " the plan earns what it is computed to, within 0.3 %"),
                Measure::Ratio(
                    earned("plan", concat!("pulls=", $all)),
                    overall("plan", "computed", concat!("pulls=", $all)),
                ),
                Requirement::Within(0.997, 1.003),
            ),)*
            $(claim(
                concat!("With K = ", $all, " the plan never pulls more than K arms"),
                Measure::Value(overall("plan", "excess", concat!("pulls=", $all))),
                Requirement::Equal(0.0),
            ),)*
        ]
    };
}

const CLAIMS: &[Claim] = claims!(all: 1 2 4 8 16 32; some: 4 8 16; most: 2 4 8 16 32; rise: 1 2, 2 4, 4 8, 8 16, 16 32);

/// By how much more a plan is computed to earn than it is guaranteed to.
const fn above_guarantee(contender: &'static str, set: &'static str) -> Measure {
    Measure::Difference(overall(contender, "computed", set), overall(contender, "guarantee", set))
}
