//! Predicting values with traces.

use super::adjusted::adjustable;
use super::linear::Linear;
use super::{DenseTraces, Prediction, TdParameters, TraceKind, Traces};
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::linalg::{Const, StorageMut};
use crate::policy::{Code, Features, Table};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// TD(lambda) for values that are linear in features (Sutton & Barto, section 12.2): `delta = r + gamma v(s') - v(s)`; all
/// traces decay by `gamma lambda`, the visited ones rise, `w += alpha delta z`. With `lambda = 0` it is TD(0).
///
/// Memory: `4 F` bytes, the traces, and 24. Cost: three passes over the features and one over the traces.
#[derive(Clone, Debug)]
pub struct TdLambdaState<X: Features, B: StorageMut, Z> {
    linear: Linear<X, Const<1>, B>,
    traces: Z,
    kind: TraceKind,
    lambda: f32,
}

/// [`TdLambdaState`] of constant size with a trace a weight.
///
/// ```
/// use habit::interact::{Outcome, Transition};
/// use habit::learn::{Prediction, TdLambda, TdParameters, TraceKind};
/// use habit::policy::features::OneHot;
/// let mut walk = TdLambda::<OneHot<7>, 7>::EMPTY;
/// walk.start(OneHot, TdParameters { step_size: 0.1, discount: 1.0 }, TraceKind::Accumulating, 0.0, 0.5)?;
/// walk.learn(&Transition { state: 5, action: (), reward: 1.0, next_state: 6, outcome: Outcome::Terminated })?;
/// assert_eq!(walk.value(5)?, 0.55);
/// # Ok::<(), habit::Error>(())
/// ```
pub type TdLambda<X, const F: usize> = TdLambdaState<X, [[f32; F]; 1], DenseTraces<[[f32; F]; 1]>>;

impl<X: Features<Size = Const<F>>, const F: usize> TdLambda<X, F> {
    /// Not started.
    pub const EMPTY: Self = Self {
        linear: Linear::new(Table::EMPTY),
        traces: DenseTraces::EMPTY,
        kind: TraceKind::Accumulating,
        lambda: 0.0,
    };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

impl<X: Features, B: StorageMut, Z: Traces> TdLambdaState<X, B, Z> {
    /// Over memory that has not been started: one row of weights, and traces for as many.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(weights: Table<Const<1>, X::Size, B>, traces: Z) -> Result<Self, Error> {
        if traces.len() < weights.values().len() {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { linear: Linear::new(weights), traces, kind: TraceKind::Accumulating, lambda: 0.0 })
    }

    /// Starts with every weight at `initial`.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`], [`Error::NonFinite`], [`Error::LengthMismatch`];
    /// [`Error::ParameterOutOfRange`] unless `0 <= lambda <= 1`, and for replacing traces of features that are not binary.
    pub fn start(
        &mut self,
        features: X,
        parameters: TdParameters,
        kind: TraceKind,
        lambda: f32,
        initial: f32,
    ) -> Result<(), Error> {
        check_traces::<X>(kind, lambda)?;
        self.linear.start(features, parameters, initial)?;
        self.traces.clear();
        (self.kind, self.lambda) = (kind, lambda);
        Ok(())
    }

    /// The weights.
    pub fn weights(&self) -> &[f32] {
        self.linear.weights.values()
    }
}

/// Checks what every method with traces is started with.
pub(super) fn check_traces<X: Features>(kind: TraceKind, lambda: f32) -> Result<(), Error> {
    let fits = (0.0..=1.0).contains(&lambda) && (X::Code::BINARY || kind != TraceKind::Replacing);
    if fits { Ok(()) } else { Err(Error::ParameterOutOfRange) }
}

impl<X: Features, B: StorageMut, Z: Traces> Prediction for TdLambdaState<X, B, Z> {
    type Observation = X::Observation;

    fn value(&self, state: X::Observation) -> Result<f32, Error> {
        self.linear.value(&self.linear.encode(state)?, 0)
    }

    fn learn(&mut self, transition: &Transition<X::Observation, ()>) -> Result<f32, Error> {
        let code = self.linear.encode(transition.state)?;
        let (discount, next_value) = (self.linear.parameters.discount, self.value(transition.next_state)?);
        let bootstrap = if transition.outcome == Outcome::Terminated { 0.0 } else { discount * next_value };
        let delta = transition.reward + bootstrap - self.linear.value(&code, 0)?;
        if !delta.is_finite() {
            return Err(Error::NonFinite);
        }
        self.linear.visit(&mut self.traces, self.kind, discount * self.lambda, &code, 0);
        self.linear.apply(&self.traces, delta)?;
        if transition.outcome.is_over() {
            self.traces.clear();
        }
        Ok(delta)
    }
}

adjustable!([X: Features, B: StorageMut, Z] TdLambdaState<X, B, Z> { linear.parameters });

/// The weights, then the traces.
impl<X: Features, B: StorageMut, Z: Persist> Persist for TdLambdaState<X, B, Z> {
    fn write(&self, out: &mut impl Write) {
        self.linear.weights.write(out);
        self.traces.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.linear.weights.check(from)?;
        self.traces.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.linear.weights.read(from)?;
        self.traces.read(from)
    }
}

/// `"td-lambda"`: features.
impl<X: Features, B: StorageMut, Z: Persist> Identify for TdLambdaState<X, B, Z> {
    fn identity(&self) -> Identity {
        Identity::new("td-lambda", Identity::PLAIN, [self.linear.weights.actions(), 0, 0])
    }
}

/// True online TD(lambda) (Sutton & Barto, section 12.5): TD(lambda) with dutch traces and the correction that makes it
/// equal the online lambda-return algorithm at every step.
///
/// Memory: `8 F` bytes and 28. Cost: four passes over the features and one over the traces.
#[derive(Clone, Debug)]
pub struct TrueOnlineTdLambda<X: Features, const F: usize>
where
    X: Features<Size = Const<F>>,
{
    inner: TdLambda<X, F>,
    old_value: f32,
}

impl<X: Features<Size = Const<F>>, const F: usize> TrueOnlineTdLambda<X, F> {
    /// Not started.
    pub const EMPTY: Self = Self { inner: TdLambda::EMPTY, old_value: 0.0 };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts with every weight at `initial`.
    ///
    /// # Errors
    /// As [`TdLambdaState::start`].
    pub fn start(&mut self, features: X, parameters: TdParameters, lambda: f32, initial: f32) -> Result<(), Error> {
        self.inner.start(features, parameters, TraceKind::Dutch, lambda, initial)?;
        self.old_value = 0.0;
        Ok(())
    }

    /// The weights.
    pub fn weights(&self) -> &[f32] {
        self.inner.weights()
    }
}

impl<X: Features<Size = Const<F>>, const F: usize> Prediction for TrueOnlineTdLambda<X, F> {
    type Observation = X::Observation;

    fn value(&self, state: X::Observation) -> Result<f32, Error> {
        self.inner.value(state)
    }

    fn learn(&mut self, transition: &Transition<X::Observation, ()>) -> Result<f32, Error> {
        let TdLambdaState { linear, traces, lambda, .. } = &mut self.inner;
        let code = linear.encode(transition.state)?;
        let discount = linear.parameters.discount;
        let value = linear.value(&code, 0)?;
        let next_value = match transition.outcome {
            Outcome::Terminated => 0.0,
            _ => linear.value(&linear.encode(transition.next_state)?, 0)?,
        };
        let delta = transition.reward + discount * next_value - value;
        let drift = value - self.old_value;
        if !(delta + drift).is_finite() {
            return Err(Error::NonFinite);
        }
        linear.visit(traces, TraceKind::Dutch, discount * *lambda, &code, 0);
        linear.apply(traces, delta + drift)?;
        linear.step(&code, 0, -drift)?;
        self.old_value = next_value;
        if transition.outcome.is_over() {
            traces.clear();
            self.old_value = 0.0;
        }
        Ok(delta)
    }
}

adjustable!([X: Features<Size = Const<F>>, const F: usize] TrueOnlineTdLambda<X, F> { inner });

/// The weights, the traces, then the value that the last next state had.
impl<X: Features<Size = Const<F>>, const F: usize> Persist for TrueOnlineTdLambda<X, F> {
    fn write(&self, out: &mut impl Write) {
        self.inner.write(out);
        self.old_value.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.inner.check(from)?;
        self.old_value.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.inner.read(from)?;
        self.old_value.read(from)
    }
}

/// `"true-online-td-lambda"`: features.
impl<X: Features<Size = Const<F>>, const F: usize> Identify for TrueOnlineTdLambda<X, F> {
    fn identity(&self) -> Identity {
        Identity::new("true-online-td-lambda", Identity::PLAIN, [F, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::features::OneHot;

    const PARAMETERS: TdParameters = TdParameters { step_size: 0.1, discount: 0.9 };

    fn step(state: usize, reward: f32, outcome: Outcome) -> Transition<usize, ()> {
        Transition { state, action: (), reward, next_state: (state + 1) % 3, outcome }
    }

    /// Traces (.5, 1, 0), visit 1, gamma lambda .81.
    #[test]
    fn the_worked_example_of_the_traces_comes_out() {
        for (kind, visited) in [(TraceKind::Accumulating, 1.81), (TraceKind::Replacing, 1.0), (TraceKind::Dutch, 1.729)]
        {
            let mut learner = TdLambda::<OneHot<3>, 3>::EMPTY;
            learner.start(OneHot, PARAMETERS, kind, 0.9, 0.0).unwrap();
            learner.traces.set(0, 0.5);
            learner.traces.set(1, 1.0);
            learner.learn(&step(1, 0.0, Outcome::Continue)).unwrap();
            for (weight, expected) in [0.405, visited, 0.0].into_iter().enumerate() {
                assert!((learner.traces.get(weight) - expected).abs() < 1e-6, "{kind:?}");
            }
        }
    }

    #[test]
    fn a_random_walk_by_hand() {
        let mut walk = TdLambda::<OneHot<7>, 7>::EMPTY;
        let parameters = TdParameters { step_size: 0.1, discount: 1.0 };
        walk.start(OneHot, parameters, TraceKind::Accumulating, 0.0, 0.5).unwrap();
        for (state, next_state) in [(3, 4), (4, 5), (5, 4), (4, 5)] {
            let step = Transition { state, action: (), reward: 0.0, next_state, outcome: Outcome::Continue };
            walk.learn(&step).unwrap();
        }
        walk.learn(&Transition { state: 5, action: (), reward: 1.0, next_state: 6, outcome: Outcome::Terminated })
            .unwrap();
        assert_eq!(walk.weights(), [0.5, 0.5, 0.5, 0.5, 0.5, 0.55, 0.5]);
    }

    /// The defining property: after every step the weights are those of the online lambda-return algorithm, which redoes
    /// all steps so far with lambda-returns cut at the present one (section 12.4).
    #[test]
    fn true_online_equals_the_online_lambda_return_algorithm() {
        let power = |x: f32, n: usize| (0..n).fold(1.0, |product, _| product * x);
        let (lambda, alpha, gamma) = (0.8f32, 0.3f32, 0.9f32);
        let path = [(0usize, 1.0f32), (1, -0.5), (2, 2.0), (0, 0.3), (1, 0.7), (2, -1.0)];
        let mut learner = TrueOnlineTdLambda::<OneHot<3>, 3>::EMPTY;
        learner.start(OneHot, TdParameters { step_size: alpha, discount: gamma }, lambda, 0.0).unwrap();
        // weights[h] are those that the algorithm has at horizon h.
        let mut by_horizon = std::vec![[0.0f32; 3]];
        for horizon in 1..=path.len() {
            let (state, reward) = path[horizon - 1];
            learner.learn(&step(state, reward, Outcome::Continue)).unwrap();
            let mut weights = [0.0f32; 3];
            for t in 0..horizon {
                // The lambda-return of step t cut at the horizon; each n-step return bootstraps with the weights of its
                // own time.
                let mut total = 0.0;
                for n in 1..=horizon - t {
                    let rewards: f32 = (0..n).map(|k| power(gamma, k) * path[t + k].1).sum();
                    let after = (path[t + n - 1].0 + 1) % 3;
                    let g = rewards + power(gamma, n) * by_horizon[t + n - 1][after];
                    let last = n == horizon - t;
                    total += power(lambda, n - 1) * if last { 1.0 } else { 1.0 - lambda } * g;
                }
                let state = path[t].0;
                weights[state] += alpha * (total - weights[state]);
            }
            by_horizon.push(weights);
            for (found, expected) in learner.weights().iter().zip(weights) {
                assert!((found - expected).abs() < 1e-5, "horizon {horizon}: {found} {expected}");
            }
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut learner = TdLambda::<OneHot<3>, 3>::EMPTY;
        assert_eq!(learner.learn(&step(0, 1.0, Outcome::Continue)), Err(Error::NotStarted));
        learner.start(OneHot, PARAMETERS, TraceKind::Dutch, 0.9, 0.0).unwrap();
        learner.learn(&step(0, 1.0, Outcome::Continue)).unwrap();
        let digest = learner.digest();
        assert_eq!(learner.learn(&step(0, f32::NAN, Outcome::Continue)), Err(Error::NonFinite));
        assert_eq!(learner.learn(&step(3, 0.0, Outcome::Continue)), Err(Error::StateOutOfRange));
        assert_eq!(learner.start(OneHot, PARAMETERS, TraceKind::Dutch, 1.5, 0.0), Err(Error::ParameterOutOfRange));
        assert_eq!(learner.start(OneHot, PARAMETERS, TraceKind::Dutch, 0.5, f32::NAN), Err(Error::NonFinite));
        assert_eq!(learner.digest(), digest);
    }
}
