//! The discount of textbooks.

use super::DiscountSchedule;
use crate::error::Error;
use crate::math::is_in_unit_interval;
use crate::state::{Identify, Identity, stateless};

/// Always the same. 4 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedDiscount(f32);

impl FixedDiscount {
    /// With a discount in `[0, 1]`.
    ///
    /// # Errors
    /// [`Error::DiscountOutOfRange`].
    pub const fn new(gamma: f32) -> Result<Self, Error> {
        if is_in_unit_interval(gamma) { Ok(Self(gamma)) } else { Err(Error::DiscountOutOfRange) }
    }
}

impl DiscountSchedule for FixedDiscount {
    #[inline]
    fn gamma(&self) -> f32 {
        self.0
    }

    fn advance(&mut self) {}
}

stateless!([] FixedDiscount);

/// `"fixed-discount"`.
impl Identify for FixedDiscount {
    fn identity(&self) -> Identity {
        Identity::new("fixed-discount", Identity::PLAIN, [0, 0, 0])
    }
}
