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
        if matrix.len() != factor.len() {
            return Err(Error::LengthMismatch);
        }
        factor.copy_from_slice(matrix);
        Self::in_place(d, factor, |_, _, entry| entry)
    }

    /// Factors the symmetric matrix whose entries are `entry(i, j, m)` for `i <= j`, `m` the one at row `i` and column `j`
    /// of `factor`. Overwrites the lower triangle with the diagonal; what is above the diagonal stays.
    pub(super) fn in_place(
        d: usize,
        factor: &'a mut [f32],
        entry: impl Fn(usize, usize, f32) -> f32,
    ) -> Result<Self, Error> {
        if d == 0 || factor.len() != d * d {
            return Err(Error::LengthMismatch);
        }
        // Rows as slices, so that nothing is left for the compiler to check.
        for i in 0..d {
            let (above, below) = factor.split_at_mut_checked(i * d).ok_or(Error::LengthMismatch)?;
            let row = below.get_mut(..=i).ok_or(Error::LengthMismatch)?;
            let mut rows = above.chunks_exact(d);
            for j in 0..=i {
                let (known, rest) = row.split_at_mut_checked(j).ok_or(Error::LengthMismatch)?;
                let place = rest.first_mut().ok_or(Error::LengthMismatch)?;
                *place = match rows.next().and_then(|row| Some((row, row.get(j)?, row.get(i)?))) {
                    Some((row, diagonal, above)) => (entry(j, i, *above) - dot(known, row)) / diagonal,
                    None => {
                        let square = entry(i, i, *place) - dot(known, known);
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

    /// Writes `M^-1` row by row, symmetric to the bit. Cost: `d^3` multiplications.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn invert_into(&self, inverse: &mut [f32]) -> Result<(), Error> {
        let d = self.d;
        if inverse.len() != d * d {
            return Err(Error::LengthMismatch);
        }
        inverse.fill(0.0);
        for (i, row) in inverse.chunks_exact_mut(d.max(1)).enumerate() {
            if let Some(entry) = row.get_mut(i) {
                *entry = 1.0;
            }
            self.solve(row)?;
        }
        mirror(inverse, d);
        Ok(())
    }

    /// `y = L x`, over the same numbers. Cost: `d^2 / 2` multiplications.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn multiply(&self, x: &mut [f32]) -> Result<(), Error> {
        if x.len() != self.d {
            return Err(Error::LengthMismatch);
        }
        for (i, row) in self.factor.chunks_exact(self.d.max(1)).enumerate().rev() {
            let product = row.iter().zip(&*x).take(i + 1).fold(0.0, |sum, (entry, x_j)| sum + entry * x_j);
            if let Some(x_i) = x.get_mut(i) {
                *x_i = product;
            }
        }
        Ok(())
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

/// Copies what is above the diagonal of a `d x d` matrix to below it.
pub(super) fn mirror(matrix: &mut [f32], d: usize) {
    for i in 1..d {
        let Some((above, below)) = matrix.split_at_mut_checked(i * d) else { return };
        for (entry, row) in below.iter_mut().zip(above.chunks_exact(d)) {
            *entry = row.get(i).copied().unwrap_or(*entry);
        }
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
        let mut inverse = [0.0; 9];
        cholesky.invert_into(&mut inverse).unwrap();
        for (i, row) in matrix.chunks_exact(3).enumerate() {
            for (j, column) in inverse.chunks_exact(3).enumerate() {
                assert!((dot(row, column) - f32::from(u8::from(i == j))).abs() < 1e-6);
                assert_eq!(inverse[3 * i + j], inverse[3 * j + i]);
            }
        }
        // L (L^T x) = M x
        let x = [1.0, 1.0, -1.0];
        let mut product: [f32; 3] = core::array::from_fn(|i| (i..3).map(|j| factor[3 * j + i] * x[j]).sum());
        Cholesky { d: 3, factor: &factor }.multiply(&mut product).unwrap();
        for (row, product) in matrix.chunks_exact(3).zip(product) {
            assert!((dot(row, &x) - product).abs() < 1e-6);
        }
    }

    #[test]
    fn an_indefinite_matrix_is_refused() {
        let indefinite = [1.0, 2.0, 2.0, 1.0];
        assert_eq!(Cholesky::of(&indefinite, 2, &mut [0.0; 4]).err(), Some(Error::NotPositiveDefinite));
        assert_eq!(Cholesky::of(&indefinite, 3, &mut [0.0; 4]).err(), Some(Error::LengthMismatch));
    }
}
