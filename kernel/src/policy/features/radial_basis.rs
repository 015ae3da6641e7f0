//! Bumps on a grid.

use super::{Dense, Features, Scaling, digits, power};
use crate::error::Error;
use crate::linalg::Const;
use crate::math::{Libm, Math};
use core::marker::PhantomData;

/// Gaussian radial basis functions (Sutton & Barto, section 9.5.5): `phi_i = exp(-||x - c_i||^2 / (2 sigma^2))` with `N`
/// centres an input, evenly from one corner to the other, the last input's fastest; inputs are scaled to `[0, 1]` and
/// clamped, and so are the centres and `sigma`. `F = N^D` features. Cost: `F` exponentials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RadialBasis<const D: usize, const N: usize, const F: usize, M = Libm> {
    scaling: Scaling<D>,
    /// `1 / (2 sigma^2)`
    precision: f32,
    math: PhantomData<M>,
}

impl<const D: usize, const N: usize, const F: usize, M: Math> RadialBasis<D, N, F, M> {
    /// Between two corners of the inputs, with a width in units of the scaled inputs; `1 / (N - 1)` is the distance of two
    /// centres.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless every lower bound is below its upper one, both finite, and `sigma` positive.
    pub fn new(low: [f32; D], high: [f32; D], sigma: f32) -> Result<Self, Error> {
        const { assert!(F == power(N, D) && N > 1, "F must be N^D, N at least 2") };
        let precision = 1.0 / (2.0 * sigma * sigma);
        if !(sigma > 0.0 && precision.is_finite() && precision > 0.0) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { scaling: Scaling::new(low, high)?, precision, math: PhantomData })
    }
}

impl<const D: usize, const N: usize, const F: usize, M: Math> Features for RadialBasis<D, N, F, M> {
    type Observation = [f32; D];
    type Code = Dense<F>;
    type Size = Const<F>;

    fn size(&self) -> Self::Size {
        Const
    }

    fn encode(&self, observation: [f32; D]) -> Result<Dense<F>, Error> {
        let scaled = self.scaling.scale(observation)?;
        Ok(Dense(core::array::from_fn(|index| {
            let centre = digits::<D>(index, N);
            let distance = centre.iter().zip(&scaled).fold(0.0, |sum, (c, x)| {
                let difference = x - *c as f32 / (N - 1) as f32;
                sum + difference * difference
            });
            M::exp(-distance * self.precision)
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bump_is_one_at_its_centre() {
        let basis = RadialBasis::<2, 3, 9>::new([0.0; 2], [2.0, 4.0], 0.5).unwrap();
        let Dense(code) = basis.encode([1.0, 4.0]).unwrap();
        assert_eq!(code[5], 1.0);
        assert!((code[8] - libm::expf(-0.5)).abs() < 1e-7 && (code[0] - libm::expf(-2.5)).abs() < 1e-7);
        assert!(RadialBasis::<2, 3, 9>::new([0.0; 2], [1.0; 2], 0.0).is_err());
    }
}
