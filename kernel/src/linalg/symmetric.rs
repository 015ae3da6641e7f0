//! Products with a symmetric matrix, in an order of additions that a processor can do several of at once.

use core::hint::black_box;

use super::{Dim, dot};

/// How many columns are summed side by side. Part of the numerics: sums are in another order for more columns than this.
const LANES: usize = 16;
/// Other widths, of which no number depends.
const WIDE: usize = 2 * LANES;
const HALF: usize = LANES / 2;

/// `M x` of a row-major symmetric matrix: each entry is a sum from the first column on. Cost: `d^2` multiplications.
#[inline(always)]
pub fn symmetric_product(dim: impl Dim, matrix: &[f32], x: &[f32], product: &mut [f32]) {
    let d = dim.get();
    let (matrix, x) = (as_loop(d, first(matrix, d * d)), as_loop(d, first(x, d)));
    let mut wide = first_mut(product, d).chunks_exact_mut(WIDE);
    let mut start = 0;
    for out in &mut wide {
        columns::<WIDE>(matrix, d, start, x, out);
        start += WIDE;
    }
    for out in wide.into_remainder().chunks_mut(LANES) {
        match out.len() {
            HALF => columns::<HALF>(matrix, d, start, x, out),
            _ => columns::<LANES>(matrix, d, start, x, out),
        }
        start += LANES;
    }
}

/// `x^T M x` of a row-major symmetric matrix; reads the triangle above the diagonal by blocks of 16 columns. Cost:
/// between a half and all of `d^2` multiplications, and `2 d`.
///
/// Of up to 16 numbers it is `sum_i x_i (M x)_i`, both sums from the first term on. Of more, what is above the
/// diagonal blocks counts twice and is summed by even and by odd rows, and the outer sum is by lanes as in
/// [`dot_by_lanes`]: `sum_i x_i ((D x)_i + 2 (U x)_i)`.
#[inline]
pub fn symmetric_form(dim: impl Dim, matrix: &[f32], x: &[f32]) -> f32 {
    let d = dim.get();
    let (matrix, x) = (as_loop(d, first(matrix, d * d)), as_loop(d, first(x, d)));
    let mut lanes = [0.0; LANES];
    for (block, x_block) in x.chunks(LANES).enumerate() {
        let start = block * LANES;
        match x_block.len() {
            HALF => add_form::<HALF>(matrix, d, start, x, x_block, &mut lanes),
            _ => add_form::<LANES>(matrix, d, start, x, x_block, &mut lanes),
        }
    }
    if d > LANES { total(&lanes) } else { lanes.iter().take(d).fold(0.0, |form, lane| form + lane) }
}

/// Adds what a block of columns gives to the form.
#[inline(always)]
fn add_form<const N: usize>(
    matrix: &[f32],
    d: usize,
    start: usize,
    x: &[f32],
    x_block: &[f32],
    lanes: &mut [f32; LANES],
) {
    let below = matrix.get(start * d..).unwrap_or(&[]);
    let mut sums = [0.0; N];
    if d > LANES {
        sums = rows_by_two(below, d, start, x_block);
        if start > 0 {
            let above = rows_by_two::<N>(matrix, d, start, first(x, start));
            sums.iter_mut().zip(&above).for_each(|(sum, above)| *sum += 2.0 * above);
        }
    } else {
        add_rows(below, d, start, x_block, &mut sums);
    }
    lanes.iter_mut().zip(x_block.iter().zip(&sums)).for_each(|(lane, (x_i, sum))| *lane += x_i * *sum);
}

/// As [`add_rows`], of even and of odd rows side by side.
#[inline(always)]
fn rows_by_two<const N: usize>(matrix: &[f32], d: usize, start: usize, x: &[f32]) -> [f32; N] {
    let (mut even, mut odd) = ([0.0; N], [0.0; N]);
    let (mut rows, mut x) = (matrix.chunks_exact((2 * d).max(1)), x.chunks_exact(2));
    for (x, rows) in (&mut x).zip(&mut rows) {
        if let [x_even, x_odd] = x {
            add_row(&mut even, rows.get(start..d).unwrap_or(&[]), *x_even);
            add_row(&mut odd, rows.get(start + d..).unwrap_or(&[]), *x_odd);
        }
    }
    if let [x_last] = x.remainder() {
        add_row(&mut even, rows.remainder().get(start..d).unwrap_or(&[]), *x_last);
    }
    even.iter_mut().zip(&odd).for_each(|(even, odd)| *even += odd);
    even
}

/// The sum of all lanes, by halves.
#[inline(always)]
fn total(lanes: &[f32; LANES]) -> f32 {
    let mut lanes = *lanes;
    for half in [LANES / 2, LANES / 4, LANES / 8, 1] {
        // Checked, so that where the loop stays one nothing can panic.
        let (low, high) = lanes.split_at_mut_checked(half).unwrap_or_default();
        low.iter_mut().zip(high).for_each(|(low, high)| *low += *high);
    }
    lanes[0]
}

/// `out_c = sum_j x_j M_jc` for the columns from `start` on.
#[inline(always)]
fn columns<const N: usize>(matrix: &[f32], d: usize, start: usize, x: &[f32], out: &mut [f32]) {
    let mut sums = [0.0; N];
    add_rows(matrix, d, start, x, &mut sums);
    out.iter_mut().zip(&sums).for_each(|(out, sum)| *out = *sum);
}

/// `sums_c += sum_j x_j M_jc` for the columns from `start` on.
#[inline(always)]
fn add_rows<const N: usize>(matrix: &[f32], d: usize, start: usize, x: &[f32], sums: &mut [f32; N]) {
    for (row, x_j) in matrix.chunks_exact(d.max(1)).zip(x) {
        add_row(sums, row.get(start..).unwrap_or(&[]), *x_j);
    }
}

#[inline(always)]
fn add_row<const N: usize>(sums: &mut [f32; N], row: &[f32], x_j: f32) {
    match row.first_chunk::<N>() {
        // Of a length that the compiler knows, so that the sums stay in registers.
        Some(row) => sums.iter_mut().zip(row).for_each(|(sum, entry)| *sum += x_j * entry),
        None => sums.iter_mut().zip(row).for_each(|(sum, entry)| *sum += x_j * entry),
    }
}

/// Hides from the compiler how many numbers there are, so that loops over rows stay loops: unrolled, those of more than
/// 8 columns are taken apart into single numbers, gathered and scattered.
#[inline(always)]
fn as_loop(d: usize, numbers: &[f32]) -> &[f32] {
    if d > HALF { black_box(numbers) } else { numbers }
}

/// `sum_i a_i b_i` by 16 sums side by side, which are then added by halves; [`dot`] up to that many numbers.
#[inline]
pub fn dot_by_lanes(dim: impl Dim, a: &[f32], b: &[f32]) -> f32 {
    let d = dim.get();
    let (a, b) = (first(a, d), first(b, d));
    if d <= LANES {
        return dot(a, b);
    }
    let mut sums = [0.0; LANES];
    for (a, b) in as_loop(d, a).chunks(LANES).zip(as_loop(d, b).chunks(LANES)) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    total(&sums)
}

/// `M -= v v^T / denominator` of a row-major symmetric matrix, which stays so to the bit: an entry and its mirror image are
/// computed alike, each where it stands. Cost: `d^2` multiplications, `d` divisions.
#[inline(always)]
pub(super) fn subtract_square(dim: impl Dim, matrix: &mut [f32], v: &[f32], denominator: f32) {
    let d = dim.get();
    let (matrix, v) = (first_mut(matrix, d * d), first(v, d));
    for (block, v_block) in v.chunks(LANES).enumerate() {
        let start = block * LANES;
        // Hidden for the reason that `as_loop` gives.
        let rest = black_box(matrix.get_mut(start * d..).unwrap_or(&mut []));
        let rows = rest.chunks_exact_mut(d.max(1)).map(|row| row.get_mut(start..).unwrap_or(&mut []));
        let after = v.get(start + LANES..).unwrap_or(&[]);
        match v_block.len() {
            HALF => subtract_block::<HALF>(rows, v_block, after, denominator),
            _ => subtract_block::<LANES>(rows, v_block, after, denominator),
        }
    }
}

#[inline(always)]
fn subtract_block<'a, const N: usize>(
    mut rows: impl Iterator<Item = &'a mut [f32]>,
    v_block: &[f32],
    after: &[f32],
    denominator: f32,
) {
    let v_block = black_box(v_block);
    let mut v = [0.0; N];
    v.iter_mut().zip(v_block).for_each(|(own, v_i)| *own = *v_i);
    let factors = v.map(|v_i| v_i / denominator);
    // The diagonal block and what is right of it.
    for ((i, (&factor, &v_i)), row) in factors.iter().zip(&v).enumerate().take(v_block.len()).zip(&mut rows) {
        let (diagonal, rest) = row.split_at_mut(v_block.len().min(row.len()));
        for (j, (entry, (&factor_j, &v_j))) in diagonal.iter_mut().zip(factors.iter().zip(&v)).enumerate() {
            let a = if j < i { factor_j } else { factor };
            let b = if j < i { v_i } else { v_j };
            *entry -= a * b;
        }
        rest.iter_mut().zip(after).for_each(|(entry, v_j)| *entry -= factor * v_j);
    }
    // What is below it; the compiler shall not do several rows at once, with a gather a column.
    for (v_i, row) in after.iter().zip(rows) {
        let v_i = black_box(*v_i);
        row.iter_mut().zip(factors).for_each(|(entry, factor)| *entry -= factor * v_i);
    }
}

/// The first `count` numbers, or none where there are fewer.
#[inline]
fn first(numbers: &[f32], count: usize) -> &[f32] {
    numbers.get(..count).unwrap_or(&[])
}

#[inline]
fn first_mut(numbers: &mut [f32], count: usize) -> &mut [f32] {
    numbers.get_mut(..count).unwrap_or(&mut [])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::{Dyn, quadratic_form};
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
            symmetric_product(Dyn(d), &matrix, &x, &mut product);
            // Column sums of a symmetric matrix are its row sums, in the same order.
            assert!(product.iter().zip(matrix.chunks_exact(d)).all(|(entry, row)| *entry == dot(row, &x)));
            let (form, plain) = (symmetric_form(Dyn(d), &matrix, &x), quadratic_form(&matrix, &x));
            assert!((form - plain).abs() < 1e-5, "{d}: {form} {plain}");
            assert!(d > LANES || form == plain, "{d}");
            assert!((dot_by_lanes(Dyn(d), &product, &x) - dot(&product, &x)).abs() < 1e-5);
        }
    }

    #[test]
    fn what_is_subtracted_is_that_of_one_triangle() {
        for d in [1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 48, 64, 67] {
            let (mut matrix, v) = random(d);
            let mut expected = matrix.clone();
            for i in 0..d {
                for j in i..d {
                    expected[i * d + j] -= v[i] / 1.7 * v[j];
                    expected[j * d + i] = expected[i * d + j];
                }
            }
            subtract_square(Dyn(d), &mut matrix, &v, 1.7);
            assert!(matrix == expected, "{d}");
        }
    }
}
