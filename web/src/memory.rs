//! Keeps what was learned while the worker lives.

use habit::checkpoint;
use habit::error::Error;
use habit::protocol::Storage;
use habit::state::Identify;

/// No state is that large; a line that says so is wrong.
const LIMIT: usize = 1 << 24;

/// One checkpoint, and one that arrives.
pub struct Memory {
    kept: Vec<u8>,
    arriving: Vec<u8>,
    /// Bytes of the one that arrives.
    size: usize,
}

impl Memory {
    /// Holds nothing.
    pub const EMPTY: Self = Self { kept: Vec::new(), arriving: Vec::new(), size: 0 };
}

impl Storage for Memory {
    fn save(&mut self, state: &impl Identify) -> Result<(), Error> {
        let mut bytes = vec![0; checkpoint::size(state)];
        checkpoint::save(state, &mut bytes)?;
        self.kept = bytes;
        Ok(())
    }

    fn receive(&mut self, at: usize, size: usize, bytes: &[u8]) -> Result<(), Error> {
        if size > LIMIT {
            return Err(Error::StorageFull);
        }
        if at == 0 {
            self.arriving.clear();
            self.size = size;
        }
        if at != self.arriving.len() || size != self.size || at + bytes.len() > size {
            return Err(Error::NotContinued);
        }
        self.arriving.extend(bytes);
        Ok(())
    }

    fn received(&self) -> Result<&[u8], Error> {
        if self.size > 0 && self.arriving.len() == self.size { Ok(&self.arriving) } else { Err(Error::NotContinued) }
    }

    fn keep(&mut self) -> Result<(), Error> {
        self.received()?;
        self.kept = core::mem::take(&mut self.arriving);
        Ok(())
    }

    fn load(&self) -> Result<&[u8], Error> {
        if self.kept.is_empty() { Err(Error::StorageEmpty) } else { Ok(&self.kept) }
    }
}
