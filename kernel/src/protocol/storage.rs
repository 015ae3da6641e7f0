//! Where learned state outlasts a session.

use crate::error::Error;
use crate::state::Identify;

/// Keeps one checkpoint: the newest that was saved whole.
pub trait Storage {
    /// Saves a state in the form of `kernel/CHECKPOINT.md` in place of the one before, which is kept until then.
    ///
    /// # Errors
    /// [`Error::NoStorage`], [`Error::StorageFull`], [`Error::StorageFailed`]: the one before is kept.
    fn save(&mut self, state: &impl Identify) -> Result<(), Error>;

    /// Takes the bytes from offset `at` on of a checkpoint of `size` bytes that arrives in pieces, in order; 0 begins anew. The one
    /// before is kept until [`keep`](Self::keep).
    ///
    /// # Errors
    /// As [`save`](Self::save); [`Error::NotContinued`].
    fn receive(&mut self, at: usize, size: usize, bytes: &[u8]) -> Result<(), Error>;

    /// The checkpoint that has arrived, whatever it holds.
    ///
    /// # Errors
    /// [`Error::NoStorage`]; [`Error::NotContinued`] unless all of it is there.
    fn received(&self) -> Result<&[u8], Error>;

    /// Puts what has arrived in place of the one before.
    ///
    /// # Errors
    /// As [`received`](Self::received); [`Error::StorageFailed`].
    fn keep(&mut self) -> Result<(), Error>;

    /// The checkpoint that was saved last.
    ///
    /// # Errors
    /// [`Error::NoStorage`], [`Error::StorageEmpty`].
    fn load(&self) -> Result<&[u8], Error>;
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoStorage;

impl Storage for NoStorage {
    fn save(&mut self, _state: &impl Identify) -> Result<(), Error> {
        Err(Error::NoStorage)
    }

    fn receive(&mut self, _at: usize, _size: usize, _bytes: &[u8]) -> Result<(), Error> {
        Err(Error::NoStorage)
    }

    fn received(&self) -> Result<&[u8], Error> {
        Err(Error::NoStorage)
    }

    fn keep(&mut self) -> Result<(), Error> {
        Err(Error::NoStorage)
    }

    fn load(&self) -> Result<&[u8], Error> {
        Err(Error::NoStorage)
    }
}
