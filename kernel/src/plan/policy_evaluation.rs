//! What a policy earns, and where it goes.

use crate::error::Error;
use crate::linalg::solve;
use crate::math::is_in_unit_interval;
use crate::model::{FiniteModel, expected_reward, is_available, outcomes};

/// `v = (I - gamma P_pi)^-1 r`: replaces what each state pays at once by what it pays in all under a policy whose
/// `probability` of an action in a state is asked for (Sutton & Barto, equation 4.4, solved). An outcome that ends the
/// episode leads nowhere.
///
/// `matrix` is scratch of `S^2` numbers. Cost: about `S^3 / 3` multiplications.
///
/// # Errors
/// [`Error::LengthMismatch`], [`Error::DiscountOutOfRange`] unless `0 <= discount < 1`; [`Error::Singular`] when numbers that
/// are not finite lead nowhere, and then `sums` is of no use.
pub fn discounted_sums(
    model: &(impl FiniteModel + ?Sized),
    discount: f32,
    probability: impl Fn(usize, usize) -> f32,
    matrix: &mut [f32],
    sums: &mut [f32],
) -> Result<(), Error> {
    let states = sums.len();
    fill(model, discount, probability, matrix, states, |state, next| state * states + next)?;
    solve(matrix, sums)
}

/// `mu = (I - gamma P_pi^T)^-1 mu_0`: replaces how likely an episode starts in each state by how often it is expected to be
/// there, a visit after `t` steps counting `gamma^t`. Scratch, cost and errors are those of [`discounted_sums`].
///
/// # Errors
/// As [`discounted_sums`].
pub fn discounted_visits(
    model: &(impl FiniteModel + ?Sized),
    discount: f32,
    probability: impl Fn(usize, usize) -> f32,
    matrix: &mut [f32],
    visits: &mut [f32],
) -> Result<(), Error> {
    let states = visits.len();
    fill(model, discount, probability, matrix, states, |state, next| next * states + state)?;
    solve(matrix, visits)
}

/// `v_pi` under the model's own rewards, as [`discounted_sums`] of what each state pays on average; a state without an action pays
/// what the model says of it.
///
/// # Errors
/// As [`discounted_sums`].
pub fn policy_values(
    model: &(impl FiniteModel + ?Sized),
    discount: f32,
    probability: impl Fn(usize, usize) -> f32,
    matrix: &mut [f32],
    values: &mut [f32],
) -> Result<(), Error> {
    check(model, discount, matrix, values.len())?;
    for (state, value) in values.iter_mut().enumerate() {
        let is_end = (0..model.actions()).all(|action| !is_available(model, state, action));
        *value = if is_end { model.terminal_value(state) } else { 0.0 };
        for action in 0..model.actions() {
            let p = probability(state, action);
            if p != 0.0 {
                *value += p * expected_reward(model, state, action)?;
            }
        }
    }
    discounted_sums(model, discount, probability, matrix, values)
}

fn check(model: &(impl FiniteModel + ?Sized), discount: f32, matrix: &[f32], states: usize) -> Result<(), Error> {
    if model.states() != states || states.checked_mul(states) != Some(matrix.len()) {
        return Err(Error::LengthMismatch);
    }
    if is_in_unit_interval(discount) && discount < 1.0 { Ok(()) } else { Err(Error::DiscountOutOfRange) }
}

/// `I - gamma P_pi`, its entries at the places that are asked for.
fn fill(
    model: &(impl FiniteModel + ?Sized),
    discount: f32,
    probability: impl Fn(usize, usize) -> f32,
    matrix: &mut [f32],
    states: usize,
    place: impl Fn(usize, usize) -> usize,
) -> Result<(), Error> {
    check(model, discount, matrix, states)?;
    matrix.fill(0.0);
    for state in 0..states {
        if let Some(entry) = matrix.get_mut(place(state, state)) {
            *entry = 1.0;
        }
        for action in 0..model.actions() {
            let p = probability(state, action);
            if p == 0.0 {
                continue;
            }
            for outcome in outcomes(model, state, action).filter(|outcome| !outcome.terminated) {
                if let Some(entry) = matrix.get_mut(place(state, outcome.next_state)) {
                    *entry -= discount * (p * outcome.probability);
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::RandomWalk;

    #[test]
    fn a_walk_is_worth_what_its_equations_say() {
        let walk = RandomWalk::EXAMPLE_6_2;
        let (mut matrix, mut values) = ([0.0; 25], [0.0; 5]);
        policy_values(&walk, 0.9, |_, _| 1.0, &mut matrix, &mut values).unwrap();
        for state in 0..5 {
            let left = if state == 0 { 0.0 } else { 0.9 * values[state - 1] };
            let right = if state == 4 { 1.0 } else { 0.9 * values[state + 1] };
            assert!((values[state] - 0.5 * (left + right)).abs() < 1e-6);
        }
        // What is earned is what is paid wherever the walk goes.
        let mut visits = [0.0, 0.0, 1.0, 0.0, 0.0];
        discounted_visits(&walk, 0.9, |_, _| 1.0, &mut matrix, &mut visits).unwrap();
        assert!((0.5 * visits[4] - values[2]).abs() < 1e-6);
    }

    #[test]
    fn bad_input_is_refused() {
        let (walk, mut matrix, mut values) = (RandomWalk::EXAMPLE_6_2, [0.0; 25], [3.0; 5]);
        let mut of = |discount, length: usize| {
            policy_values(&walk, discount, |_, _| 1.0, &mut matrix[..length * length], &mut values[..length])
        };
        for discount in [-0.1, 1.0, f32::NAN] {
            assert_eq!(of(discount, 5), Err(Error::DiscountOutOfRange));
        }
        assert_eq!(of(0.5, 4), Err(Error::LengthMismatch));
        assert_eq!(values, [3.0; 5]);
    }
}
