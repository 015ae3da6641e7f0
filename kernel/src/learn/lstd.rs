//! The fixed point of temporal differences, solved for.

use super::Prediction;
use crate::discount::discounted;
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::linalg::{Const, Owned, Ridge};
use crate::policy::{Code, Features};
use crate::state::{Identify, Identity, persist_fields};

/// Least-squares temporal differences (Sutton & Barto, section 9.8): `w = A^-1 b` with `A = lambda I + sum phi (phi - gamma
/// phi')^T`, `b = sum r phi`, the inverse kept by rank-one updates. No step size; every transition is used once and never
/// forgotten.
///
/// Memory: `4 (F^2 + 4 F)` bytes and 8. Cost: about `4 F^2` multiplications a transition.
#[derive(Debug)]
pub struct Lstd<X: Features<Size = Const<F>>, const F: usize> {
    features: Option<X>,
    ridge: Ridge<Owned<F>>,
    /// `phi`, and `phi - gamma phi'`.
    pair: [[f32; F]; 2],
    discount: f32,
}

impl<X: Features<Size = Const<F>>, const F: usize> Lstd<X, F> {
    /// Not started.
    pub const EMPTY: Self = Self { features: None, ridge: Ridge::EMPTY, pair: [[0.0; F]; 2], discount: 0.0 };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts knowing nothing, with regularisation `lambda`.
    ///
    /// # Errors
    /// [`Error::DiscountOutOfRange`]; [`Error::ParameterOutOfRange`] unless `lambda` is positive and finite.
    pub fn start(&mut self, features: X, discount: f32, lambda: f32) -> Result<(), Error> {
        if !(0.0..=1.0).contains(&discount) {
            return Err(Error::DiscountOutOfRange);
        }
        self.ridge.start(lambda)?;
        (self.features, self.discount) = (Some(features), discount);
        Ok(())
    }

    /// `w`.
    pub fn weights(&self) -> &[f32] {
        self.ridge.estimate()
    }

    fn encode(&self, state: X::Observation) -> Result<X::Code, Error> {
        self.features.as_ref().ok_or(Error::NotStarted)?.encode(state)
    }
}

impl<X: Features<Size = Const<F>>, const F: usize> Prediction for Lstd<X, F> {
    type Observation = X::Observation;

    fn value(&self, state: X::Observation) -> Result<f32, Error> {
        Ok(self.encode(state)?.dot(self.ridge.estimate()))
    }

    fn learn(&mut self, transition: &Transition<X::Observation, ()>) -> Result<f32, Error> {
        let code = self.encode(transition.state)?;
        let next = match transition.outcome {
            Outcome::Terminated => None,
            _ => Some(self.encode(transition.next_state)?),
        };
        let next_value = next.map_or(0.0, |next| next.dot(self.ridge.estimate()));
        let delta = transition.reward + self.discount * next_value - code.dot(self.ridge.estimate());
        let [own, difference] = &mut self.pair;
        own.fill(0.0);
        code.add_to(1.0, own);
        *difference = *own;
        if let Some(next) = next {
            next.add_to(-self.discount, difference);
        }
        self.ridge.update_pair(own, difference, transition.reward)?;
        Ok(delta)
    }
}

// What was learned keeps the discount that it was learned with.
discounted!([X: Features<Size = Const<F>>, const F: usize] Lstd<X, F> { discount });

// The inverse and the vector.
persist_fields!([X: Features<Size = Const<F>>, const F: usize] Lstd<X, F> { ridge });

/// `"lstd"`: features.
impl<X: Features<Size = Const<F>>, const F: usize> Identify for Lstd<X, F> {
    fn identity(&self) -> Identity {
        Identity::new("lstd", Identity::PLAIN, [F, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::features::OneHot;

    #[test]
    fn it_solves_a_chain_at_once() {
        // 0 -> 1 -> 2 -> end, rewards 1, 2, 3, gamma .5: values 2.75, 3.5, 3.
        let mut learner = Lstd::<OneHot<3>, 3>::EMPTY;
        learner.start(OneHot, 0.5, 1e-4).unwrap();
        for (state, reward, outcome) in
            [(0, 1.0, Outcome::Continue), (1, 2.0, Outcome::Continue), (2, 3.0, Outcome::Terminated)]
        {
            learner.learn(&Transition { state, action: (), reward, next_state: (state + 1) % 3, outcome }).unwrap();
        }
        for (found, expected) in learner.weights().iter().zip([2.75, 3.5, 3.0]) {
            assert!((found - expected).abs() < 1e-2, "{:?}", learner.weights());
        }
        assert_eq!(learner.start(OneHot, 1.5, 1.0), Err(Error::DiscountOutOfRange));
        assert_eq!(learner.start(OneHot, 0.5, 0.0), Err(Error::ParameterOutOfRange));
    }
}
