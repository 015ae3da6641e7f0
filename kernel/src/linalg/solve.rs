//! Systems of equations without any structure.

use crate::error::Error;

/// Solves `A x = b` by elimination with partial pivoting, ties to the first row: `matrix` is `A` row by row and is used up,
/// `vector` is `b` and becomes `x`. Cost: about `d^3 / 3` multiplications.
///
/// # Errors
/// [`Error::LengthMismatch`]; [`Error::Singular`] when a pivot is 0 or not finite. The content of both is then of no use.
pub fn solve(matrix: &mut [f32], vector: &mut [f32]) -> Result<(), Error> {
    let d = vector.len();
    if matrix.len() != d * d {
        return Err(Error::LengthMismatch);
    }
    for column in 0..d {
        let magnitude = |row: usize| matrix.get(row * d + column).map_or(0.0, |entry| entry.abs());
        let pivot = (column + 1..d).fold(column, |best, row| if magnitude(row) > magnitude(best) { row } else { best });
        if pivot != column {
            let (above, below) = matrix.split_at_mut_checked(pivot * d).ok_or(Error::LengthMismatch)?;
            let own = above.get_mut(column * d..(column + 1) * d).ok_or(Error::LengthMismatch)?;
            own.iter_mut().zip(below).for_each(|(own, other)| core::mem::swap(own, other));
            let (above, below) = vector.split_at_mut_checked(pivot).ok_or(Error::LengthMismatch)?;
            if let (Some(own), Some(other)) = (above.get_mut(column), below.first_mut()) {
                core::mem::swap(own, other);
            }
        }
        // Rows as slices, so that nothing is left for the compiler to check.
        let (above, below) = matrix.split_at_mut_checked((column + 1) * d).ok_or(Error::LengthMismatch)?;
        let own = above.get(column * d..).ok_or(Error::LengthMismatch)?;
        let diagonal = own.get(column).copied().filter(|x| *x != 0.0 && x.is_finite()).ok_or(Error::Singular)?;
        let (solved, rest) = vector.split_at_mut_checked(column + 1).ok_or(Error::LengthMismatch)?;
        let value = solved.last().copied().ok_or(Error::LengthMismatch)?;
        for (row, b) in below.chunks_exact_mut(d).zip(rest) {
            let factor = row.get(column).map_or(0.0, |entry| entry / diagonal);
            row.iter_mut().zip(own).skip(column).for_each(|(entry, own)| *entry -= factor * own);
            *b -= factor * value;
        }
    }
    for column in (0..d).rev() {
        let row = matrix.get(column * d..(column + 1) * d).ok_or(Error::LengthMismatch)?;
        let known = row.iter().zip(vector.iter()).skip(column + 1).fold(0.0, |sum, (entry, x)| sum + entry * x);
        if let (Some(x), Some(diagonal)) = (vector.get_mut(column), row.get(column)) {
            *x = (*x - known) / diagonal;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_whose_first_pivot_is_0_is_solved() {
        let mut matrix = [0.0, 2.0, 1.0, 1.0, -1.0, 0.0, 4.0, 0.0, 1.0];
        // x = (1, -2, 3)
        let mut vector = [-1.0, 3.0, 7.0];
        solve(&mut matrix, &mut vector).unwrap();
        assert!(vector.iter().zip([1.0, -2.0, 3.0]).all(|(x, expected)| (x - expected).abs() < 1e-5), "{vector:?}");
        assert_eq!(solve(&mut [], &mut []), Ok(()));
    }

    #[test]
    fn what_has_no_solution_is_refused() {
        assert_eq!(solve(&mut [1.0, 2.0, 2.0, 4.0], &mut [1.0, 1.0]), Err(Error::Singular));
        assert_eq!(solve(&mut [f32::NAN, 2.0, 2.0, 4.0], &mut [1.0, 1.0]), Err(Error::Singular));
        assert_eq!(solve(&mut [1.0, 2.0], &mut [1.0, 1.0]), Err(Error::LengthMismatch));
    }
}
