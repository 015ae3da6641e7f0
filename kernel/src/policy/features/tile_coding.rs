//! Overlapping grids.

use super::{Active, Features, Scaling, power};
use crate::error::Error;
use crate::linalg::Const;

/// Tile coding with a fixed layout and no hashing (Sutton & Barto, section 9.5.4): `T` tilings of `D` inputs with `M`
/// tiles an input, each shifted by `1, 3, 5, ..` fractions of a tile, `F = T (M + 1)^D` features of which exactly `T` are
/// active. `T` should be a power of two and at least `4 D`. The step size of each is divided by `T`.
///
/// With `u_d` the input scaled to `[0, M]` and clamped, tiling `t` has the cell `k_d = min(M, floor(u_d + ((t (2d+1)) mod
/// T)/T))` and its feature the index `t (M+1)^D + ((k_0 (M+1) + k_1) (M+1) + ..)`.
///
/// ```
/// use habit::policy::features::{Active, Features, TileCoding};
/// let tiles = TileCoding::<2, 8, 8, 648>::new([-1.2, -0.07], [0.6, 0.07])?;
/// assert_eq!(tiles.encode([-0.5, 0.0])?, Active([31, 112, 193, 274, 355, 436, 517, 598]));
/// # Ok::<(), habit::Error>(())
/// ```
///
/// A number of features that is not `T (M + 1)^D` does not compile:
///
/// ```compile_fail
/// let tiles = habit::policy::features::TileCoding::<2, 8, 8, 512>::new([0.0; 2], [1.0; 2]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TileCoding<const D: usize, const M: usize, const T: usize, const F: usize> {
    scaling: Scaling<D>,
}

impl<const D: usize, const M: usize, const T: usize, const F: usize> TileCoding<D, M, T, F> {
    /// Between two corners of the inputs.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless every lower bound is below its upper one, both finite.
    pub fn new(low: [f32; D], high: [f32; D]) -> Result<Self, Error> {
        const { assert!(F == T * power(M + 1, D), "F must be T (M + 1)^D") };
        const { assert!(F <= 65_536 && F > 0, "an index is kept in 16 bits") };
        Ok(Self { scaling: Scaling::new(low, high)? })
    }
}

impl<const D: usize, const M: usize, const T: usize, const F: usize> Features for TileCoding<D, M, T, F> {
    type Observation = [f32; D];
    type Code = Active<T>;
    type Size = Const<F>;

    fn size(&self) -> Self::Size {
        Const
    }

    fn encode(&self, observation: [f32; D]) -> Result<Active<T>, Error> {
        let scaled = self.scaling.scale(observation)?;
        Ok(Active(core::array::from_fn(|t| {
            let cell = scaled.iter().enumerate().fold(0, |cell, (d, x)| {
                let shift = ((t * (2 * d + 1)) % T) as f32 / T as f32;
                // Not negative, so that the conversion is the floor.
                let k = ((x * M as f32 + shift) as usize).min(M);
                cell * (M + 1) + k
            });
            (t * (F / T) + cell) as u16
        })))
    }

    #[inline]
    fn step_scale(&self, _feature: usize) -> f32 {
        1.0 / T as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_example_comes_out() {
        let tiles = TileCoding::<2, 8, 8, 648>::new([-1.2, -0.07], [0.6, 0.07]).unwrap();
        assert_eq!(tiles.encode([0.123, 0.031]), Ok(Active([50, 141, 222, 302, 384, 465, 546, 627])));
    }

    #[test]
    fn what_lies_outside_is_clamped_and_what_is_no_number_refused() {
        let tiles = TileCoding::<2, 4, 8, 200>::new([0.0; 2], [1.0; 2]).unwrap();
        assert_eq!(tiles.encode([-5.0, 9.0]), tiles.encode([0.0, 1.0]));
        assert_eq!(tiles.encode([f32::NAN, 0.0]), Err(Error::NonFinite));
        assert!(tiles.encode([1.0, 1.0]).is_ok_and(|code| code.0.iter().all(|index| *index < 200)));
        for (low, high) in [([0.0; 2], [1.0, 0.0]), ([0.0; 2], [1.0, f32::INFINITY]), ([f32::NAN, 0.0], [1.0; 2])] {
            assert_eq!(TileCoding::<2, 4, 8, 200>::new(low, high), Err(Error::ParameterOutOfRange));
        }
    }
}
