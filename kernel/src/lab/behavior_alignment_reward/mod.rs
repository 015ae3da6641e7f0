//! A heuristic trusted as far as it helps: `behavior-alignment-reward`.

mod hint;

use super::episode_lane::{EpisodeLane, tick_episodes};
use super::grid_view::{Kind, fill, greedy_path};
use super::pick::pick;
use super::{Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View};
use crate::discount::DiscountSchedule;
use crate::env::{GridRules, GridWorld};
use crate::error::Error;
use crate::joint::{BilevelAligner, BilevelAlignerParameters, PolicyAscentParameters};
use crate::policy::{QTable, StochasticPolicy};
use crate::state::persist_fields;
use hint::{DISCOUNT, Hint, Taker, Use};

const COLUMNS: usize = 5;
const STATES: usize = COLUMNS * COLUMNS;
const ACTIONS: usize = 4;
const GOAL: usize = STATES - 1;
const TRAP: usize = STATES / 2;
const NEIGHBOURS: [usize; 4] = [TRAP - COLUMNS, TRAP + 1, TRAP + COLUMNS, TRAP - 1];
/// An episode that is longer is cut.
const HORIZON: u32 = BilevelAlignerParameters::GRIDWORLD.horizon as u32;
/// The published buffer.
const EPISODES: usize = 1000;
/// Room for their steps, 500 KB: a policy that is trapped takes all of them.
const ROOM: usize = EPISODES * HORIZON as usize;

const MAZE: &str = "S.... ..... ..... ..... ....G";
/// A step costs 0.1, reaching the goal pays 100 besides.
const RULES: GridRules = GridRules { step: -0.1, goal: 100.0 - 0.1, stray: 0.1, ..GridRules::MAZE };

type World = GridWorld<STATES>;
type Aligner = BilevelAligner<Hint, STATES, ACTIONS, EPISODES, ROOM>;

const WORLD: World = {
    let Ok(world) = World::parse(MAZE, RULES) else { unreachable!() };
    world
};

/// The state of `behavior-alignment-reward`.
#[derive(Debug)]
pub struct BehaviorAlignmentRewardExperiment {
    primary: EpisodeLane<World, Taker>,
    naive: EpisodeLane<World, Taker>,
    potential: EpisodeLane<World, Taker>,
    aligned: EpisodeLane<World, Aligner>,
}

impl BehaviorAlignmentRewardExperiment {
    /// How far a contender trusts the hint in a cell.
    fn weight(&self, contender: usize, cell: usize) -> f32 {
        match contender {
            0 => 0.0,
            1 => 1.0,
            3 => self.aligned.agent.reward().weights().get(cell).copied().unwrap_or(f32::NAN),
            _ => f32::NAN,
        }
    }

    /// The weights of a contender's policy, row by row of actions.
    fn policy(&self, contender: usize) -> &[f32] {
        let policy = match contender {
            0 => self.primary.agent.ascent.policy(),
            1 => self.naive.agent.ascent.policy(),
            2 => self.potential.agent.ascent.policy(),
            _ => self.aligned.agent.policy(),
        };
        policy.parameters()
    }
}

impl Experiment for BehaviorAlignmentRewardExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "behavior-alignment-reward",
        title: "A hint that may mislead",
        room: "reward",
        summary: "A designer adds a hint to the reward for reaching the far corner. The bad one pays for every visit of the \
                  middle cell, and whoever just adds it circles there for ever. BARFI learns in which cells to trust the \
                  hint, and with which discount, by how good the trained policy is without it.",
        citation: "Gupta, Chandak, Jordan, Thomas, da Silva, Behavior Alignment via Reward Function Optimization, NeurIPS \
                   2023, arXiv 2310.19007",
        step: "episode",
        steps: Steps { minimum: 1, maximum: 100_000, default: 1200, conformance: 156 },
        contenders: &["primary", "naive", "potential", "BARFI"],
        parameters: &[
            Parameter::choice("hint", "Pays in the middle, or for being near the goal.", &["bad", "good"]),
            Parameter::real("step_size", "Step size of the policies.", [0.001, 0.1], GRIDWORLD.step_size),
            Parameter::real(
                "reward_step_size",
                "Step size of levels and weights of the aligned reward.",
                [0.0, 0.1],
                GRIDWORLD.reward_step_size,
            ),
            Parameter::real(
                "discount_step_size",
                "Step size of the learned discount.",
                [0.0, 0.1],
                GRIDWORLD.discount_step_size,
            ),
            Parameter::real(
                "discount_penalty",
                "How much a greater discount costs (lambda_g).",
                [0.0, 16.0],
                GRIDWORLD.discount_penalty,
            ),
            Parameter::real("entropy_weight", "Weight of the entropy (reg).", [0.0, 1.0], GRIDWORLD.entropy_weight),
        ],
        metrics: &[
            Metric { name: "return", unit: "reward", description: "Sum of the primary rewards of the episode." },
            Metric {
                name: "weight",
                unit: "",
                description: "How far the hint is trusted in the four cells around the middle, on average (phi3).",
            },
            Metric { name: "discount", unit: "", description: "The discount of the policy's returns." },
        ],
        views: &[
            View::Curve { title: "Return of each episode, without the hint", metric: "return" },
            View::Curve { title: "Trust in the hint around the middle", metric: "weight" },
            View::Curve { title: "Discount", metric: "discount" },
            View::Grid { title: "Trust in the hint, and likeliest actions", rows: COLUMNS, columns: COLUMNS },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        primary: EpisodeLane::new(WORLD, Taker::new(Use::Primary)),
        naive: EpisodeLane::new(WORLD, Taker::new(Use::Naive)),
        potential: EpisodeLane::new(WORLD, Taker::new(Use::Potential)),
        aligned: EpisodeLane::new(WORLD, Aligner::new(Hint::Bad)),
    };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let hint = if values.choice(&Self::DESCRIPTOR, 0) == 0 { Hint::Bad } else { Hint::Good };
        let parameters = BilevelAlignerParameters {
            step_size: real(1)?,
            reward_step_size: real(2)?,
            discount_step_size: real(3)?,
            discount_penalty: real(4)?,
            entropy_weight: real(5)?,
            ..GRIDWORLD
        };
        let BilevelAlignerParameters { step_size, entropy_weight, horizon, .. } = parameters;
        *self.aligned.agent.heuristic_mut() = hint;
        self.aligned.agent.start(parameters)?;
        self.aligned.start(seed);
        for lane in [&mut self.primary, &mut self.naive, &mut self.potential] {
            lane.agent.start(hint, PolicyAscentParameters { step_size, entropy_weight, horizon })?;
            lane.start(seed);
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        let takers = [&mut self.primary, &mut self.naive, &mut self.potential];
        if self.aligned.over && takers.iter().all(|lane| lane.over) {
            // One that was read back half-way, or left for it.
            self.aligned.agent.give_up_episode();
            takers.into_iter().for_each(|lane| lane.agent.give_up_episode());
        }
        tick_episodes!(HORIZON, [self.primary, self.naive, self.potential, self.aligned])
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        match metric {
            0 => pick!(
                contender,
                [&self.primary, &self.naive, &self.potential, &self.aligned],
                |lane| lane.episode.reward,
                f32::NAN
            ),
            1 => NEIGHBOURS.iter().fold(0.0, |sum, cell| sum + self.weight(contender, *cell)) / 4.0,
            2 if contender == 3 => self.aligned.agent.discount().gamma(),
            2 => DISCOUNT,
            _ => f32::NAN,
        }
    }

    /// The likeliest actions, with the trust in the hint for values.
    fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<(), Error> {
        if Self::DESCRIPTOR.views.get(view).is_none_or(View::is_empty) {
            return Ok(());
        }
        let mut preferences = QTable::<STATES, ACTIONS>::EMPTY;
        for (action, row) in self.policy(contender).chunks_exact(STATES).enumerate() {
            row.iter().enumerate().try_for_each(|(cell, theta)| preferences.set(cell, action, *theta))?;
        }
        let still = World::parse(MAZE, GridRules { stray: 0.0, ..RULES })?;
        let kind = |cell| still.cell(cell).map_or(Kind::Wall, Kind::from);
        let path = |visit: &mut dyn FnMut(usize)| greedy_path(still, &preferences, visit).is_some();
        let agent =
            pick!(contender, [&self.primary, &self.naive, &self.potential, &self.aligned], |lane| lane.env.state(), 0);
        fill(&preferences, kind, path, agent, out)?;
        out.iter_mut().take(STATES).enumerate().for_each(|(cell, value)| *value = self.weight(contender, cell));
        Ok(())
    }
}

// The learners keep the steps of their episodes, so all begin a new one.
persist_fields!([] BehaviorAlignmentRewardExperiment { primary, naive, potential, aligned } then |this| {
    (this.primary.over, this.naive.over, this.potential.over, this.aligned.over) = (true, true, true, true);
});

const GRIDWORLD: BilevelAlignerParameters = BilevelAlignerParameters::GRIDWORLD;
const SEEDS: u32 = 3;
const RUN: u32 = 1200;

/// The mean return of the last 100 of 1200 episodes.
const fn late(contender: &'static str, hint: &'static str) -> Measure {
    Measure::Value(Quantity::mean(contender, "return", RUN - 100, RUN).with(hint))
}

/// The trust around the middle after the run.
const fn trust(hint: &'static str) -> Measure {
    Measure::Value(Quantity::mean("BARFI", "weight", RUN - 1, RUN).with(hint))
}

const fn claim(sentence: &'static str, measure: Measure, required: Requirement) -> Claim {
    Claim::new(sentence, measure, required, SEEDS, RUN)
}

const CLAIMS: &[Claim] = &[
    claim("With the bad hint BARFI earns at least 90", late("BARFI", "hint=bad"), Requirement::AtLeast(90.0)),
    // Of a hundred runs some are trapped before they have seen the goal often enough.
    Claim::new(
        "With the bad hint BARFI earns at least 90 over 100 runs",
        late("BARFI", "hint=bad"),
        Requirement::AtLeast(90.0),
        100,
        RUN,
    ),
    claim("With the bad hint who adds it earns at most 30", late("naive", "hint=bad"), Requirement::AtMost(30.0)),
    claim(
        "With the bad hint BARFI trusts it at most 0.3 around the middle",
        trust("hint=bad"),
        Requirement::AtMost(0.3),
    ),
    claim("With the good hint BARFI earns at least 90", late("BARFI", "hint=good"), Requirement::AtLeast(90.0)),
    claim(
        "With the good hint BARFI trusts it at least 0.8 around the middle",
        trust("hint=good"),
        Requirement::AtLeast(0.8),
    ),
    // The paper's trap needs a longer horizon than 50.
    claim(
        "With the bad hint who takes it from the returns is not trapped, earning at least 90",
        late("potential", "hint=bad"),
        Requirement::AtLeast(90.0),
    ),
];
