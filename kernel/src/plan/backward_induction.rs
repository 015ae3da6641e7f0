//! The best decisions of a number of stages.

use super::value_iteration::{best_action, check_values};
use crate::error::Error;
use crate::math::is_in_unit_interval;
use crate::model::FiniteModel;

/// Backward induction (Puterman 1994, section 4.5): `v_t(s) = max_a sum_o p_o (r_o + gamma v_{t+1}(s_o))` from the last stage to
/// the first, exact up to rounding. The model may be another one at each stage, `at(t)` with `t` from 0, of the same sizes.
///
/// `values` hold what each state is worth after the last stage, and afterwards `v_0`; `next` is scratch of a number a state.
/// `decide` hears of every stage and state the best action, or `None` where no action is available: the lowest, unless a
/// higher one is better by more than `slack`.
///
/// Cost: every outcome of the model a stage.
///
/// ```
/// use habit::env::FrozenLake;
/// use habit::plan::backward_induction;
/// let (lake, mut values, mut next, mut first) = (FrozenLake::<16>::new(false), [0.0; 16], [0.0; 16], None);
/// backward_induction(|_| lake, 6, 1.0, 0.0, &mut values, &mut next, |stage, state, action| {
///     if (stage, state) == (0, 0) {
///         first = action;
///     }
/// })?;
/// // The goal is six steps away, and the first of them leads down.
/// assert_eq!((values[0], first), (1.0, Some(1)));
/// # Ok::<(), habit::Error>(())
/// ```
///
/// # Errors
/// [`Error::DiscountOutOfRange`]; [`Error::ParameterOutOfRange`] for a slack that is no number from 0 on;
/// [`Error::LengthMismatch`], [`Error::EmptyRange`], [`Error::NonFinite`] for values at the start: they are unchanged then.
/// [`Error::NonFinite`] also where they grow beyond what can be written, and whatever a model says of itself: the values are of
/// no use then.
pub fn backward_induction<M: FiniteModel>(
    at: impl Fn(u32) -> M,
    stages: u32,
    discount: f32,
    slack: f32,
    values: &mut [f32],
    next: &mut [f32],
    mut decide: impl FnMut(u32, usize, Option<usize>),
) -> Result<(), Error> {
    if !is_in_unit_interval(discount) {
        return Err(Error::DiscountOutOfRange);
    }
    if !(slack >= 0.0 && slack.is_finite()) {
        return Err(Error::ParameterOutOfRange);
    }
    if next.len() != values.len() {
        return Err(Error::LengthMismatch);
    }
    if stages > 0 {
        check_values(&at(0), values)?;
    }
    for stage in (0..stages).rev() {
        let model = at(stage);
        if model.states() != values.len() {
            return Err(Error::LengthMismatch);
        }
        next.copy_from_slice(values);
        for (state, value) in values.iter_mut().enumerate() {
            let (action, best) = best_action(&model, discount, next, state, slack)?;
            if !best.is_finite() {
                return Err(Error::NonFinite);
            }
            *value = best;
            decide(stage, state, action);
        }
    }
    Ok(())
}
