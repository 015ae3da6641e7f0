//! What each arm pays after so many idle periods.

use crate::error::Error;

/// A checked table: `N` rows of `D` numbers, row `i` holding what arm `i` pays on average after 1, 2, .. `D` idle periods,
/// finite, not negative and never falling; after more than `D` periods an arm pays what it does after `D`.
///
/// Holds no numbers, only where they are. Cost of the check: O(N D).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecoveryTable<'a> {
    values: &'a [f32],
    arms: usize,
    longest: usize,
    greatest: f32,
}

impl<'a> RecoveryTable<'a> {
    /// The longest row: periods fit 16 bits then, whatever they are rounded up to.
    pub const LONGEST: usize = 1 << 15;

    /// Over rows that stand one after the other, each `longest` numbers long: `D`.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] when `longest` is 0 or above [`LONGEST`](Self::LONGEST), when a number is negative,
    /// when a row falls, and for more than 65 535 arms; [`Error::NoArms`]; [`Error::LengthMismatch`] when the last row is
    /// not full; [`Error::NonFinite`].
    pub fn new(values: &'a [f32], longest: usize) -> Result<Self, Error> {
        if longest == 0 || longest > Self::LONGEST {
            return Err(Error::ParameterOutOfRange);
        }
        let arms = values.len() / longest;
        if arms > usize::from(u16::MAX) {
            return Err(Error::ParameterOutOfRange);
        }
        if values.is_empty() {
            return Err(Error::NoArms);
        }
        if !values.len().is_multiple_of(longest) {
            return Err(Error::LengthMismatch);
        }
        let mut greatest = 0.0;
        for row in values.chunks_exact(longest) {
            let mut before = 0.0;
            for &value in row {
                if !value.is_finite() {
                    return Err(Error::NonFinite);
                }
                if value < before {
                    return Err(Error::ParameterOutOfRange);
                }
                before = value;
            }
            greatest = before.max(greatest);
        }
        Ok(Self { values, arms, longest, greatest })
    }

    /// `N`.
    pub const fn arms(&self) -> usize {
        self.arms
    }

    /// `D`.
    pub const fn longest(&self) -> usize {
        self.longest
    }

    /// What an arm pays after `idle` periods, 1 at least: `R_i(min(d, D))`; 0 past the last arm.
    #[inline]
    pub fn reward(&self, arm: usize, idle: usize) -> f32 {
        self.values.get(arm * self.longest + idle.saturating_sub(1).min(self.longest - 1)).copied().unwrap_or(0.0)
    }

    /// What an arm earns a period when it is pulled every `period` periods: `R_i(min(P, D)) / P`.
    #[inline]
    pub fn rate(&self, arm: usize, period: u16) -> f32 {
        self.reward(arm, usize::from(period)) / f32::from(period.max(1))
    }

    /// Rewards closer than this count as equal: a millionth of the greatest, so that a table in another unit makes the
    /// same plan.
    pub(super) fn tolerance(&self) -> f32 {
        1e-6 * self.greatest
    }
}
