//! Off-policy prediction that does not diverge.

use super::adjusted::adjustable;
use super::{Prediction, TdParameters};
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::linalg::{Const, all_finite};
use crate::policy::{Code, Features};
use crate::state::{Identify, Identity, persist_fields};
use core::marker::PhantomData;

/// How the two sets of weights move: GTD2 or TDC.
pub trait GradientTdRule {
    /// The method's name in a checkpoint.
    const NAME: &'static str;

    /// The factors of `phi` and of `- gamma phi'` in the step of `w`, of `delta` and `<v, phi>`.
    fn factors(delta: f32, correction: f32) -> (f32, f32);
}

/// GTD2 (Sutton & Barto, section 11.7): `w += alpha rho (phi - gamma phi') <v, phi>`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gtd2;

impl GradientTdRule for Gtd2 {
    const NAME: &'static str = "gtd2";

    #[inline]
    fn factors(_delta: f32, correction: f32) -> (f32, f32) {
        (correction, correction)
    }
}

/// TDC, gradient TD with gradient correction (Sutton & Barto, section 11.7): `w += alpha rho (delta phi - gamma phi' <v,
/// phi>)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tdc;

impl GradientTdRule for Tdc {
    const NAME: &'static str = "tdc";

    #[inline]
    fn factors(delta: f32, correction: f32) -> (f32, f32) {
        (delta, correction)
    }
}

/// Gradient temporal-difference prediction (Sutton & Barto, section 11.7): minimises the projected Bellman error by
/// stochastic gradient descent, and converges off-policy. A second set of weights estimates `v ~ E[phi phi^T]^-1 E[delta
/// phi]`: `v += beta rho (delta - <v, phi>) phi`.
///
/// Memory: `8 F` bytes and 20. Cost: seven passes over the features.
#[derive(Clone, Debug)]
pub struct GradientTd<R, X: Features<Size = Const<F>>, const F: usize> {
    features: Option<X>,
    weights: [f32; F],
    correction: [f32; F],
    parameters: TdParameters,
    /// `beta`
    second_step_size: f32,
    rule: PhantomData<R>,
}

impl<R: GradientTdRule, X: Features<Size = Const<F>>, const F: usize> GradientTd<R, X, F> {
    /// Not started.
    pub const EMPTY: Self = Self {
        features: None,
        weights: [0.0; F],
        correction: [0.0; F],
        parameters: TdParameters::ZERO,
        second_step_size: 0.0,
        rule: PhantomData,
    };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts with all weights 0; `second_step_size` is `beta`.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`] for either step size, [`Error::DiscountOutOfRange`].
    pub fn start(&mut self, features: X, parameters: TdParameters, second_step_size: f32) -> Result<(), Error> {
        parameters.check()?;
        if !(second_step_size > 0.0 && second_step_size <= 1.0) {
            return Err(Error::StepSizeOutOfRange);
        }
        (self.weights, self.correction) = ([0.0; F], [0.0; F]);
        (self.features, self.parameters, self.second_step_size) = (Some(features), parameters, second_step_size);
        Ok(())
    }

    /// The weights, `w`.
    pub const fn weights(&self) -> &[f32; F] {
        &self.weights
    }

    fn encode(&self, state: X::Observation) -> Result<X::Code, Error> {
        self.features.as_ref().ok_or(Error::NotStarted)?.encode(state)
    }

    /// Learns from a transition that the judged policy would make `ratio` times as often as the one that acted
    /// (`rho = pi(a|s) / b(a|s)`); returns the temporal-difference error.
    ///
    /// # Errors
    /// As [`Prediction::learn`]; [`Error::ParameterOutOfRange`] for a ratio that is negative or not finite.
    pub fn learn_weighted(&mut self, transition: &Transition<X::Observation, ()>, ratio: f32) -> Result<f32, Error> {
        if !(ratio >= 0.0 && ratio.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        let TdParameters { step_size, discount } = self.parameters;
        let code = self.encode(transition.state)?;
        let next = match transition.outcome {
            Outcome::Terminated => None,
            _ => Some(self.encode(transition.next_state)?),
        };
        let next_value = next.map_or(0.0, |next| next.dot(&self.weights));
        let delta = transition.reward + discount * next_value - code.dot(&self.weights);
        let correction = code.dot(&self.correction);
        let (own, other) = R::factors(delta, correction);
        let (mut weights, mut second) = (self.weights, self.correction);
        code.add_to(step_size * ratio * own, &mut weights);
        if let Some(next) = next {
            next.add_to(-(step_size * ratio * discount * other), &mut weights);
        }
        code.add_to(self.second_step_size * ratio * (delta - correction), &mut second);
        if !(all_finite(&weights) && all_finite(&second)) {
            return Err(Error::NonFinite);
        }
        (self.weights, self.correction) = (weights, second);
        Ok(delta)
    }
}

impl<R: GradientTdRule, X: Features<Size = Const<F>>, const F: usize> Prediction for GradientTd<R, X, F> {
    type Observation = X::Observation;

    fn value(&self, state: X::Observation) -> Result<f32, Error> {
        Ok(self.encode(state)?.dot(&self.weights))
    }

    fn learn(&mut self, transition: &Transition<X::Observation, ()>) -> Result<f32, Error> {
        self.learn_weighted(transition, 1.0)
    }
}

adjustable!([R, X: Features<Size = Const<F>>, const F: usize] GradientTd<R, X, F> { parameters });

// The weights, then the second set of weights.
persist_fields!([R, X: Features<Size = Const<F>>, const F: usize] GradientTd<R, X, F> { weights, correction });

/// The rule's name: features.
impl<R: GradientTdRule, X: Features<Size = Const<F>>, const F: usize> Identify for GradientTd<R, X, F> {
    fn identity(&self) -> Identity {
        Identity::new(R::NAME, Identity::PLAIN, [F, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::features::Dense;
    use crate::rng::{Rng, below, stream};
    use crate::state::Persist;

    /// Baird's counterexample (section 11.2): seven states, eight weights.
    #[derive(Clone, Copy, Debug)]
    struct Baird;

    impl Features for Baird {
        type Observation = usize;
        type Code = Dense<8>;
        type Size = Const<8>;

        fn size(&self) -> Const<8> {
            Const
        }

        fn encode(&self, state: usize) -> Result<Dense<8>, Error> {
            let mut code = [0.0; 8];
            if state < 6 {
                (code[state], code[7]) = (2.0, 1.0);
            } else {
                (code[6], code[7]) = (1.0, 2.0);
            }
            Ok(Dense(code))
        }
    }

    /// The behaviour takes the solid action with probability 1/7, the judged policy always; rewards are 0.
    fn sweep(mut learn: impl FnMut(&Transition<usize, ()>, f32)) {
        let mut rng = stream(1, 0);
        let mut state = 0;
        for _ in 0..20_000 {
            let solid = below(7, &mut rng).unwrap() == 0;
            let next_state = if solid { 6 } else { below(6, &mut rng).unwrap() as usize };
            let step = Transition { state, action: (), reward: 0.0, next_state, outcome: Outcome::Continue };
            learn(&step, if solid { 7.0 } else { 0.0 });
            state = next_state;
            let _ = rng.next_u32();
        }
    }

    #[test]
    fn it_stays_where_semi_gradients_diverge() {
        let parameters = TdParameters { step_size: 0.005, discount: 0.99 };
        let mut tdc = GradientTd::<Tdc, Baird, 8>::EMPTY;
        tdc.start(Baird, parameters, 0.05).unwrap();
        tdc.weights = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 10.0, 1.0];
        sweep(|step, ratio| _ = tdc.learn_weighted(step, ratio).unwrap());
        assert!(tdc.weights().iter().all(|w| w.abs() < 20.0), "{:?}", tdc.weights());
        let mut gtd2 = GradientTd::<Gtd2, Baird, 8>::EMPTY;
        gtd2.start(Baird, parameters, 0.05).unwrap();
        gtd2.weights = tdc.weights;
        sweep(|step, ratio| _ = gtd2.learn_weighted(step, ratio).unwrap());
        assert!(gtd2.weights().iter().all(|w| w.abs() < 20.0), "{:?}", gtd2.weights());
        // The semi-gradient: TDC without its correction.
        let mut weights = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 10.0, 1.0];
        sweep(|step, ratio| {
            let (code, next) = (Baird.encode(step.state).unwrap(), Baird.encode(step.next_state).unwrap());
            let delta = 0.99 * next.dot(&weights) - code.dot(&weights);
            code.add_to(0.005 * ratio * delta, &mut weights);
        });
        assert!(weights.iter().any(|w| w.abs() > 1e3), "{weights:?}");
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut tdc = GradientTd::<Tdc, Baird, 8>::EMPTY;
        let step = Transition { state: 0, action: (), reward: 1.0, next_state: 1, outcome: Outcome::Continue };
        assert_eq!(tdc.learn(&step), Err(Error::NotStarted));
        let parameters = TdParameters { step_size: 0.1, discount: 0.9 };
        assert_eq!(tdc.start(Baird, parameters, 0.0), Err(Error::StepSizeOutOfRange));
        tdc.start(Baird, parameters, 0.1).unwrap();
        tdc.learn(&step).unwrap();
        let digest = tdc.digest();
        assert_eq!(tdc.learn_weighted(&step, -1.0), Err(Error::ParameterOutOfRange));
        assert_eq!(tdc.learn(&Transition { reward: f32::INFINITY, ..step }), Err(Error::NonFinite));
        assert_eq!(tdc.digest(), digest);
    }
}
