//! The heuristics, good and bad, and the learners that take them as they are.

use super::{ACTIONS, COLUMNS, GOAL, HORIZON, STATES, TRAP};
use crate::env::GridWorld;
use crate::error::Error;
use crate::interact::{EpisodeRing, Transition};
use crate::joint::{HeuristicStep, PolicyAscent, PolicyAscentParameters, Visit};
use crate::learn::{Control, Suits};
use crate::reward::RewardShaping;
use crate::rng::Rng;
use crate::state::{persist_fields, stateless};

/// After how many episodes the policy learns.
const BATCH: usize = 3;
/// The discount of those that learn none.
pub(super) const DISCOUNT: f32 = 0.99;

/// What a designer adds to the reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    /// 50 for every step that ends in the trap, except the last of an episode.
    Bad,
    /// `-4 0.18^2` times the squared distance from the goal.
    Good,
}

impl RewardShaping for Hint {
    const PRESERVES_OPTIMUM: bool = false;

    fn shape(&self, transition: &Transition, reward: f32, _discount: f32) -> Result<f32, Error> {
        let cell = transition.next_state;
        let hint = match self {
            Self::Bad if cell == TRAP && !transition.outcome.is_over() => 50.0,
            Self::Bad => 0.0,
            Self::Good => {
                let apart = |a: usize, b: usize| a.abs_diff(b) as f32;
                let (down, right) = (apart(cell / COLUMNS, GOAL / COLUMNS), apart(cell % COLUMNS, GOAL % COLUMNS));
                -4.0 * (0.18 * 0.18) * (down * down + right * right)
            }
        };
        Ok(reward + hint)
    }
}

stateless!([] Hint);

/// What a learner makes of the two rewards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// The hint is ignored.
    Primary,
    /// It is added.
    Naive,
    /// It is taken from each step's return of the primary reward.
    Potential,
}

impl Use {
    fn visit(self, step: &HeuristicStep) -> Visit {
        let (reward, baseline) = match self {
            Self::Primary => (step.primary(), 0.0),
            Self::Naive => (step.primary() + step.heuristic(), 0.0),
            Self::Potential => (step.primary(), step.heuristic()),
        };
        Visit { state: step.state(), action: step.action(), reward, baseline }
    }
}

/// A policy that takes the hint in one of these ways, all through the run.
#[derive(Debug)]
pub(super) struct Taker {
    pub(super) takes: Use,
    pub(super) hint: Hint,
    pub(super) ascent: PolicyAscent<STATES, ACTIONS>,
    episodes: EpisodeRing<HeuristicStep, BATCH, { BATCH * HORIZON as usize }>,
    count: u32,
}

impl Taker {
    pub(super) const fn new(takes: Use) -> Self {
        Self { takes, hint: Hint::Bad, ascent: PolicyAscent::EMPTY, episodes: EpisodeRing::EMPTY, count: 0 }
    }

    pub(super) fn start(&mut self, hint: Hint, parameters: PolicyAscentParameters) -> Result<(), Error> {
        self.ascent.start(parameters)?;
        self.episodes.clear();
        (self.hint, self.count) = (hint, 0);
        Ok(())
    }

    pub(super) fn give_up_episode(&mut self) {
        self.episodes.give_up();
    }
}

impl Control for Taker {
    type Observation = usize;
    type Action = usize;

    fn act(&mut self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        self.ascent.act(state, rng)
    }

    fn learn(&mut self, transition: &Transition, _rng: &mut (impl Rng + ?Sized)) -> Result<f32, Error> {
        let hint = self.hint.shape(transition, 0.0, DISCOUNT)?;
        let step = HeuristicStep::new(transition.state as u8, transition.action as u8, transition.reward, hint);
        self.episodes.push(step)?;
        if transition.outcome.is_over() {
            self.episodes.close()?;
            self.count += 1;
            if (self.count as usize).is_multiple_of(BATCH) {
                let Self { takes, ascent, episodes, .. } = self;
                for episode in episodes.newest(BATCH) {
                    ascent.ascend(episode, |step| Ok(takes.visit(step)), DISCOUNT, 1.0 / BATCH as f32)?;
                }
            }
        }
        Ok(0.0)
    }
}

persist_fields!([] Taker { ascent });

impl Suits<GridWorld<STATES>> for Taker {}
