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

    fn load(&self) -> Result<&[u8], Error> {
        Err(Error::NoStorage)
    }
}
