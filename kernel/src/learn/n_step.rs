//! Learning from several rewards at once.

use super::adjusted::adjustable;
use super::committed::Committed;
use super::linear::Linear;
use super::{Control, Prediction, Suits, TdParameters};
use crate::env::{Discrete, Env, Space};
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::linalg::{Const, Dim, Fits, StorageMut};
use crate::policy::{EpsilonGreedy, Features, StateFree, Table};
use crate::rng::Rng;
use crate::state::{Identify, Identity, Persist, Reader, Write};
use heapless::Deque;

/// A step that still waits for its return.
#[derive(Clone, Copy, Debug)]
struct Waiting<C> {
    code: C,
    action: u16,
    reward: f32,
}

/// The last steps of an episode, and the weights that they will move.
#[derive(Clone, Debug)]
struct Window<X: Features, A: Dim, B: StorageMut, const N: usize> {
    linear: Linear<X, A, B>,
    steps: Deque<Waiting<X::Code>, N>,
    n: usize,
}

impl<X: Features, A: Dim, B: StorageMut, const N: usize> Window<X, A, B, N> {
    const fn new(weights: Table<A, X::Size, B>) -> Self {
        Self { linear: Linear::new(weights), steps: Deque::new(), n: 0 }
    }

    fn start(&mut self, features: X, parameters: TdParameters, n: usize, initial: f32) -> Result<(), Error> {
        if n == 0 || n > N {
            return Err(Error::ParameterOutOfRange);
        }
        self.linear.start(features, parameters, initial)?;
        self.steps.clear();
        self.n = n;
        Ok(())
    }

    /// `r + gamma r' + .. + gamma^m last` of the oldest step that waits and, without the step, `new` after them all.
    fn oldest_return(&self, new: f32, last: f32) -> f32 {
        let discount = self.linear.parameters.discount;
        let mut total = new + discount * last;
        for step in self.steps.iter().rev() {
            total = step.reward + discount * total;
        }
        total
    }

    /// Keeps a step whose next state is worth `next_value`, 0 where it terminated, and learns from every return that is
    /// complete. Returns the error of the last of them.
    fn push(
        &mut self,
        code: X::Code,
        action: usize,
        reward: f32,
        next_value: f32,
        outcome: Outcome,
    ) -> Result<f32, Error> {
        let value = self.linear.value(&code, action)?;
        // Looks before it writes; every later return is a part of this one.
        if !(self.oldest_return(reward, next_value).is_finite() && value.is_finite()) {
            return Err(Error::NonFinite);
        }
        if action > usize::from(u16::MAX) {
            return Err(Error::ActionOutOfRange);
        }
        let step = Waiting { code, action: action as u16, reward };
        self.steps.push_back(step).map_err(|_| Error::EpisodeTooLong)?;
        let mut delta = 0.0;
        while self.steps.len() >= self.n || (outcome.is_over() && !self.steps.is_empty()) {
            delta = self.learn_oldest(next_value)?;
        }
        Ok(delta)
    }

    fn learn_oldest(&mut self, next_value: f32) -> Result<f32, Error> {
        let discount = self.linear.parameters.discount;
        let total = self.steps.iter().rev().fold(next_value, |total, step| step.reward + discount * total);
        let Some(step) = self.steps.pop_front() else { return Ok(0.0) };
        let delta = total - self.linear.value(&step.code, usize::from(step.action))?;
        self.linear.step(&step.code, usize::from(step.action), delta)?;
        Ok(delta)
    }
}

/// n-step temporal-difference prediction, linear in features (Sutton & Barto, sections 7.1 and 9.4): `v(s_t)` moves towards
/// `r_{t+1} + .. + gamma^{n-1} r_{t+n} + gamma^n v(s_{t+n})`; at the end of an episode the steps that remain get shorter
/// returns, which bootstrap only where the episode was cut.
///
/// Memory: `4 F` bytes, `N` steps of a code and 8 bytes, and 40 or less. Cost: `O(n)` and three products with the features.
#[derive(Clone, Debug)]
pub struct NStepTd<X: Features<Size = Const<F>>, const F: usize, const N: usize> {
    window: Window<X, Const<1>, [[f32; F]; 1], N>,
}

impl<X: Features<Size = Const<F>>, const F: usize, const N: usize> NStepTd<X, F, N> {
    /// Not started.
    pub const EMPTY: Self = Self { window: Window::new(Table::EMPTY) };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts with every weight at `initial`.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`], [`Error::NonFinite`];
    /// [`Error::ParameterOutOfRange`] unless `1 <= n <= N`.
    pub fn start(&mut self, features: X, parameters: TdParameters, n: usize, initial: f32) -> Result<(), Error> {
        self.window.start(features, parameters, n, initial)
    }

    /// The weights.
    pub fn weights(&self) -> &[f32] {
        self.window.linear.weights.values()
    }
}

impl<X: Features<Size = Const<F>>, const F: usize, const N: usize> Prediction for NStepTd<X, F, N> {
    type Observation = X::Observation;

    fn value(&self, state: X::Observation) -> Result<f32, Error> {
        self.window.linear.value(&self.window.linear.encode(state)?, 0)
    }

    fn learn(&mut self, transition: &Transition<X::Observation, ()>) -> Result<f32, Error> {
        let code = self.window.linear.encode(transition.state)?;
        let next_value = match transition.outcome {
            Outcome::Terminated => 0.0,
            _ => self.value(transition.next_state)?,
        };
        self.window.push(code, 0, transition.reward, next_value, transition.outcome)
    }
}

/// n-step SARSA, linear in features (Sutton & Barto, sections 7.2 and 10.2): as [`NStepTd`], with `q(s_{t+n}, a_{t+n})` at
/// the end of a return.
///
/// Memory: `4 A F` bytes, `N` steps of a code and 8 bytes, `4 A` of scratch, the observation and 40 bytes or less. Cost:
/// `O(n)` and `2 A` products with the features.
#[derive(Clone, Debug)]
pub struct NStepSarsa<X, const A: usize, const F: usize, const N: usize, E = EpsilonGreedy>
where
    X: Features<Size = Const<F>>,
{
    window: Window<X, Const<A>, [[f32; F]; A], N>,
    values: [f32; A],
    exploration: E,
    committed: Committed<X::Observation>,
}

impl<X, E, const A: usize, const F: usize, const N: usize> NStepSarsa<X, A, F, N, E>
where
    X: Features<Size = Const<F>>,
    E: StateFree,
{
    /// Not started.
    pub const EMPTY: Self = Self {
        window: Window::new(Table::EMPTY),
        values: [0.0; A],
        exploration: E::GREEDY,
        committed: Committed::NONE,
    };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts with every weight 0.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`]; [`Error::ParameterOutOfRange`] unless `1 <= n <= N`.
    pub fn start(&mut self, features: X, parameters: TdParameters, n: usize, exploration: E) -> Result<(), Error> {
        self.window.start(features, parameters, n, 0.0)?;
        self.exploration = exploration;
        self.committed = Committed::NONE;
        Ok(())
    }

    /// The weights, one row an action.
    pub const fn weights(&self) -> &Table<Const<A>, Const<F>, [[f32; F]; A]> {
        &self.window.linear.weights
    }

    fn look(&mut self, state: X::Observation) -> Result<X::Code, Error> {
        let code = self.window.linear.encode(state)?;
        self.window.linear.values(&code, &mut self.values);
        Ok(code)
    }
}

impl<X, E, const A: usize, const F: usize, const N: usize> Control for NStepSarsa<X, A, F, N, E>
where
    X: Features<Size = Const<F>>,
    E: StateFree,
{
    type Observation = X::Observation;
    type Action = usize;

    fn act(&mut self, state: X::Observation, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        if let Some(action) = self.committed.action(state) {
            return Ok(action);
        }
        self.look(state)?;
        self.exploration.act(0, &self.values, rng)
    }

    fn learn(&mut self, transition: &Transition<X::Observation>, rng: &mut (impl Rng + ?Sized)) -> Result<f32, Error> {
        let &Transition { state, action, reward, next_state, outcome } = transition;
        let code = self.window.linear.encode(state)?;
        self.window.linear.value(&code, action)?;
        if !reward.is_finite() {
            return Err(Error::NonFinite);
        }
        let (next_value, committed) = if outcome == Outcome::Terminated {
            (0.0, Committed::NONE)
        } else {
            self.look(next_state)?;
            let next_action = self.exploration.act(0, &self.values, rng)?;
            let value = self.values.get(next_action).copied().unwrap_or(0.0);
            (value, if outcome.is_over() { Committed::NONE } else { Committed::to(next_state, next_action) })
        };
        let delta = self.window.push(code, action, reward, next_value, outcome)?;
        self.committed = committed;
        Ok(delta)
    }
}

adjustable!([X: Features<Size = Const<F>>, const F: usize, const N: usize] NStepTd<X, F, N> { window.linear.parameters });
adjustable!([X: Features<Size = Const<F>>, const A: usize, const F: usize, const N: usize, E]
    NStepSarsa<X, A, F, N, E> { window.linear.parameters });

impl<X, E, V, M, const A: usize, const F: usize, const N: usize> Suits<V> for NStepSarsa<X, A, F, N, E>
where
    X: Features<Size = Const<F>>,
    V: Env<ActionSpace = Discrete<M>>,
    V::ObservationSpace: Space<Element = X::Observation>,
    M: Dim,
    Const<A>: Fits<M>,
{
}

/// The weights; between episodes that is all.
impl<X: Features<Size = Const<F>>, const F: usize, const N: usize> Persist for NStepTd<X, F, N> {
    fn write(&self, out: &mut impl Write) {
        self.window.linear.weights.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.window.linear.weights.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.window.steps.clear();
        self.window.linear.weights.read(from)
    }
}

/// `"n-step-td"`: features.
impl<X: Features<Size = Const<F>>, const F: usize, const N: usize> Identify for NStepTd<X, F, N> {
    fn identity(&self) -> Identity {
        Identity::new("n-step-td", Identity::PLAIN, [F, 0, 0])
    }
}

/// The weights; between episodes that is all.
impl<X, E, const A: usize, const F: usize, const N: usize> Persist for NStepSarsa<X, A, F, N, E>
where
    X: Features<Size = Const<F>>,
{
    fn write(&self, out: &mut impl Write) {
        self.window.linear.weights.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.window.linear.weights.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.window.steps.clear();
        self.committed = Committed::NONE;
        self.window.linear.weights.read(from)
    }
}

/// `"n-step-sarsa"`: actions, features.
impl<X, E, const A: usize, const F: usize, const N: usize> Identify for NStepSarsa<X, A, F, N, E>
where
    X: Features<Size = Const<F>>,
{
    fn identity(&self) -> Identity {
        Identity::new("n-step-sarsa", Identity::PLAIN, [A, F, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::features::OneHot;
    use crate::rng::stream;

    const HALF: TdParameters = TdParameters { step_size: 1.0, discount: 0.5 };

    fn step(state: usize, reward: f32, outcome: Outcome) -> Transition<usize, ()> {
        Transition { state, action: (), reward, next_state: state + 1, outcome }
    }

    #[test]
    fn the_worked_example_comes_out() {
        // Rewards (1, 0, 2), gamma .5, bootstrap 4: 2.
        let mut learner = NStepTd::<OneHot<6>, 6, 4>::EMPTY;
        learner.start(OneHot, HALF, 3, 4.0).unwrap();
        learner.learn(&step(0, 1.0, Outcome::Continue)).unwrap();
        learner.learn(&step(1, 0.0, Outcome::Continue)).unwrap();
        assert_eq!(learner.weights(), [4.0; 6]);
        learner.learn(&step(2, 2.0, Outcome::Continue)).unwrap();
        assert_eq!(learner.weights()[..3], [2.0, 4.0, 4.0]);
    }

    #[test]
    fn the_last_steps_of_an_episode_get_shorter_returns() {
        for (outcome, last) in [(Outcome::Terminated, 0.0), (Outcome::Truncated, 4.0)] {
            let mut learner = NStepTd::<OneHot<6>, 6, 4>::EMPTY;
            learner.start(OneHot, HALF, 4, 4.0).unwrap();
            learner.learn(&step(0, 1.0, Outcome::Continue)).unwrap();
            learner.learn(&step(1, 3.0, outcome)).unwrap();
            let second = 3.0 + 0.5 * last;
            assert_eq!(learner.weights()[..3], [1.0 + 0.5 * second, second, 4.0]);
        }
    }

    #[test]
    fn one_step_sarsa_moves_towards_the_action_it_takes() {
        let mut rng = stream(5, 0);
        let mut learner = NStepSarsa::<OneHot<3>, 2, 3, 2>::EMPTY;
        learner.start(OneHot, HALF, 1, EpsilonGreedy::new(1.0).unwrap()).unwrap();
        learner.window.linear.weights.copy_from(&[0.0, 2.0, 0.0, 0.0, 6.0, 0.0]).unwrap();
        let transition = Transition { state: 0, action: 1, reward: 1.0, next_state: 1, outcome: Outcome::Continue };
        learner.learn(&transition, &mut rng).unwrap();
        let next = learner.act(1, &mut rng).unwrap();
        assert_eq!(learner.weights().value(1, 0), Ok([2.0, 4.0][next]));
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut learner = NStepTd::<OneHot<3>, 3, 2>::EMPTY;
        for n in [0, 3] {
            assert_eq!(learner.start(OneHot, HALF, n, 0.0), Err(Error::ParameterOutOfRange));
        }
        learner.start(OneHot, HALF, 2, 0.0).unwrap();
        learner.learn(&step(0, 1.0, Outcome::Continue)).unwrap();
        assert_eq!(learner.learn(&step(1, f32::NAN, Outcome::Continue)), Err(Error::NonFinite));
        assert_eq!(learner.learn(&step(2, 0.0, Outcome::Continue)), Err(Error::StateOutOfRange));
        assert_eq!(learner.window.steps.len(), 1);
        assert_eq!(learner.weights(), [0.0; 3]);
    }
}
