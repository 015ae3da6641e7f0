//! Small dense linear algebra over fixed buffers.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Dim`], [`Const`], [`Dyn`], [`Fits`] | a size known to the compiler, or at run time; which stands for which |
//! | [`Storage`], [`StorageMut`] | where numbers live: an owned array or a borrowed slice |
//! | [`Memory`], [`Owned`], [`Borrowed`], `Boxed` | the storage of one `d x d` matrix and its vectors |
//! | [`Mergeable`], [`Gram`] | the same with what makes a ridge regression mergeable |
//! | [`Ridge`] | ridge regression by rank-one updates of the inverse |
//! | [`Cholesky`] | the factor of a positive definite matrix, and its solves |
//! | [`symmetric_form`], [`symmetric_product`], [`dot_by_lanes`] | sums in an order that is fast and the same on every target |
//! | [`euclidean_distance`], [`cosine_distance`] | how far two vectors are from each other |
//! | [`solve()`] | any other system of equations |

mod cholesky;
mod dim;
mod distance;
mod ridge;
mod solve;
mod storage;
mod symmetric;

pub use cholesky::Cholesky;
pub use dim::{Const, Dim, Dyn, Fits};
pub use distance::{cosine_distance, euclidean_distance};
pub use ridge::Ridge;
pub use solve::solve;
#[cfg(feature = "alloc")]
pub use storage::Boxed;
pub use storage::{Borrowed, Gram, GramMemory, Memory, Mergeable, Owned, Storage, StorageMut};
pub use symmetric::{dot_by_lanes, symmetric_form, symmetric_product};

use symmetric::subtract_square;

/// `sum_i a_i b_i`, added from the first term on, over the shorter length.
#[inline]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b)
}

/// `x^T M x` of a row-major square matrix. Cost: `d^2 + d` multiplications.
#[inline]
pub fn quadratic_form(matrix: &[f32], x: &[f32]) -> f32 {
    matrix.chunks_exact(x.len().max(1)).zip(x).fold(0.0, |sum, (row, x_i)| sum + x_i * dot(row, x))
}

/// Whether every number is finite. Looks at 64 at a time without a branch, which the compiler turns into vectors.
#[inline]
pub fn all_finite(values: &[f32]) -> bool {
    values.chunks(64).all(|chunk| chunk.iter().fold(true, |finite, value| finite & value.is_finite()))
}
