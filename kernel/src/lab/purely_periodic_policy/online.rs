//! Arms that must be learned: `purely-periodic-policy.online`.

use super::top::mark_top;
use crate::bandit::{PeriodicPlan, PlanScratch, PlanSettings, RecoveringUcb, RecoveryTable, Ucb, Ucb1};
use crate::env::{IdleTimes, Payment, RecoveringArms};
use crate::error::Error;
use crate::lab::pick::pick;
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::math::{CompensatedSum, Libm};
use crate::rng::{Generator, stream};
use crate::state::persist_fields;

const N: usize = 12;
const D: usize = 12;
/// `K`
const PULLS: usize = 2;
const OFFLINE: PlanSettings = PlanSettings { pulls: PULLS, finest: 3, fills: true };

/// What chooses the arms of a period.
trait Player {
    fn choose(&mut self, pulls: &mut [bool; N]) -> Result<(), Error>;

    /// Takes what the pulled arms paid.
    fn learn(&mut self, pulls: &[bool; N], rewards: &[f32; N]) -> Result<(), Error>;

    /// Of an arm: what it is taken to pay when it is pulled, the half-width of that, and after which idle time; NaN where
    /// there is no such number.
    fn estimate(&self, arm: usize) -> ([f32; 2], usize);
}

impl Player for RecoveringUcb<N, D> {
    fn choose(&mut self, pulls: &mut [bool; N]) -> Result<(), Error> {
        self.select(pulls)
    }

    fn learn(&mut self, _pulls: &[bool; N], rewards: &[f32; N]) -> Result<(), Error> {
        self.update(rewards)
    }

    fn estimate(&self, arm: usize) -> ([f32; 2], usize) {
        let idle = planned_idle(self.plan(), arm);
        let mean = self.mean(arm, idle).unwrap_or(f32::NAN);
        ([mean, self.bound(arm, idle).unwrap_or(f32::NAN) - mean], idle)
    }
}

/// The idle time after which a plan pulls an arm; the longest where it does not.
fn planned_idle(plan: &PeriodicPlan<N>, arm: usize) -> usize {
    plan.slots().get(arm).map_or(D, |slot| if slot.period == 0 { D } else { usize::from(slot.period).min(D) })
}

/// The plan for the true means.
#[derive(Debug)]
struct Planned {
    plan: PeriodicPlan<N>,
    periods: u32,
}

impl Player for Planned {
    fn choose(&mut self, pulls: &mut [bool; N]) -> Result<(), Error> {
        pulls.iter_mut().enumerate().for_each(|(arm, pull)| *pull = self.plan.due(self.periods, arm));
        Ok(())
    }

    fn learn(&mut self, _pulls: &[bool; N], _rewards: &[f32; N]) -> Result<(), Error> {
        self.periods += 1;
        Ok(())
    }

    fn estimate(&self, arm: usize) -> ([f32; 2], usize) {
        ([f32::NAN; 2], planned_idle(&self.plan, arm))
    }
}

/// UCB1 as if arms did not change: the greatest indices.
impl Player for Ucb1<N> {
    fn choose(&mut self, pulls: &mut [bool; N]) -> Result<(), Error> {
        mark_top(PULLS, pulls, |arm| self.index(arm));
        Ok(())
    }

    fn learn(&mut self, pulls: &[bool; N], rewards: &[f32; N]) -> Result<(), Error> {
        let mut pulled = pulls.iter().zip(rewards).enumerate().filter(|(_, (pull, _))| **pull);
        pulled.try_for_each(|(arm, (_, reward))| Self::learn(self, arm, *reward))
    }

    fn estimate(&self, arm: usize) -> ([f32; 2], usize) {
        let mean = self.mean(arm);
        ([mean, self.index(arm) - mean], D)
    }
}

/// The arms that pay most now, by the true means.
#[derive(Debug)]
struct Greedy {
    means: [[f32; D]; N],
    idle: IdleTimes<[u16; N]>,
}

impl Player for Greedy {
    fn choose(&mut self, pulls: &mut [bool; N]) -> Result<(), Error> {
        let now =
            |arm: usize| self.means.get(arm).and_then(|row| row.get(self.idle.of(arm) - 1)).copied().unwrap_or(0.0);
        mark_top(PULLS, pulls, now);
        Ok(())
    }

    fn learn(&mut self, pulls: &[bool; N], _rewards: &[f32; N]) -> Result<(), Error> {
        self.idle.pass(pulls);
        Ok(())
    }

    fn estimate(&self, _arm: usize) -> ([f32; 2], usize) {
        ([f32::NAN; 2], D)
    }
}

/// One contender: its own arms, its own copy of the world's generator.
#[derive(Debug)]
struct Lane<P> {
    player: P,
    arms: RecoveringArms<N, D>,
    world: Option<Generator>,
    total: CompensatedSum,
    periods: u32,
    /// What the pulled arms of the last period pay on average.
    reward: f32,
    plays: [u32; N],
}

impl<P> Lane<P> {
    const fn new(player: P) -> Self {
        Self {
            player,
            arms: RecoveringArms::EMPTY,
            world: None,
            total: CompensatedSum::EMPTY,
            periods: 0,
            reward: 0.0,
            plays: [0; N],
        }
    }

    fn start(&mut self, seed: u32, payment: Payment) -> Result<(), Error> {
        self.world = Some(stream(seed, 0));
        (self.total, self.periods, self.reward, self.plays) = (CompensatedSum::EMPTY, 0, 0.0, [0; N]);
        self.arms.start_published::<Libm>(payment)
    }
}

impl<P: Player> Lane<P> {
    fn period(&mut self) -> Result<(), Error> {
        let world = self.world.as_mut().ok_or(Error::NotStarted)?;
        let (mut pulls, mut rewards) = ([false; N], [0.0; N]);
        self.player.choose(&mut pulls)?;
        self.reward = self.arms.pull(&pulls, &mut rewards, world)?;
        self.player.learn(&pulls, &rewards)?;
        self.total.add(self.reward);
        self.periods += 1;
        self.plays.iter_mut().zip(pulls).for_each(|(plays, pull)| *plays += u32::from(pull));
        Ok(())
    }

    fn metric(&self, metric: usize) -> f32 {
        match metric {
            0 => self.total.value() / self.periods as f32,
            1 => self.reward,
            _ => f32::NAN,
        }
    }

    fn arms(&self, out: &mut [f32]) {
        for (arm, (out, row)) in out.chunks_exact_mut(4).zip(self.arms.means()).enumerate() {
            let ([estimate, half_width], idle) = self.player.estimate(arm);
            let mean = row.get(idle - 1).copied().unwrap_or(f32::NAN);
            out.copy_from_slice(&[estimate, half_width, self.plays[arm] as f32, mean]);
        }
    }
}

/// The state of `purely-periodic-policy.online`.
#[derive(Debug)]
pub struct OnlineExperiment {
    recovering_ucb: Lane<RecoveringUcb<N, D>>,
    planned: Lane<Planned>,
    greedy: Lane<Greedy>,
    ucb1: Lane<Ucb1<N>>,
}

impl Experiment for OnlineExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "purely-periodic-policy.online",
        title: "Recovering arms, unknown",
        room: "bandit",
        summary: "Twelve arms, two pulls a period, and each arm pays more the longer it was left alone. RecoveringUcb learns \
                  how much more while it runs periodic plans; a bandit that ignores idle times wears its best arms out.",
        citation: "Simchi-Levi, Zheng, Zhu, Dynamic Planning and Learning under Recovering Rewards, ICML 2021 (PMLR 139), \
                   arXiv 2106.14813",
        step: "period",
        steps: Steps { minimum: 2, maximum: 10_000_000, default: 20_000, conformance: 200 },
        contenders: &["RecoveringUcb", "offline plan", "greedy", "UCB1", "fluid bound"],
        parameters: &[Parameter::choice(
            "rewards",
            "What a pull pays: 1 with the arm's mean as probability, or the mean itself.",
            &["bernoulli", "mean"],
        )],
        metrics: &[
            Metric { name: "average", unit: "reward", description: "Mean reward a period so far." },
            Metric {
                name: "reward",
                unit: "reward",
                description: "What the pulled arms pay on average in this period.",
            },
            Metric {
                name: "rate",
                unit: "reward",
                description: "What the offline plan is computed to earn a period, and what no policy can exceed.",
            },
        ],
        views: &[
            View::Curve { title: "Mean reward so far", metric: "average" },
            View::Arms {
                title: "Arms after the idle times of the plan",
                arms: &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"],
            },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        recovering_ucb: Lane::new(RecoveringUcb::EMPTY),
        planned: Lane::new(Planned { plan: PeriodicPlan::EMPTY, periods: 0 }),
        greedy: Lane::new(Greedy { means: [[0.0; D]; N], idle: IdleTimes::EMPTY }),
        ucb1: Lane::new(Ucb1::EMPTY),
    };

    fn start(&mut self, seed: u32, steps: u32, values: &Values) -> Result<(), Error> {
        let payment = if values.choice(&Self::DESCRIPTOR, 0) == 0 { Payment::Bernoulli } else { Payment::Mean };
        self.recovering_ucb.start(seed, payment)?;
        self.planned.start(seed, payment)?;
        self.greedy.start(seed, payment)?;
        self.ucb1.start(seed, payment)?;

        self.recovering_ucb.player.start(PULLS, steps)?;
        self.ucb1.player.start(Ucb::new(2.0)?)?;
        self.greedy.player.means = *self.greedy.arms.means();
        self.greedy.player.idle.start(D as u16)?;
        self.planned.player.periods = 0;
        let table = RecoveryTable::new(self.planned.arms.means().as_flattened(), D)?;
        let mut scratch = PlanScratch::<N, D>::EMPTY;
        self.planned.player.plan.plan(&table, OFFLINE, &mut scratch)
    }

    fn tick(&mut self) -> Result<bool, Error> {
        self.recovering_ucb.period()?;
        self.planned.period()?;
        self.greedy.period()?;
        self.ucb1.period()?;
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        let plan = &self.planned.player.plan;
        match (contender, metric) {
            (1, 2) => plan.rate(),
            (4, _) => plan.bound(),
            _ => pick!(
                contender,
                [&self.recovering_ucb, &self.planned, &self.greedy, &self.ucb1],
                |lane| lane.metric(metric),
                f32::NAN
            ),
        }
    }

    fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<(), Error> {
        if view == 1 {
            pick!(
                contender,
                [&self.recovering_ucb, &self.planned, &self.greedy, &self.ucb1],
                |lane| lane.arms(out),
                out.fill(f32::NAN)
            );
        }
        Ok(())
    }
}

persist_fields!([] OnlineExperiment { recovering_ucb.player, planned.player.plan, greedy.player.idle, ucb1.player });

/// The number of periods that the specification plays.
const PERIODS: u32 = 20_000;

/// The mean of a contender's metric over one of four quarters.
const fn quarter(contender: &'static str, metric: &'static str, quarter: u32) -> Quantity {
    Quantity::mean(contender, metric, (quarter - 1) * (PERIODS / 4), quarter * (PERIODS / 4))
}

/// What RecoveringUcb earns in the last quarter as a multiple of something, over the four runs of the specification.
const fn in_the_end(sentence: &'static str, of: Quantity, required: Requirement) -> Claim {
    Claim::new(sentence, Measure::Ratio(quarter("RecoveringUcb", "reward", 4), of), required, 4, PERIODS)
}

const CLAIMS: &[Claim] = &[
    in_the_end(
        "In the last quarter RecoveringUcb earns at least 0.95 of what the offline plan is computed to",
        quarter("offline plan", "rate", 4),
        Requirement::AtLeast(0.95),
    ),
    in_the_end(
        "In the last quarter RecoveringUcb earns at least 1.8 times as much as UCB1",
        quarter("UCB1", "reward", 4),
        Requirement::AtLeast(1.8),
    ),
    in_the_end(
        "RecoveringUcb earns more in the last quarter than in the first",
        quarter("RecoveringUcb", "reward", 1),
        Requirement::Above(1.0),
    ),
];
