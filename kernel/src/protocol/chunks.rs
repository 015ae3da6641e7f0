//! A checkpoint as lines.

use super::Fault;
use super::command::{Command, Line};
use crate::checkpoint::{self, Crc32};
use crate::error::Error;
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

/// A piece of a checkpoint that arrives.
pub(super) struct Piece {
    pub(super) at: usize,
    pub(super) size: usize,
    bytes: [u8; CHUNK],
    length: usize,
}

impl Piece {
    /// Takes a piece from a line: [`CHUNK`] bytes, or fewer at the end.
    pub(super) fn read(command: &Command<'_>, line: &Line<'_>) -> Result<Self, Fault> {
        let missing = Fault::at(0, Error::MissingField);
        let (at, size) = (command.at.ok_or(missing)? as usize, command.size.ok_or(missing)? as usize);
        let (crc, data) = (command.crc.ok_or(missing)?, command.data.ok_or(missing)?.as_bytes());
        let malformed = Fault::at(line.place("data"), Error::Malformed);
        let mut piece = Self { at, size, bytes: [0; CHUNK], length: data.len() / 2 };
        let whole = piece.length == CHUNK || at.checked_add(piece.length) == Some(size);
        if !data.len().is_multiple_of(2) || data.len() > 2 * CHUNK || piece.length == 0 || !whole {
            return Err(malformed);
        }
        let digit = |byte: &u8| char::from(*byte).to_digit(16).ok_or(malformed);
        for (byte, digits) in piece.bytes.iter_mut().zip(data.chunks_exact(2)) {
            *byte = digits.iter().try_fold(0, |value, byte| Ok(value << 4 | digit(byte)? as u8))?;
        }
        let mut found = Crc32::new();
        found.bytes(piece.bytes());
        if found.value() == crc { Ok(piece) } else { Err(Fault::at(line.place("crc"), Error::Corrupt)) }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}
