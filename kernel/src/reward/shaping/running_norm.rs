//! Rewards in units of their own spread.

use crate::error::Error;
use crate::interact::Transition;
use crate::math::CompensatedMoments;
use crate::reward::RewardShaping;
use crate::state::{Identify, Identity, persist_fields};

/// Divides rewards by the standard deviation of all of them so far, this one included: of the population (divided by `n`), by
/// Welford's recursion, without centring. A deviation not above `1e-6` counts as 1, so the first reward stays as it is. What
/// a reward is worth changes over time, and with it what is optimal.
///
/// Memory: 20 bytes; the sums are compensated. Cost: a dozen additions, two divisions and a square root.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RunningNorm {
    moments: CompensatedMoments,
}

/// A deviation that is not greater counts as 1.
const SMALLEST: f32 = 1e-6;

impl RunningNorm {
    /// Of no reward.
    pub const EMPTY: Self = Self { moments: CompensatedMoments::EMPTY };

    /// What a reward would be divided by next if it were like those so far.
    pub fn deviation(&self) -> f32 {
        let count = self.moments.count() as f32;
        let variance = self.moments.variance().unwrap_or(0.0) * ((count - 1.0) / count.max(1.0));
        let deviation = libm::sqrtf(variance);
        if deviation > SMALLEST { deviation } else { 1.0 }
    }
}

impl<O, A> RewardShaping<O, A> for RunningNorm {
    const PRESERVES_OPTIMUM: bool = false;

    /// # Errors
    /// [`Error::NonFinite`].
    #[inline]
    fn shape(&self, _transition: &Transition<O, A>, reward: f32, _discount: f32) -> Result<f32, Error> {
        let mut with = *self;
        with.moments.add(reward)?;
        Ok(reward / with.deviation())
    }

    #[inline]
    fn note(&mut self, _transition: &Transition<O, A>, reward: f32, _discount: f32) {
        // What cannot be added was refused before.
        let _ = self.moments.add(reward);
    }
}

// The moments.
persist_fields!([] RunningNorm { moments });

/// `"running-norm"`.
impl Identify for RunningNorm {
    fn identity(&self) -> Identity {
        Identity::new("running-norm", Identity::PLAIN, [0, 0, 0])
    }
}
