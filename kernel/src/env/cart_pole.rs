//! A pole on a cart.

use super::{Bounded, Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::linalg::Const;
use crate::math::{Math, Polynomial, Scalar};
use crate::rng::{Rng, unit_f32};
use crate::state::{Identify, Identity, persist_fields};
use core::marker::PhantomData;

/// Gymnasium's `CartPole-v1` (Barto, Sutton, Anderson 1983).
///
/// State and observation: position (m), velocity (m/s), angle of the pole from upright (rad), angular velocity (rad/s).
/// Actions push left 0 or right 1 with 10 N for 0.02 s; one step of Euler's method. Each step pays 1, the last too. The
/// episode ends when the position leaves +-2.4 m or the angle +-12 degrees. `reset` draws the four numbers uniformly from
/// +-0.05, one word each; a step takes none. 20 bytes.
///
/// `T` is `f32`, or `f64` to compare with Gymnasium's numbers; `M` gives `f32` its sine and cosine. The default, plain
/// arithmetic, gives the same bits everywhere, as `libm` does, stays as near to `f64`, becomes vectors in
/// [`CartPoleBatch`](super::CartPoleBatch), and needs no `f64` on a chip without an FPU. In 200 steps of Gymnasium's
/// dynamics `f32` leaves `f64` by 4e-5.
///
/// ```
/// use habit::env::{CartPole, Env, TimeLimit};
/// use habit::rng::stream;
/// let (mut env, mut rng) = (TimeLimit::new(CartPole::new(), CartPole::TIME_LIMIT), stream(1, 0));
/// let observation = env.reset(&mut rng);
/// assert!(observation.iter().all(|x| x.abs() <= 0.05));
/// assert_eq!(env.step(1, &mut rng)?.reward, 1.0);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CartPole<T = f32, M = Polynomial> {
    state: [T; 4],
    running: bool,
    math: PhantomData<M>,
}

/// m.
const POSITION_LIMIT: f64 = 2.4;
/// 12 degrees, in rad.
const ANGLE_LIMIT: f64 = 12.0 * 2.0 * core::f64::consts::PI / 360.0;
/// m/s^2.
const GRAVITY: f64 = 9.8;
/// Of cart and pole, kg.
const TOTAL_MASS: f64 = 1.1;
/// kg m: the pole's mass times half its length.
const POLE_MOMENT: f64 = 0.05;
/// s.
const STEP: f64 = 0.02;
/// N.
const FORCE: f64 = 10.0;

impl CartPole {
    /// When Gymnasium cuts an episode.
    pub const TIME_LIMIT: u32 = 500;
    /// Number of actions.
    pub const ACTIONS: usize = 2;

    /// Before the first episode.
    pub const fn new() -> Self {
        Self::EMPTY
    }
}

impl<T: Scalar, M: Math> CartPole<T, M> {
    /// Before the first episode.
    pub const EMPTY: Self = Self { state: [T::ZERO; 4], running: false, math: PhantomData };

    /// Position, velocity, angle, angular velocity.
    pub const fn state(&self) -> [T; 4] {
        self.state
    }

    /// The state that follows any state when the cart is pushed to the right or to the left.
    #[inline]
    pub fn advance(state: [T; 4], right: bool) -> [T; 4] {
        Self::advance_with(state, right, state[2].sin_cos::<M>())
    }

    /// As [`advance`](Self::advance), with the angle's sine and cosine at hand.
    #[inline]
    pub(super) fn advance_with([x, v, angle, w]: [T; 4], right: bool, (sin, cos): (T, T)) -> [T; 4] {
        // Constants are folded, so that a step divides once.
        let force = T::of(if right { FORCE / TOTAL_MASS } else { -FORCE / TOTAL_MASS });
        let moment = T::of(POLE_MOMENT / TOTAL_MASS);
        let push = force + moment * w * w * sin;
        // The pole's half length, 0.5, times 4/3 and times its mass, 0.1, over the whole mass.
        let angular = (T::of(GRAVITY) * sin - cos * push) / (T::of(0.5 * 4.0 / 3.0) - moment * cos * cos);
        let linear = push - moment * angular * cos;
        let step = T::of(STEP);
        [x + step * v, v + step * linear, angle + step * w, w + step * angular]
    }

    /// Whether an episode ends in the state.
    #[inline]
    pub fn is_terminal(state: [T; 4]) -> bool {
        let [x, _, angle, _] = state;
        let (far, steep) = (T::of(POSITION_LIMIT), T::of(ANGLE_LIMIT));
        !((x >= -far) & (x <= far) & (angle >= -steep) & (angle <= steep))
    }

    /// Where an episode starts.
    #[inline]
    pub(super) fn start(rng: &mut (impl Rng + ?Sized)) -> [T; 4] {
        core::array::from_fn(|_| T::of(-0.05) + T::of(0.1) * unit_f32(rng).into())
    }
}

impl<T: Scalar, M: Math> Env for CartPole<T, M> {
    type ObservationSpace = Bounded<4>;
    type ActionSpace = Discrete<Const<2>>;

    /// Twice the limits, as the step that ends an episode exceeds them.
    fn observation_space(&self) -> Bounded<4> {
        let high = [2.0 * POSITION_LIMIT as f32, f32::INFINITY, 2.0 * ANGLE_LIMIT as f32, f32::INFINITY];
        Bounded { low: high.map(|x| -x), high }
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Const)
    }

    #[inline]
    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> [f32; 4] {
        self.state = Self::start(rng);
        self.running = true;
        self.state.map(T::to_f32)
    }

    #[inline]
    fn step(&mut self, action: usize, _rng: &mut (impl Rng + ?Sized)) -> Result<Step<[f32; 4]>, Error> {
        if action >= CartPole::ACTIONS {
            return Err(Error::ActionOutOfRange);
        }
        if !self.running {
            return Err(Error::EpisodeOver);
        }
        self.state = Self::advance(self.state, action == 1);
        self.running = !Self::is_terminal(self.state);
        let outcome = Outcome::from_flags(!self.running, false);
        Ok(Step { observation: self.state.map(T::to_f32), reward: 1.0, outcome })
    }
}

persist_fields!([M: Math] CartPole<f32, M> { state, running });

/// `"cart-pole"` by the functions of `M`: numbers of an observation, actions.
impl<M: Math> Identify for CartPole<f32, M> {
    fn identity(&self) -> Identity {
        Identity::new("cart-pole", M::NUMERICS, [4, CartPole::ACTIONS, 0])
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
        let close =
            |state: [f64; 4], expected: [f64; 4]| state.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-14);
        let state = CartPole::<f64, Libm>::advance([0.01, -0.02, 0.03, 0.04], true);
        assert!(close(state, [0.0096, 0.174679195747555, 0.0308, -0.243068717960008]), "{state:?}");
        let state = CartPole::<f64, Libm>::advance(state, true);
        assert!(close(state, [0.013093583914951, 0.369347976057956, 0.025938625640800, -0.525879628050148]));
    }

    #[test]
    fn an_episode_ends_beyond_the_limits() {
        let (mut env, mut rng) = (CartPole::new(), stream(3, 0));
        assert_eq!(env.step(0, &mut rng), Err(Error::EpisodeOver));
        for _ in 0..100 {
            let mut observation = env.reset(&mut rng);
            assert!(observation.iter().all(|x| x.abs() <= 0.05));
            while let Ok(step) = env.step(rng.next_u32() as usize % 2, &mut rng) {
                observation = step.observation;
                let within = observation[0].abs() <= 2.4 && observation[2].abs() <= 0.209_439_51;
                assert_eq!((step.reward, step.outcome == Outcome::Terminated), (1.0, !within));
                assert!(env.observation_space().contains(observation));
            }
            assert!(observation[2].abs() > 0.2 || observation[0].abs() > 2.4);
        }
        assert!(CartPole::<f32, Libm>::is_terminal([0.0, 0.0, f32::NAN, 0.0]));
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut env, mut rng) = (CartPole::<f32, Libm>::EMPTY, stream(0, 0));
        env.reset(&mut rng);
        let before = (env, rng.clone());
        assert_eq!(env.step(2, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!((env, rng), before);
    }
}
