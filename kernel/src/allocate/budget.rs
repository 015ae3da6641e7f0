//! What remains.

use crate::error::Error;
use crate::linalg::{Storage, StorageMut};
use crate::state::{Persist, Reader, Write, check_each};

/// What remains of each of `m` resources: `B`, from `B_1 = T rho`. `4 m` bytes.
///
/// Whatever is spent, in exact arithmetic the sum stays within `B_1` and [`TOLERANCE`](Self::TOLERANCE): what a
/// subtraction rounds off is never rounded in favour of spending more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget<V> {
    left: V,
}

impl<const M: usize> Budget<[f32; M]> {
    /// Nothing remains.
    pub const EMPTY: Self = Self { left: [0.0; M] };
}

impl<V> Budget<V> {
    /// By how much all that is spent may exceed the budget, so that ten tenths of it fit.
    pub const TOLERANCE: f32 = 1e-6;

    /// Over memory that has not been started: one number a resource.
    pub const fn new(left: V) -> Self {
        Self { left }
    }
}

impl<V: Storage> Budget<V> {
    /// What remains of each resource; below 0 by the tolerance at most.
    pub fn left(&self) -> &[f32] {
        self.left.values()
    }

    /// Whether so much of each resource remains.
    pub fn allows(&self, consumption: &[f32]) -> bool {
        consumption.iter().zip(self.left()).all(|(amount, left)| amount - left <= Self::TOLERANCE)
    }
}

impl<V: StorageMut> Budget<V> {
    /// Starts with `rates`, what there is of each resource for a request, times `horizon` requests.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] for no resource; [`Error::LengthMismatch`]; [`Error::ParameterOutOfRange`] unless rates and
    /// horizon are above 0 and their products finite.
    pub fn start(&mut self, rates: &[f32], horizon: u32) -> Result<(), Error> {
        if rates.is_empty() {
            return Err(Error::EmptyRange);
        }
        if rates.len() != self.left().len() {
            return Err(Error::LengthMismatch);
        }
        let can_be_spent = |rate: &f32| *rate > 0.0 && (*rate * horizon as f32).is_finite();
        if horizon == 0 || !rates.iter().all(can_be_spent) {
            return Err(Error::ParameterOutOfRange);
        }
        for (left, rate) in self.left.values_mut().iter_mut().zip(rates) {
            *left = rate * horizon as f32;
        }
        Ok(())
    }

    /// Spends so much of each resource, none of it below 0, where so much remains; else nothing, and says false.
    pub fn spend(&mut self, consumption: &[f32]) -> bool {
        let fits = self.allows(consumption);
        if fits {
            for (left, amount) in self.left.values_mut().iter_mut().zip(consumption) {
                *left = rounded_down(*left, *amount);
            }
        }
        fits
    }
}

/// `a - b`, rounded down by the sign of what rounding to the nearest has left over (Knuth's two-sum).
fn rounded_down(a: f32, b: f32) -> f32 {
    let rest = a - b;
    let taken = a - rest;
    let rounded = (a - (rest + taken)) + (taken - b);
    if rounded < 0.0 { rest.next_down() } else { rest }
}

/// What remains of each resource: `4 m` bytes.
impl<V: StorageMut> Persist for Budget<V> {
    fn write(&self, out: &mut impl Write) {
        self.left().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        check_each(self.left(), from, |left| left >= -Self::TOLERANCE)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.left.values_mut().read(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Rng, stream, unit_f32};

    #[test]
    fn ten_tenths_fit_and_no_more() {
        let mut budget = Budget::<[f32; 1]>::EMPTY;
        budget.start(&[0.1], 10).unwrap();
        assert!((0..10).all(|_| budget.spend(&[0.1])));
        assert!(!budget.spend(&[0.1]) && budget.spend(&[0.0]));
    }

    #[test]
    fn the_sum_stays_within_the_budget_whatever_is_asked_for() {
        let mut rng = stream(4, 0);
        for _ in 0..200 {
            let rate = unit_f32(&mut rng) + 1e-3;
            let mut budget = Budget::<[f32; 1]>::EMPTY;
            budget.start(&[rate], 100).unwrap();
            let all = f64::from(budget.left()[0]);
            let mut spent = 0f64;
            for _ in 0..5000 {
                // Down to crumbs, which the tolerance alone would let through for ever.
                let amount = unit_f32(&mut rng) / (1u32 << (rng.next_u32() % 24)) as f32;
                if budget.spend(&[amount]) {
                    spent += f64::from(amount);
                }
            }
            assert!(spent <= all + 1e-6 && spent > 0.99 * all, "{spent} of {all}");
        }
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut budget = Budget::<[f32; 2]>::EMPTY;
        budget.start(&[0.5, 1.0], 4).unwrap();
        let before = budget;
        for (rates, horizon) in
            [([0.0, 1.0], 4), ([-0.5, 1.0], 4), ([f32::NAN, 1.0], 4), ([f32::MAX, 1.0], 4), ([1.0; 2], 0)]
        {
            assert_eq!(budget.start(&rates, horizon), Err(Error::ParameterOutOfRange));
        }
        assert_eq!(budget.start(&[1.0], 4), Err(Error::LengthMismatch));
        assert_eq!(Budget::new([0.0; 0]).start(&[], 4), Err(Error::EmptyRange));
        // The first resource would suffice.
        assert!(!budget.spend(&[1.0, 4.5]));
        assert_eq!(budget.restore(&(-1.0f32).to_le_bytes().repeat(2)), Err(Error::Malformed));
        assert_eq!(budget.restore(&f32::NAN.to_le_bytes().repeat(2)), Err(Error::NonFinite));
        assert_eq!(budget, before);
        assert!(budget.spend(&[1.0, 4.0]));
        assert_eq!(budget.left(), [1.0, 0.0]);
    }
}
