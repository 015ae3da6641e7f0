//! Products of powers.

use super::{Dense, Features, Scaling, digits, power};
use crate::error::Error;
use crate::linalg::Const;

/// The polynomial basis of order `N` (Sutton & Barto, equation 9.17): `phi_i = prod_d x_d^{c_{i,d}}` for every vector `c`
/// of whole numbers from 0 to `N`, the last input's fastest; inputs are scaled to `[0, 1]` and clamped. `F = (N + 1)^D`
/// features.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Polynomial<const D: usize, const N: usize, const F: usize> {
    scaling: Scaling<D>,
}

impl<const D: usize, const N: usize, const F: usize> Polynomial<D, N, F> {
    /// Between two corners of the inputs.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless every lower bound is below its upper one, both finite.
    pub fn new(low: [f32; D], high: [f32; D]) -> Result<Self, Error> {
        const { assert!(F == power(N + 1, D), "F must be (N + 1)^D") };
        Ok(Self { scaling: Scaling::new(low, high)? })
    }
}

impl<const D: usize, const N: usize, const F: usize> Features for Polynomial<D, N, F> {
    type Observation = [f32; D];
    type Code = Dense<F>;
    type Size = Const<F>;

    fn size(&self) -> Self::Size {
        Const
    }

    fn encode(&self, observation: [f32; D]) -> Result<Dense<F>, Error> {
        let scaled = self.scaling.scale(observation)?;
        Ok(Dense(core::array::from_fn(|index| {
            let exponents = digits::<D>(index, N + 1);
            exponents.iter().zip(&scaled).fold(1.0, |product, (c, x)| (0..*c).fold(product, |p, _| p * x))
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_in_lexicographic_order() {
        let basis = Polynomial::<2, 2, 9>::new([0.0; 2], [1.0; 2]).unwrap();
        let Dense(code) = basis.encode([0.5, 0.25]).unwrap();
        assert_eq!(code, [1.0, 0.25, 0.0625, 0.5, 0.125, 0.03125, 0.25, 0.0625, 0.015_625]);
        assert_eq!(basis.encode([f32::INFINITY, 0.0]), Err(Error::NonFinite));
    }
}
