//! The kernel's environments.

use habit::Error;
use habit::env::{
    Acrobot, Blackjack, Bounded, CartPole, CliffWalking, Discrete, Env, FrozenLake, MountainCar, Pendulum, RandomWalk,
    ShortCorridor, Space, Taxi, WindyGrid,
};
use habit::interact::{Outcome, Step};
use habit::linalg::Dim;
use habit::rng::{Generator, Rng, stream};
use numpy::PyArray1;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::array::Numbers;
use crate::error::{OrRefuse, refusal};

/// An environment whose states and actions are counted, behind a pointer.
pub trait FiniteWorld: Send + Sync {
    fn states(&self) -> usize;
    fn actions(&self) -> usize;
    fn reset(&mut self, rng: &mut dyn Rng) -> usize;
    fn step(&mut self, action: usize, rng: &mut dyn Rng) -> Result<Step<usize>, Error>;
}

impl<E, N, M> FiniteWorld for E
where
    E: Env<ObservationSpace = Discrete<N>, ActionSpace = Discrete<M>> + Send + Sync,
    N: Dim,
    M: Dim,
{
    fn states(&self) -> usize {
        self.observation_space().0.get()
    }

    fn actions(&self) -> usize {
        self.action_space().0.get()
    }

    fn reset(&mut self, rng: &mut dyn Rng) -> usize {
        Env::reset(self, rng)
    }

    fn step(&mut self, action: usize, rng: &mut dyn Rng) -> Result<Step<usize>, Error> {
        Env::step(self, action, rng)
    }
}

/// What is done where observations are numbers.
trait Deeds: Space {
    /// How many actions there are, or the bounds of a force.
    fn all(&self) -> Deed;

    fn element(deed: Deed) -> Result<Self::Element, Error>;
}

/// An action, or how many there are; a force, or its greatest.
#[derive(Clone, Copy)]
enum Deed {
    Number(usize),
    Force(f32),
}

impl<M: Dim> Deeds for Discrete<M> {
    fn all(&self) -> Deed {
        Deed::Number(self.0.get())
    }

    fn element(deed: Deed) -> Result<usize, Error> {
        if let Deed::Number(action) = deed { Ok(action) } else { Err(Error::ActionOutOfRange) }
    }
}

impl Deeds for Bounded<1> {
    fn all(&self) -> Deed {
        Deed::Force(self.high[0])
    }

    fn element(deed: Deed) -> Result<[f32; 1], Error> {
        if let Deed::Force(force) = deed { Ok([force]) } else { Err(Error::ActionOutOfRange) }
    }
}

/// An environment that is observed in numbers, behind a pointer.
trait ObservedWorld: Send + Sync {
    fn bounds(&self) -> [Vec<f32>; 2];
    fn deeds(&self) -> Deed;
    fn reset(&mut self, generator: &mut Generator) -> Vec<f32>;
    fn step(&mut self, deed: Deed, generator: &mut Generator) -> Result<Step<Vec<f32>>, Error>;
}

impl<E, A, const N: usize> ObservedWorld for E
where
    E: Env<ObservationSpace = Bounded<N>, ActionSpace = A> + Send + Sync,
    A: Deeds,
{
    fn bounds(&self) -> [Vec<f32>; 2] {
        let Bounded { low, high } = self.observation_space();
        [low.into(), high.into()]
    }

    fn deeds(&self) -> Deed {
        self.action_space().all()
    }

    fn reset(&mut self, generator: &mut Generator) -> Vec<f32> {
        Env::reset(self, generator).into()
    }

    fn step(&mut self, deed: Deed, generator: &mut Generator) -> Result<Step<Vec<f32>>, Error> {
        let Step { observation, reward, outcome } = Env::step(self, A::element(deed)?, generator)?;
        Ok(Step { observation: observation.into(), reward, outcome })
    }
}

enum World {
    Finite(Box<dyn FiniteWorld>),
    Observed(Box<dyn ObservedWorld>),
}

/// Every environment: its name, when its episodes are cut (0 for never), and how it is made; `variant` is the form that is
/// not the usual one.
fn made(name: &str, variant: bool) -> Option<(World, u32)> {
    let finite = |world: Box<dyn FiniteWorld>, limit| Some((World::Finite(world), limit));
    let observed = |world: Box<dyn ObservedWorld>, limit| Some((World::Observed(world), limit));
    match name {
        "CliffWalking" => finite(Box::new(CliffWalking::new(variant)), 0),
        "FrozenLake" => finite(Box::new(FrozenLake::<16>::new(!variant)), FrozenLake::<16>::TIME_LIMIT),
        "FrozenLake8x8" => finite(Box::new(FrozenLake::<64>::new(!variant)), FrozenLake::<64>::TIME_LIMIT),
        "Taxi" => finite(Box::new(Taxi::new()), Taxi::TIME_LIMIT),
        "Blackjack" => finite(Box::new(Blackjack::new()), 0),
        "WindyGrid" => finite(Box::new(WindyGrid::new()), 0),
        "RandomWalk" => finite(Box::new(RandomWalk::EXAMPLE_7_1), 0),
        "CartPole" => observed(Box::new(CartPole::new()), CartPole::TIME_LIMIT),
        "MountainCar" => observed(Box::new(MountainCar::new()), MountainCar::TIME_LIMIT),
        "Acrobot" => observed(Box::new(Acrobot::new()), Acrobot::TIME_LIMIT),
        "Pendulum" => observed(Box::new(Pendulum::new()), Pendulum::TIME_LIMIT),
        "ShortCorridor" => observed(Box::new(ShortCorridor::new()), 0),
        _ => None,
    }
}

/// One of the kernel's environments. `habit.make` dresses it for Gymnasium.
#[pyclass(module = "habit._habit")]
pub struct Environment {
    world: World,
    generator: Generator,
    /// Of an episode; 0 for none.
    limit: u32,
    elapsed: u32,
}

impl Environment {
    /// What a tabular agent can be trained in.
    pub fn finite(&mut self) -> Option<Training<'_>> {
        match &mut self.world {
            World::Finite(world) => {
                let limit = if self.limit == 0 { u32::MAX } else { self.limit };
                Some(Training { world: world.as_mut(), generator: &mut self.generator, limit })
            }
            World::Observed(_) => None,
        }
    }

    fn outcome(&mut self, outcome: Outcome) -> (bool, bool) {
        self.elapsed = self.elapsed.saturating_add(1);
        let cut = outcome == Outcome::Continue && self.limit != 0 && self.elapsed >= self.limit;
        (outcome == Outcome::Terminated, cut || outcome == Outcome::Truncated)
    }
}

/// An environment, its generator and the length of its episodes.
pub struct Training<'a> {
    pub world: &'a mut dyn FiniteWorld,
    pub generator: &'a mut Generator,
    pub limit: u32,
}

#[pymethods]
impl Environment {
    #[new]
    fn new(name: &str, variant: bool, limit: Option<u32>) -> PyResult<Self> {
        let Some((world, usual)) = made(name, variant) else {
            return Err(PyValueError::new_err(format!("no environment is called {name}")));
        };
        Ok(Self { world, generator: stream(0, 0), limit: limit.unwrap_or(usual), elapsed: 0 })
    }

    /// The number of states; None where observations are vectors.
    #[getter]
    fn n_states(&self) -> Option<usize> {
        if let World::Finite(world) = &self.world { Some(world.states()) } else { None }
    }

    /// The number of actions; None where an action is a force.
    #[getter]
    fn n_actions(&self) -> Option<usize> {
        match &self.world {
            World::Finite(world) => Some(world.actions()),
            World::Observed(world) => match world.deeds() {
                Deed::Number(count) => Some(count),
                Deed::Force(_) => None,
            },
        }
    }

    /// The greatest force; None where actions are counted.
    #[getter]
    fn greatest_force(&self) -> Option<f32> {
        match &self.world {
            World::Observed(world) => match world.deeds() {
                Deed::Number(_) => None,
                Deed::Force(greatest) => Some(greatest),
            },
            World::Finite(_) => None,
        }
    }

    /// The least and the greatest observation; None where states are counted.
    #[getter]
    fn bounds<'py>(&self, py: Python<'py>) -> Option<[Bound<'py, PyArray1<f32>>; 2]> {
        match &self.world {
            World::Observed(world) => Some(world.bounds().map(|bound| PyArray1::from_vec(py, bound))),
            World::Finite(_) => None,
        }
    }

    /// After how many steps an episode is truncated; 0 for never.
    #[getter]
    const fn time_limit(&self) -> u32 {
        self.limit
    }

    /// Random choices come from this seed from now on.
    fn seed(&mut self, seed: u32) {
        self.generator = stream(seed, 0);
    }

    /// Starts an episode; returns the first observation.
    fn reset<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.elapsed = 0;
        match &mut self.world {
            World::Finite(world) => world.reset(&mut self.generator).into_bound_py_any(py),
            World::Observed(world) => Ok(PyArray1::from_vec(py, world.reset(&mut self.generator)).into_any()),
        }
    }

    /// Takes an action: observation, reward, terminated, truncated.
    fn step<'py>(
        &mut self,
        py: Python<'py>,
        action: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyAny>, f32, bool, bool)> {
        let (observation, reward, outcome) = match &mut self.world {
            World::Finite(world) => {
                let step = world.step(number(action)?, &mut self.generator).or_refuse(py)?;
                (step.observation.into_bound_py_any(py)?, step.reward, step.outcome)
            }
            World::Observed(world) => {
                let deed = match world.deeds() {
                    Deed::Number(_) => Deed::Number(number(action)?),
                    Deed::Force(_) => {
                        let force = Numbers::<f32>::borrow(action, "action")?.of_shape("action", &[1])?;
                        Deed::Force(force.values()?[0])
                    }
                };
                let step = world.step(deed, &mut self.generator).or_refuse(py)?;
                (PyArray1::from_vec(py, step.observation).into_any(), step.reward, step.outcome)
            }
        };
        let (terminated, truncated) = self.outcome(outcome);
        Ok((observation, reward, terminated, truncated))
    }
}

/// The number of an action.
fn number(action: &Bound<'_, PyAny>) -> PyResult<usize> {
    let Ok(number) = action.extract::<i64>() else {
        return Err(PyTypeError::new_err("an action is a whole number"));
    };
    usize::try_from(number).map_err(|_| refusal(action.py(), Error::ActionOutOfRange))
}
