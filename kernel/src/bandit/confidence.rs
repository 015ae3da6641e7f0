//! How wide a confidence set is.

use crate::error::Error;
use crate::math::{Libm, Math};
use crate::state::Identity;
use core::marker::PhantomData;

/// The radius of a confidence set around a ridge estimate.
pub trait Radius {
    /// The functions it is computed with: part of a learner's identity.
    const NUMERICS: &'static str;

    /// The radius after `rounds` rounds (a discounted learner counts them discounted).
    fn radius(&self, rounds: f32) -> f32;
}

/// A radius that does not change: the `alpha` of Li et al. (2010).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedRadius(pub f32);

impl Radius for FixedRadius {
    const NUMERICS: &'static str = Identity::PLAIN;

    #[inline]
    fn radius(&self, _rounds: f32) -> f32 {
        self.0
    }
}

/// What is known of a linear dynamical system before it is played (Mussi, Metelli, Restelli 2023, section 3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SystemBounds {
    /// `rho_bar >= rho(A)`, in `[0, 1)`.
    pub spectral_radius: f32,
    /// `Phi >= sup_k ||A^k||_2 / rho(A)^k`.
    pub transient_gain: f32,
    /// `Theta >= ||theta||`.
    pub feedthrough_norm: f32,
    /// `Omega >= ||omega||`.
    pub output_norm: f32,
    /// `Bb >= ||B||_2`.
    pub input_norm: f32,
    /// `Ub >= max ||u||`.
    pub arm_norm: f32,
    /// `sigma`, the subgaussian constant of the noise.
    pub noise: f32,
}

impl SystemBounds {
    /// Whether every number is finite, none negative, and the spectral radius below 1.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`].
    pub fn check(&self) -> Result<(), Error> {
        let Self { spectral_radius, transient_gain, feedthrough_norm, output_norm, input_norm, arm_norm, noise } =
            *self;
        let all = [transient_gain, feedthrough_norm, output_norm, input_norm, arm_norm, noise];
        if (0.0..1.0).contains(&spectral_radius) && all.iter().all(|x| x.is_finite() && *x >= 0.0) {
            Ok(())
        } else {
            Err(Error::ParameterOutOfRange)
        }
    }

    /// `c1 = Ub Omega Phi (Ub Bb / (1 - rho_bar) + Xb)` with `Xb = Ub / (1 - rho_bar)`: what the transient may add.
    pub fn transient(&self) -> f32 {
        let settled = 1.0 - self.spectral_radius;
        let state = self.arm_norm / settled;
        self.arm_norm * self.output_norm * self.transient_gain * (self.arm_norm * self.input_norm / settled + state)
    }

    /// `c2 = Theta + Omega Bb Phi / (1 - rho_bar)`: a bound on `||h||`.
    pub fn bias(&self) -> f32 {
        self.feedthrough_norm + self.output_norm * self.input_norm * self.transient_gain / (1.0 - self.spectral_radius)
    }

    /// `sigma^2 (1 + Omega^2 Phi^2 / (1 - rho_bar^2))`: the variance proxy of a settled reward.
    pub fn variance(&self) -> f32 {
        let gain = self.output_norm * self.transient_gain;
        self.noise * self.noise * (1.0 + gain * gain / (1.0 - self.spectral_radius * self.spectral_radius))
    }

    /// `(Theta + Omega Bb / (1 - rho_bar)) Ub`: a bound on a settled reward without noise.
    pub fn reward(&self) -> f32 {
        (self.feedthrough_norm + self.output_norm * self.input_norm / (1.0 - self.spectral_radius)) * self.arm_norm
    }
}

/// The radius `beta(t) = c1 / sqrt(lambda) ln(e (t + 1)) + c2 sqrt(lambda) + sqrt(2 s2 (ln(1/delta) + d/2 ln(1 + t Ub^2 /
/// (d lambda))))` with `delta = 1/T` (Mussi, Metelli, Restelli 2023, section 3; without the first term: Abbasi-Yadkori
/// 2011).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Confidence<M = Libm> {
    /// `c1 / sqrt(lambda)`
    transient: f32,
    /// `c2 sqrt(lambda)`
    bias: f32,
    /// `2 s2`
    variance: f32,
    /// `ln(1/delta)`
    log_inverse_delta: f32,
    /// `d / 2`
    half_dimension: f32,
    /// `Ub^2 / (d lambda)`
    growth: f32,
    math: PhantomData<M>,
}

impl<M: Math> Confidence<M> {
    /// Nothing is known: a radius of 0.
    pub const ZERO: Self = Self {
        transient: 0.0,
        bias: 0.0,
        variance: 0.0,
        log_inverse_delta: 0.0,
        half_dimension: 0.0,
        growth: 0.0,
        math: PhantomData,
    };

    /// The radius with the constants `c1` (0 for a memoryless bandit), `c2`, `s2`, for arms of `dimension` numbers and
    /// norm at most `arm_norm`, over `horizon` rounds.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless `lambda` is positive, the horizon and the dimension are at least 1 and the
    /// constants are finite and not negative.
    pub fn new(
        [transient, bias, variance]: [f32; 3],
        arm_norm: f32,
        dimension: usize,
        lambda: f32,
        horizon: u32,
    ) -> Result<Self, Error> {
        let constants = [transient, bias, variance, arm_norm];
        let valid = constants.iter().all(|x| x.is_finite() && *x >= 0.0)
            && lambda > 0.0
            && lambda.is_finite()
            && dimension > 0
            && horizon > 0;
        if !valid {
            return Err(Error::ParameterOutOfRange);
        }
        let root = libm::sqrtf(lambda);
        Ok(Self {
            transient: transient / root,
            bias: bias * root,
            variance: 2.0 * variance,
            log_inverse_delta: M::ln(horizon as f32),
            half_dimension: dimension as f32 / 2.0,
            growth: arm_norm * arm_norm / (dimension as f32 * lambda),
            math: PhantomData,
        })
    }
}

impl<M: Math> Radius for Confidence<M> {
    const NUMERICS: &'static str = M::NUMERICS;

    /// Cost: two logarithms and a square root.
    fn radius(&self, rounds: f32) -> f32 {
        let noise = self.variance * (self.log_inverse_delta + self.half_dimension * M::ln(1.0 + rounds * self.growth));
        let transient = if self.transient > 0.0 { self.transient * (1.0 + M::ln(rounds + 1.0)) } else { 0.0 };
        transient + self.bias + libm::sqrtf(noise.max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_example_comes_out() {
        let confidence = Confidence::<Libm>::new([0.05, 0.1, 1e-4], 1.0, 2, 1.0, 100).unwrap();
        assert!((confidence.radius(0.0) - 0.180_349).abs() < 1e-6);
    }

    #[test]
    fn bad_constants_are_refused() {
        let with = |constants, lambda, dimension, horizon| {
            Confidence::<Libm>::new(constants, 1.0, dimension, lambda, horizon).err()
        };
        let refused = Some(Error::ParameterOutOfRange);
        assert_eq!(with([f32::NAN, 0.0, 0.0], 1.0, 2, 10), refused);
        assert_eq!(with([-1.0, 0.0, 0.0], 1.0, 2, 10), refused);
        assert_eq!(with([0.0; 3], 0.0, 2, 10), refused);
        assert_eq!(with([0.0; 3], 1.0, 0, 10), refused);
        assert_eq!(with([0.0; 3], 1.0, 2, 0), refused);
        let bounds = SystemBounds {
            spectral_radius: 1.0,
            transient_gain: 1.0,
            feedthrough_norm: 1.0,
            output_norm: 1.0,
            input_norm: 1.0,
            arm_norm: 1.0,
            noise: 0.1,
        };
        assert_eq!(bounds.check().err(), refused);
        assert_eq!(SystemBounds { spectral_radius: 0.5, noise: f32::NAN, ..bounds }.check().err(), refused);
        assert_eq!(SystemBounds { spectral_radius: 0.5, ..bounds }.check(), Ok(()));
    }
}
