//! A score that is linear in features.

use super::{Examples, RewardModel};
use crate::error::Error;
use crate::linalg::{Storage, StorageMut, all_finite, dot};
use crate::math::{Libm, Math};
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// The greatest size of a feature that is learned from: so large that it excludes nothing, so small that no fit overflows.
pub const LARGEST_FEATURE: f32 = 1e9;

/// Where the weights of a fit stop.
const LARGEST_WEIGHT: f32 = 1e20;

/// A score `<w, x>` of `D` features.
///
/// With targets `y` in `[0, 1]` it is fitted by logistic regression: ascent on the mean of
/// `y log s(<w, x>) + (1 - y) log(1 - s(<w, x>))`, `s(z) = 1 / (1 + e^-z)`, whose gradient is the mean of
/// `(y - s(<w, x>)) x`. With features of messages that is a classifier; with differences of features and preferences it is
/// Bradley and Terry's model of pairs, a half being a tie.
///
/// Memory: `8 D` bytes, half of it scratch. Cost: a product a score; a product, an exponential and an addition of `D` numbers
/// for each example and step of a fit.
#[derive(Clone, Debug)]
pub struct LinearState<V, M = Libm> {
    weights: V,
    gradient: V,
    math: PhantomData<M>,
}

/// [`LinearState`] of constant size.
pub type LinearReward<const D: usize, M = Libm> = LinearState<[f32; D], M>;

impl<const D: usize, M> LinearReward<D, M> {
    /// Every weight 0.
    pub const EMPTY: Self = Self { weights: [0.0; D], gradient: [0.0; D], math: PhantomData };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(LinearReward::<9>::SIZE == 8 * 9);

impl<V: StorageMut, M: Math> LinearState<V, M> {
    /// Over weights that are taken as they are, and scratch of the same length.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::NonFinite`]; [`Error::ParameterOutOfRange`] for a weight beyond `1e20`.
    pub fn over(weights: V, gradient: V) -> Result<Self, Error> {
        if weights.values().len() != gradient.values().len() {
            return Err(Error::LengthMismatch);
        }
        if !all_finite(weights.values()) {
            return Err(Error::NonFinite);
        }
        if !weights.values().iter().all(|weight| weight.abs() <= LARGEST_WEIGHT) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { weights, gradient, math: PhantomData })
    }

    /// Starts with every weight at 0.
    pub fn start(&mut self) {
        self.weights.values_mut().fill(0.0);
    }

    /// `w`.
    pub fn weights(&self) -> &[f32] {
        self.weights.values()
    }

    /// `s(<w, x>)`: how probably the target is 1.
    ///
    /// # Errors
    /// As [`RewardModel::score`].
    pub fn probability(&self, features: &[f32]) -> Result<f32, Error> {
        self.score(features).map(sigmoid::<M>)
    }

    /// Ascends `steps` steps on the mean over all examples; none changes nothing.
    pub(super) fn ascend<X: Storage, Y: Storage>(&mut self, examples: &Examples<X, Y>, step_size: f32, steps: u32) {
        let share = 1.0 / examples.len().max(1) as f32;
        for _ in 0..steps {
            let (weights, gradient) = (self.weights.values_mut(), self.gradient.values_mut());
            gradient.fill(0.0);
            for (x, y) in examples.iter() {
                let error = y - sigmoid::<M>(dot(weights, x));
                gradient.iter_mut().zip(x).for_each(|(sum, x)| *sum += error * x);
            }
            for (weight, sum) in weights.iter_mut().zip(gradient) {
                *weight = (*weight + step_size * (*sum * share)).clamp(-LARGEST_WEIGHT, LARGEST_WEIGHT);
            }
        }
    }
}

/// `1 / (1 + e^-z)`.
fn sigmoid<M: Math>(z: f32) -> f32 {
    1.0 / (1.0 + M::exp(-z))
}

impl<V: StorageMut, M: Math> RewardModel for LinearState<V, M> {
    fn score(&self, features: &[f32]) -> Result<f32, Error> {
        if features.len() != self.weights.values().len() {
            return Err(Error::LengthMismatch);
        }
        let score = dot(self.weights.values(), features);
        if score.is_finite() { Ok(score) } else { Err(Error::NonFinite) }
    }
}

/// The weights, none beyond `1e20`: `4 D` bytes.
impl<V: StorageMut, M> Persist for LinearState<V, M> {
    fn write(&self, out: &mut impl Write) {
        self.weights.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        for _ in self.weights.values() {
            let mut weight = 0.0f32;
            weight.check(&mut from.clone())?;
            weight.read(from)?;
            if weight.abs() > LARGEST_WEIGHT {
                return Err(Error::Malformed);
            }
        }
        Ok(())
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.weights.values_mut().read(from)
    }
}

/// `"linear-reward"`: features.
impl<V: StorageMut, M: Math> Identify for LinearState<V, M> {
    fn identity(&self) -> Identity {
        Identity::new("linear-reward", M::NUMERICS, [self.weights.values().len(), 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fit_climbs_by_the_gradient_of_the_likelihood() {
        let mut examples = Examples::<[[f32; 2]; 3], [f32; 3]>::EMPTY;
        let pairs = [([1.0, 0.5], 1.0), ([-0.3, 1.0], 0.0), ([0.2, 0.2], 0.5)];
        pairs.iter().for_each(|(x, y)| examples.push(x, *y));
        let likelihood = |weights: [f32; 2]| -> f64 {
            let of = |(x, y): &([f32; 2], f32)| {
                let z = f64::from(weights[0]) * f64::from(x[0]) + f64::from(weights[1]) * f64::from(x[1]);
                let s = 1.0 / (1.0 + (-z).exp());
                f64::from(*y) * s.ln() + f64::from(1.0 - y) * (1.0 - s).ln()
            };
            pairs.iter().map(of).sum::<f64>() / 3.0
        };
        let at = [0.4f32, -0.2];
        let mut model = LinearReward::<2>::over(at, [0.0; 2]).unwrap();
        model.ascend(&examples, 1.0, 1);
        for index in 0..2 {
            let moved = |by: f32| {
                let mut weights = at;
                weights[index] += by;
                likelihood(weights)
            };
            let slope = (moved(0.01) - moved(-0.01)) / 0.02;
            assert!((f64::from(model.weights()[index] - at[index]) - slope).abs() < 1e-5);
        }
        let before = likelihood(at);
        model.ascend(&examples, 0.5, 100);
        assert!(likelihood([model.weights()[0], model.weights()[1]]) > before);
    }

    #[test]
    fn bad_input_is_refused() {
        assert!(LinearState::<&mut [f32]>::over(&mut [0.0; 2], &mut [0.0; 3]).is_err());
        assert_eq!(LinearReward::<1>::over([f32::NAN], [0.0]).err(), Some(Error::NonFinite));
        let model = LinearReward::<2>::over([1.0, 1.0], [0.0; 2]).unwrap();
        assert_eq!(model.score(&[1.0]), Err(Error::LengthMismatch));
        assert_eq!(model.score(&[1.0, f32::INFINITY]), Err(Error::NonFinite));
        assert_eq!(model.probability(&[1.0, -1.0]), Ok(0.5));
        assert_eq!(model.probability(&[1e9, 0.0]), Ok(1.0));
        assert_eq!(model.probability(&[-1e9, 0.0]), Ok(0.0));
    }
}
