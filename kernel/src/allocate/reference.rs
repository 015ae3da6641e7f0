//! The geometry of the prices.

use crate::math::{Libm, Math, Scalar};
use core::marker::PhantomData;

/// The reference function `h` of mirror descent, as the step that it makes.
pub trait Reference {
    /// The name in a checkpoint.
    const NAME: &'static str;

    /// The functions it is computed with.
    const NUMERICS: &'static str;

    /// The price of a resource before the first request, unless another one is set.
    const FIRST_PRICE: f32;

    /// Whether it can go on from this finite price.
    fn is_price(price: f32) -> bool;

    /// `argmin_{mu >= 0} g mu + V_h(mu, price) / eta`, finite, for a finite gradient `g` and `eta > 0`.
    fn step(price: f32, eta: f32, gradient: f32) -> f32;
}

/// `h = ||mu||^2 / 2`: `mu = max(mu - eta g, 0)`, the dual sub-gradient method. Starts from 0; at most the greatest `f32`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Euclidean;

impl Reference for Euclidean {
    const NAME: &'static str = "euclidean";
    const NUMERICS: &'static str = crate::state::Identity::PLAIN;
    const FIRST_PRICE: f32 = 0.0;

    #[inline]
    fn is_price(price: f32) -> bool {
        price >= 0.0
    }

    #[inline]
    fn step(price: f32, eta: f32, gradient: f32) -> f32 {
        (price - eta * gradient).within(0.0, f32::MAX)
    }
}

/// `h = sum mu ln mu`: `mu_j = mu_j exp(-eta g_j)`, multiplicative weights. Starts from 0.5.
///
/// The exponent is kept within 20 of 0. A price that would fall below the least normal `f32` becomes 1e-6, one that would
/// overflow 1e6, so that none is stuck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entropy<M = Libm>(PhantomData<M>);

impl<M: Math> Reference for Entropy<M> {
    const NAME: &'static str = "entropy";
    const NUMERICS: &'static str = M::NUMERICS;
    const FIRST_PRICE: f32 = 0.5;

    #[inline]
    fn is_price(price: f32) -> bool {
        price > 0.0
    }

    #[inline]
    fn step(price: f32, eta: f32, gradient: f32) -> f32 {
        let price = price * M::exp((-eta * gradient).within(-20.0, 20.0));
        if price < f32::MIN_POSITIVE {
            1e-6
        } else if price > f32::MAX {
            1e6
        } else {
            price
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_kept_within_bounds() {
        let entropy = Entropy::<Libm>::step;
        assert_eq!(entropy(1.0, 1.0, 1e9), Libm::exp(-20.0));
        assert_eq!(entropy(1.0, 1.0, -1e9), Libm::exp(20.0));
        assert_eq!(entropy(2e-38, 1.0, 1.0), 1e-6);
        assert_eq!(entropy(3e38, 1.0, -1.0), 1e6);
        assert_eq!(Euclidean::step(0.5, 1.0, 1.0), 0.0);
        assert_eq!(Euclidean::step(0.5, f32::MAX, -f32::MAX), f32::MAX);
        assert_eq!(Euclidean::step(0.5, f32::MAX, f32::MAX), 0.0);
    }
}
