//! What a message is worth.

use crate::error::Error;
use crate::math::is_in_unit_interval;

/// What an annotator said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Label<'a> {
    /// The message: its number, or a hash of its text. Of a pair the one that may be better.
    pub message: u32,
    /// The features of the message; of a pair those of this one less those of the other.
    pub features: &'a [f32],
    /// 1 for helpful, 0 for not; of a pair 1 where this one is better, 0 where the other one is, 0.5 for a tie.
    pub value: f32,
}

impl Label<'_> {
    /// # Errors
    /// [`Error::NonFinite`]; [`Error::ParameterOutOfRange`] unless the value is in `[0, 1]`.
    pub(super) fn check(&self) -> Result<(), Error> {
        if !self.value.is_finite() {
            return Err(Error::NonFinite);
        }
        if is_in_unit_interval(self.value) { Ok(()) } else { Err(Error::ParameterOutOfRange) }
    }
}

/// A reward for messages, learned while it is given (ONI; Zheng, Henaff, Zhang, Grover, Amos 2024, arXiv 2410.23022).
///
/// A label that comes so late that its message's features are no longer known is dropped: it is not passed on.
pub trait MessageReward {
    /// What a message is worth at present; 0 before anything was learned. The message counts as seen.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::NonFinite`] for features. Nothing has changed then.
    fn reward(&mut self, message: u32, features: &[f32]) -> Result<f32, Error>;

    /// Learns from what an annotator said, all of it together.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::LengthMismatch`]; [`Error::NonFinite`]; [`Error::ParameterOutOfRange`] for a value
    /// outside `[0, 1]` or a feature beyond [`LARGEST_FEATURE`](super::LARGEST_FEATURE); [`Error::BufferTooSmall`] where
    /// there is no place left. Nothing has changed then.
    fn learn(&mut self, labels: &[Label<'_>]) -> Result<(), Error>;
}
