//! The Cholesky factor of a positive definite matrix.

use super::dot;
use crate::error::Error;

/// A lower triangular factor `L` with `L L^T = M`, over the caller's `d^2` numbers; the upper triangle is not used.
#[derive(Clone, Copy, Debug)]
pub struct Cholesky<'a> {
    d: usize,
    factor: &'a [f32],
}

impl<'a> Cholesky<'a> {
    /// Factors a symmetric row-major matrix of `d x d` into `factor`. Cost: `d^3 / 6` multiplications, `d` square roots.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::NotPositiveDefinite`]. The content of `factor` is then of no use.
    pub fn of(matrix: &[f32], d: usize, factor: &'a mut [f32]) -> Result<Self, Error> {
        if matrix.len() != d * d || factor.len() != d * d {
            return Err(Error::LengthMismatch);
        }
        for i in 0..d {
            for j in 0..=i {
                let rest = matrix[i * d + j] - dot(&factor[i * d..i * d + j], &factor[j * d..j * d + j]);
                factor[i * d + j] = if i != j {
                    rest / factor[j * d + j]
                } else if rest > 0.0 && rest.is_finite() {
                    libm::sqrtf(rest)
                } else {
                    return Err(Error::NotPositiveDefinite);
                };
            }
        }
        Ok(Self { d, factor })
    }

    /// Replaces `x` by `M^-1 x`. Cost: `d^2` multiplications.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn solve(&self, x: &mut [f32]) -> Result<(), Error> {
        let (d, factor) = (self.d, self.factor);
        if x.len() != d {
            return Err(Error::LengthMismatch);
        }
        for i in 0..d {
            x[i] = (x[i] - dot(&factor[i * d..i * d + i], &x[..i])) / factor[i * d + i];
        }
        for i in (0..d).rev() {
            let below = (i + 1..d).fold(0.0, |sum, j| sum + factor[j * d + i] * x[j]);
            x[i] = (x[i] - below) / factor[i * d + i];
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_solves() {
        let matrix = [4.0, 2.0, 0.6, 2.0, 5.0, 1.0, 0.6, 1.0, 3.0];
        let mut factor = [0.0; 9];
        let cholesky = Cholesky::of(&matrix, 3, &mut factor).unwrap();
        let mut x = [1.0, -2.0, 0.5];
        cholesky.solve(&mut x).unwrap();
        for (row, right) in matrix.chunks_exact(3).zip([1.0, -2.0, 0.5]) {
            assert!((dot(row, &x) - right).abs() < 1e-6);
        }
        assert_eq!(cholesky.solve(&mut [0.0; 2]), Err(Error::LengthMismatch));
    }

    #[test]
    fn an_indefinite_matrix_is_refused() {
        let indefinite = [1.0, 2.0, 2.0, 1.0];
        assert_eq!(Cholesky::of(&indefinite, 2, &mut [0.0; 4]).err(), Some(Error::NotPositiveDefinite));
        assert_eq!(Cholesky::of(&indefinite, 3, &mut [0.0; 4]).err(), Some(Error::LengthMismatch));
    }
}
