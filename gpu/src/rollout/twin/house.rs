//! The house's environments on the CPU: the kernel's own.

use super::{Twin, number};
use habit::env::{
    Acrobot, BernoulliBandit, CartPole, Env, GaussianBandit, LinearDynamicalBandit, MountainCar, Pendulum,
};
use habit::math::sin_cos;
use habit::rng::{Generator, gaussian_by_sum};
use habit::state::Persist;
use std::f32::consts::TAU;

fn words<const N: usize>(numbers: [f32; N]) -> Vec<u32> {
    numbers.into_iter().map(f32::to_bits).collect()
}

fn numbers<const N: usize>(state: &[u32]) -> [f32; N] {
    std::array::from_fn(|i| state.get(i).map_or(f32::NAN, |&word| number(word)))
}

impl Twin for CartPole {
    fn start(&self, rng: &mut Generator) -> Result<Vec<u32>, habit::Error> {
        Ok(words({ *self }.reset(rng)))
    }

    fn act(&self, state: &mut [u32], action: usize, _rng: &mut Generator) -> Result<(f32, bool), habit::Error> {
        let next = Self::advance(numbers(state), action == 1);
        state.copy_from_slice(&words(next));
        Ok((1.0, Self::is_terminal(next)))
    }

    fn see(&self, state: &[u32]) -> Vec<u32> {
        state.to_vec()
    }

    fn margin(&self, state: &[u32]) -> f32 {
        let [x, _, angle, _] = numbers(state);
        (x.abs() - 2.4).abs().min((angle.abs() - 12f32.to_radians()).abs())
    }
}

impl Twin for MountainCar {
    fn start(&self, rng: &mut Generator) -> Result<Vec<u32>, habit::Error> {
        Ok(words({ *self }.reset(rng)))
    }

    fn act(&self, state: &mut [u32], action: usize, _rng: &mut Generator) -> Result<(f32, bool), habit::Error> {
        let next = Self::advance(numbers(state), action as f32 - 1.0);
        state.copy_from_slice(&words(next));
        Ok((-1.0, Self::is_terminal(next)))
    }

    fn see(&self, state: &[u32]) -> Vec<u32> {
        state.to_vec()
    }

    fn margin(&self, state: &[u32]) -> f32 {
        let [x, v] = numbers(state);
        (x - 0.5).abs().min(v.abs())
    }
}

impl Twin for Acrobot {
    fn start(&self, rng: &mut Generator) -> Result<Vec<u32>, habit::Error> {
        let mut env = *self;
        env.reset(rng);
        Ok(words(env.state()))
    }

    fn act(&self, state: &mut [u32], action: usize, _rng: &mut Generator) -> Result<(f32, bool), habit::Error> {
        let next = Self::advance(numbers(state), action as f32 - 1.0);
        state.copy_from_slice(&words(next));
        let terminal = Self::is_terminal(next);
        Ok((if terminal { 0.0 } else { -1.0 }, terminal))
    }

    fn see(&self, state: &[u32]) -> Vec<u32> {
        let [t1, t2, w1, w2] = numbers(state);
        let ((s1, c1), (s2, c2)) = (sin_cos(t1), sin_cos(t2));
        words([c1, s1, c2, s2, w1, w2])
    }

    fn distance(&self, word: usize, a: f32, b: f32) -> f32 {
        let difference = (a - b).abs();
        // Either end of the range is the same angle.
        if word < 2 { difference.min((TAU - difference).abs()) } else { difference }
    }

    fn margin(&self, state: &[u32]) -> f32 {
        let [t1, t2] = numbers(state);
        (-sin_cos(t1).1 - sin_cos(t2 + t1).1 - 1.0).abs()
    }
}

/// A pendulum and its torques.
impl<const K: usize> Twin for (Pendulum, [f32; K]) {
    fn start(&self, rng: &mut Generator) -> Result<Vec<u32>, habit::Error> {
        let mut env = self.0;
        env.reset(rng);
        Ok(words(env.state()))
    }

    fn act(&self, state: &mut [u32], action: usize, _rng: &mut Generator) -> Result<(f32, bool), habit::Error> {
        let torque = *self.1.get(action).ok_or(habit::Error::ActionOutOfRange)?;
        let (next, reward) = <Pendulum>::advance(numbers(state), torque);
        state.copy_from_slice(&words(next));
        Ok((reward, false))
    }

    fn see(&self, state: &[u32]) -> Vec<u32> {
        let [angle, w] = numbers(state);
        let (sin, cos) = sin_cos(angle);
        words([cos, sin, w])
    }
}

macro_rules! stateless_bandit {
    ($type:ident) => {
        /// Its one word of state is always 0.
        impl<const K: usize> Twin for $type<K> {
            fn start(&self, _rng: &mut Generator) -> Result<Vec<u32>, habit::Error> {
                Ok(vec![0])
            }

            fn act(&self, _state: &mut [u32], action: usize, rng: &mut Generator) -> Result<(f32, bool), habit::Error> {
                Ok(({ *self }.step(action, rng)?.reward, false))
            }

            fn see(&self, _state: &[u32]) -> Vec<u32> {
                Vec::new()
            }

            fn rounds(&self, _word: usize) -> bool {
                false
            }
        }
    };
}

stateless_bandit!(BernoulliBandit);
stateless_bandit!(GaussianBandit);

/// [`GaussianBandit::testbed`] around a centre, anew in each episode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GaussianTestbed<const K: usize>(pub f32);

impl<const K: usize> Twin for GaussianTestbed<K> {
    fn start(&self, rng: &mut Generator) -> Result<Vec<u32>, habit::Error> {
        Ok(words(*GaussianBandit::<K>::testbed(self.0, rng)?.means()))
    }

    fn act(&self, state: &mut [u32], action: usize, rng: &mut Generator) -> Result<(f32, bool), habit::Error> {
        let mean = *numbers::<K>(state).get(action).ok_or(habit::Error::ActionOutOfRange)?;
        Ok((mean + gaussian_by_sum(rng), false))
    }

    fn see(&self, _state: &[u32]) -> Vec<u32> {
        Vec::new()
    }
}

impl<const N: usize, const D: usize, const K: usize> Twin for LinearDynamicalBandit<N, D, K> {
    fn start(&self, _rng: &mut Generator) -> Result<Vec<u32>, habit::Error> {
        Ok(vec![0; N])
    }

    fn act(&self, state: &mut [u32], action: usize, rng: &mut Generator) -> Result<(f32, bool), habit::Error> {
        let mut env = self.clone();
        let bytes: Vec<u8> = state.iter().flat_map(|word| word.to_le_bytes()).collect();
        env.restore(&bytes)?;
        let reward = env.step(action, rng)?.reward;
        let mut after = Bytes(Vec::with_capacity(4 * N));
        env.write(&mut after);
        for (word, bytes) in state.iter_mut().zip(after.0.as_chunks().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        Ok((reward, false))
    }

    fn see(&self, _state: &[u32]) -> Vec<u32> {
        Vec::new()
    }
}

struct Bytes(Vec<u8>);

impl habit::state::Write for Bytes {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}
