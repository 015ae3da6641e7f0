//! Budgets of turns for a worker that may never be done: `turn-budget-control`.

use super::{Claim, Descriptor, Experiment, Measure, Metric, Quantity, Requirement, Steps, Values, View};
use crate::env::{TURN_CAP, TurnWorker};
use crate::error::Error;
use crate::math::CompensatedSum;
use crate::schedule::{RecentProgress, TurnBudget, TurnDecision, percentile_of_counts};
use crate::state::persist_fields;

/// Tasks that the claims are measured over.
const TASKS: u32 = 3000;

/// The least recent progress that the gated extension is granted for.
const GATE: f32 = 0.2;

/// A percentile of the turns that tasks take without a limit, as a share.
type Percentile = f32;

/// How a contender limits turns.
#[derive(Clone, Copy)]
enum Strategy {
    Unlimited,
    Fixed(Percentile),
    Dynamic(Percentile, Percentile),
    Gated(Percentile, Percentile),
    /// Limits that are known beforehand, for a worker that takes no notice of them.
    Unnoticed(u32, u32),
}

const CONTENDERS: [(&str, Strategy); 9] = [
    ("unlimited", Strategy::Unlimited),
    ("fixed P25", Strategy::Fixed(0.25)),
    ("fixed P50", Strategy::Fixed(0.5)),
    ("fixed P75", Strategy::Fixed(0.75)),
    ("P25 to P75", Strategy::Dynamic(0.25, 0.75)),
    ("P50 to P75", Strategy::Dynamic(0.5, 0.75)),
    ("P50 to P75 gated", Strategy::Gated(0.5, 0.75)),
    ("20 to 40 unnoticed", Strategy::Unnoticed(20, 40)),
    ("fixed 40 unnoticed", Strategy::Unnoticed(40, 40)),
];

/// What a contender has come to.
#[derive(Clone, Debug)]
struct Account {
    solved: u32,
    cost: CompensatedSum,
    turns: u32,
}

impl Account {
    const EMPTY: Self = Self { solved: 0, cost: CompensatedSum::EMPTY, turns: 0 };

    /// Works on one task until it ends; returns the turns it took.
    fn work(&mut self, mut worker: TurnWorker, mut budget: TurnBudget) -> Result<u32, Error> {
        let mut recent = RecentProgress::EMPTY;
        loop {
            let remaining = match budget.begin_turn(recent.share()) {
                TurnDecision::Go { remaining } => remaining,
                TurnDecision::Extend { remaining } => Some(remaining),
                TurnDecision::Stop => break,
            };
            let turn = worker.step(remaining)?;
            recent.note(turn.progressed);
            self.cost.add(turn.cost);
            if turn.over {
                break;
            }
        }
        self.solved += u32::from(worker.is_solved());
        self.turns += budget.used();
        Ok(budget.used())
    }
}

/// The state of `turn-budget-control`.
#[derive(Debug)]
pub struct TurnBudgetControlExperiment {
    accounts: [Account; CONTENDERS.len()],
    seed: u32,
    tasks: u32,
    /// Tasks that were done without a limit, to learn how many turns they take.
    measured: u32,
    /// How many of those took so many turns.
    counts: [u32; TURN_CAP as usize + 1],
    done: u32,
}

impl TurnBudgetControlExperiment {
    fn limit(&self, percentile: Percentile) -> Result<u32, Error> {
        percentile_of_counts(&self.counts, percentile)
    }

    fn budget(&self, strategy: Strategy) -> Result<TurnBudget, Error> {
        match strategy {
            Strategy::Unlimited => Ok(TurnBudget::UNLIMITED),
            Strategy::Fixed(percentile) => TurnBudget::fixed(self.limit(percentile)?),
            Strategy::Dynamic(initial, extended) => TurnBudget::dynamic(self.limit(initial)?, self.limit(extended)?),
            Strategy::Gated(initial, extended) => {
                TurnBudget::dynamic(self.limit(initial)?, self.limit(extended)?)?.gated(GATE)
            }
            Strategy::Unnoticed(initial, extended) => TurnBudget::dynamic(initial, extended),
        }
    }
}

impl Experiment for TurnBudgetControlExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "turn-budget-control",
        title: "Turns on a budget",
        room: "allocate",
        summary: "Workers try a task until they believe that it is done, every turn costs more than the one before, and some \
                  tasks cannot be solved. A limit at a percentile of what tasks take saves half of the cost; a lower one that is \
                  raised once, for those who are not done, saves more and solves no less. Each step is a task.",
        citation: "Gao, Peng, More with less: an empirical study of turn-control strategies for efficient coding agents, 2025, \
                   arXiv 2510.16786",
        step: "task",
        steps: Steps { minimum: 1, maximum: 100_000, default: TASKS, conformance: 20 },
        contenders: &names(),
        parameters: &[],
        metrics: &[
            Metric { name: "solved", unit: "%", description: "Tasks so far whose work was complete when they ended." },
            Metric { name: "cost", unit: "", description: "Of a task so far, on average; turn n costs 1 + 0.15 n." },
            Metric { name: "turns", unit: "", description: "Of a task so far, on average." },
            Metric { name: "limit", unit: "turns", description: "The limit, before it is raised." },
        ],
        views: &[
            View::Curve { title: "Solved", metric: "solved" },
            View::Curve { title: "Cost", metric: "cost" },
            View::Curve { title: "Turns", metric: "turns" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        accounts: [Account::EMPTY; CONTENDERS.len()],
        seed: 0,
        tasks: 0,
        measured: 0,
        counts: [0; TURN_CAP as usize + 1],
        done: 0,
    };

    fn start(&mut self, seed: u32, steps: u32, _values: &Values) -> Result<(), Error> {
        *self = Self { seed, tasks: steps, ..Self::EMPTY };
        Ok(())
    }

    /// One task: first each without a limit, to know what they take, then each with every strategy.
    fn tick(&mut self) -> Result<bool, Error> {
        if self.measured < self.tasks {
            let worker = TurnWorker::new(self.seed, self.measured, true);
            let mut nobody = Account::EMPTY;
            let turns = nobody.work(worker, TurnBudget::UNLIMITED)?;
            if let Some(count) = self.counts.get_mut(turns as usize) {
                *count += 1;
            }
            self.measured += 1;
            return Ok(false);
        }
        for (index, (_, strategy)) in CONTENDERS.iter().enumerate() {
            let budget = self.budget(*strategy)?;
            let worker = TurnWorker::new(self.seed, self.done, !matches!(strategy, Strategy::Unnoticed(..)));
            self.accounts[index].work(worker, budget)?;
        }
        self.done += 1;
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        let (Some(account), Some((_, strategy))) = (self.accounts.get(contender), CONTENDERS.get(contender)) else {
            return f32::NAN;
        };
        let tasks = self.done as f32;
        match metric {
            0 => 100.0 * account.solved as f32 / tasks,
            1 => account.cost.value() / tasks,
            2 => account.turns as f32 / tasks,
            _ => self.budget(*strategy).ok().and_then(|budget| budget.limit()).map_or(f32::NAN, |limit| limit as f32),
        }
    }
}

persist_fields!([] Account { solved, turns, cost });

persist_fields!([] TurnBudgetControlExperiment { accounts, counts, measured, done });

const fn names() -> [&'static str; CONTENDERS.len()] {
    let (mut names, mut at) = ([""; CONTENDERS.len()], 0);
    while at < CONTENDERS.len() {
        names[at] = CONTENDERS[at].0;
        at += 1;
    }
    names
}

const fn last(contender: &'static str, metric: &'static str) -> Quantity {
    Quantity::mean(contender, metric, TASKS - 1, TASKS)
}

const fn claim(sentence: &'static str, measure: Measure, required: Requirement) -> Claim {
    Claim::new(sentence, measure, required, 3, TASKS)
}

const fn cost(one: &'static str, other: &'static str) -> Measure {
    Measure::Ratio(last(one, "cost"), last(other, "cost"))
}

const fn more_solved(one: &'static str, other: &'static str) -> Measure {
    Measure::Difference(last(one, "solved"), last(other, "solved"))
}

const CLAIMS: &[Claim] = &[
    claim(
        "Without a limit 85.7 to 86.7 % are solved",
        Measure::Value(last("unlimited", "solved")),
        Requirement::Within(85.7, 86.7),
    ),
    claim(
        "Without a limit a task costs 118 to 120",
        Measure::Value(last("unlimited", "cost")),
        Requirement::Within(118.0, 120.0),
    ),
    claim("The 25th percentile of turns is 16", Measure::Value(last("fixed P25", "limit")), Requirement::Equal(16.0)),
    claim("The median of turns is 23", Measure::Value(last("fixed P50", "limit")), Requirement::Equal(23.0)),
    claim(
        "The 75th percentile of turns is 34 or 35",
        Measure::Value(last("fixed P75", "limit")),
        Requirement::Within(34.0, 35.0),
    ),
    claim(
        "A limit at P75 saves 45 to 60 % of the cost",
        cost("fixed P75", "unlimited"),
        Requirement::Within(0.4, 0.55),
    ),
    claim(
        "A limit at P75 loses at most 7 points of what is solved",
        more_solved("unlimited", "fixed P75"),
        Requirement::AtMost(7.0),
    ),
    claim("A limit at P25 loses more than 20 points", more_solved("unlimited", "fixed P25"), Requirement::Above(20.0)),
    claim(
        "P50 raised to P75 saves at least 12 % of what P75 costs",
        cost("P50 to P75", "fixed P75"),
        Requirement::AtMost(0.88),
    ),
    claim(
        "P50 raised to P75 solves no less than P75",
        more_solved("P50 to P75", "fixed P75"),
        Requirement::AtLeast(0.0),
    ),
    claim(
        "P25 raised to P75 saves at least 12 % of what P75 costs",
        cost("P25 to P75", "fixed P75"),
        Requirement::AtMost(0.88),
    ),
    claim(
        "P25 raised to P75 solves no less than P75",
        more_solved("P25 to P75", "fixed P75"),
        Requirement::AtLeast(0.0),
    ),
    claim(
        "A gate saves 22.9 to 25.2 % of what P75 costs",
        cost("P50 to P75 gated", "fixed P75"),
        Requirement::Within(0.748, 0.771),
    ),
    claim(
        "A gate solves within 0.2 points of what P50 raised to P75 does",
        more_solved("P50 to P75 gated", "P50 to P75"),
        Requirement::Within(-0.2, 0.2),
    ),
    claim(
        "A worker that takes no notice solves the same with 20 raised to 40 as with 40",
        more_solved("20 to 40 unnoticed", "fixed 40 unnoticed"),
        Requirement::Equal(0.0),
    ),
    claim(
        "And costs the same",
        Measure::Difference(last("20 to 40 unnoticed", "cost"), last("fixed 40 unnoticed", "cost")),
        Requirement::Equal(0.0),
    ),
];
