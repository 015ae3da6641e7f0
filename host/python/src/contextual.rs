//! Bandits that see features before they choose.

use habit::Error;
use habit::bandit::{
    Choice, ContextualRule, ContextualState, Disjoint, Estimates, Explored, FixedRadius, Optimistic, PosteriorSampling,
    Shared,
};
use habit::linalg::{Boxed, Dyn, Ridge};
use habit::math::{Libm, argmax};
use habit::policy::EpsilonGreedy;
use habit::rng::{Generator, stream};
use numpy::{PyArray1, PyArrayDyn};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::array::{Numbers, NumbersMut, memory};
use crate::bandit::{all_or_nothing, index};
use crate::error::{OrRefuse, bad_checkpoint};
use crate::learner::{Learner, saved_by_python, started, started_mut};

/// A contextual bandit behind a pointer.
trait Contextual: Learner {
    fn arms(&self) -> usize;
    fn select(&mut self, context: &[f32], generator: &mut Generator) -> Result<Choice, Error>;
    fn update(&mut self, context: &[f32], arm: usize, reward: f32) -> Result<(), Error>;
    fn learn(&mut self, context: &[f32], arm: usize, reward: f32) -> Result<(), Error>;
    fn predict(&self, context: &[f32], arm: usize) -> f32;

    /// How many rewards were learned from, and how many choices wait for theirs.
    fn counts(&self) -> [u32; 2];

    /// The coefficients of every regression, one after the other.
    fn coefficients(&self) -> Vec<f32>;
}

impl<E: Estimates + Send + Sync, U: ContextualRule + Send + Sync> Contextual for ContextualState<E, U> {
    fn arms(&self) -> usize {
        self.estimates().arms()
    }

    fn select(&mut self, context: &[f32], generator: &mut Generator) -> Result<Choice, Error> {
        habit::bandit::ContextualBandit::select(self, context, generator)
    }

    fn update(&mut self, context: &[f32], arm: usize, reward: f32) -> Result<(), Error> {
        habit::bandit::ContextualBandit::update(self, context, arm, reward)
    }

    fn learn(&mut self, context: &[f32], arm: usize, reward: f32) -> Result<(), Error> {
        habit::bandit::ContextualBandit::learn(self, context, arm, reward)
    }

    fn predict(&self, context: &[f32], arm: usize) -> f32 {
        ContextualState::predict(self, context, arm)
    }

    fn counts(&self) -> [u32; 2] {
        [self.rounds(), self.waiting()]
    }

    fn coefficients(&self) -> Vec<f32> {
        self.estimates().ridges().iter().flat_map(Ridge::estimate).copied().collect()
    }
}

/// A regression that is not started.
pub fn ridge(py: Python<'_>, features: usize) -> PyResult<Ridge<Boxed>> {
    Ridge::boxed(memory(&[features, features])?, memory(&[features])?, memory(&[features])?).or_refuse(py)
}

fn shared(py: Python<'_>, arms: usize, features: usize) -> PyResult<Shared<Dyn, Boxed>> {
    Ok(Shared::new(Dyn(arms), ridge(py, features)?))
}

fn disjoint(py: Python<'_>, arms: usize, features: usize) -> PyResult<Disjoint<Boxed, Box<[Ridge<Boxed>]>>> {
    // All of them at once first, so that too many are refused before the machine is full of the first ones.
    drop(memory::<f32>(&[arms, features, features])?);
    let ridges = (0..arms).map(|_| ridge(py, features)).collect::<PyResult<Box<[_]>>>()?;
    Ok(Disjoint::new(ridges))
}

fn begun<E: Estimates + Send + Sync + 'static, U: ContextualRule + Send + Sync + 'static>(
    py: Python<'_>,
    estimates: E,
    regularization: f32,
    rule: U,
) -> PyResult<Box<dyn Contextual>> {
    let mut bandit = ContextualState::new(estimates);
    bandit.start(regularization, rule).or_refuse(py)?;
    Ok(Box::new(bandit))
}

/// Contextual bandits of any size.
#[pyclass(subclass, module = "habit._habit")]
pub struct ContextualBandit {
    learner: Option<Box<dyn Contextual>>,
    generator: Generator,
    propensity: Option<f32>,
    /// Of a context.
    shape: Vec<usize>,
}

impl ContextualBandit {
    fn context<'py>(&self, any: &Bound<'py, PyAny>) -> PyResult<Numbers<'py, f32>> {
        Numbers::borrow(any, "context")?.of_shape("context", &self.shape)
    }

    /// Contexts of several rounds, and how many there are.
    fn contexts<'py>(&self, any: &Bound<'py, PyAny>) -> PyResult<(Numbers<'py, f32>, usize)> {
        let contexts = Numbers::borrow(any, "X")?;
        let rows = contexts.shape().first().copied().unwrap_or(0);
        let shape: Vec<_> = [rows].into_iter().chain(self.shape.iter().copied()).collect();
        Ok((contexts.of_shape("X", &shape)?, rows))
    }

    fn length(&self) -> usize {
        self.shape.iter().product()
    }
}

#[pymethods]
impl ContextualBandit {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        Self { learner: None, generator: stream(0, 1), propensity: None, shape: Vec::new() }
    }

    #[allow(clippy::too_many_arguments)] // what the classes take, one after the other
    fn _start(
        &mut self,
        py: Python<'_>,
        rule: &str,
        arms: usize,
        features: usize,
        is_shared: bool,
        regularization: f32,
        number: f32,
        seed: u32,
        state: Option<&[u8]>,
    ) -> PyResult<()> {
        let optimistic = || Optimistic(FixedRadius(number));
        let sampling = || -> PyResult<PosteriorSampling<Boxed, Libm>> {
            Ok(PosteriorSampling::over(number, memory(&[features, features])?, memory(&[features])?))
        };
        let explored = || -> PyResult<Explored<Box<[f32]>, EpsilonGreedy>> {
            Ok(Explored::over(EpsilonGreedy::new(number).or_refuse(py)?, memory(&[arms])?))
        };
        let mut learner = match (rule, is_shared) {
            ("ucb", true) => begun(py, shared(py, arms, features)?, regularization, optimistic())?,
            ("ucb", false) => begun(py, disjoint(py, arms, features)?, regularization, optimistic())?,
            ("ts", true) => begun(py, shared(py, arms, features)?, regularization, sampling()?)?,
            ("ts", false) => begun(py, disjoint(py, arms, features)?, regularization, sampling()?)?,
            ("epsilon", true) => begun(py, shared(py, arms, features)?, regularization, explored()?)?,
            ("epsilon", false) => begun(py, disjoint(py, arms, features)?, regularization, explored()?)?,
            _ => return Err(PyValueError::new_err(format!("no rule is called {rule}"))),
        };
        let mut generator = stream(seed, 1);
        if let Some(state) = state {
            learner.load(&mut generator, state).map_err(|error| bad_checkpoint(py, error))?;
        }
        let shape = if is_shared { vec![arms, features] } else { vec![features] };
        *self = Self { learner: Some(learner), generator, propensity: None, shape };
        Ok(())
    }

    /// Chooses the arm of this round, whose context is an array of float32: `(n_features,)`, or `(n_arms, n_features)` where
    /// the estimate is shared.
    fn select(&mut self, py: Python<'_>, context: &Bound<'_, PyAny>) -> PyResult<usize> {
        let context = self.context(context)?;
        let learner = started_mut(py, &mut self.learner)?;
        let choice = learner.select(context.values()?, &mut self.generator).or_refuse(py)?;
        self.propensity = choice.propensity;
        Ok(choice.arm)
    }

    /// Takes the reward of a choice made earlier, with the context it belongs to.
    fn update(&mut self, py: Python<'_>, context: &Bound<'_, PyAny>, arm: usize, reward: f32) -> PyResult<()> {
        let context = self.context(context)?;
        started_mut(py, &mut self.learner)?.update(context.values()?, arm, reward).or_refuse(py)
    }

    #[pyo3(name = "_learn")]
    fn learn(
        &mut self,
        py: Python<'_>,
        contexts: &Bound<'_, PyAny>,
        arms: &Bound<'_, PyAny>,
        rewards: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (contexts, rows) = self.contexts(contexts)?;
        let arms = Numbers::<i64>::borrow(arms, "arms")?.of_shape("arms", &[rows])?;
        let rewards = Numbers::<f32>::borrow(rewards, "rewards")?.of_shape("rewards", &[rows])?;
        let length = self.length();
        let (contexts, arms, rewards) = (contexts.values()?, arms.values()?, rewards.values()?);
        let learner = started_mut(py, &mut self.learner)?;
        let learned = py.detach(|| {
            all_or_nothing(learner, |learner| {
                let mut rows = contexts.chunks_exact(length.max(1)).zip(arms.iter().zip(rewards));
                rows.try_for_each(|(context, (arm, reward))| learner.learn(context, index(*arm)?, *reward))
            })
        });
        learned.or_refuse(py)
    }

    /// What every arm is thought to pay in each context: `(n, n_arms)` numbers of float32, in `out` where it is given.
    #[pyo3(signature = (X, *, out = None))]
    #[allow(non_snake_case)] // as scikit-learn names it
    fn predict_expectations<'py>(
        &self,
        py: Python<'py>,
        X: &Bound<'py, PyAny>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        let (contexts, rows) = self.contexts(X)?;
        let learner = started(py, &self.learner)?;
        let arms = learner.arms();
        let mut out = NumbersMut::<f32>::borrow_or_make(py, out, "out", &[rows, arms])?;
        let (values, numbers, length) = (contexts.values()?, out.values_mut()?, self.length());
        if !habit::linalg::all_finite(values) {
            return Err(crate::error::refusal(py, Error::NonFinite));
        }
        py.detach(|| {
            for (context, row) in values.chunks_exact(length.max(1)).zip(numbers.chunks_exact_mut(arms)) {
                row.iter_mut().enumerate().for_each(|(arm, number)| *number = learner.predict(context, arm));
            }
        });
        Ok(out.into_array())
    }

    /// The arm that is thought to pay most in each context, without exploring: `(n,)` numbers of int64.
    #[allow(non_snake_case)] // as scikit-learn names it
    fn predict<'py>(&self, py: Python<'py>, X: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let (contexts, _) = self.contexts(X)?;
        let learner = started(py, &self.learner)?;
        let (values, length, arms) = (contexts.values()?, self.length(), learner.arms());
        if !habit::linalg::all_finite(values) {
            return Err(crate::error::refusal(py, Error::NonFinite));
        }
        let best = |context| argmax(arms, |arm| learner.predict(context, arm)).unwrap_or(0) as i64;
        let best = py.detach(|| values.chunks_exact(length.max(1)).map(best).collect());
        Ok(PyArray1::from_vec(py, best))
    }

    fn _coefficients<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f32>>> {
        Ok(PyArray1::from_vec(py, started(py, &self.learner)?.coefficients()))
    }

    /// How many rewards were learned from.
    #[getter]
    fn rounds(&self, py: Python<'_>) -> PyResult<u32> {
        Ok(started(py, &self.learner)?.counts()[0])
    }

    /// How many choices wait for their rewards.
    #[getter]
    fn waiting(&self, py: Python<'_>) -> PyResult<u32> {
        Ok(started(py, &self.learner)?.counts()[1])
    }

    /// The probability with which the last arm was chosen; None where it has no closed form, or nothing was selected.
    #[getter]
    const fn propensity(&self) -> Option<f32> {
        self.propensity
    }
}

saved_by_python!(ContextualBandit);
