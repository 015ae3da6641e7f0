//! A checkpoint as lines.

use crate::checkpoint::{self, Crc32};
use crate::state::{Identify, Write};
use core::fmt;

/// Bytes of a checkpoint in one line.
const CHUNK: usize = 64;

/// Where a checkpoint goes that leaves in lines.
struct Chunks<'a, W> {
    out: &'a mut W,
    size: usize,
    /// Bytes that have left.
    at: usize,
    bytes: [u8; CHUNK],
    length: usize,
    written: fmt::Result,
}

impl<W: fmt::Write> Chunks<'_, W> {
    /// Sends what has gathered.
    fn flush(&mut self) -> fmt::Result {
        let Some(bytes) = self.bytes.get(..self.length) else { return Ok(()) };
        let mut crc = Crc32::new();
        crc.bytes(bytes);
        let (at, size, crc) = (self.at, self.size, crc.value());
        write!(self.out, r#"{{"event":"chunk","at":{at},"size":{size},"crc":{crc},"data":""#)?;
        bytes.iter().try_for_each(|byte| write!(self.out, "{byte:02x}"))?;
        (self.at, self.length) = (self.at + self.length, 0);
        self.out.write_str("\"}\n")
    }
}

impl<W: fmt::Write> Write for Chunks<'_, W> {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if let Some(free) = self.bytes.get_mut(self.length) {
                *free = *byte;
                self.length += 1;
            }
            if self.length == CHUNK {
                self.written = self.written.and_then(|()| self.flush());
            }
        }
    }
}

/// Writes the checkpoint of a state, [`CHUNK`] bytes a line.
pub(super) fn write_chunks(state: &impl Identify, out: &mut impl fmt::Write) -> fmt::Result {
    let size = checkpoint::size(state);
    let mut chunks = Chunks { out, size, at: 0, bytes: [0; CHUNK], length: 0, written: Ok(()) };
    checkpoint::write(state, &mut chunks);
    chunks.written?;
    if chunks.length == 0 { Ok(()) } else { chunks.flush() }
}
