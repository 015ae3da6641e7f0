//! Control with traces, linear in features.

use super::adjusted::adjustable;
use super::committed::Committed;
use super::linear::Linear;
use super::td_lambda::check_traces;
use super::{Control, DenseTraces, QLearningTarget, SarsaTarget, Suits, Target, TdParameters, TraceKind, Traces};
use crate::env::{Discrete, Env, Space};
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::linalg::{Const, Dim, Fits, StorageMut};
use crate::math::maximum;
use crate::policy::{EpsilonGreedy, Features, StateFree, Table};
use crate::rng::Rng;
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// Semi-gradient control with traces for `q(s,a) = <w_a, phi(s)>` (Sutton & Barto, sections 10.1 and 12.7): `delta = r +
/// gamma v(s') - q(s,a)` with the target's `v(s')`; all traces decay by `gamma lambda`, those of the visit rise, `w += alpha
/// delta z`. With the target of SARSA this is SARSA(lambda), with that of Q-learning Watkins's Q(lambda), whose traces are
/// cut when the next action is not greedy. With [`OneHot`](crate::policy::features::OneHot) features it is the tabular
/// method.
///
/// Memory: `4 A F` bytes, the traces, `4 A` of scratch, the observation and 56 bytes or less. Cost: `2 A` products with
/// the features and one pass over the traces.
#[derive(Clone, Debug)]
pub struct LambdaControl<T, X: Features, A: Dim, B: StorageMut, V, Z, E = EpsilonGreedy> {
    linear: Linear<X, A, B>,
    traces: Z,
    /// Action values of the state looked at.
    values: V,
    exploration: E,
    kind: TraceKind,
    lambda: f32,
    committed: Committed<X::Observation>,
    target: PhantomData<T>,
}

/// [`LambdaControl`] of constant size with a trace a weight.
pub type DenseLambdaControl<T, X, const A: usize, const F: usize, E = EpsilonGreedy> =
    LambdaControl<T, X, Const<A>, [[f32; F]; A], [f32; A], DenseTraces<[[f32; F]; A]>, E>;

/// SARSA(lambda).
pub type SarsaLambda<X, const A: usize, const F: usize, E = EpsilonGreedy> =
    DenseLambdaControl<SarsaTarget, X, A, F, E>;

/// Watkins's Q(lambda).
pub type QLambda<X, const A: usize, const F: usize, E = EpsilonGreedy> =
    DenseLambdaControl<QLearningTarget, X, A, F, E>;

impl<T: Target, X: Features<Size = Const<F>>, E: StateFree, const A: usize, const F: usize>
    DenseLambdaControl<T, X, A, F, E>
{
    /// Not started.
    pub const EMPTY: Self = Self::with(Linear::new(Table::EMPTY), DenseTraces::EMPTY, [0.0; A]);

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

impl<T, X: Features, A: Dim, B: StorageMut, V, Z, E: StateFree> LambdaControl<T, X, A, B, V, Z, E> {
    const fn with(linear: Linear<X, A, B>, traces: Z, values: V) -> Self {
        Self {
            linear,
            traces,
            values,
            exploration: E::GREEDY,
            kind: TraceKind::Accumulating,
            lambda: 0.0,
            committed: Committed::NONE,
            target: PhantomData,
        }
    }
}

impl<T, X: Features, A: Dim, B: StorageMut, V: StorageMut, Z: Traces, E: StateFree> LambdaControl<T, X, A, B, V, Z, E> {
    /// Over memory that has not been started: weights with a row an action, traces for as many, scratch of one number an
    /// action.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(weights: Table<A, X::Size, B>, traces: Z, values: V) -> Result<Self, Error> {
        if traces.len() < weights.values().len() || values.values().len() != weights.states() {
            return Err(Error::LengthMismatch);
        }
        Ok(Self::with(Linear::new(weights), traces, values))
    }

    /// Starts with every weight 0.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`], [`Error::LengthMismatch`];
    /// [`Error::ParameterOutOfRange`] unless `0 <= lambda <= 1`, and for replacing traces of features that are not binary.
    pub fn start(
        &mut self,
        features: X,
        parameters: TdParameters,
        kind: TraceKind,
        lambda: f32,
        exploration: E,
    ) -> Result<(), Error> {
        check_traces::<X>(kind, lambda)?;
        self.linear.start(features, parameters, 0.0)?;
        self.traces.clear();
        (self.kind, self.lambda, self.exploration) = (kind, lambda, exploration);
        self.committed = Committed::NONE;
        Ok(())
    }

    /// The weights, one row an action.
    pub const fn weights(&self) -> &Table<A, X::Size, B> {
        &self.linear.weights
    }

    /// The values of every action.
    ///
    /// # Errors
    /// What is no observation.
    pub fn values(&mut self, state: X::Observation) -> Result<&[f32], Error> {
        let code = self.linear.encode(state)?;
        self.linear.values(&code, self.values.values_mut());
        Ok(self.values.values())
    }

    /// The exploration, to look at or to change.
    pub const fn exploration_mut(&mut self) -> &mut E {
        &mut self.exploration
    }
}

impl<T: Target, X: Features, A: Dim, B: StorageMut, V: StorageMut, Z: Traces, E: StateFree> Control
    for LambdaControl<T, X, A, B, V, Z, E>
{
    type Observation = X::Observation;
    type Action = usize;

    fn act(&mut self, state: X::Observation, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        if let Some(action) = self.committed.action(state) {
            return Ok(action);
        }
        self.values(state)?;
        self.exploration.act(0, self.values.values(), rng)
    }

    fn learn(&mut self, transition: &Transition<X::Observation>, rng: &mut (impl Rng + ?Sized)) -> Result<f32, Error> {
        let &Transition { state, action, reward, next_state, outcome } = transition;
        let code = self.linear.encode(state)?;
        let value = self.linear.value(&code, action)?;
        self.values(next_state)?;
        if !(reward.is_finite() && crate::linalg::all_finite(self.values.values())) {
            return Err(Error::NonFinite);
        }
        let discount = self.linear.parameters.discount;
        let next_values = self.values.values();
        let (next_value, next_action) = if outcome == Outcome::Terminated {
            (0.0, 0)
        } else {
            let next_action = self.exploration.act(0, next_values, rng)?;
            (T::next_value(next_values, 0, next_action, &self.exploration), next_action)
        };
        let delta = reward + discount * next_value - value;
        if !delta.is_finite() {
            return Err(Error::NonFinite);
        }
        self.linear.visit(&mut self.traces, self.kind, discount * self.lambda, &code, action);
        self.linear.apply(&self.traces, delta)?;
        let greedy = next_values.get(next_action).is_some_and(|value| *value == maximum(next_values).0);
        if outcome.is_over() || (T::CUTS && !greedy) {
            self.traces.clear();
        }
        self.committed = if outcome.is_over() { Committed::NONE } else { Committed::to(next_state, next_action) };
        Ok(delta)
    }
}

adjustable!([T, X: Features, A: Dim, B: StorageMut, V, Z, E] LambdaControl<T, X, A, B, V, Z, E> { linear.parameters });

impl<T, X, A, B, W, Z, E, V, N> Suits<V> for LambdaControl<T, X, A, B, W, Z, E>
where
    X: Features,
    V: Env<ActionSpace = Discrete<N>>,
    V::ObservationSpace: Space<Element = X::Observation>,
    N: Dim,
    A: Dim + Fits<N>,
    B: StorageMut,
{
}

/// The weights, the traces, then the action drawn next, `u32::MAX` where none was, and the state it was drawn for.
impl<T, X: Features, A: Dim, B: StorageMut, V, Z: Persist, E> Persist for LambdaControl<T, X, A, B, V, Z, E> {
    fn write(&self, out: &mut impl Write) {
        self.linear.weights.write(out);
        self.traces.write(out);
        self.committed.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.linear.weights.check(from)?;
        self.traces.check(from)?;
        Committed::check_that(from, |_: X::Observation, action| action < self.linear.weights.states())
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.linear.weights.read(from)?;
        self.traces.read(from)?;
        self.committed.read(from)
    }
}

/// `"lambda"` around the target's name: actions, features.
impl<T: Target, X: Features, A: Dim, B: StorageMut, V, Z: Persist, E> Identify for LambdaControl<T, X, A, B, V, Z, E> {
    fn identity(&self) -> Identity {
        let weights = &self.linear.weights;
        let inner = Identity::new(T::NAME, Identity::PLAIN, [weights.states(), weights.actions(), 0]);
        Identity::around("lambda", inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::{QLearning, Sarsa};
    use crate::policy::features::{OneHot, TileCoding};
    use crate::rng::stream;

    const PARAMETERS: TdParameters = TdParameters { step_size: 0.5, discount: 0.9 };

    fn transitions() -> impl Iterator<Item = Transition> {
        (0..60).map(|i| Transition {
            state: i % 3,
            action: (i * 7) % 2,
            reward: ((i * 5) % 11) as f32 - 4.0,
            next_state: (i + 1) % 3,
            outcome: if i % 20 == 19 { Outcome::Terminated } else { Outcome::Continue },
        })
    }

    #[test]
    fn without_traces_and_over_a_table_it_is_the_tabular_method() {
        let mut sarsa = Sarsa::<3, 2>::EMPTY;
        sarsa.start(PARAMETERS, EpsilonGreedy::new(0.3).unwrap(), 0.0).unwrap();
        let mut linear = SarsaLambda::<OneHot<3>, 2, 3>::EMPTY;
        let kind = TraceKind::Replacing;
        linear.start(OneHot, PARAMETERS, kind, 0.0, EpsilonGreedy::new(0.3).unwrap()).unwrap();
        let (mut rng, mut same) = (stream(1, 0), stream(1, 0));
        for transition in transitions() {
            sarsa.learn(&transition, &mut rng).unwrap();
            linear.learn(&transition, &mut same).unwrap();
            for state in 0..3 {
                let values = linear.values(state).unwrap();
                for (a, b) in values.iter().zip(sarsa.table().row(state).unwrap()) {
                    assert!((a - b).abs() < 1e-4);
                }
            }
        }
        let mut q = QLearning::<3, 2>::EMPTY;
        q.start(PARAMETERS, EpsilonGreedy::GREEDY, 0.0).unwrap();
        let mut linear = QLambda::<OneHot<3>, 2, 3>::EMPTY;
        linear.start(OneHot, PARAMETERS, TraceKind::Accumulating, 0.0, EpsilonGreedy::GREEDY).unwrap();
        for transition in transitions() {
            q.learn(&transition, &mut rng).unwrap();
            linear.learn(&transition, &mut same).unwrap();
        }
        for state in 0..3 {
            let values = linear.values(state).unwrap().to_vec();
            assert!(values.iter().zip(q.table().row(state).unwrap()).all(|(a, b)| (a - b).abs() < 1e-4));
        }
    }

    #[test]
    fn watkins_cuts_the_traces_at_an_action_that_is_not_greedy() {
        let mut rng = stream(2, 0);
        let mut cut = 0;
        for _ in 0..50 {
            let mut learner = QLambda::<OneHot<3>, 2, 3>::EMPTY;
            let explores = EpsilonGreedy::new(1.0).unwrap();
            learner.start(OneHot, PARAMETERS, TraceKind::Accumulating, 1.0, explores).unwrap();
            learner.linear.weights.set(0, 1, 1.0).unwrap();
            let step = Transition { state: 0, action: 0, reward: 0.0, next_state: 1, outcome: Outcome::Continue };
            learner.learn(&step, &mut rng).unwrap();
            let trace = learner.traces.get(0);
            let next = learner.act(1, &mut rng).unwrap();
            assert_eq!(trace, if next == 0 { 1.0 } else { 0.0 });
            cut += next;
        }
        assert!(cut > 10);
    }

    #[test]
    fn replacing_traces_clear_those_of_the_other_actions() {
        let mut learner = SarsaLambda::<TileCoding<1, 2, 4, 12>, 2, 12>::EMPTY;
        let tiles = TileCoding::new([0.0], [1.0]).unwrap();
        learner.start(tiles, PARAMETERS, TraceKind::Replacing, 1.0, EpsilonGreedy::GREEDY).unwrap();
        let mut rng = stream(0, 0);
        for action in [0, 1] {
            let step = Transition { state: [0.1], action, reward: 0.0, next_state: [0.1], outcome: Outcome::Continue };
            learner.learn(&step, &mut rng).unwrap();
        }
        let code = tiles.encode([0.1]).unwrap();
        for feature in code.0.map(usize::from) {
            assert_eq!((learner.traces.get(feature), learner.traces.get(12 + feature)), (0.0, 1.0));
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut learner = SarsaLambda::<TileCoding<1, 2, 4, 12>, 2, 12>::EMPTY;
        let mut rng = stream(0, 0);
        assert_eq!(learner.act([0.0], &mut rng), Err(Error::NotStarted));
        let tiles = TileCoding::new([0.0], [1.0]).unwrap();
        learner.start(tiles, PARAMETERS, TraceKind::Replacing, 0.9, EpsilonGreedy::GREEDY).unwrap();
        let good = Transition { state: [0.1], action: 0, reward: 1.0, next_state: [0.9], outcome: Outcome::Continue };
        learner.learn(&good, &mut rng).unwrap();
        let digest = learner.digest();
        for (bad, error) in [
            (Transition { state: [f32::NAN], ..good }, Error::NonFinite),
            (Transition { next_state: [f32::INFINITY], ..good }, Error::NonFinite),
            (Transition { action: 2, ..good }, Error::ActionOutOfRange),
            (Transition { reward: f32::NAN, ..good }, Error::NonFinite),
        ] {
            assert_eq!(learner.learn(&bad, &mut rng), Err(error));
        }
        let refused = learner.start(tiles, PARAMETERS, TraceKind::Replacing, f32::NAN, EpsilonGreedy::GREEDY);
        assert_eq!(refused, Err(Error::ParameterOutOfRange));
        assert_eq!(learner.digest(), digest);
    }
}
