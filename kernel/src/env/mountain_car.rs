//! A car too weak to climb out of its valley at once.

use super::{Bounded, Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::linalg::Const;
use crate::math::{Math, Polynomial, Scalar};
use crate::rng::{Rng, unit_f32};
use crate::state::{Identify, Identity, persist_fields};
use core::marker::PhantomData;

/// Gymnasium's `MountainCar-v0` (Moore 1990; Sutton & Barto, example 10.1).
///
/// State and observation: position in [-1.2, 0.6], velocity in +-0.07; the valley's height is `sin(3 x)`. Actions push
/// left 0, not 1, right 2. Each step costs 1. At the left end the velocity becomes 0; the episode ends at 0.5 and beyond.
/// `reset` draws the position uniformly from [-0.6, -0.4), one word, at rest; a step takes none. 12 bytes.
///
/// `T` and `M` are as in [`CartPole`](super::CartPole). In 200 steps `f32` leaves `f64` by 3e-7.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MountainCar<T = f32, M = Polynomial> {
    state: [T; 2],
    running: bool,
    math: PhantomData<M>,
}

const LOW: f64 = -1.2;
const HIGH: f64 = 0.6;
const SPEED_LIMIT: f64 = 0.07;
const GOAL: f64 = 0.5;
const FORCE: f64 = 0.001;
const GRAVITY: f64 = 0.0025;

impl MountainCar {
    /// When Gymnasium cuts an episode.
    pub const TIME_LIMIT: u32 = 200;
    /// Number of actions.
    pub const ACTIONS: usize = 3;

    /// Before the first episode.
    pub const fn new() -> Self {
        Self::EMPTY
    }
}

impl<T: Scalar, M: Math> MountainCar<T, M> {
    /// Before the first episode.
    pub const EMPTY: Self = Self { state: [T::ZERO; 2], running: false, math: PhantomData };

    /// Position and velocity.
    pub const fn state(&self) -> [T; 2] {
        self.state
    }

    /// The state that follows any state under a push of -1, 0 or 1.
    #[inline]
    pub fn advance([x, v]: [T; 2], push: T) -> [T; 2] {
        let v = v + (push * T::of(FORCE) + (T::of(3.0) * x).cos::<M>() * T::of(-GRAVITY));
        let v = v.within(T::of(-SPEED_LIMIT), T::of(SPEED_LIMIT));
        let x = (x + v).within(T::of(LOW), T::of(HIGH));
        [x, if x == T::of(LOW) && v < T::ZERO { T::ZERO } else { v }]
    }

    /// Whether an episode ends in the state.
    #[inline]
    pub fn is_terminal([x, v]: [T; 2]) -> bool {
        x >= T::of(GOAL) && v >= T::ZERO
    }
}

impl<T: Scalar, M: Math> Env for MountainCar<T, M> {
    type ObservationSpace = Bounded<2>;
    type ActionSpace = Discrete<Const<3>>;

    fn observation_space(&self) -> Bounded<2> {
        let speed = SPEED_LIMIT as f32;
        Bounded { low: [LOW as f32, -speed], high: [HIGH as f32, speed] }
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Const)
    }

    #[inline]
    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> [f32; 2] {
        self.state = [T::of(-0.6) + T::of(0.2) * unit_f32(rng).into(), T::ZERO];
        self.running = true;
        self.state.map(T::to_f32)
    }

    #[inline]
    fn step(&mut self, action: usize, _rng: &mut (impl Rng + ?Sized)) -> Result<Step<[f32; 2]>, Error> {
        if action >= MountainCar::ACTIONS {
            return Err(Error::ActionOutOfRange);
        }
        if !self.running {
            return Err(Error::EpisodeOver);
        }
        self.state = Self::advance(self.state, T::from(action as f32 - 1.0));
        self.running = !Self::is_terminal(self.state);
        let outcome = Outcome::from_flags(!self.running, false);
        Ok(Step { observation: self.state.map(T::to_f32), reward: -1.0, outcome })
    }
}

persist_fields!([M: Math] MountainCar<f32, M> { state, running });

/// `"mountain-car"` by the functions of `M`: numbers of an observation, actions.
impl<M: Math> Identify for MountainCar<f32, M> {
    fn identity(&self) -> Identity {
        Identity::new("mountain-car", M::NUMERICS, [2, MountainCar::ACTIONS, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Space;
    use crate::math::Libm;
    use crate::rng::stream;

    #[test]
    fn the_worked_example_comes_out() {
        let mut state = [-0.5, 0.0];
        for (action, expected) in [
            (2.0, [-0.499176843004169, 0.000823156995831]),
            (2.0, [-0.497536686679353, 0.001640156324816]),
            (0.0, [-0.497091796932347, 0.000444889747006]),
        ] {
            state = MountainCar::<f64, Libm>::advance(state, action - 1.0);
            assert!(state.iter().zip(expected).all(|(a, b): (&f64, f64)| (a - b).abs() < 1e-14), "{state:?}");
        }
    }

    #[test]
    fn pushing_with_the_motion_reaches_the_goal() {
        let (mut env, mut rng) = (MountainCar::new(), stream(3, 0));
        for _ in 0..20 {
            let mut observation = env.reset(&mut rng);
            assert!((-0.6..-0.399).contains(&observation[0]) && observation[1] == 0.0);
            let mut steps = 0;
            while let Ok(step) = env.step(if observation[1] < 0.0 { 0 } else { 2 }, &mut rng) {
                observation = step.observation;
                steps += 1;
                assert_eq!((step.reward, step.outcome.is_over()), (-1.0, observation[0] >= 0.5));
                assert!(env.observation_space().contains(observation));
            }
            assert!((50..200).contains(&steps), "{steps}");
        }
    }

    #[test]
    fn the_car_stops_at_the_left_end() {
        assert_eq!(MountainCar::<f32>::advance([-1.2, -0.05], -1.0), [-1.2, 0.0]);
        assert_eq!(MountainCar::<f32>::advance([-1.15, -0.07], -1.0), [-1.2, 0.0]);
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut env, mut rng) = (MountainCar::<f32, Libm>::EMPTY, stream(0, 0));
        assert_eq!(env.step(0, &mut rng), Err(Error::EpisodeOver));
        env.reset(&mut rng);
        let before = (env, rng.clone());
        assert_eq!(env.step(3, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!((env, rng), before);
    }
}
