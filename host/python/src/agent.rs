//! Tabular agents.

use habit::Error;
use habit::discount::Discounted;
use habit::env::{Discrete, Env};
use habit::interact::{Outcome, Step, Transition};
use habit::learn::{
    Control, DoubleQState, Episode, ExpectedSarsaTarget, QLearningTarget, SarsaTarget, Suits, Target, TdControl,
    TdParameters, run_step,
};
use habit::linalg::Dyn;
use habit::policy::{EpsilonGreedy, Table};
use habit::rng::{Generator, Rng, stream};
use habit::schedule::StepSized;
use numpy::ndarray::ArrayView2;
use numpy::{PyArray1, PyArray2, PyArrayMethods};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};

use crate::array::memory;
use crate::environment::{Environment, FiniteWorld, Training};
use crate::error::{OrRefuse, bad_checkpoint, refusal};
use crate::learner::{Learner, saved_by_python, started, started_mut};

type Values = Table<Dyn, Dyn, Box<[f32]>>;
type Double = DoubleQState<Dyn, Dyn, Box<[f32]>, Box<[f32]>>;

/// A tabular agent behind a pointer.
trait Agent: Learner {
    fn act(&mut self, state: usize, rng: &mut dyn Rng) -> Result<usize, Error>;
    fn learn(&mut self, transition: &Transition, rng: &mut dyn Rng) -> Result<f32, Error>;

    /// Its tables: one, or two.
    fn tables(&self) -> Vec<&Values>;

    /// Changes step size, discount and exploration, or none of them.
    fn adjust(&mut self, parameters: TdParameters, exploration: EpsilonGreedy) -> Result<(), Error>;
}

impl<T: Target + Send + Sync> Agent for TdControl<T, Values> {
    fn act(&mut self, state: usize, rng: &mut dyn Rng) -> Result<usize, Error> {
        Control::act(self, state, rng)
    }

    fn learn(&mut self, transition: &Transition, rng: &mut dyn Rng) -> Result<f32, Error> {
        Control::learn(self, transition, rng)
    }

    fn tables(&self) -> Vec<&Values> {
        vec![self.table()]
    }

    fn adjust(&mut self, parameters: TdParameters, exploration: EpsilonGreedy) -> Result<(), Error> {
        self.set_parameters(parameters)?;
        *self.exploration_mut() = exploration;
        Ok(())
    }
}

impl Agent for Double {
    fn act(&mut self, state: usize, rng: &mut dyn Rng) -> Result<usize, Error> {
        Control::act(self, state, rng)
    }

    fn learn(&mut self, transition: &Transition, rng: &mut dyn Rng) -> Result<f32, Error> {
        Control::learn(self, transition, rng)
    }

    fn tables(&self) -> Vec<&Values> {
        DoubleQState::tables(self).into()
    }

    fn adjust(&mut self, parameters: TdParameters, exploration: EpsilonGreedy) -> Result<(), Error> {
        let before = self.step_size();
        self.set_step_size(parameters.step_size)?;
        if let Err(error) = self.set_discount(parameters.discount) {
            self.set_step_size(before)?;
            return Err(error);
        }
        *self.exploration_mut() = exploration;
        Ok(())
    }
}

/// An environment as the kernel's loop sees it.
struct Seen<'a>(&'a mut dyn FiniteWorld);

impl Env for Seen<'_> {
    type ObservationSpace = Discrete<Dyn>;
    type ActionSpace = Discrete<Dyn>;

    fn observation_space(&self) -> Self::ObservationSpace {
        Discrete(Dyn(self.0.states()))
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Dyn(self.0.actions()))
    }

    fn reset(&mut self, mut rng: &mut (impl Rng + ?Sized)) -> usize {
        self.0.reset(&mut rng)
    }

    fn step(&mut self, action: usize, mut rng: &mut (impl Rng + ?Sized)) -> Result<Step<usize>, Error> {
        self.0.step(action, &mut rng)
    }
}

/// An agent as the kernel's loop sees it.
struct Acting<'a>(&'a mut dyn Agent);

impl Control for Acting<'_> {
    type Observation = usize;
    type Action = usize;

    fn act(&mut self, state: usize, mut rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        self.0.act(state, &mut rng)
    }

    fn learn(&mut self, transition: &Transition, mut rng: &mut (impl Rng + ?Sized)) -> Result<f32, Error> {
        self.0.learn(transition, &mut rng)
    }
}

impl Suits<Seen<'_>> for Acting<'_> {}

/// How often a loop without the interpreter looks whether the user has interrupted it, in steps.
const PATIENCE: u32 = 1 << 16;

/// Tabular agents of any number of states and actions.
#[pyclass(subclass, module = "habit._habit")]
pub struct TabularAgent {
    learner: Option<Box<dyn Agent>>,
    generator: Generator,
}

#[pymethods]
impl TabularAgent {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        Self { learner: None, generator: stream(0, 1) }
    }

    #[allow(clippy::too_many_arguments)] // what the classes take, one after the other
    fn _start(
        &mut self,
        py: Python<'_>,
        rule: &str,
        states: usize,
        actions: usize,
        step_size: f32,
        discount: f32,
        epsilon: f32,
        initial_value: f32,
        seed: u32,
    ) -> PyResult<()> {
        // Views that numpy holds live as long as this object, so its tables stay where they are.
        if self.learner.is_some() {
            return Err(PyRuntimeError::new_err("an agent is initialised once: make another one"));
        }
        let parameters = TdParameters { step_size, discount };
        let exploration = EpsilonGreedy::new(epsilon).or_refuse(py)?;
        let table = || Values::over(states, actions, memory(&[states, actions])?).or_refuse(py);
        macro_rules! td_control {
            ($target:ty) => {{
                let mut agent = TdControl::<$target, Values>::over(table()?);
                agent.start(parameters, exploration, initial_value).or_refuse(py)?;
                Box::new(agent)
            }};
        }
        let learner: Box<dyn Agent> = match rule {
            "q-learning" => td_control!(QLearningTarget),
            "sarsa" => td_control!(SarsaTarget),
            "expected-sarsa" => td_control!(ExpectedSarsaTarget),
            "double-q-learning" => {
                let mut agent = Double::over(table()?, table()?, memory(&[actions])?).or_refuse(py)?;
                agent.start(parameters, exploration, initial_value).or_refuse(py)?;
                Box::new(agent)
            }
            _ => return Err(PyValueError::new_err(format!("no agent is called {rule}"))),
        };
        (self.learner, self.generator) = (Some(learner), stream(seed, 1));
        Ok(())
    }

    fn _adjust(&mut self, py: Python<'_>, step_size: f32, discount: f32, epsilon: f32) -> PyResult<()> {
        let exploration = EpsilonGreedy::new(epsilon).or_refuse(py)?;
        let learner = started_mut(py, &mut self.learner)?;
        learner.adjust(TdParameters { step_size, discount }, exploration).or_refuse(py)
    }

    /// The action to take in a state.
    fn act(&mut self, py: Python<'_>, state: usize) -> PyResult<usize> {
        started_mut(py, &mut self.learner)?.act(state, &mut self.generator).or_refuse(py)
    }

    /// Learns from one step of an environment; returns the temporal-difference error.
    #[pyo3(signature = (state, action, reward, next_state, terminated, truncated = false))]
    #[allow(clippy::too_many_arguments)] // as Gymnasium returns it
    fn learn(
        &mut self,
        py: Python<'_>,
        state: usize,
        action: usize,
        reward: f32,
        next_state: usize,
        terminated: bool,
        truncated: bool,
    ) -> PyResult<f32> {
        let outcome = Outcome::from_flags(terminated, truncated);
        let transition = Transition { state, action, reward, next_state, outcome };
        started_mut(py, &mut self.learner)?.learn(&transition, &mut self.generator).or_refuse(py)
    }

    /// The tables, as numpy sees them where they lie.
    fn _tables<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        let views = PyList::empty(py);
        for table in started(py, &slf.borrow().learner)?.tables() {
            let view = ArrayView2::from_shape((table.states(), table.actions()), table.values())
                .map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
            // SAFETY: the numbers are in a box that this object, which the array keeps alive, neither moves nor frees
            // nor replaces; the array is not writeable, so that only methods of this object change them.
            let array = unsafe { PyArray2::borrow_from_array(&view, slf.clone().into_any()) };
            views.append(array.readwrite().make_nonwriteable().as_any())?;
        }
        Ok(views)
    }

    /// Trains in an environment of the kernel, without the interpreter: returns, lengths and whether each episode terminated.
    #[allow(clippy::type_complexity)] // three columns
    fn _train<'py>(
        &mut self,
        py: Python<'py>,
        environment: &mut Environment,
        episodes: usize,
        max_steps: Option<u32>,
    ) -> PyResult<(Bound<'py, PyArray1<f32>>, Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<bool>>)> {
        let Some(Training { world, generator, limit }) = environment.finite() else {
            return Err(PyValueError::new_err("a tabular agent needs an environment whose states are counted"));
        };
        let (learner, own) = (started_mut(py, &mut self.learner)?, &mut self.generator);
        let limit = max_steps.map_or(limit, |steps| steps.min(limit));
        let (mut returns, mut lengths, mut ended) = (Vec::new(), Vec::new(), Vec::new());
        py.detach(|| -> PyResult<()> {
            let (mut seen, mut acting, mut steps) = (Seen(world), Acting(learner), 0);
            for _ in 0..episodes {
                let (mut episode, mut state) = (Episode::START, Env::reset(&mut seen, generator));
                while !episode.outcome.is_over() {
                    let stepped = run_step(&mut seen, &mut acting, &mut state, &mut episode, limit, generator, own);
                    stepped.map_err(|error| Python::attach(|py| refusal(py, error)))?;
                    steps += 1;
                    if steps == PATIENCE {
                        steps = 0;
                        Python::attach(|py| py.check_signals())?;
                    }
                }
                returns.push(episode.reward);
                lengths.push(episode.length);
                ended.push(episode.outcome == Outcome::Terminated);
            }
            Ok(())
        })?;
        Ok((PyArray1::from_vec(py, returns), PyArray1::from_vec(py, lengths), PyArray1::from_vec(py, ended)))
    }
}

saved_by_python!(TabularAgent);
