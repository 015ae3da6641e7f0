//! Many small Markov arms that one joint action moves.

use super::{Env, MultiDiscrete};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::linalg::all_finite;
use crate::math::{Libm, Math, is_in_unit_interval};
use crate::model::{FiniteModel, ModelOutcome};
use crate::rng::{Bernoulli, Rng};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// A birth-death chain: level `x` moves it a state up with probability `p(x)`, else a state down, not beyond its ends; the
/// reward is that of the state it comes to. `4 (S + L) + 4` bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BirthDeathArm<const S: usize, const L: usize> {
    up: [f32; L],
    rewards: [f32; S],
    levels: u8,
}

impl<const S: usize, const L: usize> BirthDeathArm<S, L> {
    /// Always falls and never pays; of all levels.
    pub const EMPTY: Self = {
        assert!(S > 1 && S <= 255 && L > 1 && L <= 255, "a state and a level are kept in a byte");
        Self { up: [0.0; L], rewards: [0.0; S], levels: L as u8 }
    };

    /// With the probability of moving up at each of the first `levels` levels, and the reward of each state.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless there are 2 to `L` levels; [`Error::ProbabilityOutOfRange`];
    /// [`Error::NonFinite`].
    pub fn new(levels: usize, up: [f32; L], rewards: [f32; S]) -> Result<Self, Error> {
        if !(2..=L).contains(&levels) {
            return Err(Error::ParameterOutOfRange);
        }
        if !up.iter().all(|p| is_in_unit_interval(*p)) {
            return Err(Error::ProbabilityOutOfRange);
        }
        if !all_finite(&rewards) {
            return Err(Error::NonFinite);
        }
        Ok(Self { up, rewards, levels: levels as u8 })
    }

    /// The probability of moving up; 0 at a level that there is not.
    #[inline]
    pub fn up(&self, level: usize) -> f32 {
        self.up.get(level).filter(|_| level < usize::from(self.levels)).copied().unwrap_or(0.0)
    }

    /// `(p(x) - p(0)) / (p(last) - p(0))`: which share of the full push a level gives; 0 where the full push does nothing,
    /// and at a level that there is not.
    pub fn share(&self, level: usize) -> f32 {
        let (rest, full) = (self.up(0), self.up(usize::from(self.levels).saturating_sub(1)));
        if full == rest || level >= usize::from(self.levels) { 0.0 } else { (self.up(level) - rest) / (full - rest) }
    }

    /// The reward of each state.
    pub const fn rewards(&self) -> &[f32; S] {
        &self.rewards
    }

    /// The state above, or below; the ends stay.
    #[inline]
    fn moved(state: usize, up: bool) -> usize {
        if up { (state + 1).min(S - 1) } else { state.saturating_sub(1) }
    }
}

/// `x - floor(x)` for `x >= 0`, where `x` is small.
fn fraction(x: f32) -> f32 {
    x - (x as u32) as f32
}

impl BirthDeathArm<4, 5> {
    /// Arm `j` of the published pattern: the good arms look worse until their top state. At rest it climbs with probability
    /// `0.2 frac(0.618034 (j + 1))`, fully pushed with `0.7 + 0.2 frac(0.414214 (j + 1))`; it pays `(.2, .15, .1, 4 + j mod 3)`
    /// if it is arm 0 or 1, else `(.1, .15, .2, 1 + j mod 3)`. With 2 levels it is off or on; with 5, level `l` lies between
    /// the two by `1 / (1 + exp(-2 (l - 2)))`.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] for another number of levels, or an arm above 255.
    pub fn published(arm: usize, levels: usize) -> Result<Self, Error> {
        if !matches!(levels, 2 | 5) || arm > 255 {
            return Err(Error::ParameterOutOfRange);
        }
        let number = (arm + 1) as f32;
        let (rest, full) = (0.2 * fraction(number * 0.618_034), 0.7 + 0.2 * fraction(number * 0.414_214));
        let up = core::array::from_fn(|level| match (levels, level) {
            (5, _) => rest + (full - rest) / (1.0 + Libm::exp(-2.0 * (level as f32 - 2.0))),
            (_, 0) => rest,
            _ => full,
        });
        let third = (arm % 3) as f32;
        Self::new(levels, up, if arm < 2 { [0.2, 0.15, 0.1, 4.0 + third] } else { [0.1, 0.15, 0.2, 1.0 + third] })
    }
}

impl<const S: usize, const L: usize> FiniteModel for BirthDeathArm<S, L> {
    fn states(&self) -> usize {
        S
    }

    fn actions(&self) -> usize {
        usize::from(self.levels)
    }

    /// Two: up, then down.
    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action).map(|()| 2)
    }

    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        self.check_pair(state, action)?;
        let up = self.up(action);
        let probability = match index {
            0 => up,
            1 => 1.0 - up,
            _ => return Ok(None),
        };
        let next_state = Self::moved(state, index == 0);
        let reward = self.rewards.get(next_state).copied().unwrap_or(0.0);
        Ok(Some(ModelOutcome { probability, next_state, reward, terminated: false }))
    }
}

/// `J` [`BirthDeathArm`]s under one joint action, a level an arm: a restless bandit. Which joint actions are feasible is not
/// the environment's business ([`FeasibleSet`](crate::bandit::restless::FeasibleSet)).
///
/// The agent sees every arm's state; the reward is the sum of the arms' own, which are there besides
/// ([`rewards`](Self::rewards)). Starts each arm in state 0 or 1, either as likely. Never ends. A reset and a step take a
/// word an arm, whatever the action. `J` times the arm, `5 J` bytes and 3 or less.
#[derive(Clone, Debug, PartialEq)]
pub struct CoupledArms<const J: usize, const S: usize, const L: usize> {
    arms: [BirthDeathArm<S, L>; J],
    states: [u8; J],
    rewards: [f32; J],
}

impl<const J: usize, const S: usize, const L: usize> CoupledArms<J, S, L> {
    /// Arms that never pay, all in state 0.
    pub const EMPTY: Self = Self { arms: [BirthDeathArm::EMPTY; J], states: [0; J], rewards: [0.0; J] };

    /// Sets the arms, all in state 0.
    pub fn set(&mut self, arms: [BirthDeathArm<S, L>; J]) {
        (self.arms, self.states, self.rewards) = (arms, [0; J], [0.0; J]);
    }

    /// The arms themselves. For planners and metrics; a learner does not see them.
    pub const fn arms(&self) -> &[BirthDeathArm<S, L>; J] {
        &self.arms
    }

    /// The state of each arm.
    pub const fn states(&self) -> &[u8; J] {
        &self.states
    }

    /// What each arm paid in the last step.
    pub const fn rewards(&self) -> &[f32; J] {
        &self.rewards
    }
}

impl<const J: usize, const S: usize, const L: usize> Env for CoupledArms<J, S, L> {
    type ObservationSpace = MultiDiscrete<J>;
    type ActionSpace = MultiDiscrete<J>;

    fn observation_space(&self) -> MultiDiscrete<J> {
        MultiDiscrete([S as u8; J])
    }

    fn action_space(&self) -> MultiDiscrete<J> {
        MultiDiscrete(self.arms.map(|arm| arm.levels))
    }

    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> [u8; J] {
        self.states.iter_mut().for_each(|state| *state = (rng.next_u32() >> 31) as u8);
        self.rewards = [0.0; J];
        self.states
    }

    fn step(&mut self, action: [u8; J], rng: &mut (impl Rng + ?Sized)) -> Result<Step<[u8; J]>, Error> {
        if self.arms.iter().zip(action).any(|(arm, level)| level >= arm.levels) {
            return Err(Error::ActionOutOfRange);
        }
        let mut reward = 0.0;
        let arms = self.arms.iter().zip(action).zip(&mut self.states).zip(&mut self.rewards);
        for (((arm, level), state), paid) in arms {
            let rises = Bernoulli::new(arm.up(usize::from(level)))?.sample(rng);
            let next = BirthDeathArm::<S, L>::moved(usize::from(*state), rises);
            (*state, *paid) = (next as u8, arm.rewards.get(next).copied().unwrap_or(0.0));
            reward += *paid;
        }
        Ok(Step { observation: self.states, reward, outcome: Outcome::Continue })
    }
}

/// The state of each arm, a byte, then what each paid last: `5 J` bytes.
impl<const J: usize, const S: usize, const L: usize> Persist for CoupledArms<J, S, L> {
    fn write(&self, out: &mut impl Write) {
        self.states.write(out);
        self.rewards.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        if from.take(J)?.iter().any(|state| usize::from(*state) >= S) {
            return Err(Error::Malformed);
        }
        self.rewards.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.states.read(from)?;
        self.rewards.read(from)
    }
}

/// `"coupled-arms"`: arms, states, levels.
impl<const J: usize, const S: usize, const L: usize> Identify for CoupledArms<J, S, L> {
    fn identity(&self) -> Identity {
        Identity::new("coupled-arms", Identity::PLAIN, [J, S, L])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    fn published(levels: usize) -> CoupledArms<5, 4, 5> {
        let mut world = CoupledArms::EMPTY;
        world.set(core::array::from_fn(|arm| BirthDeathArm::published(arm, levels).unwrap()));
        world
    }

    #[test]
    fn the_published_arms_are_as_specified() {
        let world = published(2);
        let close = |a: f32, b: f32| (a - b).abs() < 1e-6;
        // frac(3 * 0.618034) = 0.854102, frac(3 * 0.414214) = 0.242642
        assert!(close(world.arms()[2].up(0), 0.170_820_4) && close(world.arms()[2].up(1), 0.748_528_4));
        assert_eq!(world.arms()[2].up(2), 0.0);
        assert_eq!(world.arms().map(|arm| arm.rewards()[3]), [4.0, 5.0, 3.0, 1.0, 2.0]);
        assert_eq!((world.arms()[1].rewards()[0], world.arms()[2].rewards()[0]), (0.2, 0.1));
        let arm = published(5).arms()[0];
        let (rest, full) = (0.123_606_8, 0.782_842_8);
        assert!(close(arm.up(2), 0.5 * (rest + full)) && close(arm.up(0), rest + (full - rest) * 0.017_986_21));
        assert!(close(arm.share(4), 1.0) && close(arm.share(0), 0.0) && close(arm.share(2), 0.5));
        assert_eq!(BirthDeathArm::published(0, 3), Err(Error::ParameterOutOfRange));
    }

    #[test]
    fn arms_move_as_their_model_says() {
        let (mut world, mut rng) = (published(5), stream(4, 0));
        let mut counts = [0u32; 2];
        for _ in 0..20_000 {
            let before = world.reset(&mut rng);
            let step = world.step([3; 5], &mut rng).unwrap();
            assert_eq!(step.reward, world.rewards().iter().fold(0.0, |sum, paid| sum + paid));
            let arm = &world.arms()[0];
            let possible = [0, 1].map(|index| arm.outcome(usize::from(before[0]), 3, index).unwrap().unwrap());
            let taken = possible.iter().position(|o| o.next_state == usize::from(step.observation[0])).unwrap();
            assert_eq!(possible[taken].reward, world.rewards()[0]);
            counts[taken] += 1;
        }
        let share = f64::from(counts[0]) / 20_000.0;
        assert!((share - f64::from(world.arms()[0].up(3))).abs() < 0.02, "{share}");
        let possible = world.arms()[0].outcome(3, 0, 0).unwrap().unwrap();
        assert_eq!((possible.next_state, world.arms()[0].outcome(3, 0, 2)), (3, Ok(None)));
    }

    #[test]
    fn bad_input_changes_nothing_and_words_do_not_depend_on_the_action() {
        let (mut world, mut rng) = (published(2), stream(4, 0));
        world.reset(&mut rng);
        let before = (world.clone(), rng.clone());
        assert_eq!(world.step([0, 0, 2, 0, 0], &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!((&world, &rng), (&before.0, &before.1));
        let after = |action| {
            let (mut world, mut rng) = before.clone();
            world.step(action, &mut rng).unwrap();
            rng
        };
        assert_eq!(after([0; 5]), after([1; 5]));
        assert_eq!(BirthDeathArm::<2, 2>::new(2, [0.5, 1.5], [0.0; 2]), Err(Error::ProbabilityOutOfRange));
        assert_eq!(BirthDeathArm::<2, 2>::new(1, [0.5; 2], [0.0; 2]), Err(Error::ParameterOutOfRange));
        assert_eq!(BirthDeathArm::<2, 2>::new(2, [0.5; 2], [0.0, f32::NAN]), Err(Error::NonFinite));
        let mut bytes = [0; 25];
        bytes[4] = 4;
        assert_eq!(world.restore(&bytes), Err(Error::Malformed));
        bytes[4] = 3;
        assert_eq!((world.restore(&bytes), world.states()), (Ok(()), &[0, 0, 0, 0, 3]));
    }
}
