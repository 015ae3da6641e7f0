//! Cosines.

use super::{Dense, Features, Scaling, digits, power};
use crate::error::Error;
use crate::linalg::Const;
use crate::math::{Libm, Math};
use core::marker::PhantomData;

/// The Fourier cosine basis of order `N` (Sutton & Barto, section 9.5.2; Konidaris, Osentoski, Thomas 2011): `phi_i =
/// cos(pi <c_i, x>)` for every vector `c` of whole numbers from 0 to `N`, the last input's fastest; inputs are scaled to
/// `[0, 1]` and clamped. `F = (N + 1)^D` features; the step size of each is divided by `||c_i||`, that of the constant one
/// stays. Cost: `F` cosines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fourier<const D: usize, const N: usize, const F: usize, M = Libm> {
    scaling: Scaling<D>,
    scales: [f32; F],
    math: PhantomData<M>,
}

impl<const D: usize, const N: usize, const F: usize, M: Math> Fourier<D, N, F, M> {
    /// Between two corners of the inputs.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless every lower bound is below its upper one, both finite.
    pub fn new(low: [f32; D], high: [f32; D]) -> Result<Self, Error> {
        const { assert!(F == power(N + 1, D), "F must be (N + 1)^D") };
        let scale = |index| {
            let squares: usize = digits::<D>(index, N + 1).iter().map(|c| c * c).sum();
            if squares == 0 { 1.0 } else { 1.0 / libm::sqrtf(squares as f32) }
        };
        Ok(Self { scaling: Scaling::new(low, high)?, scales: core::array::from_fn(scale), math: PhantomData })
    }
}

impl<const D: usize, const N: usize, const F: usize, M: Math> Features for Fourier<D, N, F, M> {
    type Observation = [f32; D];
    type Code = Dense<F>;
    type Size = Const<F>;

    fn size(&self) -> Self::Size {
        Const
    }

    fn encode(&self, observation: [f32; D]) -> Result<Dense<F>, Error> {
        let scaled = self.scaling.scale(observation)?;
        Ok(Dense(core::array::from_fn(|index| {
            let coefficients = digits::<D>(index, N + 1);
            let sum = coefficients.iter().zip(&scaled).fold(0.0, |sum, (c, x)| sum + *c as f32 * x);
            M::cos(core::f32::consts::PI * sum)
        })))
    }

    #[inline]
    fn step_scale(&self, feature: usize) -> f32 {
        self.scales.get(feature).copied().unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosines_in_lexicographic_order() {
        let basis = Fourier::<2, 1, 4>::new([0.0, -1.0], [2.0, 1.0]).unwrap();
        let Dense(code) = basis.encode([0.5, 0.0]).unwrap();
        // c = (0,0), (0,1), (1,0), (1,1) at (.25, .5).
        for (value, angle) in code.into_iter().zip([0.0f32, 0.5, 0.25, 0.75]) {
            assert!((value - libm::cosf(core::f32::consts::PI * angle)).abs() < 1e-6);
        }
        assert_eq!(basis.step_scale(0), 1.0);
        assert_eq!(basis.step_scale(2), 1.0);
        assert!((basis.step_scale(3) - 0.5f32.sqrt()).abs() < 1e-7);
        assert_eq!(basis.encode([0.5, f32::NAN]), Err(Error::NonFinite));
    }
}
