//! Advantages over numpy's arrays, in place.

use habit::Error;
use habit::advantage::{DiscountedReturn, Gae, GroupBaseline, NStepReturn, RewardToGo, VTrace};
use habit::interact::{Outcome, RolloutView};
use habit::math::Libm;
use numpy::PyArrayDyn;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::array::{Numbers, NumbersMut};
use crate::error::OrRefuse;

type Array<'py> = Bound<'py, PyArrayDyn<f32>>;

/// The columns of a rollout, borrowed.
struct Rollout<'py> {
    rewards: Numbers<'py, f32>,
    values: Option<Numbers<'py, f32>>,
    next_values: Option<Numbers<'py, f32>>,
    outcomes: Vec<Outcome>,
}

impl<'py> Rollout<'py> {
    fn borrow(
        rewards: &Bound<'py, PyAny>,
        values: Option<&Bound<'py, PyAny>>,
        next_values: Option<&Bound<'py, PyAny>>,
        terminated: Option<&Bound<'py, PyAny>>,
        truncated: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let rewards = Numbers::<f32>::borrow(rewards, "rewards")?;
        let shape = rewards.shape().to_vec();
        if !(1..=2).contains(&shape.len()) {
            return Err(PyValueError::new_err("rewards must have the shape (steps,) or (steps, lanes)"));
        }
        let numbers = |any: &Bound<'py, PyAny>, name| Numbers::<f32>::borrow(any, name)?.of_shape(name, &shape);
        let flags = |any: &Bound<'py, PyAny>, name| Numbers::<bool>::borrow(any, name)?.of_shape(name, &shape);
        let values = values.map(|any| numbers(any, "values")).transpose()?;
        let next_values = next_values.map(|any| numbers(any, "next_values")).transpose()?;
        let terminated = terminated.map(|any| flags(any, "terminated")).transpose()?;
        let truncated = truncated.map(|any| flags(any, "truncated")).transpose()?;
        let mut outcomes = vec![Outcome::Continue; rewards.values()?.len()];
        if let Some(truncated) = truncated {
            for (outcome, _) in outcomes.iter_mut().zip(truncated.values()?).filter(|(_, is)| **is) {
                *outcome = Outcome::Truncated;
            }
        }
        if let Some(terminated) = terminated {
            for (outcome, _) in outcomes.iter_mut().zip(terminated.values()?).filter(|(_, is)| **is) {
                *outcome = Outcome::Terminated;
            }
        }
        Ok(Self { rewards, values, next_values, outcomes })
    }

    fn shape(&self) -> &[usize] {
        self.rewards.shape()
    }

    /// As the kernel sees it; values that were not given are the rewards, which whoever needs no values does not look at.
    fn view(&self) -> PyResult<Result<RolloutView<'_>, Error>> {
        let rewards = self.rewards.values()?;
        let values = self.values.as_ref().map_or(Ok(rewards), Numbers::values)?;
        let next_values = self.next_values.as_ref().map_or(Ok(rewards), Numbers::values)?;
        let (steps, lanes) = match *self.shape() {
            [steps, lanes] => (steps, lanes),
            [steps] => (steps, 1),
            _ => (0, 0),
        };
        Ok(RolloutView::new(steps, lanes, rewards, values, next_values, &self.outcomes))
    }
}

/// Writes one array of a rollout's shape, in `out` where it is given.
fn written<'py>(
    py: Python<'py>,
    rollout: &Rollout<'py>,
    out: Option<&Bound<'py, PyAny>>,
    write: impl FnOnce(&RolloutView<'_>, &mut [f32]) -> Result<(), Error> + Send,
) -> PyResult<Array<'py>> {
    let mut out = NumbersMut::borrow_or_make(py, out, "out", rollout.shape())?;
    let (view, numbers) = (rollout.view()?.or_refuse(py)?, out.values_mut()?);
    py.detach(|| write(&view, numbers)).or_refuse(py)?;
    Ok(out.into_array())
}

/// Generalized advantage estimation (Schulman et al. 2016). Arrays of `(steps,)` or `(steps, lanes)`; `next_values` are those of
/// the true next states, before any reset, so that a truncated step is not taken for an end. The value target is `values` more.
#[pyfunction]
#[pyo3(signature = (rewards, values, next_values, terminated = None, truncated = None, *, discount = 0.99, lambda_ = 0.95, out = None))]
#[allow(clippy::too_many_arguments)] // the columns of a rollout
pub fn gae<'py>(
    py: Python<'py>,
    rewards: &Bound<'py, PyAny>,
    values: &Bound<'py, PyAny>,
    next_values: &Bound<'py, PyAny>,
    terminated: Option<&Bound<'py, PyAny>>,
    truncated: Option<&Bound<'py, PyAny>>,
    discount: f32,
    lambda_: f32,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Array<'py>> {
    let rule = Gae::new(discount, lambda_).or_refuse(py)?;
    let rollout = Rollout::borrow(rewards, Some(values), Some(next_values), terminated, truncated)?;
    written(py, &rollout, out, |view, out| rule.advantages(view, out))
}

/// Discounted returns; a truncated or last step is completed by the value of its true next state.
#[pyfunction]
#[pyo3(signature = (rewards, next_values, terminated = None, truncated = None, *, discount = 0.99, out = None))]
pub fn discounted_returns<'py>(
    py: Python<'py>,
    rewards: &Bound<'py, PyAny>,
    next_values: &Bound<'py, PyAny>,
    terminated: Option<&Bound<'py, PyAny>>,
    truncated: Option<&Bound<'py, PyAny>>,
    discount: f32,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Array<'py>> {
    let rule = DiscountedReturn::new(discount).or_refuse(py)?;
    let rollout = Rollout::borrow(rewards, None, Some(next_values), terminated, truncated)?;
    written(py, &rollout, out, |view, out| rule.returns(view, out))
}

/// Returns of `n` steps, then a value.
#[pyfunction]
#[pyo3(signature = (rewards, next_values, terminated = None, truncated = None, *, n, discount = 0.99, out = None))]
#[allow(clippy::too_many_arguments)] // the columns of a rollout
pub fn n_step_returns<'py>(
    py: Python<'py>,
    rewards: &Bound<'py, PyAny>,
    next_values: &Bound<'py, PyAny>,
    terminated: Option<&Bound<'py, PyAny>>,
    truncated: Option<&Bound<'py, PyAny>>,
    n: usize,
    discount: f32,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Array<'py>> {
    let rule = NStepReturn::new(discount, n).or_refuse(py)?;
    let rollout = Rollout::borrow(rewards, None, Some(next_values), terminated, truncated)?;
    written(py, &rollout, out, |view, out| rule.returns(view, out))
}

/// What was paid from each step on, up to the end of its episode: neither discounted nor completed.
#[pyfunction]
#[pyo3(signature = (rewards, terminated = None, truncated = None, *, out = None))]
pub fn rewards_to_go<'py>(
    py: Python<'py>,
    rewards: &Bound<'py, PyAny>,
    terminated: Option<&Bound<'py, PyAny>>,
    truncated: Option<&Bound<'py, PyAny>>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Array<'py>> {
    let rollout = Rollout::borrow(rewards, None, None, terminated, truncated)?;
    written(py, &rollout, out, |view, out| RewardToGo.returns(view, out))
}

/// V-trace (Espeholt et al. 2018): advantages and value targets, from the logarithms of the probabilities that the policy which
/// learns, and the policy which acted, give the actions.
#[pyfunction]
#[pyo3(signature = (rewards, values, next_values, learner, actor, terminated = None, truncated = None, *, discount = 0.99, lambda_ = 1.0, rho_bar = 1.0, c_bar = 1.0, out = None, targets = None))]
#[allow(clippy::too_many_arguments)] // the columns of a rollout
pub fn v_trace<'py>(
    py: Python<'py>,
    rewards: &Bound<'py, PyAny>,
    values: &Bound<'py, PyAny>,
    next_values: &Bound<'py, PyAny>,
    learner: &Bound<'py, PyAny>,
    actor: &Bound<'py, PyAny>,
    terminated: Option<&Bound<'py, PyAny>>,
    truncated: Option<&Bound<'py, PyAny>>,
    discount: f32,
    lambda_: f32,
    rho_bar: f32,
    c_bar: f32,
    out: Option<&Bound<'py, PyAny>>,
    targets: Option<&Bound<'py, PyAny>>,
) -> PyResult<(Array<'py>, Array<'py>)> {
    let rule = VTrace::<Libm>::new(discount, lambda_, rho_bar, c_bar).or_refuse(py)?;
    let rollout = Rollout::borrow(rewards, Some(values), Some(next_values), terminated, truncated)?;
    let shape = rollout.shape();
    let learner = Numbers::<f32>::borrow(learner, "learner")?.of_shape("learner", shape)?;
    let actor = Numbers::<f32>::borrow(actor, "actor")?.of_shape("actor", shape)?;
    let mut targets = NumbersMut::borrow_or_make(py, targets, "targets", shape)?;
    let (learner, actor, numbers) = (learner.values()?, actor.values()?, targets.values_mut()?);
    let advantages =
        written(py, &rollout, out, |view, out| rule.advantages_and_targets(view, learner, actor, out, numbers))?;
    Ok((advantages, targets.into_array()))
}

/// How much better each sample of a group was than the group: `baseline` is `"mean"` (Dr. GRPO), `"leave-one-out"` (RLOO) or
/// `"standardised"` (GRPO, with `ddof` and `epsilon`). Of an array of `(groups, samples)`, each row is a group.
#[pyfunction]
#[pyo3(signature = (returns, baseline = "mean", *, ddof = 1, epsilon = 1e-6, out = None))]
pub fn group_advantages<'py>(
    py: Python<'py>,
    returns: &Bound<'py, PyAny>,
    baseline: &str,
    ddof: u8,
    epsilon: f32,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Array<'py>> {
    let rule = match baseline {
        "mean" => GroupBaseline::Mean,
        "leave-one-out" => GroupBaseline::LeaveOneOut,
        "standardised" => GroupBaseline::Standardised { ddof, epsilon },
        other => {
            let known = "mean, leave-one-out or standardised";
            return Err(PyValueError::new_err(format!("baseline must be {known}, not {other}")));
        }
    };
    let returns = Numbers::<f32>::borrow(returns, "returns")?;
    let &([samples] | [_, samples]) = returns.shape() else {
        return Err(PyValueError::new_err("returns must have the shape (samples,) or (groups, samples)"));
    };
    let mut out = NumbersMut::borrow_or_make(py, out, "out", returns.shape())?;
    let (all, numbers) = (returns.values()?, out.values_mut()?);
    if samples == 0 {
        return Err(crate::error::refusal(py, Error::EmptyGroup));
    }
    let done = py.detach(|| {
        // A later group may be refused when earlier ones are written: what was there comes back then.
        let before = if all.len() > samples { numbers.to_vec() } else { Vec::new() };
        let mut groups = all.chunks_exact(samples).zip(numbers.chunks_exact_mut(samples));
        let done = groups.try_for_each(|(returns, out)| rule.advantages(returns, out));
        if done.is_err() && !before.is_empty() {
            numbers.copy_from_slice(&before);
        }
        done
    });
    done.or_refuse(py)?;
    Ok(out.into_array())
}
