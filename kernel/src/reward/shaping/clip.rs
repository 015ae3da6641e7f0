//! Rewards within limits.

use super::potential::finite;
use crate::error::Error;
use crate::interact::Transition;
use crate::reward::RewardShaping;
use crate::state::{Identify, Identity, stateless};

/// Keeps rewards within limits. A learner that cannot tell a large reward from a larger one may prefer many small ones. 8
/// bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clip {
    low: f32,
    high: f32,
}

impl Clip {
    /// From `low` to `high`.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless both are finite and `low <= high`.
    pub const fn new(low: f32, high: f32) -> Result<Self, Error> {
        let fits = low.is_finite() && high.is_finite() && low <= high;
        if fits { Ok(Self { low, high }) } else { Err(Error::ParameterOutOfRange) }
    }
}

impl<O, A> RewardShaping<O, A> for Clip {
    const PRESERVES_OPTIMUM: bool = false;

    /// # Errors
    /// [`Error::NonFinite`]: an infinite reward is not made one of the limits.
    #[inline]
    fn shape(&self, _transition: &Transition<O, A>, reward: f32, _discount: f32) -> Result<f32, Error> {
        // Not `clamp`, which panics where its limits are the wrong way round.
        Ok(finite(reward)?.max(self.low).min(self.high))
    }
}

stateless!([] Clip);

/// `"clip"`.
impl Identify for Clip {
    fn identity(&self) -> Identity {
        Identity::new("clip", Identity::PLAIN, [0, 0, 0])
    }
}
