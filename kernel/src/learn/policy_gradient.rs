//! One gradient, several surrogates.

use crate::error::Error;
use crate::linalg::{all_finite, dot};
use crate::math::{CompensatedSum, Libm, Math};
use crate::policy::{Code, StochasticPolicy};

/// What a policy-gradient method maximises, sample by sample, in terms of the ratio `rho = pi(a|s) / pi_old(a|s)` and the
/// advantage `A`. Its gradient is a factor times `grad log pi`.
pub trait Surrogate {
    /// The objective.
    fn value(&self, ratio: f32, advantage: f32) -> f32;

    /// The factor of `grad log pi` in its gradient.
    fn factor(&self, ratio: f32, advantage: f32) -> f32;
}

/// The policy-gradient theorem on samples of the present policy: `A log pi` (Sutton & Barto, section 13.2; with returns for
/// advantages REINFORCE). The ratio plays no part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScoreFunction;

impl Surrogate for ScoreFunction {
    #[inline]
    fn value(&self, _ratio: f32, advantage: f32) -> f32 {
        advantage
    }

    #[inline]
    fn factor(&self, _ratio: f32, advantage: f32) -> f32 {
        advantage
    }
}

/// PPO's clipped surrogate `min(rho A, clip(rho, 1 - low, 1 + high) A)` (Schulman et al. 2017, equation 7): the gradient is
/// `rho A grad log pi`, or 0 where a ratio that has left the range the advantage's way; a ratio on the edge is not clipped.
///
/// ```
/// use habit::learn::{PpoClip, Surrogate};
/// let clip = PpoClip::new(0.2, 0.2)?;
/// assert_eq!((clip.value(1.3, 1.0), clip.factor(1.3, 1.0)), (1.2, 0.0));
/// assert_eq!((clip.value(1.3, -1.0), clip.factor(1.3, -1.0)), (-1.3, -1.3));
/// assert_eq!((clip.value(0.7, 1.0), clip.factor(0.7, 1.0)), (0.7, 0.7));
/// assert_eq!((clip.value(0.7, -1.0), clip.factor(0.7, -1.0)), (-0.8, 0.0));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PpoClip {
    low: f32,
    high: f32,
}

impl PpoClip {
    /// Ratios from `1 - low` to `1 + high` are trusted.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless `0 <= low <= 1` and `high` is finite and not negative.
    pub fn new(low: f32, high: f32) -> Result<Self, Error> {
        let fits = (0.0..=1.0).contains(&low) && high >= 0.0 && high.is_finite();
        if fits { Ok(Self { low, high }) } else { Err(Error::ParameterOutOfRange) }
    }
}

impl Surrogate for PpoClip {
    #[inline]
    fn value(&self, ratio: f32, advantage: f32) -> f32 {
        // Not `clamp`, which panics where the bounds are the wrong way round: the compiler does not know that they are not.
        let trusted = if ratio < 1.0 - self.low {
            1.0 - self.low
        } else if ratio > 1.0 + self.high {
            1.0 + self.high
        } else {
            ratio
        };
        (ratio * advantage).min(trusted * advantage)
    }

    #[inline]
    fn factor(&self, ratio: f32, advantage: f32) -> f32 {
        let clipped = (advantage > 0.0 && ratio > 1.0 + self.high) || (advantage < 0.0 && ratio < 1.0 - self.low);
        if clipped { 0.0 } else { ratio * advantage }
    }
}

/// What was done, and how good it was; lengths and numbers are checked once.
#[derive(Clone, Copy, Debug)]
pub struct PolicyBatch<'a, C, A> {
    codes: &'a [C],
    actions: &'a [A],
    log_probabilities: &'a [f32],
    advantages: &'a [f32],
}

impl<'a, C: Code, A: Copy> PolicyBatch<'a, C, A> {
    /// Of the features acted on, the actions, `log pi_old(a|s)` and the advantages.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::EmptyRange`] of nothing; [`Error::NonFinite`].
    pub fn new(
        codes: &'a [C],
        actions: &'a [A],
        log_probabilities: &'a [f32],
        advantages: &'a [f32],
    ) -> Result<Self, Error> {
        if [actions.len(), log_probabilities.len(), advantages.len()] != [codes.len(); 3] {
            return Err(Error::LengthMismatch);
        }
        if codes.is_empty() {
            return Err(Error::EmptyRange);
        }
        if !(all_finite(log_probabilities) && all_finite(advantages)) {
            return Err(Error::NonFinite);
        }
        Ok(Self { codes, actions, log_probabilities, advantages })
    }
}

/// What a step on a batch did, seen from the policy before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PolicyStep {
    /// The mean of the surrogate.
    pub objective: f32,
    /// `mean(rho - 1 - log rho)`, an estimate of `KL(pi_old, pi)` that is never negative.
    pub divergence: f32,
    /// The share of samples whose gradient the surrogate took away although their advantage is not 0.
    pub clipped: f32,
    /// The length of the mean gradient.
    pub gradient_norm: f32,
}

/// One step on the mean gradient of a batch: `theta += step_size / n sum_i factor(rho_i, A_i) grad log pi(a_i|s_i)`.
///
/// `gradient` is scratch of as many numbers as the policy has weights and holds the mean gradient afterwards. Cost: three
/// evaluations of the policy a sample.
///
/// # Errors
/// [`Error::LengthMismatch`] for the scratch; [`Error::ActionOutOfRange`]; [`Error::NonFinite`] when the step would lead
/// nowhere. The policy is unchanged then.
pub fn policy_gradient_step<P: StochasticPolicy, C: Code>(
    policy: &mut P,
    surrogate: &impl Surrogate,
    batch: &PolicyBatch<'_, C, P::Action>,
    step_size: f32,
    gradient: &mut [f32],
) -> Result<PolicyStep, Error> {
    if gradient.len() != policy.parameters().len() {
        return Err(Error::LengthMismatch);
    }
    gradient.fill(0.0);
    let share = 1.0 / batch.codes.len() as f32;
    let (mut objective, mut divergence) = (CompensatedSum::EMPTY, CompensatedSum::EMPTY);
    let mut clipped = 0u32;
    let samples = batch.codes.iter().zip(batch.actions).zip(batch.log_probabilities).zip(batch.advantages);
    for (((code, &action), old), &advantage) in samples {
        let log_ratio = policy.log_probability(code, action)? - old;
        let ratio = Libm::exp(log_ratio);
        let factor = surrogate.factor(ratio, advantage);
        objective.add(surrogate.value(ratio, advantage));
        divergence.add(ratio - 1.0 - log_ratio);
        clipped += u32::from(factor == 0.0 && advantage != 0.0);
        if factor != 0.0 {
            policy.add_score(code, action, share * factor, gradient)?;
        }
    }
    let squares = dot(gradient, gradient);
    if !squares.is_finite() {
        return Err(Error::NonFinite);
    }
    policy.add(step_size, gradient)?;
    Ok(PolicyStep {
        objective: objective.value() * share,
        divergence: divergence.value() * share,
        clipped: clipped as f32 * share,
        gradient_norm: libm::sqrtf(squares),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::SoftmaxPolicy;
    use crate::policy::features::Dense;

    #[test]
    fn the_step_is_the_gradient_of_the_surrogate() {
        let codes = [Dense([1.0, 0.5]), Dense([-0.3, 1.0]), Dense([0.2, 0.2])];
        let (actions, old, advantages) = ([0, 1, 1], [-0.7, -0.6, -0.75], [1.0, -0.5, 2.0]);
        let batch = PolicyBatch::new(&codes, &actions, &old, &advantages).unwrap();
        let policy = || {
            let mut policy = SoftmaxPolicy::<2, 2>::EMPTY;
            policy.set(&[0.1, 0.2, -0.1, 0.05]).unwrap();
            policy
        };
        let clip = PpoClip::new(0.5, 0.5).unwrap();
        let mut gradient = [0.0; 4];
        let mut stepped = policy();
        let step = policy_gradient_step(&mut stepped, &clip, &batch, 0.1, &mut gradient).unwrap();
        let objective = |theta: &[f32]| {
            let mut policy = policy();
            policy.set(theta).unwrap();
            policy_gradient_step(&mut policy, &clip, &batch, 0.0, &mut [0.0; 4]).unwrap().objective
        };
        for index in 0..4 {
            let moved = |by: f32| {
                let mut theta = policy().parameters().to_vec();
                theta[index] += by;
                objective(&theta)
            };
            let slope = (moved(0.01) - moved(-0.01)) / 0.02;
            assert!((gradient[index] - slope).abs() < 2e-3, "{index}: {} {slope}", gradient[index]);
            let expected = policy().parameters()[index] + 0.1 * gradient[index];
            assert!((stepped.parameters()[index] - expected).abs() < 1e-7);
        }
        assert!(step.divergence >= 0.0 && step.clipped == 0.0 && step.gradient_norm > 0.0);
    }

    #[test]
    fn bad_batches_are_refused() {
        let codes = [Dense([1.0, 0.5])];
        assert!(PolicyBatch::new(&codes, &[0, 1], &[0.0], &[1.0]).is_err());
        assert!(PolicyBatch::new(&codes, &[0], &[f32::NAN], &[1.0]).is_err());
        assert!(PolicyBatch::<Dense<2>, usize>::new(&[], &[], &[], &[]).is_err());
        let mut policy = SoftmaxPolicy::<2, 2>::EMPTY;
        let batch = PolicyBatch::new(&codes, &[2], &[0.0], &[1.0]).unwrap();
        let refused = policy_gradient_step(&mut policy, &ScoreFunction, &batch, 0.1, &mut [0.0; 4]);
        assert_eq!(refused, Err(Error::ActionOutOfRange));
        let batch = PolicyBatch::new(&codes, &[1], &[0.0], &[1.0]).unwrap();
        let refused = policy_gradient_step(&mut policy, &ScoreFunction, &batch, f32::NAN, &mut [0.0; 4]);
        assert_eq!(refused, Err(Error::NonFinite));
        let refused = policy_gradient_step(&mut policy, &ScoreFunction, &batch, 0.1, &mut [0.0; 3]);
        assert_eq!(refused, Err(Error::LengthMismatch));
        assert_eq!(policy.parameters(), [0.0; 4]);
    }
}
