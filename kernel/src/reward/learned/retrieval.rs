//! Labels, looked up.

use super::{Label, MessageReward};
use crate::error::Error;
use crate::linalg::{Storage, StorageMut};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// What a place holds besides the message.
const FREE: u8 = 0;
const UNHELPFUL: u8 = 1;
const HELPFUL: u8 = 2;

/// A table of labels: a message is worth its label, 1 where it is at least a half, else 0; one that has none is worth 0
/// (ONI, retrieval). Messages are 32-bit hashes: two of the same hash are the same.
///
/// Memory: `5 M` bytes, rounded up to a multiple of 4. Cost: one look where a message's own place is free of others, at most
/// `M`.
///
/// ```
/// use habit::reward::learned::{Label, MessageReward, RetrievalReward};
/// let mut reward = RetrievalReward::<256>::EMPTY;
/// reward.learn(&[Label { message: 7, features: &[], value: 1.0 }])?;
/// assert_eq!([7, 8].map(|message| reward.reward(message, &[])), [Ok(1.0), Ok(0.0)]);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RetrievalState<H, L> {
    messages: H,
    labels: L,
}

/// [`RetrievalState`] of constant size: up to `M` messages.
pub type RetrievalReward<const M: usize> = RetrievalState<[u32; M], [u8; M]>;

impl<const M: usize> RetrievalReward<M> {
    /// Nothing labelled.
    pub const EMPTY: Self = Self { messages: [0; M], labels: [FREE; M] };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(RetrievalReward::<256>::SIZE == 5 * 256);

impl<H: Storage<u32>, L: Storage<u8>> RetrievalState<H, L> {
    /// Over memory for as many messages as both have places; [`clear`](Self::clear) it first.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(messages: H, labels: L) -> Result<Self, Error> {
        if messages.values().len() != labels.values().len() {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { messages, labels })
    }

    /// How many messages have a label.
    pub fn len(&self) -> usize {
        self.labels.values().iter().filter(|label| **label != FREE).count()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a message was said to be helpful; `None` without a label.
    pub fn label(&self, message: u32) -> Option<bool> {
        let place = self.place(message)?;
        match self.labels.values().get(place) {
            Some(&HELPFUL) => Some(true),
            Some(&UNHELPFUL) => Some(false),
            _ => None,
        }
    }

    /// The place of a message, or the free one where it would go: the first from its own on. `None` where there is neither.
    fn place(&self, message: u32) -> Option<usize> {
        let (messages, labels) = (self.messages.values(), self.labels.values());
        // Multiplied by 2^32 over the golden ratio, numbers in a row are spread.
        let spread = u64::from(message.wrapping_mul(0x9e37_79b9));
        let own = ((spread * messages.len() as u64) >> 32) as usize;
        let is_it = |place: &usize| match (messages.get(*place), labels.get(*place)) {
            (_, Some(&FREE)) => true,
            (kept, _) => kept == Some(&message),
        };
        (own..messages.len()).chain(0..own).find(is_it)
    }
}

impl<H: StorageMut<u32>, L: StorageMut<u8>> RetrievalState<H, L> {
    /// Forgets every label.
    pub fn clear(&mut self) {
        self.messages.values_mut().fill(0);
        self.labels.values_mut().fill(FREE);
    }
}

impl<H: StorageMut<u32>, L: StorageMut<u8>> MessageReward for RetrievalState<H, L> {
    fn reward(&mut self, message: u32, _features: &[f32]) -> Result<f32, Error> {
        Ok(if self.label(message) == Some(true) { 1.0 } else { 0.0 })
    }

    /// A later label takes the place of an earlier one.
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`] when there are more messages than places: those stay without a label.
    fn learn(&mut self, labels: &[Label<'_>]) -> Result<(), Error> {
        labels.iter().try_for_each(Label::check)?;
        let is_new = |(index, label): &(usize, &Label<'_>)| {
            let earlier = labels.iter().take(*index).any(|other| other.message == label.message);
            !earlier && self.label(label.message).is_none()
        };
        let new = labels.iter().enumerate().filter(is_new).count();
        if new > self.labels.values().len() - self.len() {
            return Err(Error::BufferTooSmall);
        }
        for label in labels {
            let Some(place) = self.place(label.message) else { continue };
            let pair = self.messages.values_mut().get_mut(place).zip(self.labels.values_mut().get_mut(place));
            if let Some((message, kept)) = pair {
                *message = label.message;
                *kept = if label.value >= 0.5 { HELPFUL } else { UNHELPFUL };
            }
        }
        Ok(())
    }
}

/// The messages, then for each place 0 free, 1 not helpful, 2 helpful: `5 M` bytes.
impl<H: StorageMut<u32>, L: StorageMut<u8>> Persist for RetrievalState<H, L> {
    fn write(&self, out: &mut impl Write) {
        self.messages.values().write(out);
        self.labels.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.messages.values().check(from)?;
        for _ in self.labels.values() {
            let mut label = 0u8;
            label.read(from)?;
            if label > HELPFUL {
                return Err(Error::Malformed);
            }
        }
        Ok(())
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.messages.values_mut().read(from)?;
        self.labels.values_mut().read(from)
    }
}

/// `"retrieval-reward"`: places.
impl<H: StorageMut<u32>, L: StorageMut<u8>> Identify for RetrievalState<H, L> {
    fn identity(&self) -> Identity {
        Identity::new("retrieval-reward", Identity::PLAIN, [self.labels.values().len(), 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn label(message: u32, value: f32) -> Label<'static> {
        Label { message, features: &[], value }
    }

    #[test]
    fn a_table_is_full_when_every_place_is_taken() {
        let mut reward = RetrievalReward::<5>::EMPTY;
        let messages = [0, 9, u32::MAX, 1 << 31, 17];
        for (index, message) in messages.into_iter().enumerate() {
            reward.learn(&[label(message, f32::from(u8::from(index % 2 == 0)))]).unwrap();
        }
        assert_eq!(messages.map(|message| reward.label(message)), [true, false, true, false, true].map(Some));
        let digest = reward.digest();
        assert_eq!(reward.learn(&[label(9, 1.0), label(3, 1.0)]), Err(Error::BufferTooSmall));
        assert_eq!(reward.digest(), digest);
        assert_eq!(reward.reward(3, &[]), Ok(0.0));
        // One that is there may change its label.
        reward.learn(&[label(9, 1.0), label(9, 0.7)]).unwrap();
        assert_eq!((reward.label(9), reward.len()), (Some(true), 5));
        reward.clear();
        assert!(reward.is_empty() && reward.label(0).is_none());
    }

    #[test]
    fn bad_labels_change_nothing() {
        let mut reward = RetrievalReward::<4>::EMPTY;
        for (bad, error) in
            [(f32::NAN, Error::NonFinite), (1.1, Error::ParameterOutOfRange), (-0.1, Error::ParameterOutOfRange)]
        {
            assert_eq!(reward.learn(&[label(1, 1.0), label(2, bad)]), Err(error));
            assert!(reward.is_empty());
        }
        let mut none = RetrievalReward::<0>::EMPTY;
        assert_eq!(none.learn(&[label(1, 1.0)]), Err(Error::BufferTooSmall));
        let mut bytes = [0; 20];
        bytes[17] = 3;
        assert_eq!(reward.restore(&bytes), Err(Error::Malformed));
        assert!(RetrievalState::over([0u32; 2], [0u8; 3]).is_err());
    }
}
