//! Discounts that change while a learner learns.
//!
//! | schedule | the discount |
//! |---|---|
//! | [`FixedDiscount`] | always the same |
//! | [`ExponentialDiscount`] | a horizon that grows by the same factor every update |
//!
//! A schedule replaces the discount in every return and every target from the next update on.

mod exponential;
mod fixed;

pub use exponential::ExponentialDiscount;
pub use fixed::FixedDiscount;

/// A discount that may change from update to update.
pub trait DiscountSchedule {
    /// The present discount, in `[0, 1]`.
    fn gamma(&self) -> f32;

    /// An update has passed: what counts as one is the caller's choice, an episode say.
    fn advance(&mut self);
}
