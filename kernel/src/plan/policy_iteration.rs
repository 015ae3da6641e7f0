//! The best policy of a model.

use super::{action_value, policy_values};
use crate::error::Error;
use crate::math::TIE_TOLERANCE;
use crate::model::{FiniteModel, check_outcomes, is_available};

/// Policy iteration (Sutton & Barto, section 4.3): from the policy that is there to the best one, with `v*` in `values`.
/// In the end each state has the lowest action whose value is within [`TIE_TOLERANCE`] of the best, relative to the larger
/// of 1 and the best value's magnitude: single precision tells no closer. It stops when no state has an action that is better by
/// more than this. Where the policy at the start names an action that is not available, the lowest that is takes its place.
///
/// `matrix` is scratch of `S^2` numbers. Cost: a few systems of `S` equations.
///
/// # Errors
/// [`Error::LengthMismatch`], [`Error::DiscountOutOfRange`] unless `0 <= discount < 1`, [`Error::EmptyRange`] without
/// actions, [`Error::ActionOutOfRange`] for the policy that is there, what [`check_outcomes`] says of the model: policy and values are unchanged then. [`Error::Singular`] when rewards
/// are so great that sums of them are not finite.
pub fn policy_iteration(
    model: &(impl FiniteModel + ?Sized),
    discount: f32,
    policy: &mut [u16],
    matrix: &mut [f32],
    values: &mut [f32],
) -> Result<(), Error> {
    let (states, actions) = (model.states(), model.actions());
    if policy.len() != states || values.len() != states {
        return Err(Error::LengthMismatch);
    }
    if actions == 0 {
        return Err(Error::EmptyRange);
    }
    let available = |state: usize| (0..actions).filter(move |action| is_available(model, state, *action));
    for state in 0..states {
        available(state).try_for_each(|action| check_outcomes(model, state, action))?;
    }
    if policy.iter().any(|chosen| usize::from(*chosen) >= actions) {
        return Err(Error::ActionOutOfRange);
    }
    for (state, chosen) in policy.iter_mut().enumerate() {
        if !is_available(model, state, usize::from(*chosen)) {
            *chosen = available(state).next().unwrap_or(0) as u16;
        }
    }
    // Each pass improves on a policy, or ends. Rounding may find equal ones better in turn, which changes nothing.
    for _ in 0..4 * states {
        let follows = |state: usize, action: usize| {
            if policy.get(state).is_some_and(|chosen| usize::from(*chosen) == action) { 1.0 } else { 0.0 }
        };
        policy_values(model, discount, follows, matrix, values)?;
        let mut changed = false;
        for (state, chosen) in policy.iter_mut().enumerate() {
            let mut best = f32::NEG_INFINITY;
            for action in available(state) {
                best = best.max(action_value(model, discount, values, state, action)?);
            }
            if best == f32::NEG_INFINITY {
                continue;
            }
            let enough = best - tolerance(best);
            if action_value(model, discount, values, state, usize::from(*chosen))? < enough {
                changed = true;
            }
            for action in available(state) {
                if action_value(model, discount, values, state, action)? >= enough {
                    *chosen = action as u16;
                    break;
                }
            }
        }
        if !changed {
            break;
        }
    }
    Ok(())
}

/// How far below the best value another one is as good.
pub(super) fn tolerance(best: f32) -> f32 {
    TIE_TOLERANCE * best.abs().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::{FrozenLake, LineKey};

    #[test]
    fn the_line_is_walked_by_way_of_the_key() {
        let (mut policy, mut matrix, mut values) = ([2; 13], [0.0; 169], [0.0; 13]);
        policy_iteration(&LineKey::<13>::new(), 0.95, &mut policy, &mut matrix, &mut values).unwrap();
        assert_eq!(policy, [1, 2, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0]);
        assert!((values[3] - 6.5051).abs() < 1e-4, "{values:?}");
    }

    #[test]
    fn no_action_is_better_than_the_one_that_was_found() {
        let lake = FrozenLake::<16>::new(true);
        let (mut policy, mut matrix, mut values) = ([3; 16], [0.0; 256], [0.0; 16]);
        policy_iteration(&lake, 0.99, &mut policy, &mut matrix, &mut values).unwrap();
        for (state, value) in values.iter().enumerate() {
            for action in 0..4 {
                let q = action_value(&lake, 0.99, &values, state, action).unwrap();
                assert!(q <= value + 1e-5, "{state} {action}: {q} {value} {}", policy[state]);
            }
        }
        assert!((values[0] - 0.542_003).abs() < 1e-4, "{}", values[0]);
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (lake, mut policy, mut matrix, mut values) = (FrozenLake::<16>::new(true), [3; 16], [0.0; 256], [5.0; 16]);
        let mut of = |discount, states: usize| {
            policy_iteration(&lake, discount, &mut policy[..states], &mut matrix, &mut values)
        };
        assert_eq!(of(1.0, 16), Err(Error::DiscountOutOfRange));
        assert_eq!(of(0.9, 15), Err(Error::LengthMismatch));
        assert_eq!((policy, values), ([3; 16], [5.0; 16]));
        policy[0] = 4;
        assert_eq!(policy_iteration(&lake, 0.9, &mut policy, &mut matrix, &mut values), Err(Error::ActionOutOfRange));
    }
}
