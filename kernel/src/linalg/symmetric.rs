//! Products with a symmetric matrix, in an order of additions that a processor can do several of at once.

use super::dot;

/// How many columns are summed side by side. Part of the numerics: sums are in another order for more columns than this.
const LANES: usize = 16;

/// `M x` of a row-major symmetric matrix: each entry is a sum from the first column on, and the entries of 16 columns
/// are summed side by side. Cost: `d^2` multiplications.
#[inline]
pub fn symmetric_product(matrix: &[f32], x: &[f32], product: &mut [f32]) {
    let d = x.len();
    for (block, out) in product.chunks_mut(LANES).enumerate() {
        columns(matrix, d, block * LANES, x, out);
    }
}

/// `x^T M x` of a row-major symmetric matrix; reads the triangle above the diagonal by blocks of 16 columns. Cost:
/// between a half and all of `d^2` multiplications, and `2 d`.
///
/// Of up to 16 numbers it is `sum_i x_i (M x)_i`, both sums from the first term on. Of more, what is above the
/// diagonal blocks counts twice: `sum_i x_i ((D x)_i + 2 (U x)_i)`.
#[inline]
pub fn symmetric_form(matrix: &[f32], x: &[f32]) -> f32 {
    let d = x.len();
    let mut form = 0.0;
    for (block, x_block) in x.chunks(LANES).enumerate() {
        let first = block * LANES;
        let (above, diagonal) = x.split_at(first.min(d));
        let mut sums = [0.0; LANES];
        let sums = &mut sums[..x_block.len()];
        if first > 0 {
            columns(matrix, d, first, above, sums);
            sums.iter_mut().for_each(|sum| *sum *= 2.0);
        }
        let rest = matrix.get(first * d..).unwrap_or(&[]);
        add_columns(rest, d, first, &diagonal[..x_block.len()], sums);
        form = sums.iter().zip(x_block).fold(form, |form, (sum, x_i)| form + x_i * sum);
    }
    form
}

/// `out_c = sum_j x_j M_jc` for the columns from `first` on.
#[inline]
fn columns(matrix: &[f32], d: usize, first: usize, x: &[f32], out: &mut [f32]) {
    out.fill(0.0);
    add_columns(matrix, d, first, x, out);
}

/// `out_c += sum_j x_j M_jc` for the columns from `first` on.
#[inline]
fn add_columns(matrix: &[f32], d: usize, first: usize, x: &[f32], out: &mut [f32]) {
    let rows = matrix.chunks_exact(d.max(1)).zip(x);
    // A whole block has a length that the compiler knows, so its sums stay in registers.
    if let Ok(out) = <&mut [f32; LANES]>::try_from(&mut *out) {
        let mut sums = *out;
        for (row, x_j) in rows {
            if let Some(row) = row.get(first..).and_then(|row| row.first_chunk::<LANES>()) {
                sums.iter_mut().zip(row).for_each(|(sum, entry)| *sum += x_j * entry);
            }
        }
        *out = sums;
    } else {
        for (row, x_j) in rows {
            let row = row.get(first..).unwrap_or(&[]);
            out.iter_mut().zip(row).for_each(|(sum, entry)| *sum += x_j * entry);
        }
    }
}

/// `sum_i a_i b_i` by 16 sums side by side, which are then added from the first on; [`dot`] up to that many numbers.
#[inline]
pub fn dot_by_lanes(a: &[f32], b: &[f32]) -> f32 {
    if a.len() <= LANES {
        return dot(a, b);
    }
    let mut sums = [0.0; LANES];
    let (a, b) = (a.chunks(LANES), b.chunks(LANES));
    for (a, b) in a.zip(b) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    sums.iter().fold(0.0, |total, sum| total + sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::quadratic_form;
    use crate::rng::{stream, unit_f32};
    use std::vec::Vec;

    fn random(d: usize) -> (Vec<f32>, Vec<f32>) {
        let mut rng = stream(3, 0);
        let x: Vec<f32> = (0..d).map(|_| unit_f32(&mut rng) - 0.5).collect();
        let mut matrix = std::vec![0.0; d * d];
        for i in 0..d {
            for j in i..d {
                matrix[i * d + j] = unit_f32(&mut rng) - 0.5;
                matrix[j * d + i] = matrix[i * d + j];
            }
        }
        (matrix, x)
    }

    #[test]
    fn they_agree_with_the_plain_sums() {
        for d in [1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 48, 64, 67] {
            let (matrix, x) = random(d);
            let mut product = std::vec![9.0; d];
            symmetric_product(&matrix, &x, &mut product);
            // Column sums of a symmetric matrix are its row sums, in the same order.
            assert!(product.iter().zip(matrix.chunks_exact(d)).all(|(entry, row)| *entry == dot(row, &x)));
            let (form, plain) = (symmetric_form(&matrix, &x), quadratic_form(&matrix, &x));
            assert!((form - plain).abs() < 1e-5, "{d}: {form} {plain}");
            assert!(d > LANES || form == plain, "{d}");
            assert!((dot_by_lanes(&product, &x) - dot(&product, &x)).abs() < 1e-5);
        }
    }
}
