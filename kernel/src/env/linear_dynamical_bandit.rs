//! A bandit whose arms drive a hidden linear system.

use super::{Discrete, Env, Nothing};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::linalg::{Const, dot};
use crate::rng::{Rng, gaussian_by_sum};
use crate::state::{Identify, Identity, persist_fields};

/// A stable linear system with a scalar output: `x' = A x + B u + eps`, `y = <omega, x> + <theta, u> + eta` (Mussi,
/// Metelli, Restelli 2023, section 2), with the bounds that its learners are told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearSystem<const N: usize, const D: usize> {
    /// `A`, how the hidden state persists.
    pub transition: [[f32; N]; N],
    /// `B`, how the action drives the state.
    pub input: [[f32; D]; N],
    /// `omega`, how the state shows in the output.
    pub output: [f32; N],
    /// `theta`, how the action shows in the output at once.
    pub feedthrough: [f32; D],
    /// `rho(A) < 1`, the spectral radius of `A`.
    pub spectral_radius: f32,
    /// `Phi >= sup_k ||A^k||_2 / rho(A)^k`.
    pub transient_gain: f32,
    /// `||B||_2`.
    pub input_norm: f32,
}

impl LinearSystem<3, 3> {
    /// The synthetic system of the published experiments.
    pub const SYNTHETIC: Self = Self {
        transition: [[0.2, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.1]],
        input: [[0.45, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.1]],
        output: [1.0, 0.0, 0.1],
        feedthrough: [0.0, 0.5, 0.1],
        spectral_radius: 0.2,
        transient_gain: 1.0,
        input_norm: 0.45,
    };

    /// The advertising system of the published experiments, identified there from real data. Output and feedthrough are
    /// the column sums of the published matrices of three outputs.
    pub const ADVERTISING: Self = Self {
        transition: [[0.38, 0.33, 0.6], [0.07, 0.76, -0.54], [0.18, 0.34, 0.05]],
        input: [[0.14, 0.34, -0.05], [-0.17, 0.03, -0.01], [0.04, -0.09, 0.17]],
        output: [-0.61, -0.04, -0.13],
        feedthrough: [0.13, 0.41, 0.02],
        spectral_radius: 0.666_891,
        transient_gain: 2.781_20,
        input_norm: 0.385_606_2,
    };
}

impl<const N: usize, const D: usize> LinearSystem<N, D> {
    /// The cumulative Markov parameter `h = theta + B^T (I - A)^-T omega` (Theorem 2.1): holding `u` for ever earns
    /// `<h, u>` a round. By iteration of `z <- omega + A^T z` until nothing changes, at most 10 000 times.
    pub fn markov_parameter(&self) -> [f32; D] {
        let mut z = self.output;
        for _ in 0..10_000 {
            let next =
                core::array::from_fn(|i| (0..N).fold(self.output[i], |sum, j| sum + self.transition[j][i] * z[j]));
            if next == z {
                break;
            }
            z = next;
        }
        core::array::from_fn(|i| (0..N).fold(self.feedthrough[i], |sum, j| sum + self.input[j][i] * z[j]))
    }
}

/// A [`LinearSystem`] in motion under a finite set of arms; the agent observes the output only, as the reward.
///
/// The reward is read before the state advances; noise is Gaussian by the sum of twelve words, `eta` first, then one
/// `eps` a state: `12 (N + 1)` words a step, whatever the arm. Never ends; `reset` puts the state to 0.
#[derive(Clone, Debug)]
pub struct LinearDynamicalBandit<const N: usize, const D: usize, const K: usize> {
    system: &'static LinearSystem<N, D>,
    arms: &'static [[f32; D]; K],
    noise: f32,
    state: [f32; N],
}

impl<const N: usize, const D: usize, const K: usize> LinearDynamicalBandit<N, D, K> {
    /// At rest, with noise of standard deviation `noise` on the output and on each state.
    pub const fn new(system: &'static LinearSystem<N, D>, arms: &'static [[f32; D]; K], noise: f32) -> Self {
        Self { system, arms, noise, state: [0.0; N] }
    }

    /// The system behind the arms. For metrics; a learner does not see it.
    pub const fn system(&self) -> &'static LinearSystem<N, D> {
        self.system
    }
}

impl<const N: usize, const D: usize, const K: usize> Env for LinearDynamicalBandit<N, D, K> {
    type ObservationSpace = Nothing;
    type ActionSpace = Discrete<Const<K>>;

    fn observation_space(&self) -> Nothing {
        Nothing
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Const)
    }

    fn reset(&mut self, _rng: &mut (impl Rng + ?Sized)) {
        self.state = [0.0; N];
    }

    fn step(&mut self, action: usize, rng: &mut (impl Rng + ?Sized)) -> Result<Step<()>, Error> {
        let u = self.arms.get(action).ok_or(Error::ActionOutOfRange)?;
        let reward = dot(&self.system.output, &self.state)
            + dot(&self.system.feedthrough, u)
            + self.noise * gaussian_by_sum(rng);
        let mut next = [0.0; N];
        for ((entry, a), b) in next.iter_mut().zip(&self.system.transition).zip(&self.system.input) {
            *entry = dot(a, &self.state) + dot(b, u) + self.noise * gaussian_by_sum(rng);
        }
        self.state = next;
        Ok(Step { observation: (), reward, outcome: Outcome::Continue })
    }
}

persist_fields!([const N: usize, const D: usize, const K: usize] LinearDynamicalBandit<N, D, K> { state });

/// `"linear-dynamical-bandit"`: hidden states, numbers of an action, arms.
impl<const N: usize, const D: usize, const K: usize> Identify for LinearDynamicalBandit<N, D, K> {
    fn identity(&self) -> Identity {
        Identity::new("linear-dynamical-bandit", Identity::PLAIN, [N, D, K])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    static ARMS: [[f32; 3]; 2] = [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0]];

    fn close(a: [f32; 3], b: [f32; 3]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 2e-6)
    }

    #[test]
    fn the_markov_parameters_are_the_published_ones() {
        assert!(close(LinearSystem::SYNTHETIC.markov_parameter(), [0.5625, 0.5, 0.111_111]));
        assert!(close(LinearSystem::ADVERTISING.markov_parameter(), [0.251_525, -0.036_297_9, 0.106_121]));
    }

    #[test]
    fn the_input_norms_are_spectral_norms() {
        for system in [LinearSystem::SYNTHETIC, LinearSystem::ADVERTISING] {
            let mut v = [1.0f32, 0.7, 0.3];
            let mut norm = 0.0;
            for _ in 0..2000 {
                let image: [f32; 3] = core::array::from_fn(|i| dot(&system.input[i], &v));
                let back: [f32; 3] = core::array::from_fn(|j| (0..3).map(|i| system.input[i][j] * image[i]).sum());
                norm = dot(&back, &back).sqrt();
                v = back.map(|x| x / norm);
            }
            assert!((norm.sqrt() - system.input_norm).abs() < 1e-5);
        }
    }

    #[test]
    fn a_held_arm_earns_its_cumulative_value() {
        static SYSTEM: LinearSystem<3, 3> = LinearSystem::SYNTHETIC;
        let (mut bandit, mut rng) = (LinearDynamicalBandit::new(&SYSTEM, &ARMS, 0.0), stream(0, 0));
        let first = bandit.step(0, &mut rng).unwrap().reward;
        assert_eq!(first, 0.25);
        let last = (0..50).map(|_| bandit.step(0, &mut rng).unwrap().reward).last();
        assert!((last.unwrap() - 0.8125).abs() < 1e-6);
    }

    #[test]
    fn every_arm_takes_the_same_words() {
        static SYSTEM: LinearSystem<3, 3> = LinearSystem::SYNTHETIC;
        let after = |arm| {
            let (mut bandit, mut rng) = (LinearDynamicalBandit::new(&SYSTEM, &ARMS, 0.1), stream(5, 0));
            bandit.step(arm, &mut rng).unwrap();
            rng
        };
        assert_eq!(after(0), after(1));
        let mut rng = stream(5, 0);
        assert_eq!(LinearDynamicalBandit::new(&SYSTEM, &ARMS, 0.1).step(2, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!(rng, stream(5, 0));
    }
}
