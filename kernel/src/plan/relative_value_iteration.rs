//! The best average reward.

use super::Sweeps;
use super::value_iteration::{best_action, check_values};
use crate::error::Error;
use crate::model::FiniteModel;

/// How [`relative_value_iteration`] ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AverageReward {
    /// The best reward a step in the long run, within half of `span`.
    pub gain: f32,
    /// Sweeps that were done.
    pub sweeps: u32,
    /// The greatest less the least change of a value in the last of them.
    pub span: f32,
}

/// Relative value iteration (White 1963; Puterman 1994, section 8.5.5) for models where every policy comes from every state
/// to one and the same class of states: `h = h / 2 + max_a Q(.,a) / 2` without a discount, less `h(0)`, until
/// `d(s) = max_a Q(s,a) - h(s)` is nearly the same everywhere. Damped by half, so that models with a period converge too.
///
/// Of any `h` the best average reward lies between the least and the greatest `d(s)`: the gain, halfway, is within half of
/// the span. `values` hold the relative values `h` afterwards, with `h(0) = 0`; `next` is scratch of a number a state. It
/// starts from the values that are there. Outcomes that end the episode lead nowhere, so that nothing is earned after them.
///
/// Cost: every outcome of the model a sweep.
///
/// # Errors
/// [`Error::ParameterOutOfRange`], [`Error::StepsOutOfRange`] for the [`Sweeps`]; [`Error::LengthMismatch`];
/// [`Error::EmptyRange`] when there is no state or action; [`Error::DeadEnd`] where a state has no action;
/// [`Error::NonFinite`] for values at the start: they are unchanged then. [`Error::NonFinite`] also where they grow beyond what
/// can be written, and whatever the model says of itself: the values are of no use then.
pub fn relative_value_iteration(
    model: &(impl FiniteModel + ?Sized),
    stop: Sweeps,
    values: &mut [f32],
    next: &mut [f32],
) -> Result<AverageReward, Error> {
    stop.check()?;
    check_values(model, values)?;
    if next.len() != values.len() {
        return Err(Error::LengthMismatch);
    }
    for state in 0..values.len() {
        if best_action(model, 1.0, values, state, 0.0)?.0.is_none() {
            return Err(Error::DeadEnd);
        }
    }
    let mut done = AverageReward { gain: f32::NAN, sweeps: 0, span: f32::INFINITY };
    while done.sweeps < stop.most && done.span > stop.tolerance {
        let (mut least, mut most) = (f32::INFINITY, f32::NEG_INFINITY);
        for (state, (next, value)) in next.iter_mut().zip(values.iter()).enumerate() {
            let (_, best) = best_action(model, 1.0, values, state, 0.0)?;
            if !best.is_finite() {
                return Err(Error::NonFinite);
            }
            (least, most) = (least.min(best - value), most.max(best - value));
            *next = 0.5 * value + 0.5 * best;
        }
        let first = next.first().copied().unwrap_or(0.0);
        values.iter_mut().zip(next.iter()).for_each(|(value, next)| *value = next - first);
        done = AverageReward { gain: 0.5 * (least + most), sweeps: done.sweeps + 1, span: most - least };
    }
    Ok(done)
}
