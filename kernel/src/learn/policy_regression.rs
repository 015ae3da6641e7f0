//! Policies that are regressed on advantages.

use super::Surrogate;
use crate::error::Error;
use crate::math::{Libm, Math};
use core::marker::PhantomData;

/// The least ratio, and the least probability, that a logarithm is taken of.
const FLOOR: f32 = 1e-12;

/// Squared-error policy regression (Wang et al. 2026, MiRA; the form is WebRL's): minimises `(beta log rho - A)^2`, `rho = pi(a|s)
/// / pi_ref(a|s)`, the reference being the policy of the batch. Its factor of `grad log pi` is `-2 beta (beta log rho - A)`:
/// the policy moves until the advantage is explained, and no further. 4 bytes; a logarithm a sample.
///
/// A ratio below `1e-12` is taken for that.
///
/// ```
/// use habit::learn::{RegressionPolicyUpdate, Surrogate};
/// let update = RegressionPolicyUpdate::<habit::math::Libm>::new(0.5)?;
/// assert_eq!((update.value(1.0, 2.0), update.factor(1.0, 2.0)), (-4.0, 2.0));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegressionPolicyUpdate<M = Libm> {
    beta: f32,
    math: PhantomData<M>,
}

impl<M: Math> RegressionPolicyUpdate<M> {
    /// With `beta`.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless it is positive and finite.
    pub fn new(beta: f32) -> Result<Self, Error> {
        check_beta(beta)?;
        Ok(Self { beta, math: PhantomData })
    }

    /// `beta log rho - A`.
    fn residual(&self, ratio: f32, advantage: f32) -> f32 {
        self.beta * M::ln(ratio.max(FLOOR)) - advantage
    }
}

impl<M: Math> Surrogate for RegressionPolicyUpdate<M> {
    #[inline]
    fn value(&self, ratio: f32, advantage: f32) -> f32 {
        let residual = self.residual(ratio, advantage);
        -(residual * residual)
    }

    #[inline]
    fn factor(&self, ratio: f32, advantage: f32) -> f32 {
        -2.0 * self.beta * self.residual(ratio, advantage)
    }
}

fn check_beta(beta: f32) -> Result<(), Error> {
    if beta > 0.0 && beta.is_finite() { Ok(()) } else { Err(Error::ParameterOutOfRange) }
}

/// Advantage-weighted regression (Peng et al. 2019): maximises `w log rho`, `w = min(exp(A / beta), most)`: what was done is
/// imitated, what went well the more. Nothing is ever pushed away. 8 bytes; an exponential a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdvantageWeighting<M = Libm> {
    beta: f32,
    most: f32,
    math: PhantomData<M>,
}

impl<M: Math> AdvantageWeighting<M> {
    /// With `beta` and the greatest weight.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless both are positive and finite.
    pub fn new(beta: f32, most: f32) -> Result<Self, Error> {
        check_beta(beta)?;
        check_beta(most)?;
        Ok(Self { beta, most, math: PhantomData })
    }

    /// `w`.
    pub fn weight(&self, advantage: f32) -> f32 {
        M::exp(advantage / self.beta).min(self.most)
    }
}

impl<M: Math> Surrogate for AdvantageWeighting<M> {
    #[inline]
    fn value(&self, ratio: f32, advantage: f32) -> f32 {
        self.weight(advantage) * M::ln(ratio.max(FLOOR))
    }

    #[inline]
    fn factor(&self, _ratio: f32, advantage: f32) -> f32 {
        self.weight(advantage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::{PolicyBatch, policy_gradient_step};
    use crate::policy::features::OneHot;
    use crate::policy::{Features, SoftmaxPolicy, StochasticPolicy};

    #[test]
    fn the_factor_is_the_slope_over_the_logarithm_of_the_ratio() {
        let regression = RegressionPolicyUpdate::<Libm>::new(0.7).unwrap();
        let weighting = AdvantageWeighting::<Libm>::new(0.7, 5.0).unwrap();
        for (log_ratio, advantage) in [(0.0f32, 1.0f32), (0.4, -0.3), (-1.0, 0.2), (0.5, 3.0)] {
            let slope = |value: &dyn Fn(f32) -> f32| {
                (value(Libm::exp(log_ratio + 0.01)) - value(Libm::exp(log_ratio - 0.01))) / 0.02
            };
            let ratio = Libm::exp(log_ratio);
            let found = slope(&|ratio| regression.value(ratio, advantage));
            assert!((regression.factor(ratio, advantage) - found).abs() < 2e-3, "{found}");
            let found = slope(&|ratio| weighting.value(ratio, advantage));
            assert!((weighting.factor(ratio, advantage) - found).abs() < 2e-3, "{found}");
        }
        assert_eq!(weighting.weight(100.0), 5.0);
        assert!(regression.factor(0.0, 0.0).is_finite() && weighting.value(0.0, 0.0).is_finite());
    }

    #[test]
    fn a_regression_ends_where_the_advantage_is_explained() {
        let code = OneHot::<1>.encode(0).unwrap();
        let (codes, actions, advantages) = ([code; 2], [0, 1], [0.3, -0.3]);
        let mut policy = SoftmaxPolicy::<2, 1>::EMPTY;
        let old = [0, 1].map(|action| policy.log_probability(&code, action).unwrap());
        let batch = PolicyBatch::new(&codes, &actions, &old, &advantages).unwrap();
        let update = RegressionPolicyUpdate::<Libm>::new(1.0).unwrap();
        for _ in 0..200 {
            policy_gradient_step(&mut policy, &update, &batch, 0.5, &mut [0.0; 2]).unwrap();
        }
        let reached = [0, 1].map(|action| policy.log_probability(&code, action).unwrap());
        // The two cannot both be met; what is left of them pulls either way alike.
        let left = [0, 1].map(|i| advantages[i] - (reached[i] - old[i]));
        let pull = left[0] * Libm::exp(reached[1]) - left[1] * Libm::exp(reached[0]);
        assert!(pull.abs() < 1e-4 && left.iter().all(|left| left.abs() < 0.1), "{left:?}");
        let still = policy_gradient_step(&mut policy, &update, &batch, 0.5, &mut [0.0; 2]).unwrap();
        assert!(still.gradient_norm < 1e-3);
    }

    #[test]
    fn bad_numbers_are_refused() {
        for bad in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(RegressionPolicyUpdate::<Libm>::new(bad), Err(Error::ParameterOutOfRange));
            assert_eq!(AdvantageWeighting::<Libm>::new(bad, 1.0), Err(Error::ParameterOutOfRange));
            assert_eq!(AdvantageWeighting::<Libm>::new(1.0, bad), Err(Error::ParameterOutOfRange));
        }
    }
}
