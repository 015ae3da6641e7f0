//! Multipliers that may grow without a limit.

use super::behavior_constraint::check_rates;
use super::{BehaviorConstraint, Multipliers};
use crate::error::Error;
use crate::linalg::{Storage, StorageMut};
use crate::state::{Identify, Identity, Persist, Reader, Write, check_each};

/// The plain Lagrangian: the task weighs 1, and `lambda_k = max(0, lambda_k + lr kind_k (J_k - d_k))`. What nothing can meet
/// drowns everything else in time; [`NormalizedMultipliers`](super::NormalizedMultipliers) do not.
///
/// Memory: `12 K + 4` bytes, of which `4 K` are learned. Cost: O(K).
#[derive(Clone, Debug)]
pub struct LagrangianMultipliersState<V, C> {
    multipliers: V,
    constraints: C,
    step_size: f32,
}

/// [`LagrangianMultipliersState`] of constant size.
pub type LagrangianMultipliers<const K: usize> = LagrangianMultipliersState<[f32; K], [BehaviorConstraint; K]>;

const _: () = assert!(LagrangianMultipliers::<3>::SIZE == 12 * 3 + 4);

impl<const K: usize> LagrangianMultipliers<K> {
    /// Not started: constraints that everything meets.
    pub const EMPTY: Self = Self::new([0.0; K], [BehaviorConstraint::NOTHING; K]);

    /// Bytes: `12 K + 4`.
    pub const SIZE: usize = size_of::<Self>();
}

impl<V, C> LagrangianMultipliersState<V, C> {
    /// Over memory that has not been started: a number a constraint, and the constraints.
    pub const fn new(multipliers: V, constraints: C) -> Self {
        Self { multipliers, constraints, step_size: 0.0 }
    }
}

impl<V: StorageMut, C: Storage<BehaviorConstraint>> LagrangianMultipliersState<V, C> {
    /// Over multipliers that are taken as they are; the rest as for [`start`](Self::start).
    ///
    /// # Errors
    /// As [`start`](Self::start), and [`Error::NonFinite`], [`Error::ParameterOutOfRange`] for multipliers.
    pub fn over(multipliers: V, constraints: C, step_size: f32) -> Result<Self, Error> {
        let own = multipliers.values();
        if own.iter().any(|multiplier| !multiplier.is_finite()) {
            return Err(Error::NonFinite);
        }
        if own.iter().any(|multiplier| *multiplier < 0.0) {
            return Err(Error::ParameterOutOfRange);
        }
        check(own, &constraints, step_size)?;
        Ok(Self { multipliers, constraints, step_size })
    }

    /// Starts with all multipliers 0, and the step size of the dual step.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::ParameterOutOfRange`] unless the step size is above 0 and finite.
    pub fn start(&mut self, constraints: C, step_size: f32) -> Result<(), Error> {
        check(self.multipliers.values(), &constraints, step_size)?;
        (self.constraints, self.step_size) = (constraints, step_size);
        self.multipliers.values_mut().fill(0.0);
        Ok(())
    }
}

fn check(own: &[f32], constraints: &impl Storage<BehaviorConstraint>, step_size: f32) -> Result<(), Error> {
    if own.len() != constraints.values().len() {
        return Err(Error::LengthMismatch);
    }
    if step_size > 0.0 && step_size.is_finite() { Ok(()) } else { Err(Error::ParameterOutOfRange) }
}

impl<V: StorageMut, C: Storage<BehaviorConstraint>> Multipliers for LagrangianMultipliersState<V, C> {
    fn constraints(&self) -> &[BehaviorConstraint] {
        self.constraints.values()
    }

    fn weights(&self, out: &mut [f32]) -> Result<f32, Error> {
        let own = self.multipliers.values();
        if out.len() != own.len() {
            return Err(Error::LengthMismatch);
        }
        out.iter_mut().zip(own).for_each(|(out, multiplier)| *out = *multiplier);
        Ok(1.0)
    }

    /// # Errors
    /// [`Error::NonFinite`] when a multiplier would not be finite, besides the trait's.
    fn dual_step(&mut self, rates: &[f32]) -> Result<(), Error> {
        let step_size = self.step_size;
        if step_size == 0.0 {
            return Err(Error::NotStarted);
        }
        check_rates(&self.constraints, rates)?;
        let steps = || self.constraints.values().iter().zip(rates).map(|(c, rate)| step_size * c.violation(*rate));
        if !self.multipliers.values().iter().zip(steps()).all(|(own, step)| (own + step).is_finite()) {
            return Err(Error::NonFinite);
        }
        let steps = self.constraints.values().iter().zip(rates).map(|(c, rate)| step_size * c.violation(*rate));
        self.multipliers.values_mut().iter_mut().zip(steps).for_each(|(own, step)| *own = (*own + step).max(0.0));
        Ok(())
    }
}

/// The multipliers: `4 K` bytes.
impl<V: StorageMut, C> Persist for LagrangianMultipliersState<V, C> {
    fn write(&self, out: &mut impl Write) {
        self.multipliers.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        check_each(self.multipliers.values(), from, |multiplier| multiplier >= 0.0)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.multipliers.values_mut().read(from)
    }
}

/// `"lagrangian-multipliers"`: constraints.
impl<V: StorageMut, C> Identify for LagrangianMultipliersState<V, C> {
    fn identity(&self) -> Identity {
        Identity::new("lagrangian-multipliers", Identity::PLAIN, [self.multipliers.values().len(), 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_multiplier_grows_while_its_constraint_is_not_met_and_stops_at_zero() {
        let constraints = [BehaviorConstraint::at_most(0.25).unwrap(), BehaviorConstraint::at_least(0.75).unwrap()];
        let mut multipliers = LagrangianMultipliers::<2>::EMPTY;
        multipliers.start(constraints, 2.0).unwrap();
        (0..100).for_each(|_| multipliers.dual_step(&[1.0, 1.0]).unwrap());
        let mut weights = [9.0; 2];
        assert_eq!(multipliers.weights(&mut weights), Ok(1.0));
        assert_eq!(weights, [150.0, 0.0]);
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let constraints = [BehaviorConstraint::at_most(0.25).unwrap(); 2];
        let mut multipliers = LagrangianMultipliers::<2>::EMPTY;
        assert_eq!(multipliers.dual_step(&[0.0; 2]), Err(Error::NotStarted));
        multipliers.start(constraints, 1.0).unwrap();
        multipliers.dual_step(&[0.5; 2]).unwrap();
        let digest = multipliers.digest();
        assert_eq!(multipliers.start(constraints, -1.0), Err(Error::ParameterOutOfRange));
        assert_eq!(multipliers.dual_step(&[0.5]), Err(Error::LengthMismatch));
        assert_eq!(multipliers.dual_step(&[0.5, f32::NAN]), Err(Error::NonFinite));
        assert_eq!(multipliers.dual_step(&[0.5, -0.5]), Err(Error::ParameterOutOfRange));
        assert_eq!(multipliers.weights(&mut [0.0]), Err(Error::LengthMismatch));
        assert_eq!(multipliers.restore(&(-1f32).to_le_bytes().repeat(2)), Err(Error::Malformed));
        assert_eq!(multipliers.digest(), digest);
        let over = |own| LagrangianMultipliersState::over(own, constraints, 1.0).err();
        assert_eq!(over([-1.0, 0.0]), Some(Error::ParameterOutOfRange));
        assert_eq!(over([f32::NAN, 0.0]), Some(Error::NonFinite));
    }
}
