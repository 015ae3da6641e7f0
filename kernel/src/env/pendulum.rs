//! A pendulum to be swung up and held by torque.

use super::{Bounded, Env};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::math::{Math, Polynomial, Scalar};
use crate::rng::{Rng, unit_f32};
use crate::state::{Identify, Identity, persist_fields};
use core::f64::consts::PI;
use core::marker::PhantomData;

/// Gymnasium's `Pendulum-v1`.
///
/// State: angle from upright (rad, not wrapped) and velocity (rad/s, in +-8). Observed are the angle's cosine and sine,
/// then the velocity. The action is a torque (N m), clamped to +-2, for 0.05 s; one step of the semi-implicit Euler method.
/// A step costs the square of the angle (wrapped to +-pi), a tenth of the velocity's and a thousandth of the torque's, in
/// the state it starts from. Never ends. `reset` draws the angle uniformly from +-pi and the velocity from +-1, one word
/// each; a step takes none. 12 bytes.
///
/// `T` and `M` are as in [`CartPole`](super::CartPole). In 200 steps `f32` leaves `f64` by 2.5e-4.
///
/// ```
/// use habit::env::{Env, Pendulum};
/// use habit::rng::stream;
/// let (mut env, mut rng) = (Pendulum::new(), stream(1, 0));
/// env.reset(&mut rng);
/// assert!(env.step([0.5], &mut rng)?.reward <= 0.0);
/// assert_eq!(env.step([f32::NAN], &mut rng), Err(habit::Error::NonFinite));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pendulum<T = f32, M = Polynomial> {
    state: [T; 2],
    running: bool,
    math: PhantomData<M>,
}

const SPEED_LIMIT: f64 = 8.0;
const TORQUE_LIMIT: f64 = 2.0;
const STEP: f64 = 0.05;

impl Pendulum {
    /// When Gymnasium cuts an episode.
    pub const TIME_LIMIT: u32 = 200;

    /// Before the first episode.
    pub const fn new() -> Self {
        Self::EMPTY
    }
}

impl<T: Scalar, M: Math> Pendulum<T, M> {
    /// Before the first episode.
    pub const EMPTY: Self = Self { state: [T::ZERO; 2], running: false, math: PhantomData };

    /// Angle and velocity.
    pub const fn state(&self) -> [T; 2] {
        self.state
    }

    /// The state that follows any state under a torque, and the reward.
    #[inline]
    pub fn advance([angle, w]: [T; 2], torque: T) -> ([T; 2], T) {
        let torque = torque.within(T::of(-TORQUE_LIMIT), T::of(TORQUE_LIMIT));
        let wrapped = wrapped(angle);
        let cost = wrapped * wrapped + T::of(0.1) * w * w + T::of(0.001) * torque * torque;
        let w = w + (T::of(15.0) * angle.sin::<M>() + T::of(3.0) * torque) * T::of(STEP);
        let w = w.within(T::of(-SPEED_LIMIT), T::of(SPEED_LIMIT));
        ([angle + w * T::of(STEP), w], -cost)
    }

    fn observe([angle, w]: [T; 2]) -> [f32; 3] {
        let (sin, cos) = angle.sin_cos::<M>();
        [cos, sin, w].map(T::to_f32)
    }
}

/// `((angle + pi) mod 2 pi) - pi`, with a remainder that is not negative. The remainder itself is exact.
#[inline]
fn wrapped<T: Scalar>(angle: T) -> T {
    let (pi, turn) = (T::of(PI), T::of(2.0 * PI));
    let rest = (angle + pi) % turn;
    (if rest < T::ZERO { rest + turn } else { rest }) - pi
}

impl<T: Scalar, M: Math> Env for Pendulum<T, M> {
    type ObservationSpace = Bounded<3>;
    type ActionSpace = Bounded<1>;

    fn observation_space(&self) -> Bounded<3> {
        let high = [1.0, 1.0, SPEED_LIMIT as f32];
        Bounded { low: high.map(|x| -x), high }
    }

    fn action_space(&self) -> Bounded<1> {
        Bounded { low: [-TORQUE_LIMIT as f32], high: [TORQUE_LIMIT as f32] }
    }

    #[inline]
    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> [f32; 3] {
        let mut within = |limit: f64| T::of(-limit) + T::of(2.0 * limit) * unit_f32(rng).into();
        self.state = [within(PI), within(1.0)];
        self.running = true;
        Self::observe(self.state)
    }

    /// # Errors
    /// [`Error::NonFinite`]; [`Error::EpisodeOver`] before the first reset.
    #[inline]
    fn step(&mut self, [torque]: [f32; 1], _rng: &mut (impl Rng + ?Sized)) -> Result<Step<[f32; 3]>, Error> {
        if !torque.is_finite() {
            return Err(Error::NonFinite);
        }
        if !self.running {
            return Err(Error::EpisodeOver);
        }
        let (state, reward) = Self::advance(self.state, torque.into());
        self.state = state;
        Ok(Step { observation: Self::observe(state), reward: reward.to_f32(), outcome: Outcome::Continue })
    }
}

persist_fields!([M: Math] Pendulum<f32, M> { state, running });

/// `"pendulum"` by the functions of `M`: numbers of an observation, of an action.
impl<M: Math> Identify for Pendulum<f32, M> {
    fn identity(&self) -> Identity {
        Identity::new("pendulum", M::NUMERICS, [3, 1, 0])
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
        let close = |a: f64, b: f64| (a - b).abs() < 1e-13;
        let (state, reward) = Pendulum::<f64, Libm>::advance([1.0, 0.5], 1.0);
        assert!(close(state[0], 1.06405516193030) && close(state[1], 1.28110323860592) && close(reward, -1.026));
        let (state, reward) = Pendulum::<f64, Libm>::advance(state, -2.0);
        assert!(close(state[0], 1.14589772735018) && close(state[1], 1.63685130839763));
        assert!(close(reward, -1.30033593842717));
    }

    #[test]
    fn the_cost_is_of_the_wrapped_angle() {
        for (angle, expected) in [(0.5, 0.25), (2.0 * PI + 0.5, 0.25), (-2.0 * PI - 0.5, 0.25), (PI + 0.5, 6.9780)] {
            let (_, reward) = Pendulum::<f64, Libm>::advance([angle, 0.0], 0.0);
            assert!((reward + expected).abs() < 1e-4, "{angle}: {reward}");
        }
    }

    #[test]
    fn observations_stay_within_their_space() {
        let (mut env, mut rng) = (Pendulum::new(), stream(3, 0));
        assert!(env.observation_space().contains(env.reset(&mut rng)));
        for step in 0..2000 {
            let torque = if step % 400 < 200 { 100.0 } else { -100.0 };
            let step = env.step([torque], &mut rng).unwrap();
            assert!(env.observation_space().contains(step.observation) && step.outcome == Outcome::Continue);
            assert!((-16.3..=0.0).contains(&step.reward));
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut env, mut rng) = (Pendulum::<f32, Libm>::EMPTY, stream(0, 0));
        assert_eq!(env.step([0.0], &mut rng), Err(Error::EpisodeOver));
        env.reset(&mut rng);
        let before = env;
        for torque in [f32::NAN, f32::INFINITY] {
            assert_eq!(env.step([torque], &mut rng), Err(Error::NonFinite));
        }
        assert_eq!(env, before);
    }
}
