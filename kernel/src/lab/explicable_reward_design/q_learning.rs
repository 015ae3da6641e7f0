//! Q-learning on sparse and on dense designs: `explicable-reward-design.q-learning`.

use super::{ACTIONS, CITATION, DISCOUNT, Designer, HORIZONS, LIMIT, Line, R_MAX, Rewards, STATES, fill_original};
use crate::env::LineKey;
use crate::error::Error;
use crate::lab::episode_lane::EpisodeLane;
use crate::lab::grid_view::Kind;
use crate::lab::pick::pick;
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::learn::{QLearning, Shaped, TdParameters};
use crate::math::CompensatedSum;
use crate::model::expected_reward;
use crate::plan::policy_values;
use crate::policy::{EpsilonGreedy, QTable};
use crate::reward::{RewardShaping, SparseTableReward};
use crate::state::{Persist, persist_fields};

/// How many learners a contender has; the `i`-th meets the random numbers of the run's seed plus `i`.
const LEARNERS: usize = 16;

/// Every so many episodes the greedy policies are looked at.
const EVERY: u32 = 10;

/// States that are not terminal.
const LIVE: usize = STATES - 1;

/// The views that are maps.
const REWARDS: usize = 1;
const VALUES: usize = 2;

type Agent<R> = Shaped<QLearning<STATES, ACTIONS>, R>;
type Table<const B: usize> = SparseTableReward<B, ACTIONS>;

/// A contender: learners that are rewarded alike.
#[derive(Debug)]
struct Class<R> {
    learners: [EpisodeLane<Line, Agent<R>>; LEARNERS],
    loss: f32,
    violation: f32,
    /// The state that its design added first.
    first: f32,
    /// The mean over the learners of what their greedy policies earn, when last looked at.
    value: f32,
    /// After how many episodes that was enough first.
    reached: Option<u32>,
}

impl<R: RewardShaping> Class<R> {
    const fn new(lane: [EpisodeLane<Line, Agent<R>>; LEARNERS]) -> Self {
        Self { learners: lane, loss: f32::NAN, violation: f32::NAN, first: f32::NAN, value: 0.0, reached: None }
    }

    fn start(&mut self, seed: u32, parameters: TdParameters, exploration: EpsilonGreedy) -> Result<(), Error> {
        for (index, lane) in self.learners.iter_mut().enumerate() {
            lane.agent.learner_mut().start(parameters, exploration, 0.0)?;
            lane.start(seed.wrapping_add(index as u32));
        }
        (self.loss, self.violation, self.first) = (f32::NAN, f32::NAN, f32::NAN);
        (self.value, self.reached) = (0.0, None);
        Ok(())
    }

    /// Notes what there is to say of its reward.
    fn judge(&mut self, designer: &Designer, rewards: &Rewards) {
        (self.loss, self.violation) = (designer.loss(rewards), designer.violation(rewards));
    }

    fn is_over(&self) -> bool {
        self.learners.iter().all(|lane| lane.over)
    }

    fn reset(&mut self) {
        self.learners.iter_mut().for_each(EpisodeLane::reset);
    }

    /// Looks at the greedy policies after so many episodes; `enough` is what they are to earn.
    fn evaluate(&mut self, episodes: u32, enough: f32, scratch: &mut [[f32; STATES]; STATES]) -> Result<(), Error> {
        let mut sum = CompensatedSum::EMPTY;
        for lane in &self.learners {
            let table = lane.agent.learner().table();
            let follows = |state: usize, action: usize| {
                if table.greedy(state).is_ok_and(|(best, _)| best == action) { 1.0 } else { 0.0 }
            };
            let mut values = [0.0; STATES];
            policy_values(&Line::new(), DISCOUNT, follows, scratch.as_flattened_mut(), &mut values)?;
            sum.add(values[Line::START]);
        }
        self.value = sum.value() / LEARNERS as f32;
        if self.value >= enough && self.reached.is_none() {
            self.reached = Some(episodes);
        }
        Ok(())
    }

    /// One step of every learner whose episode goes on.
    fn tick(&mut self) -> Result<(), Error> {
        self.learners.iter_mut().try_for_each(|lane| lane.tick(LIMIT).map(|_| ()))
    }
}

impl<const B: usize> Class<Table<B>> {
    const EMPTY: Self = Self::new(
        [const { EpisodeLane::new(LineKey::new(), Shaped::new(QLearning::EMPTY, SparseTableReward::EMPTY)) }; LEARNERS],
    );

    /// Takes a design over.
    fn take(&mut self, designer: &Designer, rewards: &Rewards) -> Result<(), Error> {
        self.judge(designer, rewards);
        self.learners.iter_mut().try_for_each(|lane| lane.agent.shaping_mut().start(rewards))
    }
}

/// What a learner is paid.
trait Paid {
    fn paid(&self, state: usize, action: usize) -> Result<f32, Error>;
}

impl<const B: usize> Paid for Table<B> {
    fn paid(&self, state: usize, action: usize) -> Result<f32, Error> {
        self.reward(state, action)
    }
}

impl Paid for () {
    fn paid(&self, state: usize, action: usize) -> Result<f32, Error> {
        expected_reward(&Line::new(), state, action)
    }
}

impl<R: RewardShaping + Paid> Class<R> {
    /// The view of what is paid, or of what the first learner believes.
    fn view(&self, view: usize, out: &mut [f32]) -> Result<(), Error> {
        let [first, ..] = &self.learners;
        let table = first.agent.learner().table();
        match view {
            REWARDS => fill_map(first.env.state(), |state, action| first.agent.shaping().paid(state, action), out),
            VALUES => fill_map(first.env.state(), |state, action| table.value(state, action), out),
            _ => Ok(()),
        }
    }
}

/// Fills the view of a number for every state and action: the cells without the key in the first row, with it in the second.
/// The greatest number of a state is shown; arrows lead left, right, and up to pick, where it is.
fn fill_map(agent: usize, number: impl Fn(usize, usize) -> Result<f32, Error>, out: &mut [f32]) -> Result<(), Error> {
    /// Bits of left, right and pick.
    const ARROWS: [u8; ACTIONS] = [8, 2, 1];
    if out.len() != 4 * LIVE + 1 {
        return Err(Error::LengthMismatch);
    }
    let kind = |state| if state == Line::START { Kind::Start } else { Kind::Free };
    out.fill(0.0);
    for state in 0..LIVE {
        let mut row = [0.0; ACTIONS];
        for (action, own) in row.iter_mut().enumerate() {
            *own = number(state, action)?;
        }
        let best = row.iter().fold(f32::NEG_INFINITY, |most, x| most.max(*x));
        let level = row.iter().all(|x| *x == best);
        let arrows = row.iter().zip(ARROWS).filter(|(x, _)| !level && **x == best).map(|(_, bit)| bit);
        out[state] = best;
        out[LIVE + state] = f32::from(arrows.sum::<u8>());
        out[2 * LIVE + state] = kind(state) as u8 as f32;
    }
    out[4 * LIVE] = agent as f32;
    Ok(())
}

impl Class<()> {
    const EMPTY: Self =
        Self::new([const { EpisodeLane::new(LineKey::new(), Shaped::new(QLearning::EMPTY, ())) }; LEARNERS]);
}

persist_fields!([R: Persist] Class<R> { learners });

/// The state of `explicable-reward-design.q-learning`.
#[derive(Debug)]
pub struct QLearningExperiment {
    designer: Designer,
    rewards: Rewards,
    active: [bool; STATES],
    scratch: [[f32; STATES]; STATES],
    /// How much of the designing is done.
    stage: u32,
    /// 90 % of what the best policy earns.
    enough: f32,
    episodes: u32,
    original: Class<()>,
    budget_3: Class<Table<3>>,
    budget_4: Class<Table<4>>,
    unrestricted: Class<Table<LIVE>>,
    potential: Class<Table<LIVE>>,
}

/// Does something with every contender, in table order.
macro_rules! each {
    ($of:ident, |$class:ident| $body:expr) => {{
        let $class = &mut $of.original;
        $body;
        let $class = &mut $of.budget_3;
        $body;
        let $class = &mut $of.budget_4;
        $body;
        let $class = &mut $of.unrestricted;
        $body;
        let $class = &mut $of.potential;
        $body;
    }};
}

/// The last stage of the designing.
const DESIGNED: u32 = 5;

impl QLearningExperiment {
    /// The next stage: a tick each, so that nobody waits for all of them.
    fn design(&mut self) -> Result<(), Error> {
        let Self { designer, rewards, active, .. } = self;
        match self.stage {
            0 => {
                designer.start(&Line::new(), DISCOUNT, HORIZONS, R_MAX)?;
                *active = *designer.goals();
                let best = |state: usize, action: usize| {
                    let chosen = designer.policy().get(state).is_some_and(|chosen| usize::from(*chosen) == action);
                    if chosen { 1.0 } else { 0.0 }
                };
                let mut values = [0.0; STATES];
                policy_values(&Line::new(), DISCOUNT, best, self.scratch.as_flattened_mut(), &mut values)?;
                self.enough = 0.9 * values[Line::START];
                fill_original(rewards)?;
                self.original.judge(designer, rewards);
                rewards.copy_from(designer.advantages().as_flattened())?;
                self.potential.take(designer, rewards)?;
            }
            1 => {
                let first = designer.grow(active)? as f32;
                (self.budget_3.first, self.budget_4.first) = (first, first);
            }
            2 => {
                designer.grow(active)?;
                designer.design(active, rewards)?;
                self.budget_3.take(designer, rewards)?;
            }
            3 => {
                designer.grow(active)?;
                designer.design(active, rewards)?;
                self.budget_4.take(designer, rewards)?;
            }
            _ => {
                let all = designer.unrestricted();
                designer.design(&all, rewards)?;
                self.unrestricted.take(designer, rewards)?;
            }
        }
        self.stage += 1;
        Ok(())
    }
}

impl Experiment for QLearningExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "explicable-reward-design.q-learning",
        title: "Rewards by design: how sparse may they be?",
        room: "reward",
        summary: "Only who fetches a key at one end of a line is paid at the other. A teacher who knows the line designs \
                  rewards that keep the best policy the best: with three states a learner finds it in a fraction of the \
                  episodes, with all states in no time. Curves are means over 16 learners, with the run's seed and the 15 \
                  after it.",
        citation: CITATION,
        step: "episode",
        steps: Steps { minimum: 1, maximum: 100_000, default: 300, conformance: 10 },
        contenders: &["original", "budget 3", "budget 4", "unrestricted", "potential"],
        parameters: &[
            Parameter::real("step_size", "How far a value moves towards its target (alpha).", [0.01, 1.0], 0.1),
            Parameter::real("epsilon", "Probability of a random action.", [0.0, 1.0], 0.05),
        ],
        metrics: &[
            Metric {
                name: "value",
                unit: "reward",
                description: "What the greedy policies earn from the start, discounted, by the original reward: exact, the \
                              mean over the learners, looked at every 10 episodes.",
            },
            Metric {
                name: "episodes",
                unit: "episodes",
                description: "Episodes until that was 90 % of the best for the first time; as many as were played where it \
                              was not.",
            },
            Metric {
                name: "loss",
                unit: "reward",
                description: "L(R): by how much the reward fails to tell good from bad actions within 1, 4, 8, 16 and 32 \
                              steps, on average.",
            },
            Metric {
                name: "violation",
                unit: "reward",
                description: "By how much the reward fails to keep the margins of the best policy, at the most.",
            },
            Metric {
                name: "first_state",
                unit: "",
                description: "The state that the design added first to the goal; no value where none was.",
            },
        ],
        views: &[
            View::Curve { title: "What the greedy policies earn", metric: "value" },
            View::Grid {
                title: "Rewards, without the key above and with it below; up is to pick",
                rows: 2,
                columns: LIVE / 2,
            },
            View::Grid { title: "Values of the first learner", rows: 2, columns: LIVE / 2 },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        designer: Designer::EMPTY,
        rewards: QTable::EMPTY,
        active: [false; STATES],
        scratch: [[0.0; STATES]; STATES],
        stage: 0,
        enough: 0.0,
        episodes: 0,
        original: Class::<()>::EMPTY,
        budget_3: Class::<Table<3>>::EMPTY,
        budget_4: Class::<Table<4>>::EMPTY,
        unrestricted: Class::<Table<LIVE>>::EMPTY,
        potential: Class::<Table<LIVE>>::EMPTY,
    };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let parameters = TdParameters { step_size: real(0)?, discount: DISCOUNT };
        let exploration = EpsilonGreedy::new(real(1)?)?;
        (self.stage, self.episodes) = (0, 0);
        each!(self, |class| class.start(seed, parameters, exploration)?);
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        if self.stage < DESIGNED {
            self.design()?;
            return Ok(false);
        }
        let mut over = true;
        each!(self, |class| over &= class.is_over());
        if over {
            each!(self, |class| class.reset());
        }
        over = true;
        each!(self, |class| {
            class.tick()?;
            over &= class.is_over();
        });
        if over {
            self.episodes = self.episodes.saturating_add(1);
            if self.episodes.is_multiple_of(EVERY) {
                let (episodes, enough) = (self.episodes, self.enough);
                each!(self, |class| class.evaluate(episodes, enough, &mut self.scratch)?);
            }
        }
        Ok(over)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        pick!(
            contender,
            [&self.original, &self.budget_3, &self.budget_4, &self.unrestricted, &self.potential],
            |class| match metric {
                0 => class.value,
                1 => class.reached.unwrap_or(self.episodes) as f32,
                2 => class.loss,
                3 => class.violation,
                _ => class.first,
            },
            f32::NAN
        )
    }

    fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<(), Error> {
        pick!(
            contender,
            [&self.original, &self.budget_3, &self.budget_4, &self.unrestricted, &self.potential],
            |class| class.view(view, out),
            Ok(())
        )
    }
}

persist_fields!([] QLearningExperiment { original, budget_3, budget_4, unrestricted, potential });

/// What is said of a reward, whatever learns from it.
const fn said(contender: &'static str, metric: &'static str) -> Quantity {
    Quantity::mean(contender, metric, 0, 1)
}

/// A claim on a reward. Nothing in it is random: one seed tells all.
const fn designed(
    sentence: &'static str,
    contender: &'static str,
    metric: &'static str,
    required: Requirement,
) -> Claim {
    Claim::new(sentence, Measure::Value(said(contender, metric)), required, 1, 1)
}

/// Episodes until the greedy policies of 16 learners earn 90 % of the best on average.
const fn episodes(contender: &'static str) -> Quantity {
    Quantity::mean(contender, "episodes", 399, 400)
}

// A solver may miss the least loss by 0.001.
const CLAIMS: &[Claim] = &[
    designed("The original reward loses 0.1298", "original", "loss", Requirement::Within(0.1288, 0.1308)),
    designed("A reward of three states loses at most 0.065", "budget 3", "loss", Requirement::AtMost(0.065)),
    designed(
        "A reward of three states loses 0.0569, the least that is possible",
        "budget 3",
        "loss",
        Requirement::Within(0.0559, 0.0579),
    ),
    designed(
        "A reward of four states loses 0.0451, the least that is possible",
        "budget 4",
        "loss",
        Requirement::Within(0.0441, 0.0461),
    ),
    designed("A reward of all states loses nothing", "unrestricted", "loss", Requirement::AtMost(1e-3)),
    designed("The potential of the best values loses nothing", "potential", "loss", Requirement::AtMost(1e-3)),
    designed(
        "A reward of three states keeps the best policy's margins",
        "budget 3",
        "violation",
        Requirement::AtMost(1e-4),
    ),
    designed(
        "A reward of four states keeps the best policy's margins",
        "budget 4",
        "violation",
        Requirement::AtMost(1e-4),
    ),
    designed(
        "A reward of all states keeps the best policy's margins",
        "unrestricted",
        "violation",
        Requirement::AtMost(1e-4),
    ),
    designed(
        "The potential of the best values keeps the best policy's margins",
        "potential",
        "violation",
        Requirement::AtMost(1e-4),
    ),
    designed("The key's cell is the first state to be added", "budget 3", "first_state", Requirement::Equal(1.0)),
    // One seed of a run is 16 learners.
    Claim::new(
        "With three states 16 learners earn 90 % of the best on average in at most half the episodes that the original \
         reward takes",
        Measure::Ratio(episodes("budget 3"), episodes("original")),
        Requirement::AtMost(0.5),
        1,
        400,
    ),
];
