//! Doing as was shown, by classification.

use crate::error::Error;
use crate::linalg::dot;
use crate::math::CompensatedSum;
use crate::policy::{Code, StochasticPolicy};

/// Behavioural cloning: one step on the mean gradient of `log pi(a|s)` over pairs of features and actions,
/// `theta += step_size / N sum grad log pi(a|s)`; returns the mean before it.
///
/// `gradient` is scratch of as many numbers as the policy has weights. Cost: two evaluations of the policy a pair.
///
/// # Errors
/// [`Error::EmptyRange`] for no pair; [`Error::LengthMismatch`] for the scratch; [`Error::ActionOutOfRange`];
/// [`Error::NonFinite`] when the step would lead nowhere. The policy is unchanged then.
pub fn behavioral_cloning_step<P: StochasticPolicy, C: Code>(
    policy: &mut P,
    pairs: impl Iterator<Item = (C, P::Action)> + Clone,
    step_size: f32,
    gradient: &mut [f32],
) -> Result<f32, Error> {
    clear(gradient, policy.parameters().len())?;
    let likelihood = add_mean_scores(policy, pairs, gradient, |policy, code, action| {
        Ok((policy.log_probability(code, action)?, 1.0))
    })?;
    ascend(policy, step_size, gradient)?;
    Ok(likelihood)
}

/// Makes the scratch a gradient of 0.
pub(super) fn clear(gradient: &mut [f32], parameters: usize) -> Result<(), Error> {
    if gradient.len() != parameters {
        return Err(Error::LengthMismatch);
    }
    gradient.fill(0.0);
    Ok(())
}

/// Adds the mean over pairs of a factor times `grad log pi(a|s)`, and returns the mean of what is maximised: `judge` tells
/// that number and the factor.
pub(super) fn add_mean_scores<P: StochasticPolicy, C: Code>(
    policy: &mut P,
    pairs: impl Iterator<Item = (C, P::Action)> + Clone,
    gradient: &mut [f32],
    mut judge: impl FnMut(&mut P, &C, P::Action) -> Result<(f32, f32), Error>,
) -> Result<f32, Error> {
    let count = pairs.clone().count();
    if count == 0 {
        return Err(Error::EmptyRange);
    }
    let share = 1.0 / count as f32;
    let mut sum = CompensatedSum::EMPTY;
    for (code, action) in pairs {
        let (value, factor) = judge(policy, &code, action)?;
        sum.add(value);
        policy.add_score(&code, action, share * factor, gradient)?;
    }
    Ok(share * sum.value())
}

/// Takes a step along the gradient.
pub(super) fn ascend<P: StochasticPolicy>(policy: &mut P, step_size: f32, gradient: &[f32]) -> Result<(), Error> {
    if !dot(gradient, gradient).is_finite() {
        return Err(Error::NonFinite);
    }
    policy.add(step_size, gradient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::SoftmaxPolicy;
    use crate::policy::features::Active;

    #[test]
    fn the_policy_comes_to_the_shares_that_were_shown() {
        let pairs = [(0, 1), (0, 1), (0, 2), (0, 1), (1, 0)].map(|(state, action)| (Active([state]), action));
        let mut policy = SoftmaxPolicy::<3, 2>::EMPTY;
        let mut likelihood = f32::NEG_INFINITY;
        for _ in 0..2000 {
            let next = behavioral_cloning_step(&mut policy, pairs.iter().copied(), 2.0, &mut [0.0; 6]).unwrap();
            assert!(next >= likelihood - 1e-6);
            likelihood = next;
        }
        let shown = policy.distribution(&Active([0])).unwrap();
        assert!((shown[1] - 0.75).abs() < 2e-3 && (shown[2] - 0.25).abs() < 2e-3, "{shown:?}");
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut policy = SoftmaxPolicy::<3, 2>::EMPTY;
        let mut gradient = [0.0; 6];
        let mut refused = |action: Option<usize>, step_size, length: usize| {
            let pairs = action.into_iter().map(|action| (Active([0]), action));
            behavioral_cloning_step(&mut policy, pairs, step_size, &mut gradient[..length])
        };
        assert_eq!(refused(None, 1.0, 6), Err(Error::EmptyRange));
        assert_eq!(refused(Some(0), 1.0, 5), Err(Error::LengthMismatch));
        assert_eq!(refused(Some(3), 1.0, 6), Err(Error::ActionOutOfRange));
        assert_eq!(refused(Some(0), f32::NAN, 6), Err(Error::NonFinite));
        assert_eq!(policy.parameters(), [0.0; 6]);
    }
}
