//! Discounts that change while a learner learns.
//!
//! | schedule | the discount |
//! |---|---|
//! | [`FixedDiscount`] | always the same |
//! | [`ExponentialDiscount`] | a horizon that grows by the same factor every update |
//! | [`LearnedDiscount`] | follows a derivative |
//! | [`AutomaticDiscount`] | a horizon that grows with the part of a demonstration that the agent follows |
//!
//! | piece | what it is |
//! |---|---|
//! | [`DiscountSchedule`] | a discount that may change from update to update |
//! | [`Discounted`] | a learner or an estimator whose discount can be changed |
//! | [`ProgressRecognizer`] | how far a trajectory follows a demonstration |
//!
//! A schedule replaces the discount in every return and every target from the next update on.

mod automatic;
mod exponential;
mod fixed;
mod learned;
mod progress_recognizer;

pub use automatic::{AutomaticDiscount, AutomaticDiscountParameters, AutomaticDiscountState};
pub use exponential::ExponentialDiscount;
pub use fixed::FixedDiscount;
pub use learned::LearnedDiscount;
pub use progress_recognizer::{ProgressRecognizer, RecognizerState};

use crate::error::Error;
use crate::math::is_in_unit_interval;

/// A discount that may change from update to update.
pub trait DiscountSchedule {
    /// The present discount, in `[0, 1]`.
    fn gamma(&self) -> f32;

    /// An update has passed: what counts as one is the caller's choice, an episode say.
    fn advance(&mut self);
}

/// What has a discount that can be changed while it works: every learner with a discount, every estimator of advantages, and
/// what is wrapped around them.
pub trait Discounted {
    /// The present discount, in `[0, 1]`.
    fn discount(&self) -> f32;

    /// Changes the discount of every return and every target from the next update on; what was learned is kept.
    ///
    /// # Errors
    /// [`Error::DiscountOutOfRange`]; the discount is unchanged then.
    fn set_discount(&mut self, discount: f32) -> Result<(), Error>;
}

/// The number itself.
impl Discounted for f32 {
    #[inline]
    fn discount(&self) -> f32 {
        *self
    }

    #[inline]
    fn set_discount(&mut self, discount: f32) -> Result<(), Error> {
        if !is_in_unit_interval(discount) {
            return Err(Error::DiscountOutOfRange);
        }
        *self = discount;
        Ok(())
    }
}

/// Writes [`Discounted`] from the place of what has the discount.
macro_rules! discounted {
    ([$($generics:tt)*] $type:ty { $($field:ident).+ }) => {
        impl<$($generics)*> $crate::discount::Discounted for $type {
            #[inline]
            fn discount(&self) -> f32 {
                $crate::discount::Discounted::discount(&self.$($field).+)
            }

            #[inline]
            fn set_discount(&mut self, discount: f32) -> Result<(), $crate::error::Error> {
                $crate::discount::Discounted::set_discount(&mut self.$($field).+, discount)
            }
        }
    };
}
pub(crate) use discounted;
