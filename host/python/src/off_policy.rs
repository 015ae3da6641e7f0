//! What another policy would have earned, from a log.

use habit::bandit::{Estimate, LoggedDecision, OffPolicyEvaluation as Evaluation};
use pyo3::prelude::*;

use crate::array::{Numbers, other_shape};
use crate::error::OrRefuse;

/// The value of a policy by the log of another one: inverse propensity scores (`ips`), self-normalised (`snips`) and doubly
/// robust. Each is a pair: the mean reward a decision and its standard error, which is None where too few decisions count.
#[pyclass(module = "habit")]
pub struct OffPolicyEvaluation {
    evaluation: Evaluation,
}

type Pair = Option<(f32, Option<f32>)>;

fn pair(estimate: Option<Estimate>) -> Pair {
    estimate.map(|Estimate { value, standard_error }| (value, standard_error))
}

/// A column of float32.
fn column<'py>(any: &Bound<'py, PyAny>, name: &str, shape: &[usize]) -> PyResult<Numbers<'py, f32>> {
    Numbers::borrow(any, name)?.of_shape(name, shape)
}

#[pymethods]
impl OffPolicyEvaluation {
    #[new]
    #[pyo3(signature = (clip = None))]
    fn new(py: Python<'_>, clip: Option<f32>) -> PyResult<Self> {
        let mut evaluation = Evaluation::EMPTY;
        evaluation.start(clip).or_refuse(py)?;
        Ok(Self { evaluation })
    }

    /// Takes in decisions, a number of float32 each: the probability with which what was played was chosen, the probability with
    /// which the policy under evaluation would have chosen it, what it paid; what a model expects of it and of the policy.
    #[pyo3(signature = (propensities, targets, rewards, predictions = None, expectations = None))]
    fn add(
        &mut self,
        py: Python<'_>,
        propensities: &Bound<'_, PyAny>,
        targets: &Bound<'_, PyAny>,
        rewards: &Bound<'_, PyAny>,
        predictions: Option<&Bound<'_, PyAny>>,
        expectations: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let propensities = Numbers::<f32>::borrow(propensities, "propensities")?;
        let shape = propensities.shape().to_vec();
        if shape.len() != 1 {
            return Err(other_shape("propensities", &[propensities.values()?.len()], &shape));
        }

        let (targets, rewards) = (column(targets, "targets", &shape)?, column(rewards, "rewards", &shape)?);
        let predictions = predictions.map(|any| column(any, "predictions", &shape)).transpose()?;
        let expectations = expectations.map(|any| column(any, "expectations", &shape)).transpose()?;
        let (propensities, targets, rewards) = (propensities.values()?, targets.values()?, rewards.values()?);
        let predictions = predictions.as_ref().map(Numbers::values).transpose()?;
        let expectations = expectations.as_ref().map(Numbers::values).transpose()?;
        let mut next = self.evaluation;
        let added = py.detach(|| {
            let of = |column: Option<&[f32]>, row: usize| column.map_or(0.0, |column| column[row]);
            let rows = propensities.iter().zip(targets.iter().zip(rewards)).enumerate();
            for (row, (propensity, (target, reward))) in rows {
                let decision = LoggedDecision::new(*propensity, *target, *reward);
                let (prediction, expectation) = (of(predictions, row), of(expectations, row));
                next.add(&LoggedDecision { prediction, expectation, ..decision })?;
            }
            Ok(())
        });
        added.or_refuse(py)?;
        self.evaluation = next;
        Ok(())
    }

    /// The number of decisions.
    #[getter]
    const fn count(&self) -> u32 {
        self.evaluation.count()
    }

    /// How many decisions the policy itself would have had to take to tell as much; None where none counts.
    #[getter]
    fn effective_sample_size(&self) -> Option<f32> {
        self.evaluation.effective_sample_size()
    }

    /// By inverse propensity scores.
    #[getter]
    fn ips(&self) -> Pair {
        pair(self.evaluation.ips())
    }

    /// By self-normalised inverse propensity scores.
    #[getter]
    fn snips(&self) -> Pair {
        pair(self.evaluation.snips())
    }

    /// By the model, corrected by weighted residuals.
    #[getter]
    fn doubly_robust(&self) -> Pair {
        pair(self.evaluation.doubly_robust())
    }
}
