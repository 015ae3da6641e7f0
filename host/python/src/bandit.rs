//! Bandits whose arms have no features.

use habit::Error;
use habit::bandit::{
    ArmStatistics, Bandit, Choice, Confidence, Cumulative, Discounted, DynLinUcbState, Exp3State, IndexBandit,
    IndexRule, KullbackLeibler, SlidingWindowState, SystemBounds, ThompsonBetaState, ThompsonGaussianState, Ucb,
};
use habit::linalg::Boxed;
use habit::math::Libm;
use habit::rng::{Generator, stream};
use numpy::PyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::array::{Numbers, memory};
use crate::contextual::ridge;
use crate::error::{OrRefuse, bad_checkpoint};
use crate::learner::{Learner, saved_by_python, started, started_mut};

/// A bandit behind a pointer.
trait Arms: Learner {
    fn select(&mut self, generator: &mut Generator) -> Result<Choice, Error>;
    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error>;

    /// Takes in what an arm has paid, whichever was selected, where the bandit can.
    fn learn(&mut self, _arm: usize, _reward: f32) -> Result<(), Error> {
        Err(Error::NotSelected)
    }

    /// What is known: a number an arm, or the coefficients of a linear bandit.
    fn estimates(&self) -> Vec<f32>;
}

macro_rules! arms {
    ($([$($generics:tt)*] $type:ty, |$bandit:ident| $estimates:expr $(, $learn:item)?;)*) => {$(
        impl<$($generics)*> Arms for $type {
            fn select(&mut self, generator: &mut Generator) -> Result<Choice, Error> {
                Bandit::select(self, generator)
            }

            fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
                Bandit::update(self, arm, reward)
            }

            $($learn)?

            fn estimates(&self) -> Vec<f32> {
                let $bandit = self;
                $estimates
            }
        }
    )*};
}

type Counted = Cumulative<Box<[u32]>, Box<[f32]>>;
type Windowed = SlidingWindowState<Box<[u32]>, Box<[f32]>, Box<[u16]>, Box<[f32]>>;
type Dynamic = DynLinUcbState<Box<[f32]>, Boxed, Confidence>;

arms! {
    [S: ArmStatistics + Send + Sync, R: IndexRule + Send + Sync] IndexBandit<S, R>,
        |bandit| (0..Bandit::arms(bandit)).map(|arm| bandit.mean(arm)).collect(),
        fn learn(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
            IndexBandit::learn(self, arm, reward)
        };
    [] ThompsonBetaState<Box<[u32]>>, |bandit| (0..Bandit::arms(bandit)).map(|arm| bandit.mean(arm)).collect();
    [] ThompsonGaussianState<Counted>, |bandit| (0..Bandit::arms(bandit)).map(|arm| bandit.mean(arm)).collect();
    [] Exp3State<Box<[f32]>>, |bandit| bandit.probabilities().to_vec();
    [] Dynamic, |bandit| bandit.ridge().estimate().to_vec();
}

fn counted(arms: usize) -> PyResult<Result<Counted, Error>> {
    Ok(Cumulative::over(memory(&[arms])?, memory(&[arms])?))
}

/// A bandit by the name of its rule, with the numbers that the rule takes.
fn started_bandit(py: Python<'_>, rule: &str, arms: usize, numbers: &[f32]) -> PyResult<Box<dyn Arms>> {
    Ok(match (rule, numbers) {
        ("ucb1", &[confidence]) => {
            let mut bandit = IndexBandit::new(counted(arms)?.or_refuse(py)?);
            bandit.start(Ucb::<Libm>::new(confidence).or_refuse(py)?).or_refuse(py)?;
            Box::new(bandit)
        }
        ("kl-ucb", &[confidence]) => {
            let mut bandit = IndexBandit::new(counted(arms)?.or_refuse(py)?);
            bandit.start(KullbackLeibler::<Libm>::new(confidence).or_refuse(py)?).or_refuse(py)?;
            Box::new(bandit)
        }
        ("discounted-ucb", &[confidence, discount]) => {
            let statistics = Discounted::over(memory::<f32>(&[arms])?, memory(&[arms])?).or_refuse(py)?;
            let mut bandit = IndexBandit::new(statistics);
            bandit.start_discounted(Ucb::new(confidence).or_refuse(py)?, discount).or_refuse(py)?;
            Box::new(bandit)
        }
        ("thompson-beta", &[]) => {
            let mut bandit = ThompsonBetaState::<Box<[u32]>>::new(memory(&[arms])?, memory(&[arms])?);
            bandit.start().or_refuse(py)?;
            Box::new(bandit)
        }
        ("thompson-gaussian", &[deviation]) => {
            let mut bandit = ThompsonGaussianState::<Counted>::new(counted(arms)?.or_refuse(py)?);
            bandit.start(deviation).or_refuse(py)?;
            Box::new(bandit)
        }
        ("exp3", &[rate, low, high]) => {
            let mut bandit = Exp3State::<Box<[f32]>>::new(memory(&[arms])?, memory(&[arms])?);
            bandit.start(rate, low, high).or_refuse(py)?;
            Box::new(bandit)
        }
        _ => return Err(PyValueError::new_err(format!("no bandit is called {rule}"))),
    })
}

/// Bandits of any number of arms, one choice a round.
#[pyclass(subclass, module = "habit._habit")]
pub struct ArmBandit {
    learner: Option<Box<dyn Arms>>,
    generator: Generator,
    propensity: Option<f32>,
}

impl ArmBandit {
    /// Puts a bandit in place, with what an earlier one has learned.
    fn put(&mut self, py: Python<'_>, mut learner: Box<dyn Arms>, seed: u32, state: Option<&[u8]>) -> PyResult<()> {
        let mut generator = stream(seed, 1);
        if let Some(state) = state {
            learner.load(&mut generator, state).map_err(|error| bad_checkpoint(py, error))?;
        }
        *self = Self { learner: Some(learner), generator, propensity: None };
        Ok(())
    }
}

#[pymethods]
impl ArmBandit {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        Self { learner: None, generator: stream(0, 1), propensity: None }
    }

    fn _start(
        &mut self,
        py: Python<'_>,
        rule: &str,
        arms: usize,
        numbers: Vec<f32>,
        seed: u32,
        state: Option<&[u8]>,
    ) -> PyResult<()> {
        self.put(py, started_bandit(py, rule, arms, &numbers)?, seed, state)
    }

    fn _start_windowed(
        &mut self,
        py: Python<'_>,
        arms: usize,
        confidence: f32,
        window: usize,
        seed: u32,
        state: Option<&[u8]>,
    ) -> PyResult<()> {
        let statistics =
            Windowed::over(memory(&[arms])?, memory(&[arms])?, memory(&[window])?, memory(&[window])?).or_refuse(py)?;
        let mut bandit = IndexBandit::new(statistics);
        bandit.start(Ucb::<Libm>::new(confidence).or_refuse(py)?).or_refuse(py)?;
        self.put(py, Box::new(bandit), seed, state)
    }

    #[allow(clippy::too_many_arguments)] // one number of the system after the other, as the class takes them
    fn _start_dynamic(
        &mut self,
        py: Python<'_>,
        arms: &Bound<'_, PyAny>,
        bounds: [f32; 7],
        regularization: f32,
        horizon: u32,
        seed: u32,
        state: Option<&[u8]>,
    ) -> PyResult<()> {
        let arms = Numbers::<f32>::borrow(arms, "arms")?;
        let &[_, features] = arms.shape() else {
            return Err(PyValueError::new_err("arms must have a row an arm and a column a feature"));
        };
        let [spectral_radius, transient_gain, feedthrough_norm, output_norm, input_norm, arm_norm, noise] = bounds;
        let bounds = SystemBounds {
            spectral_radius,
            transient_gain,
            feedthrough_norm,
            output_norm,
            input_norm,
            arm_norm,
            noise,
        };
        bounds.check().or_refuse(py)?;
        let constants = [bounds.transient(), bounds.bias(), bounds.variance()];
        let confidence = Confidence::new(constants, arm_norm, features, regularization, horizon).or_refuse(py)?;
        let mut bandit = Dynamic::new(Box::default(), ridge(py, features)?, Confidence::ZERO);
        bandit.start(arms.values()?.into(), confidence, regularization, spectral_radius).or_refuse(py)?;
        self.put(py, Box::new(bandit), seed, state)
    }

    /// Chooses the arm of this round.
    fn select(&mut self, py: Python<'_>) -> PyResult<usize> {
        let choice = started_mut(py, &mut self.learner)?.select(&mut self.generator).or_refuse(py)?;
        self.propensity = choice.propensity;
        Ok(choice.arm)
    }

    /// Takes the reward of the arm that was selected.
    fn update(&mut self, py: Python<'_>, arm: usize, reward: f32) -> PyResult<()> {
        started_mut(py, &mut self.learner)?.update(arm, reward).or_refuse(py)
    }

    fn _learn(&mut self, py: Python<'_>, arms: &Bound<'_, PyAny>, rewards: &Bound<'_, PyAny>) -> PyResult<()> {
        let (arms, rewards) = (Numbers::<i64>::borrow(arms, "arms")?, Numbers::<f32>::borrow(rewards, "rewards")?);
        let &[rows] = arms.shape() else {
            return Err(PyValueError::new_err("arms must have 1 dimension: an arm a row"));
        };
        let rewards = rewards.of_shape("rewards", &[rows])?;
        let (arms, rewards) = (arms.values()?, rewards.values()?);
        let learner = started_mut(py, &mut self.learner)?;
        let learned = py.detach(|| {
            all_or_nothing(learner, |learner| {
                arms.iter().zip(rewards).try_for_each(|(arm, reward)| learner.learn(index(*arm)?, *reward))
            })
        });
        learned.or_refuse(py)
    }

    fn _estimates<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f32>>> {
        Ok(PyArray1::from_vec(py, started(py, &self.learner)?.estimates()))
    }

    /// The probability with which the last arm was chosen; None where it has no closed form, or nothing was selected.
    #[getter]
    const fn propensity(&self) -> Option<f32> {
        self.propensity
    }
}

saved_by_python!(ArmBandit);

/// An arm from Python's integers.
pub fn index(arm: i64) -> Result<usize, Error> {
    usize::try_from(arm).map_err(|_| Error::ActionOutOfRange)
}

/// Does all of something, or takes back what was learned until it failed.
pub fn all_or_nothing<L: Learner + ?Sized>(
    learner: &mut L,
    work: impl FnOnce(&mut L) -> Result<(), Error>,
) -> Result<(), Error> {
    let before = learner.payload();
    work(learner).inspect_err(|_| {
        // What this very learner has written, it reads back.
        let _ = learner.restore(&before);
    })
}
