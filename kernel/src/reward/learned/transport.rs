//! Optimal transport between a trajectory and a demonstration.

use super::DemonstrationReward;
use super::demonstration::checked;
use crate::error::Error;
use crate::linalg::{Dyn, StorageMut, dot_by_lanes};
use crate::math::{Libm, Math};
use core::marker::PhantomData;

/// How many exponentials are kept for distances that come again.
const KEPT: usize = 32;

/// The least entry of the Gibbs kernel, so that no product of it and a scaling underflows.
const LEAST: f32 = 1e-30;

/// Exponentials by the bits of their argument: observations that are counted or read from coarse sensors have few distances,
/// and an exponential costs a chip without a floating-point unit more than the rest of an entry.
#[derive(Clone, Debug)]
struct Kept {
    /// Of arguments; those of no number where there is none yet.
    bits: [u32; KEPT],
    values: [f32; KEPT],
}

impl Kept {
    const EMPTY: Self = Self { bits: [u32::MAX; KEPT], values: [0.0; KEPT] };

    #[inline]
    fn exp<M: Math>(&mut self, x: f32) -> f32 {
        let bits = x.to_bits();
        let place = (bits.wrapping_mul(0x9e37_79b9) >> 27) as usize % KEPT;
        if self.bits[place] != bits {
            (self.bits[place], self.values[place]) = (bits, M::exp(x));
        }
        self.values[place]
    }
}

/// Rewards by entropic optimal transport (Cuturi 2013; "OT" in Liu et al. 2024): the plan `mu` carries `n` observations of
/// weight `1/n` over to a demonstration's `m` of weight `1/m`, and `r_i = -sum_j mu_ij C_ij` is what it costs to carry the
/// `i`-th. Every observation of the demonstration must be met, so a trajectory that dwells at the nearest one pays.
///
/// `mu_ij = u_i K_ij v_j` with `K = exp(-C/eps)`, at least 1e-30, and from `u = 1` on in each iteration `v = (1/m)/(K^T u)`,
/// `u = (1/n)/(K v)`. Memory: `4 T^2 + 12 T` bytes of scratch for up to `T` steps of either, 256 for exponentials that come
/// again and 8; nothing is learned. Cost of a comparison: `n m` distances, twice each, exponentials of those that are not
/// among the last, and `2 n m` multiplications an iteration.
#[derive(Clone, Debug)]
pub struct TransportState<B, V, M = Libm> {
    /// `K`, row by row.
    kernel: B,
    u: V,
    v: V,
    /// `K^T u`.
    sums: V,
    kept: Kept,
    epsilon: f32,
    /// 0 before the start.
    iterations: u32,
    math: PhantomData<M>,
}

/// [`TransportState`] of constant size.
///
/// ```
/// use habit::reward::learned::{DemonstrationReward, TransportReward};
/// let mut transport = TransportReward::<2>::EMPTY;
/// transport.start(0.01, 100)?;
/// // Both observations are the demonstration's, in the other order: the plan crosses and nothing is paid.
/// let mut rewards = [1.0; 2];
/// transport.compare(2, |i, j| if i == j { 1.0 } else { 0.0 }, &mut rewards)?;
/// assert!(rewards.iter().all(|r| r.abs() < 1e-6));
/// # Ok::<(), habit::Error>(())
/// ```
pub type TransportReward<const T: usize, M = Libm> = TransportState<[[f32; T]; T], [f32; T], M>;

impl<const T: usize, M: Math> TransportReward<T, M> {
    /// Not started.
    pub const EMPTY: Self = Self {
        kernel: [[0.0; T]; T],
        u: [0.0; T],
        v: [0.0; T],
        sums: [0.0; T],
        kept: Kept::EMPTY,
        epsilon: 0.0,
        iterations: 0,
        math: PhantomData,
    };

    /// Bytes: `4 T^2 + 12 T + 264`.
    pub const SIZE: usize = size_of::<Self>();
}

impl<B: StorageMut, V: StorageMut, M: Math> TransportState<B, V, M> {
    /// Over scratch of `T^2` numbers and three times `T`; not started.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(kernel: B, [u, v, sums]: [V; 3]) -> Result<Self, Error> {
        let steps = u.values().len();
        let fits = v.values().len() == steps && sums.values().len() == steps;
        if !fits || steps.checked_mul(steps) != Some(kernel.values().len()) {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { kernel, u, v, sums, kept: Kept::EMPTY, epsilon: 0.0, iterations: 0, math: PhantomData })
    }

    /// Starts with a weight of entropy, 0.01 as published, and a number of iterations, 100 as published. More of the one
    /// needs fewer of the other, and spreads the plan.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless `epsilon` is finite and above 0; [`Error::StepsOutOfRange`] when `iterations` is
    /// 0.
    pub fn start(&mut self, epsilon: f32, iterations: u32) -> Result<(), Error> {
        if !(epsilon > 0.0 && epsilon.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        if iterations == 0 {
            return Err(Error::StepsOutOfRange);
        }
        (self.epsilon, self.iterations, self.kept) = (epsilon, iterations, Kept::EMPTY);
        Ok(())
    }

    /// `K`, and `K^T 1`.
    fn fill(&mut self, rows: usize, columns: usize, cost: &impl Fn(usize, usize) -> f32) -> Result<(), Error> {
        let Self { kernel, sums, kept, epsilon, .. } = self;
        let sums = sums.values_mut();
        sums.fill(0.0);
        for (i, row) in kernel.values_mut().chunks_exact_mut(columns.max(1)).take(rows).enumerate() {
            for (j, (entry, sum)) in row.iter_mut().zip(&mut *sums).enumerate() {
                *entry = kept.exp::<M>(-checked(cost(i, j))? / *epsilon).max(LEAST);
                *sum += *entry;
            }
        }
        Ok(())
    }

    /// The scalings, from `K^T 1` on.
    fn scale(&mut self, rows: usize, columns: usize) {
        let Self { kernel, u, v, sums, iterations, .. } = self;
        let (kernel, u) = (kernel.values(), u.values_mut());
        let (sums, v) = (sums.values_mut(), v.values_mut());
        let (Some(sums), Some(v)) = (sums.get_mut(..columns), v.get_mut(..columns)) else { return };
        let (row_weight, column_weight) = (1.0 / rows as f32, 1.0 / columns as f32);
        for _ in 0..*iterations {
            for (v, sum) in v.iter_mut().zip(&mut *sums) {
                *v = column_weight / *sum;
                *sum = 0.0;
            }
            // The next sums are made from each row while it is at hand.
            for (row, u) in kernel.chunks_exact(columns.max(1)).take(rows).zip(&mut *u) {
                *u = row_weight / dot_by_lanes(Dyn(columns), row, v);
                sums.iter_mut().zip(row).for_each(|(sum, entry)| *sum += *u * entry);
            }
        }
    }
}

impl<B: StorageMut, V: StorageMut, M: Math> DemonstrationReward for TransportState<B, V, M> {
    /// [`Error::NotStarted`] besides.
    fn compare(
        &mut self,
        demonstration: usize,
        cost: impl Fn(usize, usize) -> f32,
        rewards: &mut [f32],
    ) -> Result<(), Error> {
        let (rows, columns) = (rewards.len(), demonstration);
        if self.iterations == 0 {
            return Err(Error::NotStarted);
        }
        if rows == 0 || columns == 0 {
            return Err(Error::EmptyRange);
        }
        if rows.max(columns) > self.u.values().len() {
            return Err(Error::LengthMismatch);
        }
        self.fill(rows, columns, &cost)?;
        self.scale(rows, columns);
        let scaled = self.kernel.values().chunks_exact(columns.max(1)).zip(self.u.values());
        for (i, ((row, u), reward)) in scaled.zip(rewards.iter_mut()).enumerate() {
            let carried = row.iter().zip(self.v.values()).enumerate();
            *reward = -carried.fold(0.0, |sum, (j, (entry, v))| sum + u * entry * v * cost(i, j));
            if !reward.is_finite() {
                return Err(Error::NonFinite);
            }
        }
        Ok(())
    }
}

const _: () = assert!(TransportReward::<18>::SIZE == 4 * 18 * 18 + 12 * 18 + 264);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{stream, unit_f32};
    use std::vec;
    use std::vec::Vec;

    /// Sinkhorn's iterations in double precision, as they are written down.
    fn reference(epsilon: f64, iterations: usize, cost: &[Vec<f64>]) -> Vec<f64> {
        let (n, m) = (cost.len(), cost[0].len());
        let kernel: Vec<Vec<f64>> =
            cost.iter().map(|row| row.iter().map(|c| libm::exp(-c / epsilon).max(1e-30)).collect()).collect();
        let (mut u, mut v) = (vec![1.0; n], vec![0.0; m]);
        for _ in 0..iterations {
            for j in 0..m {
                v[j] = 1.0 / m as f64 / (0..n).map(|i| kernel[i][j] * u[i]).sum::<f64>();
            }
            for i in 0..n {
                u[i] = 1.0 / n as f64 / (0..m).map(|j| kernel[i][j] * v[j]).sum::<f64>();
            }
        }
        (0..n).map(|i| -(0..m).map(|j| u[i] * kernel[i][j] * v[j] * cost[i][j]).sum::<f64>()).collect()
    }

    #[test]
    fn rewards_are_those_of_double_precision() {
        let (mut transport, mut rng) = (TransportReward::<20>::EMPTY, stream(8, 0));
        for (rows, columns, epsilon, iterations) in [
            (20, 20, 0.05, 8),
            (20, 20, 0.01, 100),
            (7, 20, 0.05, 30),
            (20, 3, 0.5, 4),
            (1, 1, 0.01, 1),
            (5, 5, 0.002, 50),
        ] {
            transport.start(epsilon, iterations).unwrap();
            // Some distances come again, others do not.
            let mut distance = |i: usize, j: usize| if (i + j).is_multiple_of(3) { unit_f32(&mut rng) } else { 0.25 };
            let cost: Vec<Vec<f32>> = (0..rows).map(|i| (0..columns).map(|j| distance(i, j)).collect()).collect();
            let mut rewards = vec![0.0; rows];
            transport.compare(columns, |i, j| cost[i][j], &mut rewards).unwrap();
            let cost: Vec<Vec<f64>> = cost.iter().map(|row| row.iter().map(|c| f64::from(*c)).collect()).collect();
            for (found, expected) in rewards.iter().zip(reference(f64::from(epsilon), iterations as usize, &cost)) {
                assert!((f64::from(*found) - expected).abs() < 2e-5 * expected.abs() + 1e-7, "{found} {expected}");
            }
        }
    }

    #[test]
    fn far_apart_is_still_a_number() {
        let mut transport = TransportReward::<4>::EMPTY;
        transport.start(0.01, 100).unwrap();
        // K would be exp(-1000): everything is as far as can be, or one observation of either side is.
        let mut rewards = [0.0; 4];
        transport.compare(4, |_, _| 10.0, &mut rewards).unwrap();
        assert!(rewards.iter().all(|reward| (reward + 2.5).abs() < 1e-4), "{rewards:?}");
        transport.compare(4, |i, j| if i == 0 || j == 3 { 10.0 } else { 0.0 }, &mut rewards).unwrap();
        assert!(rewards.iter().all(|reward| reward.is_finite() && *reward <= 0.0), "{rewards:?}");
    }

    #[test]
    fn a_trajectory_that_dwells_pays_for_what_it_leaves_out() {
        let mut transport = TransportReward::<8>::EMPTY;
        transport.start(0.01, 100).unwrap();
        let mut total = |position: fn(usize) -> f32| {
            let mut rewards = [0.0; 8];
            transport.compare(8, |i, j| (position(i) - j as f32 / 7.0).abs(), &mut rewards).unwrap();
            rewards.iter().sum::<f32>()
        };
        assert!(total(|i| i as f32 / 7.0) > -0.02);
        assert!(total(|_| 3.0 / 7.0) < -0.2);
    }

    type Borrowed<'a> = TransportState<&'a mut [f32], &'a mut [f32]>;

    #[test]
    fn the_same_over_borrowed_memory() {
        let (mut kernel, mut u, mut v, mut sums) = ([0.0; 9], [0.0; 3], [0.0; 3], [0.0; 3]);
        assert!(Borrowed::over(&mut kernel[..8], [&mut u, &mut v, &mut sums]).is_err());
        let mut borrowed = Borrowed::over(&mut kernel, [&mut u, &mut v, &mut sums]).unwrap();
        let mut owned = TransportReward::<3>::EMPTY;
        borrowed.start(0.1, 5).unwrap();
        owned.start(0.1, 5).unwrap();
        let (mut here, mut there) = ([0.0; 3], [1.0; 3]);
        let cost = |i: usize, j: usize| (i as f32 - 0.7 * j as f32).abs();
        owned.compare(2, cost, &mut here).unwrap();
        borrowed.compare(2, cost, &mut there).unwrap();
        assert_eq!(here, there);
    }

    #[test]
    fn bad_input_is_refused() {
        let mut transport = TransportReward::<3>::EMPTY;
        assert_eq!(transport.compare(1, |_, _| 0.0, &mut [0.0]), Err(Error::NotStarted));
        for bad in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(transport.start(bad, 8), Err(Error::ParameterOutOfRange));
        }
        assert_eq!(transport.start(0.01, 0), Err(Error::StepsOutOfRange));
        transport.start(0.01, 8).unwrap();
        assert_eq!(transport.compare(1, |_, _| 0.0, &mut []), Err(Error::EmptyRange));
        assert_eq!(transport.compare(0, |_, _| 0.0, &mut [0.0]), Err(Error::EmptyRange));
        assert_eq!(transport.compare(4, |_, _| 0.0, &mut [0.0]), Err(Error::LengthMismatch));
        assert_eq!(transport.compare(1, |_, _| 0.0, &mut [0.0; 4]), Err(Error::LengthMismatch));
        assert_eq!(transport.compare(2, |_, j| if j == 1 { f32::NAN } else { 0.0 }, &mut [0.0]), Err(Error::NonFinite));
        assert_eq!(transport.compare(1, |_, _| -0.1, &mut [0.0]), Err(Error::ParameterOutOfRange));
    }
}
