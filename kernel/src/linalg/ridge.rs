//! Ridge regression by rank-one updates of the inverse.

use super::{Borrowed, Const, Dim, Dyn, Memory, Owned, Storage, StorageMut, all_finite, dot, quadratic_form};
use crate::error::Error;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// The state of a ridge regression of `y` on `x`: `V^-1` for `V = lambda I + sum x x^T`, `b = sum y x`, and the estimate
/// `V^-1 b`.
///
/// Memory: `4 (d^2 + 2 d)` bytes; the estimate can be recomputed and is not persisted. The inverse is kept by
/// Sherman-Morrison, exact up to rounding, and stays symmetric because one triangle is computed and mirrored.
#[derive(Debug)]
pub struct Ridge<S: Memory> {
    dim: S::Dim,
    inverse: S::Matrix,
    vector: S::Vector,
    estimate: S::Vector,
}

impl<const D: usize> Ridge<Owned<D>> {
    /// Not started: knows nothing and has no regularisation.
    pub const EMPTY: Self = Self { dim: Const, inverse: [[0.0; D]; D], vector: [0.0; D], estimate: [0.0; D] };
}

impl<'a> Ridge<Borrowed<'a>> {
    /// Over the caller's memory: `inverse` of `d^2` numbers, `vector` and `estimate` of `d`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(inverse: &'a mut [f32], vector: &'a mut [f32], estimate: &'a mut [f32]) -> Result<Self, Error> {
        let d = vector.len();
        if inverse.len() != d * d || estimate.len() != d {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { dim: Dyn(d), inverse, vector, estimate })
    }
}

impl<S: Memory> Ridge<S> {
    /// Starts from `V = lambda I` and no observations.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless `lambda` is positive and finite.
    pub fn start(&mut self, lambda: f32) -> Result<(), Error> {
        let diagonal = 1.0 / lambda;
        if !(lambda > 0.0 && lambda.is_finite() && diagonal.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        let d = self.dim.get();
        let inverse = self.inverse.values_mut();
        inverse.fill(0.0);
        inverse.iter_mut().step_by(d + 1).for_each(|entry| *entry = diagonal);
        self.vector.values_mut().fill(0.0);
        self.estimate.values_mut().fill(0.0);
        Ok(())
    }

    /// The length of `x`.
    #[inline]
    pub fn dim(&self) -> usize {
        self.dim.get()
    }

    /// `V^-1 b`.
    #[inline]
    pub fn estimate(&self) -> &[f32] {
        self.estimate.values()
    }

    /// `V^-1`, row by row.
    #[inline]
    pub fn inverse(&self) -> &[f32] {
        self.inverse.values()
    }

    /// `sqrt(x^T V^-1 x)`: the half-width of the confidence set along `x`, in units of its radius. A negative form, which
    /// only rounding can cause, counts as 0. Cost: `d^2 + d` multiplications.
    #[inline]
    pub fn uncertainty(&self, x: &[f32]) -> f32 {
        libm::sqrtf(quadratic_form(self.inverse.values(), x).max(0.0))
    }

    /// Takes in one observation. Cost: about `2.5 d^2` multiplications and `d` divisions.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::NonFinite`] when `x`, `y` or what they would lead to is not finite;
    /// [`Error::NotPositiveDefinite`] when rounding has spoilt the inverse.
    pub fn update(&mut self, x: &[f32], y: f32) -> Result<(), Error> {
        let d = self.dim.get();
        if x.len() != d {
            return Err(Error::LengthMismatch);
        }
        if !all_finite(x) || !y.is_finite() {
            return Err(Error::NonFinite);
        }
        // The estimate is computed anew at the end, so its memory can hold V^-1 x until then.
        let (inverse, vector, scratch) =
            (self.inverse.values_mut(), self.vector.values_mut(), self.estimate.values_mut());
        for (entry, row) in scratch.iter_mut().zip(inverse.chunks_exact(d)) {
            *entry = dot(row, x);
        }
        let denominator = 1.0 + dot(x, scratch);
        let fits = scratch.iter().all(|v| (v * v / denominator).is_finite())
            && vector.iter().zip(x).all(|(b, x_i)| (b + y * x_i).is_finite());
        let outcome = if !denominator.is_finite() || !fits {
            Err(Error::NonFinite)
        } else if denominator <= 0.0 {
            Err(Error::NotPositiveDefinite)
        } else {
            for i in 0..d {
                let factor = scratch[i] / denominator;
                for j in i..d {
                    let entry = inverse[i * d + j] - factor * scratch[j];
                    inverse[i * d + j] = entry;
                    inverse[j * d + i] = entry;
                }
            }
            for (b, x_i) in vector.iter_mut().zip(x) {
                *b += y * x_i;
            }
            Ok(())
        };
        self.solve();
        outcome
    }

    /// `V += u v^T` and `b += y u` for a matrix that need not be symmetric: least-squares temporal differences. Cost: about
    /// `4 d^2` multiplications.
    ///
    /// # Errors
    /// As [`update`](Self::update); [`Error::NotPositiveDefinite`] when the matrix would become singular.
    pub fn update_pair(&mut self, u: &[f32], v: &[f32], y: f32) -> Result<(), Error> {
        let d = self.dim.get();
        if u.len() != d || v.len() != d {
            return Err(Error::LengthMismatch);
        }
        if !all_finite(u) || !all_finite(v) || !y.is_finite() {
            return Err(Error::NonFinite);
        }
        let (inverse, vector, scratch) =
            (self.inverse.values_mut(), self.vector.values_mut(), self.estimate.values_mut());
        // V^-1 u; the estimate is computed anew at the end.
        for (entry, row) in scratch.iter_mut().zip(inverse.chunks_exact(d)) {
            *entry = dot(row, u);
        }
        let denominator = 1.0 + dot(v, scratch);
        let column =
            |inverse: &[f32], j: usize| v.iter().zip(inverse.chunks_exact(d)).fold(0.0, |s, (v, row)| s + v * row[j]);
        let fits = denominator.is_finite()
            && (0..d).all(|j| {
                let right = column(inverse, j) / denominator;
                scratch.iter().all(|left| (left * right).is_finite())
            })
            && vector.iter().zip(u).all(|(b, u_i)| (b + y * u_i).is_finite());
        let outcome = if !fits {
            Err(if denominator == 0.0 { Error::NotPositiveDefinite } else { Error::NonFinite })
        } else {
            // Column by column: each needs only itself of the old inverse.
            for j in 0..d {
                let right = column(inverse, j) / denominator;
                for (row, left) in inverse.chunks_exact_mut(d).zip(scratch.iter()) {
                    row[j] -= left * right;
                }
            }
            vector.iter_mut().zip(u).for_each(|(b, u_i)| *b += y * u_i);
            Ok(())
        };
        self.solve();
        outcome
    }

    fn solve(&mut self) {
        let rows = self.inverse.values().chunks_exact(self.dim.get().max(1));
        for (entry, row) in self.estimate.values_mut().iter_mut().zip(rows) {
            *entry = dot(row, self.vector.values());
        }
    }
}

/// `V^-1` row by row, then `b`: `4 (d^2 + d)` bytes.
impl<S: Memory> Persist for Ridge<S> {
    fn write(&self, out: &mut impl Write) {
        self.inverse.values().write(out);
        self.vector.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.inverse.values().check(from)?;
        self.vector.values().check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.inverse.values_mut().read(from)?;
        self.vector.values_mut().read(from)?;
        self.solve();
        Ok(())
    }
}

/// `"ridge"`: the length of `x`.
impl<S: Memory> Identify for Ridge<S> {
    fn identity(&self) -> Identity {
        Identity::new("ridge", Identity::PLAIN, [self.dim(), 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXTS: [([f32; 2], f32); 4] =
        [([1.0, 0.0], 1.0), ([0.6, 0.8], 0.5), ([0.0, 1.0], -0.2), ([1.0, 1.0], 0.9)];

    fn trained() -> Ridge<Owned<2>> {
        let mut ridge = Ridge::EMPTY;
        ridge.start(1.0).unwrap();
        for (x, y) in CONTEXTS {
            ridge.update(&x, y).unwrap();
        }
        ridge
    }

    #[test]
    fn the_worked_example_comes_out() {
        let ridge = trained();
        assert!((ridge.estimate()[0] - 0.635_458).abs() < 1e-6);
        assert!((ridge.estimate()[1] - 0.043_824_7).abs() < 1e-6);
        let x = [0.3, -0.7];
        assert!((dot(ridge.estimate(), &x) + 1.5 * ridge.uncertainty(&x) - 0.922_642).abs() < 1e-6);
    }

    #[test]
    fn a_pair_updates_the_inverse_of_a_matrix_that_is_not_symmetric() {
        let mut ridge = Ridge::<Owned<2>>::EMPTY;
        ridge.start(1.0).unwrap();
        ridge.update_pair(&[1.0, 2.0], &[3.0, -1.0], 2.0).unwrap();
        ridge.update_pair(&[0.5, -1.0], &[0.0, 2.0], -1.0).unwrap();
        // V = I + (1,2)(3,-1)^T + (.5,-1)(0,2)^T = [[4, 0], [6, -3]], b = (2,4) - (.5,-1) = (1.5, 5)
        for (found, expected) in ridge.inverse().iter().zip([0.25, 0.0, 0.5, -1.0 / 3.0]) {
            assert!((found - expected).abs() < 1e-5, "{:?}", ridge.inverse());
        }
        assert!((ridge.estimate()[0] - 0.375).abs() < 1e-5 && (ridge.estimate()[1] + 0.916_667).abs() < 1e-5);
        let digest = ridge.digest();
        assert_eq!(ridge.update_pair(&[4.0, 6.0], &[-1.0, 0.0], 0.0), Err(Error::NotPositiveDefinite));
        assert_eq!(ridge.update_pair(&[f32::NAN, 0.0], &[0.0; 2], 0.0), Err(Error::NonFinite));
        assert_eq!(ridge.update_pair(&[0.0; 2], &[0.0; 3], 0.0), Err(Error::LengthMismatch));
        assert_eq!(ridge.digest(), digest);
    }

    #[test]
    fn owner_and_view_hold_the_same_bits() {
        let (mut inverse, mut vector, mut estimate) = ([0.0; 4], [0.0; 2], [0.0; 2]);
        let mut view = Ridge::over(&mut inverse, &mut vector, &mut estimate).unwrap();
        view.start(1.0).unwrap();
        for (x, y) in CONTEXTS {
            view.update(&x, y).unwrap();
        }
        assert_eq!(view.digest(), trained().digest());
        assert!(Ridge::over(&mut [0.0; 3], &mut [0.0; 2], &mut [0.0; 2]).is_err());
    }

    #[test]
    fn a_rejected_update_changes_nothing() {
        let mut ridge = trained();
        let (digest, estimate) = (ridge.digest(), ridge.estimate().to_vec());
        assert_eq!(ridge.update(&[1.0], 0.0), Err(Error::LengthMismatch));
        assert_eq!(ridge.update(&[f32::NAN, 0.0], 0.0), Err(Error::NonFinite));
        assert_eq!(ridge.update(&[1.0, 0.0], f32::INFINITY), Err(Error::NonFinite));
        assert_eq!(ridge.update(&[f32::MAX, f32::MAX], 1.0), Err(Error::NonFinite));
        assert_eq!(ridge.update(&[2.0, 0.0], f32::MAX), Err(Error::NonFinite));
        assert_eq!((ridge.digest(), ridge.estimate().to_vec()), (digest, estimate));
        for lambda in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e-45] {
            assert_eq!(ridge.start(lambda), Err(Error::ParameterOutOfRange));
        }
        assert_eq!(ridge.digest(), digest);
    }

    #[test]
    fn a_restored_state_goes_on_to_the_same_bits() {
        let mut ridge = trained();
        let mut bytes = std::vec::Vec::new();
        struct Sink<'a>(&'a mut std::vec::Vec<u8>);
        impl Write for Sink<'_> {
            fn bytes(&mut self, bytes: &[u8]) {
                self.0.extend_from_slice(bytes);
            }
        }
        ridge.write(&mut Sink(&mut bytes));
        let mut copy = Ridge::<Owned<2>>::EMPTY;
        copy.restore(&bytes).unwrap();
        assert_eq!(copy.estimate(), ridge.estimate());
        ridge.update(&[0.1, 0.7], 0.3).unwrap();
        copy.update(&[0.1, 0.7], 0.3).unwrap();
        assert_eq!(copy.digest(), ridge.digest());
    }
}
