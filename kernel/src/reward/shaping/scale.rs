//! Rewards in another unit.

use super::potential::finite;
use crate::error::Error;
use crate::interact::Transition;
use crate::reward::RewardShaping;
use crate::state::{Identify, Identity, stateless};

/// Multiplies rewards by a positive number: what is optimal stays optimal. 4 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale(f32);

impl Scale {
    /// By `factor`.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless it is positive and finite.
    pub const fn new(factor: f32) -> Result<Self, Error> {
        if factor > 0.0 && factor.is_finite() { Ok(Self(factor)) } else { Err(Error::ParameterOutOfRange) }
    }
}

impl<O, A> RewardShaping<O, A> for Scale {
    const PRESERVES_OPTIMUM: bool = true;

    /// # Errors
    /// [`Error::NonFinite`].
    #[inline]
    fn shape(&self, _transition: &Transition<O, A>, reward: f32, _discount: f32) -> Result<f32, Error> {
        finite(self.0 * reward)
    }
}

stateless!([] Scale);

/// `"scale"`.
impl Identify for Scale {
    fn identity(&self) -> Identity {
        Identity::new("scale", Identity::PLAIN, [0, 0, 0])
    }
}
