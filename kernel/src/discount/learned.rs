//! A discount that follows a derivative.

use super::DiscountSchedule;
use crate::error::Error;
use crate::math::{Libm, Math};
use crate::schedule::RmsProp;
use crate::state::{Identify, Identity, persist_fields};
use core::marker::PhantomData;

/// `gamma = sigmoid(w)`, at most 0.9999 (Gupta, Chandak, Jordan, Thomas, da Silva, NeurIPS 2023, BARFI). `w` climbs what the
/// caller says of the derivative of its objective, less a penalty that pushes `gamma` down unless it helps: a step of
/// [`RmsProp`] on `(d/d gamma - penalty) gamma (1 - gamma)`.
///
/// It changes when it learns; time passes it by. 16 bytes; an exponential for each look at `gamma`.
///
/// ```
/// use habit::discount::{DiscountSchedule, LearnedDiscount};
/// let mut discount = LearnedDiscount::<habit::math::Libm>::new(4.6, 0.005, 0.0625)?;
/// assert!((discount.gamma() - 0.990_048).abs() < 1e-6);
/// discount.learn(-2.0)?;
/// assert!(discount.gamma() < 0.990);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearnedDiscount<M = Libm> {
    logit: f32,
    mean_square: f32,
    step_size: f32,
    penalty: f32,
    math: PhantomData<M>,
}

impl<M: Math> LearnedDiscount<M> {
    /// The greatest discount.
    pub const GREATEST: f32 = 0.9999;

    /// A discount of 1/2 that learns nothing.
    pub const EMPTY: Self = Self { logit: 0.0, mean_square: 0.0, step_size: 0.0, penalty: 0.0, math: PhantomData };

    /// From `w`, with the step size in `[0, 1]` and the penalty, at least 0.
    ///
    /// # Errors
    /// [`Error::NonFinite`]; [`Error::StepSizeOutOfRange`]; [`Error::ParameterOutOfRange`].
    pub fn new(logit: f32, step_size: f32, penalty: f32) -> Result<Self, Error> {
        if !(logit.is_finite() && penalty.is_finite()) {
            return Err(Error::NonFinite);
        }
        if !(0.0..=1.0).contains(&step_size) {
            return Err(Error::StepSizeOutOfRange);
        }
        if penalty < 0.0 {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { logit, step_size, penalty, ..Self::EMPTY })
    }

    /// Follows the derivative of the objective by `gamma`.
    ///
    /// # Errors
    /// [`Error::NonFinite`]; nothing is changed then.
    pub fn learn(&mut self, derivative: f32) -> Result<(), Error> {
        let gamma = self.gamma();
        let slope = (derivative - self.penalty) * gamma * (1.0 - gamma);
        self.logit += self.step_size * RmsProp::STANDARD.step(&mut self.mean_square, slope)?;
        Ok(())
    }
}

impl<M: Math> DiscountSchedule for LearnedDiscount<M> {
    fn gamma(&self) -> f32 {
        (1.0 / (1.0 + M::exp(-self.logit))).clamp(0.0, Self::GREATEST)
    }

    fn advance(&mut self) {}
}

// `w`, then the mean square of its derivative.
persist_fields!([M] LearnedDiscount<M> { logit, mean_square });

/// `"learned-discount"`.
impl<M: Math> Identify for LearnedDiscount<M> {
    fn identity(&self) -> Identity {
        Identity::new("learned-discount", M::NUMERICS, [0, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Discount = LearnedDiscount<Libm>;

    #[test]
    fn the_first_step_is_the_step_size_times_ten() {
        let mut discount = Discount::new(0.0, 0.1, 0.5).unwrap();
        // (2.5 - 0.5) / 4, over the root of a hundredth of its square.
        discount.learn(2.5).unwrap();
        assert!((discount.logit - 1.0).abs() < 1e-5 && (discount.gamma() - 0.731_059).abs() < 1e-5);
        discount.advance();
        assert!((discount.gamma() - 0.731_059).abs() < 1e-5);
    }

    #[test]
    fn it_stays_below_one_and_above_zero() {
        assert_eq!(Discount::new(1e30, 0.1, 0.0).unwrap().gamma(), Discount::GREATEST);
        assert_eq!(Discount::new(-1e30, 0.1, 0.0).unwrap().gamma(), 0.0);
    }

    #[test]
    fn bad_numbers_change_nothing() {
        assert_eq!(Discount::new(f32::NAN, 0.1, 0.0), Err(Error::NonFinite));
        assert_eq!(Discount::new(0.0, 1.1, 0.0), Err(Error::StepSizeOutOfRange));
        assert_eq!(Discount::new(0.0, 0.1, -1.0), Err(Error::ParameterOutOfRange));
        let mut discount = Discount::new(4.6, 0.1, 0.0).unwrap();
        let before = discount;
        assert_eq!(discount.learn(f32::NAN), Err(Error::NonFinite));
        assert_eq!(discount.learn(f32::MAX), Err(Error::NonFinite));
        assert_eq!(discount, before);
    }
}
