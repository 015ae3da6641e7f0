//! Values that are linear in features.

use crate::error::Error;
use crate::linalg::Const;
use crate::policy::{Code, Features};
use crate::state::{Identify, Identity, persist_fields};

/// `v(s) = <w, phi(s)>`, fitted by a step down the squared error of each target: `w += eta (target - v(s)) phi(s)` (Sutton &
/// Barto, equation 9.7), a feature's step scaled as the features say.
///
/// Memory: `4 F + 4` bytes and the features'. Cost: two passes over the features that are not 0.
#[derive(Clone, Debug)]
pub struct LinearCritic<X: Features<Size = Const<F>>, const F: usize> {
    features: Option<X>,
    weights: [f32; F],
    step_size: f32,
}

impl<X: Features<Size = Const<F>>, const F: usize> LinearCritic<X, F> {
    /// Not started.
    pub const EMPTY: Self = Self { features: None, weights: [0.0; F], step_size: 0.0 };

    /// Starts with weights of 0 and `eta`.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`] outside `(0, 1]`.
    pub fn start(&mut self, features: X, step_size: f32) -> Result<(), Error> {
        if !(step_size > 0.0 && step_size <= 1.0) {
            return Err(Error::StepSizeOutOfRange);
        }
        (self.features, self.weights, self.step_size) = (Some(features), [0.0; F], step_size);
        Ok(())
    }

    /// Takes in a target of a state and returns the error before.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; what the features say; [`Error::NonFinite`] for a target or weights that are not finite.
    pub fn add(&mut self, state: X::Observation, target: f32) -> Result<f32, Error> {
        let features = self.features.as_ref().ok_or(Error::NotStarted)?;
        let code = features.encode(state)?;
        let error = target - code.dot(&self.weights);
        let (step, weights) = (self.step_size * error, &mut self.weights);
        let moved = |weights: &[f32; F], index: usize, x: f32| {
            weights.get(index).map(|weight| weight + step * features.step_scale(index) * x)
        };
        let mut finite = error.is_finite();
        code.for_each(|index, x| finite &= moved(weights, index, x).is_none_or(f32::is_finite));
        if !finite {
            return Err(Error::NonFinite);
        }
        code.for_each(|index, x| {
            if let (Some(next), Some(weight)) = (moved(weights, index, x), weights.get_mut(index)) {
                *weight = next;
            }
        });
        Ok(error)
    }

    /// The value of a state.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; what the features say.
    pub fn value(&self, state: X::Observation) -> Result<f32, Error> {
        Ok(self.features.as_ref().ok_or(Error::NotStarted)?.encode(state)?.dot(&self.weights))
    }

    /// `w`.
    pub const fn weights(&self) -> &[f32; F] {
        &self.weights
    }
}

// The weights: `4 F` bytes.
persist_fields!([X: Features<Size = Const<F>>, const F: usize] LinearCritic<X, F> { weights });

/// `"linear-critic"`: features.
impl<X: Features<Size = Const<F>>, const F: usize> Identify for LinearCritic<X, F> {
    fn identity(&self) -> Identity {
        Identity::new("linear-critic", Identity::PLAIN, [F, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::features::{OneHot, Polynomial};
    use crate::state::Persist;

    #[test]
    fn it_finds_the_line_through_its_targets() {
        let mut critic = LinearCritic::<Polynomial<1, 1, 2>, 2>::EMPTY;
        critic.start(Polynomial::new([0.0], [10.0]).unwrap(), 0.5).unwrap();
        for round in 0..2000u16 {
            let x = f32::from(round % 11);
            critic.add([x], 0.25 + 0.05 * x).unwrap();
        }
        for x in [0.0, 5.0, 10.0] {
            assert!((critic.value([x]).unwrap() - (0.25 + 0.05 * x)).abs() < 1e-4);
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut critic = LinearCritic::<OneHot<2>, 2>::EMPTY;
        assert_eq!(critic.add(0, 1.0), Err(Error::NotStarted));
        assert_eq!(critic.value(0), Err(Error::NotStarted));
        for bad in [0.0, 1.1, f32::NAN] {
            assert_eq!(critic.start(OneHot, bad), Err(Error::StepSizeOutOfRange));
        }
        critic.start(OneHot, 0.5).unwrap();
        assert_eq!(critic.add(1, 1.0), Ok(1.0));
        let before = critic.digest();
        assert_eq!(critic.add(2, 1.0), Err(Error::StateOutOfRange));
        assert_eq!(critic.add(0, f32::INFINITY), Err(Error::NonFinite));
        assert_eq!(critic.digest(), before);
        assert_eq!(critic.weights(), &[0.0, 0.5]);
    }
}
