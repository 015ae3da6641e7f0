//! What shaping rules do to a learner in a grid that pays at its goal alone: `reward-shaping-toolbox`.

use super::episode_lane::{EpisodeLane, tick_episodes};
use super::grid_view::{Kind, fill, greedy_path};
use super::pick::pick;
use super::{Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View};
use crate::env::{Discrete, Env, GridWorld};
use crate::error::Error;
use crate::interact::{Step, Transition};
use crate::learn::{Advised, Control, QLearning, Shaped, Suits, TdParameters};
use crate::linalg::Const;
use crate::policy::{EpsilonGreedy, QTable};
use crate::reward::RewardShaping;
use crate::reward::shaping::{
    CountBonus, DynamicPotential, InverseRoot, LookBackAdvice, Potential, PotentialFunction, StateBonus,
};
use crate::rng::{Bernoulli, Rng, below};
use crate::state::{Persist, persist_fields};

const SIDE: usize = 12;
const CELLS: usize = SIDE * SIDE;
const ACTIONS: usize = 4;

/// An episode that is longer is cut.
const CAP: u32 = 400;

/// What is left of a fading potential from one episode to the next.
const FADING: f32 = 0.97;

/// For each step that gets closer.
const PROGRESS: f32 = 0.1;

/// Of the count bonus.
const BETA: InverseRoot = match InverseRoot::new(0.01) {
    Ok(beta) => beta,
    Err(_) => InverseRoot::UNIT,
};

/// Moves that are sometimes any move.
#[derive(Clone, Copy, Debug)]
struct SlipperyGrid {
    grid: GridWorld<CELLS>,
    slips: Bernoulli,
}

impl Env for SlipperyGrid {
    type ObservationSpace = Discrete<Const<CELLS>>;
    type ActionSpace = Discrete<Const<ACTIONS>>;

    fn observation_space(&self) -> Self::ObservationSpace {
        self.grid.observation_space()
    }

    fn action_space(&self) -> Self::ActionSpace {
        self.grid.action_space()
    }

    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> usize {
        self.grid.reset(rng)
    }

    fn step(&mut self, action: usize, rng: &mut (impl Rng + ?Sized)) -> Result<Step<usize>, Error> {
        let moved = if self.slips.sample(rng) { below(ACTIONS as u32, rng)? as usize } else { action };
        self.grid.step(moved, rng)
    }
}

/// Steps from a cell to the goal.
fn distance(cell: usize) -> usize {
    (SIDE - 1).saturating_sub(cell / SIDE) + (SIDE - 1).saturating_sub(cell % SIDE)
}

/// `-distance / 22`: of a cell, and of the cell that an action is meant to lead to.
#[derive(Clone, Copy, Debug)]
struct Nearness;

impl PotentialFunction for Nearness {
    fn at(&self, cell: usize) -> Result<f32, Error> {
        Ok(-(distance(cell) as f32) / 22.0)
    }
}

impl PotentialFunction<(usize, usize)> for Nearness {
    fn at(&self, (cell, action): (usize, usize)) -> Result<f32, Error> {
        let ahead = match action {
            0 if cell >= SIDE => cell - SIDE,
            1 if cell % SIDE + 1 < SIDE => cell + 1,
            2 if cell + SIDE < CELLS => cell + SIDE,
            3 if !cell.is_multiple_of(SIDE) => cell - 1,
            _ => cell,
        };
        self.at(ahead)
    }
}

/// [`Nearness`] that counts less from episode to episode.
#[derive(Clone, Copy, Debug)]
struct Fading(f32);

impl PotentialFunction for Fading {
    fn at(&self, cell: usize) -> Result<f32, Error> {
        Ok(self.0 * Nearness.at(cell)?)
    }
}

fn progress(transition: &Transition) -> f32 {
    if distance(transition.next_state) < distance(transition.state) { PROGRESS } else { 0.0 }
}

/// A rule as a contender has it.
trait Rule: RewardShaping + Persist + Sized {
    /// Before the first episode.
    const FRESH: Self;

    /// An episode is over.
    fn end_episode(&mut self) {}
}

impl Rule for () {
    const FRESH: Self = ();
}

impl Rule for Potential<Nearness> {
    const FRESH: Self = Self::new(Nearness);
}

impl Rule for DynamicPotential<Fading> {
    const FRESH: Self = Self::new(Fading(1.0));

    fn end_episode(&mut self) {
        self.potential_mut().0 *= FADING;
    }
}

impl Rule for LookBackAdvice<Nearness> {
    const FRESH: Self = Self::new(Nearness);
}

impl Rule for CountBonus<InverseRoot, [u16; CELLS]> {
    const FRESH: Self = Self::new(BETA, [0; CELLS]);
}

impl Rule for StateBonus<fn(&Transition) -> f32> {
    const FRESH: Self = Self::new(progress);
}

/// A learner with a rule, of whichever kind.
trait Agent: Control<Observation = usize, Action = usize> + Suits<SlipperyGrid> + Persist {
    fn start(&mut self, parameters: TdParameters, exploration: EpsilonGreedy) -> Result<(), Error>;

    /// What was added to the last reward, which was `raw`.
    fn term(&self, raw: f32) -> f32;

    /// An episode is over.
    fn end_episode(&mut self);

    /// Fills a table with the values that it acts on.
    fn acted_on(&self, table: &mut QTable<CELLS, ACTIONS>) -> Result<(), Error>;
}

impl<F: Rule> Agent for Shaped<QLearning<CELLS, ACTIONS>, F> {
    fn start(&mut self, parameters: TdParameters, exploration: EpsilonGreedy) -> Result<(), Error> {
        *self.shaping_mut() = F::FRESH;
        self.learner_mut().start(parameters, exploration, 0.0)
    }

    fn term(&self, raw: f32) -> f32 {
        self.reward() - raw
    }

    fn end_episode(&mut self) {
        self.shaping_mut().end_episode();
    }

    fn acted_on(&self, table: &mut QTable<CELLS, ACTIONS>) -> Result<(), Error> {
        table.copy_from(self.learner().table().values())
    }
}

impl Agent for Advised<CELLS, ACTIONS, Nearness> {
    fn start(&mut self, parameters: TdParameters, exploration: EpsilonGreedy) -> Result<(), Error> {
        self.start(parameters, exploration, 0.0)
    }

    fn term(&self, _raw: f32) -> f32 {
        self.term()
    }

    fn end_episode(&mut self) {}

    fn acted_on(&self, table: &mut QTable<CELLS, ACTIONS>) -> Result<(), Error> {
        for (pair, value) in self.table().values().iter().enumerate() {
            let (cell, action) = (pair / ACTIONS, pair % ACTIONS);
            table.set(cell, action, value + Nearness.at((cell, action))?)?;
        }
        Ok(())
    }
}

/// One contender and what its rule has added in the present episode.
#[derive(Debug)]
struct Lane<C> {
    lane: EpisodeLane<SlipperyGrid, C>,
    shaping: f32,
    over: bool,
}

impl<C> Lane<C> {
    const fn new(agent: C) -> Self {
        let world = SlipperyGrid { grid: GridWorld::OPEN_ROOM, slips: Bernoulli::NEVER };
        Self { lane: EpisodeLane::new(world, agent), shaping: 0.0, over: true }
    }
}

impl<C: Agent> Lane<C> {
    fn start(
        &mut self,
        seed: u32,
        slips: Bernoulli,
        parameters: TdParameters,
        exploration: EpsilonGreedy,
    ) -> Result<(), Error> {
        self.lane.env.slips = slips;
        self.lane.agent.start(parameters, exploration)?;
        self.lane.start(seed);
        (self.shaping, self.over) = (0.0, true);
        Ok(())
    }

    fn reset(&mut self) {
        self.lane.reset();
        (self.shaping, self.over) = (0.0, false);
    }

    fn tick(&mut self, limit: u32) -> Result<bool, Error> {
        if !self.over {
            let before = self.lane.episode.reward;
            self.over = self.lane.tick(limit)?;
            self.shaping += self.lane.agent.term(self.lane.episode.reward - before);
            if self.over {
                self.lane.agent.end_episode();
            }
        }
        Ok(self.over)
    }

    fn metric(&self, metric: usize) -> f32 {
        match metric {
            0 => self.lane.episode.length as f32,
            1 => self.lane.episode.reward,
            2 => self.shaping,
            _ => f32::NAN,
        }
    }

    fn grid(&self, out: &mut [f32]) -> Result<(), Error> {
        let mut table = QTable::EMPTY;
        self.lane.agent.acted_on(&mut table)?;
        let kind = |cell| GridWorld::OPEN_ROOM.cell(cell).map_or(Kind::Wall, Kind::from);
        let path = |visit: &mut dyn FnMut(usize)| greedy_path(GridWorld::OPEN_ROOM, &table, visit).is_some();
        fill(&table, kind, path, self.lane.env.grid.state(), out)
    }
}

type Shaper<F> = Lane<Shaped<QLearning<CELLS, ACTIONS>, F>>;

/// The next state's bonus.
type Bonus = fn(&Transition) -> f32;

const fn shaper<F: Rule>() -> Shaper<F> {
    Lane::new(Shaped::new(QLearning::EMPTY, F::FRESH))
}

/// The state of `reward-shaping-toolbox`.
#[derive(Debug)]
pub struct RewardShapingToolboxExperiment {
    none: Shaper<()>,
    potential: Shaper<Potential<Nearness>>,
    dynamic: Shaper<DynamicPotential<Fading>>,
    look_ahead: Lane<Advised<CELLS, ACTIONS, Nearness>>,
    look_back: Shaper<LookBackAdvice<Nearness>>,
    count: Shaper<CountBonus<InverseRoot, [u16; CELLS]>>,
    progress: Shaper<StateBonus<Bonus>>,
}

/// All contenders in table order.
macro_rules! lanes {
    ($self:ident, $index:expr, |$lane:ident| $body:expr, $otherwise:expr) => {
        pick!(
            $index,
            [
                &$self.none,
                &$self.potential,
                &$self.dynamic,
                &$self.look_ahead,
                &$self.look_back,
                &$self.count,
                &$self.progress,
            ],
            |$lane| $body,
            $otherwise
        )
    };
}

impl Experiment for RewardShapingToolboxExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "reward-shaping-toolbox",
        title: "Shaping rules in a grid",
        room: "reward",
        summary: "A grid of 12 by 12 pays 1 in the far corner and nothing before. Potentials say how near the goal is and \
                  teach the way at once, without changing what is optimal; a bonus for each step that gets closer teaches \
                  to go to and fro for ever.",
        citation: "Ng, Harada, Russell 1999; Wiewiora, Cottrell, Elkan 2003; Devlin, Kudenko 2012; surveyed by Ibrahim, \
                   Mostafa, Jnadi, Salloum, Osinenko, Comprehensive Overview of Reward Engineering and Shaping, IEEE Access \
                   2024, arXiv 2408.10215",
        step: "episode",
        steps: Steps { minimum: 1, maximum: 100_000, default: 40, conformance: 3 },
        contenders: &[
            "none",
            "potential",
            "dynamic potential",
            "look-ahead advice",
            "look-back advice",
            "count bonus",
            "progress bonus",
        ],
        parameters: &[
            Parameter::real("step_size", "How far a value moves towards its target (alpha).", [0.01, 1.0], 0.2),
            Parameter::real("epsilon", "Probability of a random action.", [0.0, 1.0], 0.1),
            Parameter::real("discount", "What a reward is worth one step later (gamma).", [0.5, 1.0], 0.98),
            Parameter::real("slip", "Probability that a move goes in any direction.", [0.0, 1.0], 0.1),
        ],
        metrics: &[
            Metric { name: "steps", unit: "transitions", description: "Transitions in the episode; 400 end it." },
            Metric { name: "reward", unit: "reward", description: "What the grid paid in the episode." },
            Metric { name: "shaping", unit: "reward", description: "What the rule added to that." },
        ],
        views: &[
            View::Curve { title: "Steps to the goal", metric: "steps" },
            View::Curve { title: "Reward added by the rule", metric: "shaping" },
            View::Curve { title: "Reward of the grid", metric: "reward" },
            View::Grid { title: "Values acted on and greedy actions", rows: SIDE, columns: SIDE },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        none: shaper(),
        potential: shaper(),
        dynamic: shaper(),
        look_ahead: Lane::new(Advised::new(Nearness)),
        look_back: shaper(),
        count: shaper(),
        progress: shaper(),
    };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let parameters = TdParameters { step_size: real(0)?, discount: real(2)? };
        let (exploration, slips) = (EpsilonGreedy::new(real(1)?)?, Bernoulli::new(real(3)?)?);
        self.none.start(seed, slips, parameters, exploration)?;
        self.potential.start(seed, slips, parameters, exploration)?;
        self.dynamic.start(seed, slips, parameters, exploration)?;
        self.look_ahead.start(seed, slips, parameters, exploration)?;
        self.look_back.start(seed, slips, parameters, exploration)?;
        self.count.start(seed, slips, parameters, exploration)?;
        self.progress.start(seed, slips, parameters, exploration)
    }

    fn tick(&mut self) -> Result<bool, Error> {
        let Self { none, potential, dynamic, look_ahead, look_back, count, progress } = self;
        tick_episodes!(CAP, [none, potential, dynamic, look_ahead, look_back, count, progress])
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        lanes!(self, contender, |lane| lane.metric(metric), f32::NAN)
    }

    fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<(), Error> {
        if view == 3 { lanes!(self, contender, |lane| lane.grid(out), Ok(())) } else { Ok(()) }
    }
}

persist_fields!([] RewardShapingToolboxExperiment { none.lane.agent, potential.lane.agent, dynamic.lane.agent, look_ahead.lane.agent, look_back.lane.agent, count.lane.agent, progress.lane.agent });

const SEEDS: u32 = 12;
const EPISODES: u32 = 40;

const fn early(contender: &'static str) -> Quantity {
    Quantity::mean(contender, "steps", 0, 10)
}

const fn late(contender: &'static str) -> Quantity {
    Quantity::mean(contender, "steps", EPISODES - 10, EPISODES)
}

/// The claim that a contender's last ten episodes are short.
const fn arrives(sentence: &'static str, contender: &'static str) -> Claim {
    Claim::new(sentence, Measure::Value(late(contender)), Requirement::Below(80.0), SEEDS, EPISODES)
}

const CLAIMS: &[Claim] = &[
    Claim::new(
        "A potential shortens the first ten episodes to at most 0.4 times their length without",
        Measure::Ratio(early("potential"), early("none")),
        Requirement::AtMost(0.4),
        SEEDS,
        EPISODES,
    ),
    arrives("With a potential the last ten episodes take fewer than 80 steps", "potential"),
    arrives("With a potential that fades the last ten episodes take fewer than 80 steps", "dynamic potential"),
    arrives("With look-ahead advice the last ten episodes take fewer than 80 steps", "look-ahead advice"),
    arrives("With look-back advice the last ten episodes take fewer than 80 steps", "look-back advice"),
    Claim::new(
        "With a bonus for progress the last ten episodes take at least 150 steps",
        Measure::Value(late("progress bonus")),
        Requirement::AtLeast(150.0),
        SEEDS,
        EPISODES,
    ),
    Claim::new(
        "With a bonus for progress the last ten episodes take at least 3 times as long as with a potential",
        Measure::Ratio(late("progress bonus"), late("potential")),
        Requirement::AtLeast(3.0),
        SEEDS,
        EPISODES,
    ),
];
