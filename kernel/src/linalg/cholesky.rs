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
        if d == 0 || matrix.len() != d * d || factor.len() != d * d {
            return Err(Error::LengthMismatch);
        }
        // Rows as slices, so that nothing is left for the compiler to check.
        for (i, entries) in matrix.chunks_exact(d).enumerate() {
            let (above, below) = factor.split_at_mut_checked(i * d).ok_or(Error::LengthMismatch)?;
            let row = below.get_mut(..d).ok_or(Error::LengthMismatch)?;
            let mut rows = above.chunks_exact(d);
            for (j, entry) in entries.iter().enumerate().take(i + 1) {
                let (known, rest) = row.split_at_mut_checked(j).ok_or(Error::LengthMismatch)?;
                let place = rest.first_mut().ok_or(Error::LengthMismatch)?;
                *place = match rows.next().and_then(|row| Some((row, row.get(j)?))) {
                    Some((row, diagonal)) => (entry - dot(known, row)) / diagonal,
                    None => {
                        let square = entry - dot(known, known);
                        if !(square > 0.0 && square.is_finite()) {
                            return Err(Error::NotPositiveDefinite);
                        }
                        libm::sqrtf(square)
                    }
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
        let diagonal = |i: usize| factor.get(i * d + i).ok_or(Error::LengthMismatch);
        for (i, row) in factor.chunks_exact(d.max(1)).enumerate() {
            let (known, rest) = x.split_at_mut_checked(i).ok_or(Error::LengthMismatch)?;
            let x_i = rest.first_mut().ok_or(Error::LengthMismatch)?;
            *x_i = (*x_i - dot(row, known)) / diagonal(i)?;
        }
        for i in (0..d).rev() {
            let (rest, known) = x.split_at_mut_checked(i + 1).ok_or(Error::LengthMismatch)?;
            let x_i = rest.last_mut().ok_or(Error::LengthMismatch)?;
            let column = factor.iter().skip((i + 1) * d + i).step_by(d.max(1));
            *x_i = (*x_i - column.zip(known).fold(0.0, |sum, (entry, x_j)| sum + entry * *x_j)) / diagonal(i)?;
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
