//! Optimal values by repeated sweeps.

use crate::error::Error;
use crate::linalg::all_finite;
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

impl Sweeps {
    /// That the tolerance is a number from 0 on and there is a sweep.
    pub(super) fn check(self) -> Result<(), Error> {
        if !(self.tolerance >= 0.0 && self.tolerance.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        if self.most == 0 { Err(Error::StepsOutOfRange) } else { Ok(()) }
    }
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

/// The value of a state's best action, and that action: the lowest, unless a higher one is better by more than `slack`. Where
/// none is available, what the model says of such a state. Values that are not numbers are never better.
pub(super) fn best_action(
    model: &(impl FiniteModel + ?Sized),
    discount: f32,
    values: &[f32],
    state: usize,
    slack: f32,
) -> Result<(Option<usize>, f32), Error> {
    let mut best = (None, f32::NEG_INFINITY);
    for action in 0..model.actions() {
        if model.outcome_count(state, action)? == 0 {
            continue;
        }
        let value = action_value(model, discount, values, state, action)?;
        if best.0.is_none() || value > best.1 + slack {
            best = (Some(action), value);
        }
    }
    Ok(if best.0.is_none() { (None, model.terminal_value(state)) } else { best })
}

/// One backup: `v(s) = max_a Q(s,a)` from the values that are there. Returns by how much the value changed.
///
/// This is asynchronous value iteration: in whatever order the states come, at random or where the change was greatest, the
/// values tend to the optimal ones as long as every state comes again and again (Bertsekas & Tsitsiklis 1989, section 4.3;
/// Sutton & Barto, section 4.5). With discount `gamma < 1`, once a backup of each state in turn would change none by more
/// than `delta`, every value is within `delta / (1 - gamma)` of the optimal one.
///
/// ```
/// use habit::env::FrozenLake;
/// use habit::plan::back_up;
/// use habit::rng::{below, stream};
/// let (lake, mut values, mut rng) = (FrozenLake::<16>::new(false), [0.0; 16], stream(1, 0));
/// for _ in 0..2000 {
///     back_up(&lake, 0.9, below(16, &mut rng)? as usize, &mut values)?;
/// }
/// assert!((values[0] - 0.59049).abs() < 1e-6);
/// # Ok::<(), habit::Error>(())
/// ```
///
/// # Errors
/// [`Error::DiscountOutOfRange`], [`Error::LengthMismatch`], [`Error::StateOutOfRange`]; [`Error::NonFinite`] where the value
/// is not a number; whatever the model says of itself. Nothing is changed then.
pub fn back_up(
    model: &(impl FiniteModel + ?Sized),
    discount: f32,
    state: usize,
    values: &mut [f32],
) -> Result<f32, Error> {
    if !is_in_unit_interval(discount) {
        return Err(Error::DiscountOutOfRange);
    }
    if values.len() != model.states() {
        return Err(Error::LengthMismatch);
    }
    let (_, best) = best_action(model, discount, values, state, 0.0)?;
    let value = values.get_mut(state).ok_or(Error::StateOutOfRange)?;
    if !best.is_finite() {
        return Err(Error::NonFinite);
    }
    let change = (best - *value).abs();
    *value = best;
    Ok(change)
}

/// Value iteration (Sutton & Barto, section 4.4), in place, state by state (Gauss-Seidel): `v(s) = max_a Q(s,a)` until a sweep
/// changes nothing that matters. Starts from the values that are there, which hold the result. Each value is then within
/// `gamma / (1 - gamma)` times the last change of the optimal one; [`synchronous_value_iteration`] has a sharper bound and
/// takes about twice the sweeps.
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
    check(model, discount, stop, values)?;
    let mut done = Convergence { sweeps: 0, change: f32::INFINITY };
    while done.sweeps < stop.most && done.change > stop.tolerance {
        done.change = 0.0;
        for state in 0..values.len() {
            done.change = done.change.max(back_up(model, discount, state, values)?);
        }
        done.sweeps += 1;
    }
    Ok(done)
}

/// Value iteration whose every sweep computes from the values before it (Jacobi): `previous` is scratch of a number a state.
///
/// The greatest and the least change of a sweep bound what is missing (MacQueen 1966): for `gamma < 1` the optimal value of
/// every state lies between `v(s) + gamma / (1 - gamma) low` and `v(s) + gamma / (1 - gamma) high`, where `low` and `high` are
/// the least and the greatest change `v(s) - previous(s)` of the last sweep, as long as no episode ends. It stops when the
/// greatest magnitude of a change is at most the tolerance.
///
/// # Errors
/// As [`value_iteration`]; [`Error::LengthMismatch`] also for the scratch.
pub fn synchronous_value_iteration(
    model: &(impl FiniteModel + ?Sized),
    discount: f32,
    stop: Sweeps,
    values: &mut [f32],
    previous: &mut [f32],
) -> Result<Convergence, Error> {
    check(model, discount, stop, values)?;
    if previous.len() != values.len() {
        return Err(Error::LengthMismatch);
    }
    let mut done = Convergence { sweeps: 0, change: f32::INFINITY };
    while done.sweeps < stop.most && done.change > stop.tolerance {
        done.change = 0.0;
        previous.copy_from_slice(values);
        for (state, value) in values.iter_mut().enumerate() {
            let (_, best) = best_action(model, discount, previous, state, 0.0)?;
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

fn check(model: &(impl FiniteModel + ?Sized), discount: f32, stop: Sweeps, values: &[f32]) -> Result<(), Error> {
    if !is_in_unit_interval(discount) {
        return Err(Error::DiscountOutOfRange);
    }
    stop.check()?;
    check_values(model, values)
}

/// That there are values, a number a state.
pub(super) fn check_values(model: &(impl FiniteModel + ?Sized), values: &[f32]) -> Result<(), Error> {
    if values.len() != model.states() {
        return Err(Error::LengthMismatch);
    }
    if values.is_empty() || model.actions() == 0 {
        return Err(Error::EmptyRange);
    }
    if all_finite(values) { Ok(()) } else { Err(Error::NonFinite) }
}
