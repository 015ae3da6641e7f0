//! Two links that swing up by torque on their joint.

use super::{Bounded, Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::linalg::Const;
use crate::math::{Math, Polynomial, Scalar};
use crate::rng::{Rng, unit_f32};
use crate::state::{Identify, Identity, persist_fields};
use core::f64::consts::PI;
use core::marker::PhantomData;

/// Gymnasium's `Acrobot-v1` (Sutton 1996), with the book's equations.
///
/// State: the first link's angle from hanging down, the second's angle to the first (rad, both in +-pi), and their
/// velocities (rad/s, in +-4 pi and +-9 pi). Observed are cosine and sine of either angle, then the velocities. Actions
/// -1, 0 and 1 N m are numbered 0, 1 and 2 and last 0.2 s; one step of the fourth-order Runge-Kutta method. Each step costs
/// 1, but for the last: the episode ends when the tip is more than one link's length above the upper joint. `reset` draws
/// the four numbers uniformly from +-0.1, one word each; a step takes none. 20 bytes.
///
/// `T` and `M` are as in [`CartPole`](super::CartPole). In 200 steps under random torque `f32` leaves `f64` by 4e-6.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Acrobot<T = f32, M = Polynomial> {
    state: [T; 4],
    running: bool,
    math: PhantomData<M>,
}

const SPEED_LIMITS: [f64; 2] = [4.0 * PI, 9.0 * PI];
const STEP: f64 = 0.2;
/// Half a link (m) times a link's mass (kg) times gravity (m/s^2).
const WEIGHT: f64 = 4.9;

impl Acrobot {
    /// When Gymnasium cuts an episode.
    pub const TIME_LIMIT: u32 = 500;
    /// Number of actions.
    pub const ACTIONS: usize = 3;

    /// Before the first episode.
    pub const fn new() -> Self {
        Self::EMPTY
    }
}

impl<T: Scalar, M: Math> Acrobot<T, M> {
    /// Before the first episode.
    pub const EMPTY: Self = Self { state: [T::ZERO; 4], running: false, math: PhantomData };

    /// Both angles, then both velocities.
    pub const fn state(&self) -> [T; 4] {
        self.state
    }

    /// The state that follows any state under a torque (N m).
    #[inline]
    pub fn advance(state: [T; 4], torque: T) -> [T; 4] {
        let along = |slope: [T; 4], step: f64| core::array::from_fn(|i| state[i] + T::of(step) * slope[i]);
        let k1 = Self::slope(state, torque);
        let k2 = Self::slope(along(k1, STEP / 2.0), torque);
        let k3 = Self::slope(along(k2, STEP / 2.0), torque);
        let k4 = Self::slope(along(k3, STEP), torque);
        let two = T::of(2.0);
        let [t1, t2, w1, w2] =
            core::array::from_fn(|i| state[i] + T::of(STEP / 6.0) * (k1[i] + two * k2[i] + two * k3[i] + k4[i]));
        let [limit1, limit2] = SPEED_LIMITS.map(T::of);
        [wrapped(t1), wrapped(t2), w1.within(-limit1, limit1), w2.within(-limit2, limit2)]
    }

    /// The derivative of the state by time: both links are 1 m long, with a mass of 1 kg in the middle and an inertia of
    /// 1 kg m^2.
    #[inline]
    fn slope([t1, t2, w1, w2]: [T; 4], torque: T) -> [T; 4] {
        let ((sin2, cos2), half) = (t2.sin_cos::<M>(), T::of(0.5));
        let d1 = T::of(3.5) + cos2;
        let d2 = T::of(1.25) + half * cos2;
        // cos(x - pi / 2) = sin x
        let phi2 = T::of(WEIGHT) * (t1 + t2).sin::<M>();
        let phi1 = -half * w2 * w2 * sin2 - w2 * w1 * sin2 + T::of(3.0 * WEIGHT) * t1.sin::<M>() + phi2;
        let a2 = (torque + d2 / d1 * phi1 - half * w1 * w1 * sin2 - phi2) / (T::of(1.25) - d2 * d2 / d1);
        [w1, w2, -(d2 * a2 + phi1) / d1, a2]
    }

    /// Whether an episode ends in the state.
    #[inline]
    pub fn is_terminal([t1, t2, ..]: [T; 4]) -> bool {
        -t1.cos::<M>() - (t2 + t1).cos::<M>() > T::of(1.0)
    }

    fn observe([t1, t2, w1, w2]: [T; 4]) -> [f32; 6] {
        let ((sin1, cos1), (sin2, cos2)) = (t1.sin_cos::<M>(), t2.sin_cos::<M>());
        [cos1, sin1, cos2, sin2, w1, w2].map(T::to_f32)
    }
}

/// The angle in +-pi: whole turns are taken off one by one, as Gymnasium does, and a step makes a few of them at most.
fn wrapped<T: Scalar>(angle: T) -> T {
    let (pi, turn) = (T::of(PI), T::of(2.0 * PI));
    (0..8).fold(angle, |angle, _| {
        if angle > pi {
            angle - turn
        } else if angle < -pi {
            angle + turn
        } else {
            angle
        }
    })
}

impl<T: Scalar, M: Math> Env for Acrobot<T, M> {
    type ObservationSpace = Bounded<6>;
    type ActionSpace = Discrete<Const<3>>;

    fn observation_space(&self) -> Bounded<6> {
        let [limit1, limit2] = SPEED_LIMITS.map(|limit| limit as f32);
        let high = [1.0, 1.0, 1.0, 1.0, limit1, limit2];
        Bounded { low: high.map(|x| -x), high }
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Const)
    }

    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> [f32; 6] {
        self.state = core::array::from_fn(|_| (-0.1 + 0.2 * unit_f32(rng)).into());
        self.running = true;
        Self::observe(self.state)
    }

    fn step(&mut self, action: usize, _rng: &mut (impl Rng + ?Sized)) -> Result<Step<[f32; 6]>, Error> {
        if action >= Acrobot::ACTIONS {
            return Err(Error::ActionOutOfRange);
        }
        if !self.running {
            return Err(Error::EpisodeOver);
        }
        self.state = Self::advance(self.state, T::from(action as f32 - 1.0));
        self.running = !Self::is_terminal(self.state);
        let reward = if self.running { -1.0 } else { 0.0 };
        let outcome = Outcome::from_flags(!self.running, false);
        Ok(Step { observation: Self::observe(self.state), reward, outcome })
    }
}

persist_fields!([M: Math] Acrobot<f32, M> { state, running });

/// `"acrobot"` by the functions of `M`: numbers of an observation, actions.
impl<M: Math> Identify for Acrobot<f32, M> {
    fn identity(&self) -> Identity {
        Identity::new("acrobot", M::NUMERICS, [6, Acrobot::ACTIONS, 0])
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
        let state = Acrobot::<f64, Libm>::advance([0.05, -0.03, 0.02, 0.01], 1.0);
        let expected = [0.033964268077167, 0.014028356136744, -0.175464650251537, 0.419715602265269];
        assert!(state.iter().zip(expected).all(|(a, b): (&f64, f64)| (a - b).abs() < 1e-14), "{state:?}");
    }

    #[test]
    fn torque_along_the_motion_swings_it_up() {
        let (mut env, mut rng) = (Acrobot::new(), stream(3, 0));
        for _ in 0..10 {
            let mut observation = env.reset(&mut rng);
            let mut steps = 0;
            while let Ok(step) = env.step(if observation[5] < 0.0 { 0 } else { 2 }, &mut rng) {
                observation = step.observation;
                steps += 1;
                assert_eq!(step.reward, if step.outcome == Outcome::Terminated { 0.0 } else { -1.0 });
                assert!(env.observation_space().contains(observation));
            }
            let [c1, s1, c2, s2, ..] = observation;
            assert!(-c1 - (c1 * c2 - s1 * s2) > 0.999_99);
            assert!((30..500).contains(&steps), "{steps}");
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut env, mut rng) = (Acrobot::<f32, Libm>::EMPTY, stream(0, 0));
        assert_eq!(env.step(0, &mut rng), Err(Error::EpisodeOver));
        env.reset(&mut rng);
        let before = (env, rng.clone());
        assert_eq!(env.step(3, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!((env, rng), before);
    }
}
