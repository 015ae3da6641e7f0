//! Ridge regression by rank-one updates of the inverse.

use super::{
    Borrowed, Cholesky, Const, Dim, Dyn, Gram, GramMemory, Memory, Mergeable, Owned, Storage, StorageMut, all_finite,
    dot, dot_by_lanes, subtract_square, symmetric_form, symmetric_product,
};
use crate::error::Error;
use crate::state::{Identify, Identity, Merge, Persist, Reader, Write};

/// The state of a ridge regression of `y` on `x`: `V^-1` for `V = lambda I + sum x x^T`, and the estimate `V^-1 sum y x`.
///
/// Memory: `4 (d^2 + 2 d)` bytes, of which `d` numbers are scratch. The inverse is kept by Sherman-Morrison, exact up to
/// rounding, and stays symmetric because one triangle is computed and mirrored. The estimate moves by `V^-1 x (y - <estimate,
/// x>)`, recursive least squares, the same up to rounding as `V^-1` times the sum of `y x`: that sum would lose its last
/// digits as it grows, while an error of the estimate fades with every update. After 10^6 updates it is within 1e-3 of one in
/// double precision for 8 features and 1e-2 for 64 (`tests/tests/numerical_health.rs`). Scale features to about 1: where
/// `|x|^2 / lambda` reaches 10^5 single precision no longer holds the inverse together, and an update says
/// [`Error::NotPositiveDefinite`] at some time. Over
/// [`Mergeable`] memory the sum of `x x^T` is kept beside it, `4 d^2 + 4` bytes more and `d^2 / 2` multiplications an
/// update: then two regressions can be [merged](Merge).
///
/// ```
/// use habit::linalg::{Mergeable, Owned, Ridge};
/// use habit::state::Merge;
/// let (mut here, mut there) = (Ridge::<Mergeable<Owned<2>>>::MERGEABLE, Ridge::MERGEABLE);
/// here.start(1.0)?;
/// there.start(1.0)?;
/// here.update(&[1.0, 0.0], 0.5)?;
/// there.update(&[0.0, 1.0], -0.5)?;
/// here.merge(&there)?;
/// assert_eq!(here.estimate(), [0.25, -0.25]);
/// # Ok::<(), habit::Error>(())
/// ```
// The matrix first: whoever aligns the regression to a cache line aligns its rows.
#[repr(C)]
#[derive(Debug)]
pub struct Ridge<S: Memory> {
    inverse: S::Matrix,
    estimate: S::Vector,
    scratch: S::Vector,
    dim: S::Dim,
    gram: S::Gram,
}

impl<const D: usize> Ridge<Owned<D>> {
    /// Not started: knows nothing and has no regularisation.
    pub const EMPTY: Self =
        Self { dim: Const, inverse: [[0.0; D]; D], estimate: [0.0; D], scratch: [0.0; D], gram: () };

    /// Bytes: `4 (d^2 + 2 d)`.
    pub const SIZE: usize = size_of::<Self>();
}

impl<const D: usize> Ridge<Mergeable<Owned<D>>> {
    /// Not started: knows nothing and has no regularisation.
    pub const MERGEABLE: Self = Self {
        dim: Const,
        inverse: [[0.0; D]; D],
        estimate: [0.0; D],
        scratch: [0.0; D],
        gram: Gram::new([[0.0; D]; D]),
    };
}

const _: () = {
    assert!(Ridge::<Owned<8>>::SIZE == 4 * (8 * 8 + 2 * 8));
    assert!(size_of::<Ridge<Mergeable<Owned<8>>>>() == Ridge::<Owned<8>>::SIZE + 4 * 8 * 8 + 4);
};

impl<S: Memory<Dim = Dyn, Gram = ()>> Ridge<S> {
    fn of_parts(inverse: S::Matrix, estimate: S::Vector, scratch: S::Vector) -> Result<Self, Error> {
        let d = estimate.values().len();
        if Some(inverse.values().len()) != d.checked_mul(d) || scratch.values().len() != d {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { dim: Dyn(d), inverse, estimate, scratch, gram: () })
    }
}

impl<'a> Ridge<Borrowed<'a>> {
    /// Over the caller's memory: `inverse` of `d^2` numbers, `estimate` and `scratch` of `d`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(inverse: &'a mut [f32], estimate: &'a mut [f32], scratch: &'a mut [f32]) -> Result<Self, Error> {
        Self::of_parts(inverse, estimate, scratch)
    }
}

#[cfg(feature = "alloc")]
impl Ridge<super::Boxed> {
    /// With memory of its own: `inverse` of `d^2` numbers, `estimate` and `scratch` of `d`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn boxed(
        inverse: alloc::boxed::Box<[f32]>,
        estimate: alloc::boxed::Box<[f32]>,
        scratch: alloc::boxed::Box<[f32]>,
    ) -> Result<Self, Error> {
        Self::of_parts(inverse, estimate, scratch)
    }
}

impl<'a> Ridge<Mergeable<Borrowed<'a>>> {
    /// Over the caller's memory: `inverse` and `gram` of `d^2` numbers, `estimate` and `scratch` of `d`.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over_mergeable(
        inverse: &'a mut [f32],
        estimate: &'a mut [f32],
        scratch: &'a mut [f32],
        gram: &'a mut [f32],
    ) -> Result<Self, Error> {
        if gram.len() != inverse.len() {
            return Err(Error::LengthMismatch);
        }
        let Ridge { dim, inverse, estimate, scratch, gram: () } = Ridge::over(inverse, estimate, scratch)?;
        Ok(Self { dim, inverse, estimate, scratch, gram: Gram::new(gram) })
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
        // Saturating, so that the compiler sees no step of 0 where it does not know the size.
        inverse.iter_mut().step_by(d.saturating_add(1)).for_each(|entry| *entry = diagonal);
        self.estimate.values_mut().fill(0.0);
        if let Some((gram, kept)) = self.gram.get_mut() {
            gram.fill(0.0);
            *kept = lambda;
        }
        Ok(())
    }

    /// The length of `x`.
    #[inline]
    pub fn dim(&self) -> usize {
        self.dim.get()
    }

    /// Whether the sum of `x x^T` is kept.
    #[inline]
    pub fn is_mergeable(&self) -> bool {
        self.gram.get().is_some()
    }

    /// `V^-1 sum y x`.
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
    /// only rounding can cause, counts as 0. Cost: between `d^2 / 2` and `d^2 + d` multiplications.
    #[inline]
    pub fn uncertainty(&self, x: &[f32]) -> f32 {
        libm::sqrtf(symmetric_form(self.dim, self.inverse.values(), x).max(0.0))
    }

    /// `<estimate, x>`. Cost: `d` multiplications.
    #[inline]
    pub fn predict(&self, x: &[f32]) -> f32 {
        dot_by_lanes(self.dim, self.estimate.values(), x)
    }

    /// Takes in one observation. Cost: about `2 d^2` multiplications and `2 d` divisions.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::NonFinite`] when `x`, `y` or what they would lead to is not finite;
    /// [`Error::NotPositiveDefinite`] when rounding has spoilt the inverse.
    #[inline]
    pub fn update(&mut self, x: &[f32], y: f32) -> Result<(), Error> {
        let d = self.dim.get();
        if x.len() != d {
            return Err(Error::LengthMismatch);
        }
        if !all_finite(x) || !y.is_finite() {
            return Err(Error::NonFinite);
        }
        let (inverse, estimate, step) =
            (self.inverse.values_mut(), self.estimate.values_mut(), self.scratch.values_mut());
        symmetric_product(self.dim, inverse, x, step);
        let denominator = 1.0 + dot_by_lanes(self.dim, x, step);
        let gain = (y - dot_by_lanes(self.dim, estimate, x)) / denominator;
        let largest = step.iter().fold(0.0f32, |largest, v| largest.max(v.abs()));
        let fits = all_finite(step)
            && (largest * largest / denominator).is_finite()
            && estimate.iter().zip(step.iter()).fold(true, |fits, (w, v)| fits & (w + gain * v).is_finite());
        if denominator <= 0.0 {
            return Err(Error::NotPositiveDefinite);
        }
        if !denominator.is_finite() || !fits {
            return Err(Error::NonFinite);
        }
        subtract_square(self.dim, inverse, step, denominator);
        estimate.iter_mut().zip(step.iter()).for_each(|(w, v)| *w += gain * v);
        if let Some((gram, _)) = self.gram.get_mut() {
            add_square(gram, x);
        }
        Ok(())
    }

    /// `V += u v^T`, and `y u` to the sum, for a matrix that need not be symmetric: least-squares temporal differences. Cost: about
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
        let (inverse, estimate, step) =
            (self.inverse.values_mut(), self.estimate.values_mut(), self.scratch.values_mut());
        for (entry, row) in step.iter_mut().zip(inverse.chunks_exact(d)) {
            *entry = dot(row, u);
        }
        let denominator = 1.0 + dot(v, step);
        let gain = (y - dot(v, estimate)) / denominator;
        let column =
            |inverse: &[f32], j: usize| v.iter().zip(inverse.chunks_exact(d)).fold(0.0, |s, (v, row)| s + v * row[j]);
        let fits = denominator.is_finite()
            && (0..d).all(|j| {
                let right = column(inverse, j) / denominator;
                step.iter().all(|left| (left * right).is_finite())
            })
            && estimate.iter().zip(step.iter()).all(|(w, left)| (w + gain * left).is_finite());
        if !fits {
            return Err(if denominator == 0.0 { Error::NotPositiveDefinite } else { Error::NonFinite });
        }
        // Column by column: each needs only itself of the old inverse.
        for j in 0..d {
            let right = column(inverse, j) / denominator;
            for (row, left) in inverse.chunks_exact_mut(d).zip(step.iter()) {
                row[j] -= left * right;
            }
        }
        estimate.iter_mut().zip(step.iter()).for_each(|(w, left)| *w += gain * left);
        Ok(())
    }

    /// The sum of `x x^T` above the diagonal and on it, where it is kept.
    fn triangle(&self) -> impl Iterator<Item = &[f32]> {
        let gram = self.gram.get().map_or(&[][..], |(gram, _)| gram);
        gram.chunks_exact(self.dim().max(1)).enumerate().map(|(i, row)| row.get(i..).unwrap_or(&[]))
    }

    fn triangle_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        let d = self.dim().max(1);
        let gram = self.gram.get_mut().map_or(&mut [][..], |(gram, _)| gram);
        gram.chunks_exact_mut(d).enumerate().map(|(i, row)| row.get_mut(i..).unwrap_or(&mut []))
    }
}

/// `M += x x^T` on the diagonal and above it.
#[inline]
fn add_square(matrix: &mut [f32], x: &[f32]) {
    for (i, (row, x_i)) in matrix.chunks_exact_mut(x.len().max(1)).zip(x).enumerate() {
        row.iter_mut().zip(x).skip(i).for_each(|(entry, x_j)| *entry += x_i * x_j);
    }
}

impl<S: Memory> Ridge<Mergeable<S>> {
    /// Factors the sum of both matrices and hands the factor to `then`, with the memory of the inverse; all else is as it
    /// was.
    fn factor_sum(
        &mut self,
        other: &Self,
        then: impl FnOnce(Cholesky<'_>, &mut [f32]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let d = self.dim();
        // The factor goes below the diagonal of the sum of x x^T, which is not used otherwise, and onto it, whose numbers
        // wait in the scratch.
        let (diagonal, inverse) = (self.scratch.values_mut(), self.inverse.values_mut());
        let (gram, lambda) = self.gram.both();
        for (kept, entry) in diagonal.iter_mut().zip(gram.iter().step_by(d + 1)) {
            *kept = *entry;
        }
        let others = other.gram.sum();
        let entry = |i: usize, j: usize, own: f32| {
            let sum = own + others.get(i * d + j).copied().unwrap_or(0.0);
            if i == j { sum + lambda } else { sum }
        };
        let outcome = Cholesky::in_place(d, gram, entry).and_then(|factor| then(factor, inverse));
        for (entry, kept) in gram.iter_mut().step_by(d + 1).zip(diagonal.iter()) {
            *entry = *kept;
        }
        outcome
    }

    /// `b_i = sum y x_i`, as the estimate has it: row `i` of `V` times the estimate.
    fn vector(&self, i: usize) -> f32 {
        let (d, gram) = (self.dim(), self.gram.sum());
        let above = gram.iter().skip(i).step_by(d.max(1)).take(i);
        let from_diagonal = gram.iter().skip(i * d + i).take(d - i);
        let products = above.chain(from_diagonal).zip(self.estimate());
        let own = self.estimate().get(i).copied().unwrap_or(0.0);
        products.fold(self.gram.lambda() * own, |sum, (entry, w)| sum + entry * w)
    }
}

/// Regressions from the same regularisation: the sums add up, and inverse and estimate are computed anew from them by
/// Cholesky's factor. Cost: about `1.3 d^3` multiplications and `2 d` square roots.
///
/// # Errors
/// Besides the trait's, [`Error::NotPositiveDefinite`] when the regularisation is lost in the rounding of the sums.
impl<S: Memory> Merge for Ridge<Mergeable<S>> {
    fn check_merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.dim() != other.dim() {
            return Err(Error::OtherDimensions);
        }
        let (own, others) = (self.gram.lambda(), other.gram.lambda());
        if own == 0.0 || others == 0.0 {
            return Err(Error::NotStarted);
        }
        if own.to_bits() != others.to_bits() {
            return Err(Error::OtherPrior);
        }
        if !(0..self.dim()).all(|i| (self.vector(i) + other.vector(i)).is_finite()) {
            return Err(Error::NonFinite);
        }
        self.factor_sum(other, |_, _| Ok(()))
    }

    fn take_in(&mut self, other: &Self) {
        let _ = self.factor_sum(other, |factor, inverse| factor.invert_into(inverse));
        for i in 0..self.dim() {
            let sum = self.vector(i) + other.vector(i);
            if let Some(entry) = self.scratch.values_mut().get_mut(i) {
                *entry = sum;
            }
        }
        for (own, others) in self.triangle_mut().zip(other.triangle()) {
            own.iter_mut().zip(others).for_each(|(own, other)| *own += other);
        }
        symmetric_product(self.dim, self.inverse.values(), self.scratch.values(), self.estimate.values_mut());
    }
}

/// `V^-1` row by row, then the estimate: `4 (d^2 + d)` bytes. Of a mergeable one then the sum of `x x^T` from the diagonal on, row by
/// row: `2 d (d + 1)` bytes.
impl<S: Memory> Persist for Ridge<S> {
    fn write(&self, out: &mut impl Write) {
        self.inverse.values().write(out);
        self.estimate.values().write(out);
        self.triangle().for_each(|row| row.write(out));
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.inverse.values().check(from)?;
        self.estimate.values().check(from)?;
        self.triangle().try_for_each(|row| row.check(from))
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.inverse.values_mut().read(from)?;
        self.estimate.values_mut().read(from)?;
        self.triangle_mut().try_for_each(|row| row.read(from))
    }
}

/// `"ridge"`: the length of `x`; 1 where it can be merged.
impl<S: Memory> Identify for Ridge<S> {
    fn identity(&self) -> Identity {
        Identity::new("ridge", Identity::PLAIN, [self.dim(), usize::from(self.is_mergeable()), 0])
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
        let (mut inverse, mut estimate, mut scratch) = ([0.0; 4], [0.0; 2], [0.0; 2]);
        let mut view = Ridge::over(&mut inverse, &mut estimate, &mut scratch).unwrap();
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
        assert_eq!((ridge.digest(), ridge.estimate().to_vec()), (digest, estimate));
        let mut great = Ridge::<Owned<2>>::EMPTY;
        great.start(1e-6).unwrap();
        great.update(&[1.0, 0.0], f32::MAX).unwrap();
        let before = great.digest();
        assert_eq!(great.update(&[4.0, 0.0], f32::MIN), Err(Error::NonFinite));
        assert_eq!(great.digest(), before);
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
