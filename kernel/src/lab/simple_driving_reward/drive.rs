//! An episode on the road, under one of two rewards.

use crate::env::{CorridorDrive, Env, TimeLimit};
use crate::error::Error;
use crate::interact::Outcome;
use crate::reward::shaping::{HardInfraction, LinearExcess, ProgressReward, driving_score};
use crate::rng::{Generator, categorical};

pub(super) const STATES: usize = CorridorDrive::STATES;
pub(super) const ACTIONS: usize = CorridorDrive::ACTIONS;
pub(super) const HORIZON: usize = CorridorDrive::HORIZON as usize;

/// The speed limit, and how far beyond it the factor is 0.
const LIMIT: usize = 2;
const SPAN: f32 = 2.23;

/// The action that keeps the speed, which counts as taken before the first step.
const KEEP: usize = 1;

/// A distribution over the actions for every state.
pub(super) type Distributions = [[f32; ACTIONS]; STATES];

/// What is paid for a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Progress times a factor, ended by hard infractions.
    Simple,
    /// Weighted terms for speed, smoothness and infractions: what the paper criticises.
    Additive,
}

/// A step as both rewards see it: the state acted in, the action and the one before it, the state after.
struct Move {
    before: usize,
    last_action: usize,
    action: usize,
    after: usize,
    infraction: bool,
}

impl Rule {
    fn reward(self, progress: &mut ProgressReward<1>, of: &Move) -> Result<f32, Error> {
        match self {
            Self::Simple => simple(progress, of),
            Self::Additive => Ok(additive(of)),
        }
    }
}

fn simple(progress: &mut ProgressReward<1>, of: &Move) -> Result<f32, Error> {
    let (cell, speed, _) = CorridorDrive::split(of.after);
    let factor = LinearExcess::new(LIMIT as f32, SPAN)?.factor(speed as f32)?;
    // Both infractions have the same hint.
    let hard = of.infraction.then_some(HardInfraction::Collision);
    Ok(progress.step(CorridorDrive::completion(cell), &[factor], hard)?.reward)
}

/// `1 - |v - v_des| / 3 - 0.1 [the action changed] - (1 + v) [infraction]`, `v_des = min(2, max(d - 1, 0))`, where `d` is the
/// distance to the nearest red light or parked car ahead.
fn additive(of: &Move) -> f32 {
    let (cell, speed, _) = CorridorDrive::split(of.after);
    let (_, _, red) = CorridorDrive::split(of.before);
    let lights = CorridorDrive::LIGHTS.into_iter().filter(|_| red);
    let ahead = lights.chain([CorridorDrive::PARKED]).filter_map(|place| place.checked_sub(cell));
    let desired = ahead.min().map_or(LIMIT, |distance| distance.saturating_sub(1).min(LIMIT));
    let speed_term = 1.0 - speed.abs_diff(desired) as f32 / 3.0;
    let change = if of.action == of.last_action { 0.0 } else { 0.1 };
    let infraction = if of.infraction { 1.0 + speed as f32 } else { 0.0 };
    speed_term - change - infraction
}

/// What was done in an episode and paid for it.
#[derive(Debug)]
pub(super) struct Episode {
    pub(super) states: [u8; HORIZON],
    pub(super) actions: [u8; HORIZON],
    pub(super) rewards: [f32; HORIZON],
    pub(super) length: usize,
    /// In percent of the route; on an infraction that of the cell before the step.
    pub(super) completion: f32,
    pub(super) infraction: bool,
    pub(super) score: f32,
}

const _: () = assert!(STATES <= 256, "a state is kept in a byte");

impl Episode {
    pub(super) const EMPTY: Self = Self {
        states: [0; HORIZON],
        actions: [0; HORIZON],
        rewards: [0.0; HORIZON],
        length: 0,
        completion: 0.0,
        infraction: false,
        score: 0.0,
    };

    /// Drives a whole episode.
    pub(super) fn drive(
        &mut self,
        policy: &Distributions,
        rule: Rule,
        world: &mut Generator,
        choices: &mut Generator,
    ) -> Result<(), Error> {
        let mut env = TimeLimit::new(CorridorDrive::new(), CorridorDrive::HORIZON);
        let (mut state, mut last_action) = (env.reset(world), KEEP);
        let (mut progress, mut speeding) = (ProgressReward::EMPTY, false);
        (self.length, self.infraction) = (0, false);
        let steps = self.states.iter_mut().zip(&mut self.actions).zip(&mut self.rewards);
        for ((kept_state, kept_action), reward) in steps {
            let action = categorical(policy.get(state).ok_or(Error::StateOutOfRange)?, choices)?;
            let step = env.step(action, world)?;
            self.infraction = step.outcome == Outcome::Terminated;
            let of = Move { before: state, last_action, action, after: step.observation, infraction: self.infraction };
            *reward = rule.reward(&mut progress, &of)?;
            (*kept_state, *kept_action) = (state as u8, action as u8);
            self.length += 1;
            let (before, _, _) = CorridorDrive::split(state);
            let (after, speed, _) = CorridorDrive::split(step.observation);
            speeding |= speed > LIMIT;
            self.completion = CorridorDrive::completion(if self.infraction { before } else { after });
            (state, last_action) = (step.observation, action);
            if step.outcome.is_over() {
                break;
            }
        }
        let penalties = [if self.infraction { 0.6 } else { 1.0 }, if speeding { 0.9 } else { 1.0 }];
        self.score = driving_score(self.completion, &penalties)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    const fn state(cell: usize, speed: usize, red: bool) -> usize {
        (cell * CorridorDrive::SPEEDS + speed) * 2 + red as usize
    }

    fn step(before: usize, after: usize) -> Move {
        Move { before, last_action: KEEP, action: KEEP, after, infraction: false }
    }

    #[test]
    fn the_simple_reward_by_hand() {
        let mut progress = ProgressReward::EMPTY;
        let cells = |cells: f32| 100.0 * cells / 23.0;
        let near = |found: f32, expected: f32| assert!((found - expected).abs() < 1e-4, "{found} {expected}");
        near(simple(&mut progress, &step(state(0, 2, false), state(2, 2, true))).unwrap(), cells(2.0));
        near(
            simple(&mut progress, &step(state(2, 3, false), state(5, 3, true))).unwrap(),
            cells(3.0) * (1.0 - 1.0 / 2.23),
        );
        let passed = Move { infraction: true, ..step(state(5, 2, true), state(7, 2, true)) };
        near(simple(&mut progress, &passed).unwrap(), cells(2.0) - 1.0);
    }

    #[test]
    fn the_additive_reward_by_hand() {
        let near = |found: f32, expected: f32| assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        // Far from everything it wants speed 2; a green light is nothing.
        near(additive(&step(state(0, 2, false), state(2, 2, true))), 1.0);
        near(additive(&step(state(3, 2, false), state(5, 2, true))), 1.0);
        near(additive(&step(state(3, 2, true), state(5, 2, false))), 1.0 - 2.0 / 3.0);
        near(additive(&step(state(2, 2, true), state(4, 2, false))), 1.0 - 1.0 / 3.0);
        near(additive(&step(state(6, 0, true), state(6, 0, true))), 1.0);
        // Before the parked car standing still pays, beyond it nothing does.
        near(additive(&step(state(11, 0, false), state(11, 0, false))), 1.0);
        near(additive(&step(state(11, 0, false), state(12, 1, false))), 1.0 - 1.0 / 3.0);
        near(additive(&step(state(12, 0, false), state(13, 0, false))), 1.0 - 2.0 / 3.0);
        let changed = Move { action: 2, infraction: true, ..step(state(6, 1, true), state(8, 2, true)) };
        near(additive(&changed), 1.0 - 0.1 - 3.0);
    }

    #[test]
    fn an_episode_is_scored_by_what_it_did() {
        let only = |action: usize| {
            let mut policy = [[0.0; ACTIONS]; STATES];
            policy.iter_mut().for_each(|row| row[action] = 1.0);
            let mut episode = Episode::EMPTY;
            episode.drive(&policy, Rule::Simple, &mut stream(1, 0), &mut stream(1, 1)).unwrap();
            episode
        };
        let standing = only(1);
        assert_eq!((standing.length, standing.completion, standing.score), (60, 0.0, 0.0));
        // Full speed: at a red light or the parked car it is over, after it was too fast.
        let rushing = only(2);
        assert!(rushing.infraction && rushing.completion > 0.0);
        assert!((rushing.score / rushing.completion - 0.54).abs() < 1e-6);
    }
}
