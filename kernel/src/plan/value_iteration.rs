//! Optimal values by repeated sweeps.

use crate::error::Error;
use crate::math::is_in_unit_interval;
use crate::model::FiniteModel;

/// When [`value_iteration`] stops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sweeps {
    /// After a sweep that changed no value by more; 0 for a fixed point, to the bit.
    pub tolerance: f32,
    /// After so many sweeps in any case.
    pub most: u32,
}

/// How [`value_iteration`] ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Convergence {
    /// Sweeps that were done.
    pub sweeps: u32,
    /// The largest change of a value in the last of them. With discount `gamma` every value is within `gamma / (1 - gamma)`
    /// times that of the optimal one, rounding aside.
    pub change: f32,
}

/// `Q(s,a) = sum_o p_o (r_o + gamma v(s_o))` over the outcomes in the model's order, `v` of a terminal state being 0.
///
/// # Errors
/// [`Error::StateOutOfRange`], also for a next state; [`Error::ActionOutOfRange`].
pub fn action_value(
    model: &(impl FiniteModel + ?Sized),
    discount: f32,
    values: &[f32],
    state: usize,
    action: usize,
) -> Result<f32, Error> {
    let mut sum = 0.0;
    for index in 0..model.outcome_count(state, action)? {
        let Some(outcome) = model.outcome(state, action, index)? else { continue };
        let next = *values.get(outcome.next_state).ok_or(Error::StateOutOfRange)?;
        let worth = if outcome.terminated { outcome.reward } else { outcome.reward + discount * next };
        sum += outcome.probability * worth;
    }
    Ok(sum)
}

/// The greatest action value of a state and the lowest action that has it; minus infinity where there is no action.
pub(super) fn best_action(
    model: &(impl FiniteModel + ?Sized),
    discount: f32,
    values: &[f32],
    state: usize,
) -> Result<(usize, f32), Error> {
    let mut best = (0, f32::NEG_INFINITY);
    for action in 0..model.actions() {
        let value = action_value(model, discount, values, state, action)?;
        if value > best.1 {
            best = (action, value);
        }
    }
    Ok(best)
}

/// Value iteration (Sutton & Barto, section 4.4), in place, state by state: `v(s) = max_a Q(s,a)` until a sweep changes
/// nothing that matters. Starts from the values that are there, which hold the result.
///
/// Memory: the caller's `values`, one a state. Cost: every outcome of the model a sweep; `O(log(1 / tolerance) / (1 - gamma))`
/// sweeps.
///
/// ```
/// use habit::env::FrozenLake;
/// use habit::plan::{Sweeps, value_iteration};
/// let mut values = [0.0; 16];
/// value_iteration(&FrozenLake::<16>::new(false), 0.9, Sweeps { tolerance: 0.0, most: 100 }, &mut values)?;
/// // Six steps from the start to the goal, which pays 1.
/// assert!((values[0] - 0.59049).abs() < 1e-6);
/// # Ok::<(), habit::Error>(())
/// ```
///
/// # Errors
/// [`Error::DiscountOutOfRange`]; [`Error::ParameterOutOfRange`] for a tolerance that is no number from 0 on;
/// [`Error::StepsOutOfRange`] for no sweep; [`Error::LengthMismatch`]; [`Error::EmptyRange`] when there is no state or
/// action; [`Error::NonFinite`] for values at the start. The values are unchanged then. [`Error::NonFinite`] also where
/// values grow beyond what can be written, and whatever the model says of itself: the values are of no use then.
pub fn value_iteration(
    model: &(impl FiniteModel + ?Sized),
    discount: f32,
    stop: Sweeps,
    values: &mut [f32],
) -> Result<Convergence, Error> {
    if !is_in_unit_interval(discount) {
        return Err(Error::DiscountOutOfRange);
    }
    if !(stop.tolerance >= 0.0 && stop.tolerance.is_finite()) {
        return Err(Error::ParameterOutOfRange);
    }
    if stop.most == 0 {
        return Err(Error::StepsOutOfRange);
    }
    if values.len() != model.states() {
        return Err(Error::LengthMismatch);
    }
    if values.is_empty() || model.actions() == 0 {
        return Err(Error::EmptyRange);
    }
    if !values.iter().all(|value| value.is_finite()) {
        return Err(Error::NonFinite);
    }
    let mut done = Convergence { sweeps: 0, change: f32::INFINITY };
    while done.sweeps < stop.most && done.change > stop.tolerance {
        done.change = 0.0;
        for state in 0..values.len() {
            let (_, best) = best_action(model, discount, values, state)?;
            let Some(value) = values.get_mut(state) else { continue };
            if !best.is_finite() {
                return Err(Error::NonFinite);
            }
            done.change = done.change.max((best - *value).abs());
            *value = best;
        }
        done.sweeps += 1;
    }
    Ok(done)
}
