//! Multipliers that sum to 1.

use super::behavior_constraint::check_rates;
use super::{BehaviorConstraint, Multipliers};
use crate::error::Error;
use crate::linalg::{Storage, StorageMut, all_finite};
use crate::math::{Libm, Math};
use crate::state::{Identify, Identity, Persist, Reader, Write, check_each};
use core::marker::PhantomData;

/// Where base parameters are cut.
const LIMIT: f32 = 20.0;

/// Stands for "no constraint" among the places of constraints.
const NONE: u32 = u32::MAX;

/// Normalised multipliers (Roy et al. 2022): base parameters `z_k` from 0 on, `lambda_0 = 1 / Z` of the task and `lambda_k =
/// e^z_k / Z`, `Z = 1 + sum_j e^z_j`, so that they sum to 1 and none diverges, not even that of a constraint which nothing can
/// meet. A dual step is `z_k += lr kind_k (J_k - d_k)`, cut to `[-20, 20]`.
///
/// With a bootstrap constraint, the task's success at least so often, `lambda_0` is at least its multiplier: constraints on
/// behaviour cannot silence the task.
///
/// Memory: `12 K + 8` bytes, of which `4 K` are learned. Cost: O(K), as many exponentials when weights are asked for.
#[derive(Clone, Debug)]
pub struct NormalizedMultipliersState<V, C, F = Libm> {
    base: V,
    constraints: C,
    step_size: f32,
    bootstrap: u32,
    math: PhantomData<F>,
}

/// [`NormalizedMultipliersState`] of constant size.
///
/// ```
/// use habit::reward::weights::{BehaviorConstraint, Multipliers, NormalizedMultipliers};
/// let mut multipliers = NormalizedMultipliers::<2>::EMPTY;
/// let rare = BehaviorConstraint::at_most(0.02)?;
/// let success = BehaviorConstraint::at_least(0.9)?.of_episodes();
/// multipliers.start([rare, success], 1.0, Some(1))?;
/// multipliers.dual_step(&[0.5, 0.1])?;
/// let mut weights = [0.0; 2];
/// let task = multipliers.weights(&mut weights)?;
/// assert!(weights[0] > 1.0 / 3.0 && task == weights[1]);
/// # Ok::<(), habit::Error>(())
/// ```
pub type NormalizedMultipliers<const K: usize> = NormalizedMultipliersState<[f32; K], [BehaviorConstraint; K]>;

const _: () = assert!(NormalizedMultipliers::<3>::SIZE == 12 * 3 + 8);

impl<const K: usize> NormalizedMultipliers<K> {
    /// Not started: constraints that everything meets.
    pub const EMPTY: Self = Self::new([0.0; K], [BehaviorConstraint::NOTHING; K]);

    /// Bytes: `12 K + 8`.
    pub const SIZE: usize = size_of::<Self>();
}

impl<V, C, F> NormalizedMultipliersState<V, C, F> {
    /// Over memory that has not been started: a number a constraint, and the constraints.
    pub const fn new(base: V, constraints: C) -> Self {
        Self { base, constraints, step_size: 0.0, bootstrap: NONE, math: PhantomData }
    }
}

impl<V: StorageMut, C: Storage<BehaviorConstraint>, F: Math> NormalizedMultipliersState<V, C, F> {
    /// Over base parameters that are taken as they are, within their limits; the rest as for [`start`](Self::start).
    ///
    /// # Errors
    /// As [`start`](Self::start), and [`Error::NonFinite`].
    pub fn over(mut base: V, constraints: C, step_size: f32, bootstrap: Option<usize>) -> Result<Self, Error> {
        if !all_finite(base.values()) {
            return Err(Error::NonFinite);
        }
        base.values_mut().iter_mut().for_each(|z| *z = z.clamp(-LIMIT, LIMIT));
        let mut multipliers = Self::new(base, constraints);
        multipliers.set_up(step_size, bootstrap)?;
        Ok(multipliers)
    }

    /// Starts with all base parameters 0, the step size of the dual step, which is to move multipliers slower than the policy
    /// moves, and the place of the constraint on success, if there is one.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::ParameterOutOfRange`] unless the step size is above 0 and finite, and for a place
    /// past the last constraint.
    pub fn start(&mut self, constraints: C, step_size: f32, bootstrap: Option<usize>) -> Result<(), Error> {
        let before = core::mem::replace(&mut self.constraints, constraints);
        let started = self.set_up(step_size, bootstrap);
        match started {
            Ok(()) => self.base.values_mut().fill(0.0),
            Err(_) => self.constraints = before,
        }
        started
    }

    fn set_up(&mut self, step_size: f32, bootstrap: Option<usize>) -> Result<(), Error> {
        let count = self.constraints.values().len();
        if self.base.values().len() != count {
            return Err(Error::LengthMismatch);
        }
        if !(step_size > 0.0 && step_size.is_finite() && bootstrap.is_none_or(|place| place < count)) {
            return Err(Error::ParameterOutOfRange);
        }
        (self.step_size, self.bootstrap) = (step_size, bootstrap.map_or(NONE, |place| place as u32));
        Ok(())
    }

    /// Sets the base parameters `z`, within their limits.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::LengthMismatch`]; [`Error::NonFinite`].
    pub fn set_base(&mut self, base: &[f32]) -> Result<(), Error> {
        if self.step_size == 0.0 {
            return Err(Error::NotStarted);
        }
        let own = self.base.values_mut();
        if own.len() != base.len() {
            return Err(Error::LengthMismatch);
        }
        if !all_finite(base) {
            return Err(Error::NonFinite);
        }
        own.iter_mut().zip(base).for_each(|(own, z)| *own = z.clamp(-LIMIT, LIMIT));
        Ok(())
    }

    /// `z`.
    pub fn base(&self) -> &[f32] {
        self.base.values()
    }
}

impl<V: StorageMut, C: Storage<BehaviorConstraint>, F: Math> Multipliers for NormalizedMultipliersState<V, C, F> {
    fn constraints(&self) -> &[BehaviorConstraint] {
        self.constraints.values()
    }

    fn weights(&self, out: &mut [f32]) -> Result<f32, Error> {
        let base = self.base.values();
        if out.len() != base.len() {
            return Err(Error::LengthMismatch);
        }
        let greatest = base.iter().copied().fold(0.0, f32::max);
        let mut task = F::exp(-greatest);
        let mut sum = task;
        for (weight, z) in out.iter_mut().zip(base) {
            *weight = F::exp(z - greatest);
            sum += *weight;
        }
        task /= sum;
        out.iter_mut().for_each(|weight| *weight /= sum);
        Ok(out.get(self.bootstrap as usize).map_or(task, |success| task.max(*success)))
    }

    fn dual_step(&mut self, rates: &[f32]) -> Result<(), Error> {
        if self.step_size == 0.0 {
            return Err(Error::NotStarted);
        }
        check_rates(&self.constraints, rates)?;
        for ((z, constraint), rate) in self.base.values_mut().iter_mut().zip(self.constraints.values()).zip(rates) {
            *z = (*z + self.step_size * constraint.violation(*rate)).clamp(-LIMIT, LIMIT);
        }
        Ok(())
    }
}

/// The base parameters: `4 K` bytes.
impl<V: StorageMut, C, F> Persist for NormalizedMultipliersState<V, C, F> {
    fn write(&self, out: &mut impl Write) {
        self.base.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        check_each(self.base.values(), from, |z| z.abs() <= LIMIT)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.base.values_mut().read(from)
    }
}

/// `"normalized-multipliers"`: constraints.
impl<V: StorageMut, C, F: Math> Identify for NormalizedMultipliersState<V, C, F> {
    fn identity(&self) -> Identity {
        Identity::new("normalized-multipliers", F::NUMERICS, [self.base.values().len(), 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constraints() -> [BehaviorConstraint; 3] {
        let rare = BehaviorConstraint::at_most(0.02).unwrap();
        [BehaviorConstraint::at_least(0.9).unwrap().of_episodes(), rare, rare]
    }

    #[test]
    fn the_worked_example_comes_out() {
        let mut multipliers = NormalizedMultipliers::<3>::EMPTY;
        for (bootstrap, expected) in [(None, 0.096_101_6), (Some(0), 0.710_1)] {
            multipliers.start(constraints(), 1.0, bootstrap).unwrap();
            multipliers.set_base(&[2.0, -1.0, 0.5]).unwrap();
            let mut weights = [0.0; 3];
            let task = multipliers.weights(&mut weights).unwrap();
            assert!((task - expected).abs() < 1e-6, "{task}");
            for (weight, expected) in weights.iter().zip([0.710_1, 0.035_353_8, 0.158_445]) {
                assert!((weight - expected).abs() < 1e-6, "{weight}");
            }
        }
    }

    #[test]
    fn no_multiplier_exceeds_one_however_long_a_constraint_is_not_met() {
        let mut multipliers = NormalizedMultipliers::<3>::EMPTY;
        multipliers.start(constraints(), 1.0, Some(0)).unwrap();
        let mut weights = [0.0; 3];
        for _ in 0..1000 {
            multipliers.dual_step(&[0.95, 1.0, 0.0]).unwrap();
            let task = multipliers.weights(&mut weights).unwrap();
            assert!(task > 0.0 && weights.iter().all(|weight| (0.0..=1.0).contains(weight)));
        }
        let base = multipliers.base();
        assert!(base[0] == -20.0 && base[1] == 20.0 && (base[2] + 20.0).abs() < 1e-3, "{base:?}");
    }

    #[test]
    fn without_constraints_the_task_weighs_one() {
        let mut multipliers = NormalizedMultipliers::<0>::EMPTY;
        multipliers.start([], 1.0, None).unwrap();
        assert_eq!(multipliers.dual_step(&[]), Ok(()));
        assert_eq!(multipliers.weights(&mut []), Ok(1.0));
    }

    #[test]
    fn a_view_goes_on_where_it_was() {
        let (mut owner, mut base) = (NormalizedMultipliers::<3>::EMPTY, [0.0; 3]);
        owner.start(constraints(), 0.5, Some(0)).unwrap();
        for rates in [[0.1, 0.5, 0.0], [0.5, 0.2, 0.1]] {
            owner.dual_step(&rates).unwrap();
            let slice = &mut base[..];
            let mut view = NormalizedMultipliersState::<_, _>::over(slice, constraints(), 0.5, Some(0)).unwrap();
            view.dual_step(&rates).unwrap();
            assert_eq!(view.digest(), owner.digest());
        }
        let refused = NormalizedMultipliersState::<_, _, Libm>::over(&mut base[..2], constraints(), 0.5, None);
        assert_eq!(refused.err(), Some(Error::LengthMismatch));
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut multipliers = NormalizedMultipliers::<3>::EMPTY;
        assert_eq!(multipliers.dual_step(&[0.0; 3]), Err(Error::NotStarted));
        assert_eq!(multipliers.set_base(&[0.0; 3]), Err(Error::NotStarted));
        multipliers.start(constraints(), 1.0, Some(0)).unwrap();
        multipliers.dual_step(&[0.5; 3]).unwrap();
        let digest = multipliers.digest();
        for (step_size, bootstrap) in [(0.0, None), (f32::NAN, None), (1.0, Some(3))] {
            let nothing = [BehaviorConstraint::NOTHING; 3];
            assert_eq!(multipliers.start(nothing, step_size, bootstrap), Err(Error::ParameterOutOfRange));
        }
        assert_eq!(multipliers.constraints(), constraints());
        assert_eq!(multipliers.dual_step(&[0.5; 2]), Err(Error::LengthMismatch));
        assert_eq!(multipliers.dual_step(&[0.5, f32::NAN, 0.0]), Err(Error::NonFinite));
        assert_eq!(multipliers.dual_step(&[0.5, 1.5, 0.0]), Err(Error::ParameterOutOfRange));
        assert_eq!(multipliers.weights(&mut [0.0; 2]), Err(Error::LengthMismatch));
        assert_eq!(multipliers.set_base(&[f32::NAN; 3]), Err(Error::NonFinite));
        assert_eq!(multipliers.restore(&21f32.to_le_bytes().repeat(3)), Err(Error::Malformed));
        assert_eq!(multipliers.digest(), digest);
    }
}
