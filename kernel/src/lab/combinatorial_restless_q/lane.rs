//! A contender in its own copy of the arms, step by step.

use super::{ARMS, Actions, Arms, HORIZON, LEVELS, STATES};
use crate::bandit::restless::{ArmTable, FactoredQ, FeasibleSet, JointTransition};
use crate::env::{CoupledArms, Env};
use crate::error::Error;
use crate::rng::{Generator, stream};

pub(super) type Table = ArmTable<ARMS, STATES, LEVELS>;
pub(super) type Learner = FactoredQ<ARMS, STATES, LEVELS>;

/// What there is to choose from, and where.
pub(super) struct Moment<'a> {
    actions: &'a Actions,
    states: &'a [u8; ARMS],
    /// How much to explore while it trains; not at all when it is judged.
    epsilon: Option<f32>,
}

/// Who chooses.
pub(super) trait Player {
    /// The action to take.
    fn act(&mut self, at: &Moment<'_>, rng: &mut Generator, action: &mut [u8; ARMS]) -> Result<(), Error>;

    /// An episode begins.
    fn begin(&mut self) {}

    /// Learns, if it does.
    fn learn(&mut self, _actions: &Actions, _of: &JointTransition<'_>) -> Result<(), Error> {
        Ok(())
    }
}

/// Plays any feasible action.
#[derive(Debug)]
pub(super) struct Random;

impl Player for Random {
    fn act(&mut self, at: &Moment<'_>, rng: &mut Generator, action: &mut [u8; ARMS]) -> Result<(), Error> {
        at.actions.draw(rng, action)
    }
}

impl Player for Table {
    fn act(&mut self, at: &Moment<'_>, _rng: &mut Generator, action: &mut [u8; ARMS]) -> Result<(), Error> {
        self.best(at.actions, at.states, action)
    }
}

impl Player for Learner {
    fn act(&mut self, at: &Moment<'_>, rng: &mut Generator, action: &mut [u8; ARMS]) -> Result<(), Error> {
        match at.epsilon {
            Some(epsilon) => action.copy_from_slice(self.select(at.actions, at.states, epsilon, rng)?),
            None => self.table().best(at.actions, at.states, action)?,
        }
        Ok(())
    }

    fn begin(&mut self) {
        self.release();
    }

    fn learn(&mut self, actions: &Actions, of: &JointTransition<'_>) -> Result<(), Error> {
        self.update(actions, of).map(|_| ())
    }
}

/// One contender: its player, its own arms, its own copies of the generators.
#[derive(Debug)]
pub(super) struct Lane<P> {
    pub(super) player: P,
    world: CoupledArms<ARMS, STATES, LEVELS>,
    generators: Option<[Generator; 2]>,
    sum: f32,
    /// The mean reward a step of the last complete episode.
    pub(super) reward: f32,
    /// How many steps gave each arm more than level 0.
    pub(super) pushes: [u32; ARMS],
}

impl<P: Player> Lane<P> {
    pub(super) const fn new(player: P) -> Self {
        Self { player, world: CoupledArms::EMPTY, generators: None, sum: 0.0, reward: f32::NAN, pushes: [0; ARMS] }
    }

    /// Starts with the player as it is.
    pub(super) fn start(&mut self, seed: u32, arms: &Arms) {
        self.world.set(*arms);
        self.generators = Some([stream(seed, 0), stream(seed, 1)]);
        (self.sum, self.reward, self.pushes) = (0.0, f32::NAN, [0; ARMS]);
    }

    /// One step of an episode, the first of which begins it; learns while it explores.
    pub(super) fn step(&mut self, actions: &Actions, time: u32, epsilon: Option<f32>) -> Result<(), Error> {
        let [world_rng, choices] = self.generators.as_mut().ok_or(Error::NotStarted)?;
        if time == 0 {
            self.world.reset(world_rng);
            self.player.begin();
            self.sum = 0.0;
        }
        let (states, mut action) = (*self.world.states(), [0; ARMS]);
        self.player.act(&Moment { actions, states: &states, epsilon }, choices, &mut action)?;
        let step = self.world.step(action, world_rng)?;
        if epsilon.is_some() {
            let (rewards, next_states) = (self.world.rewards(), &step.observation);
            self.player.learn(actions, &JointTransition { states: &states, action: &action, rewards, next_states })?;
        }
        for (pushes, level) in self.pushes.iter_mut().zip(action) {
            *pushes = pushes.saturating_add(u32::from(level > 0));
        }
        self.sum += step.reward;
        if time + 1 == HORIZON {
            self.reward = self.sum / HORIZON as f32;
        }
        Ok(())
    }
}
