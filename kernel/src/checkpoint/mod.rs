//! Learned state in a container: header, version, identity, payload, checksum. `kernel/CHECKPOINT.md` is the
//! specification; the same bytes on a host, in a browser and on a board.
//!
//! | piece | what it is |
//! |---|---|
//! | [`save`], [`write()`] | into a buffer, or wherever bytes go |
//! | [`load`] | back, or refused with the reason and nothing changed |
//! | [`check`] | whether it would be |
//! | [`size`] | how many bytes that takes |
//! | [`identity`] | what a checkpoint holds |
//! | [`Crc32`] | the checksum |
//!
//! A learner goes on exactly where it stopped when its generator is saved with it and its parameters are set again:
//!
//! ```
//! use habit::checkpoint;
//! use habit::interact::{Outcome, Transition};
//! use habit::learn::{Control, Sarsa, TdParameters};
//! use habit::policy::EpsilonGreedy;
//! use habit::rng::stream;
//!
//! let (parameters, exploration) = (TdParameters { step_size: 0.5, discount: 0.9 }, EpsilonGreedy::new(0.1)?);
//! let (mut agent, mut rng) = (Sarsa::<2, 2>::EMPTY, stream(7, 1));
//! agent.start(parameters, exploration, 0.0)?;
//! agent.learn(&Transition { state: 0, action: 1, reward: 1.0, next_state: 1, outcome: Outcome::Continue }, &mut rng)?;
//! let mut bytes = [0; 128];
//! let length = checkpoint::save(&(&mut agent, &mut rng), &mut bytes)?;
//!
//! let (mut later, mut later_rng) = (Sarsa::<2, 2>::EMPTY, stream(0, 0));
//! later.resume(parameters, exploration)?;
//! checkpoint::load(&mut (&mut later, &mut later_rng), &bytes[..length])?;
//! assert_eq!(later.act(1, &mut later_rng), agent.act(1, &mut rng));
//! assert_eq!(later_rng, rng);
//! # Ok::<(), habit::Error>(())
//! ```

mod crc32;

pub use crc32::Crc32;

use crate::error::Error;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// The version of the format that is written; those before it can be read.
pub const VERSION: u16 = 1;

/// Bytes of a checkpoint besides its payload.
pub const OVERHEAD: usize = HEADER + 4;

const MAGIC: [u8; 4] = *b"HABT";
const HEADER: usize = 32;

/// Counts.
struct Counter(usize);

impl Write for Counter {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }
}

/// Passes bytes on and takes their checksum.
struct Sealing<'a, W>(&'a mut W, Crc32);

impl<W: Write> Write for Sealing<'_, W> {
    fn bytes(&mut self, bytes: &[u8]) {
        self.1.bytes(bytes);
        self.0.bytes(bytes);
    }
}

/// Fills a buffer that is long enough.
struct Filler<'a> {
    buffer: &'a mut [u8],
    length: usize,
}

impl Write for Filler<'_> {
    fn bytes(&mut self, bytes: &[u8]) {
        for (free, byte) in self.buffer.iter_mut().skip(self.length).zip(bytes) {
            *free = *byte;
        }
        self.length += bytes.len();
    }
}

fn payload(state: &impl Persist) -> usize {
    let mut counter = Counter(0);
    state.write(&mut counter);
    counter.0
}

/// Bytes of a state's checkpoint: [`OVERHEAD`] and what its type documents.
pub fn size(state: &impl Identify) -> usize {
    OVERHEAD + payload(state)
}

/// Writes a checkpoint to wherever bytes go. Cost: the state is written twice, once to count.
pub fn write(state: &impl Identify, out: &mut impl Write) {
    let Identity { kind, numerics, dimensions: [a, b, c] } = state.identity();
    let mut out = Sealing(out, Crc32::new());
    out.bytes(&MAGIC);
    out.bytes(&VERSION.to_le_bytes());
    out.bytes(&[0; 2]);
    for word in [kind, numerics, a, b, c, payload(state) as u32] {
        out.bytes(&word.to_le_bytes());
    }
    state.write(&mut out);
    let Sealing(out, crc) = out;
    out.bytes(&crc.value().to_le_bytes());
}

/// Saves a checkpoint at the start of `buffer` and returns its length.
///
/// # Errors
/// [`Error::BufferTooSmall`]: the buffer is unchanged.
pub fn save(state: &impl Identify, buffer: &mut [u8]) -> Result<usize, Error> {
    if buffer.len() < size(state) {
        return Err(Error::BufferTooSmall);
    }
    let mut filler = Filler { buffer, length: 0 };
    write(state, &mut filler);
    Ok(filler.length)
}

/// Takes the state over from exactly these bytes, or refuses them and changes nothing.
///
/// # Errors
/// As [`identity`]; [`Error::OtherKind`], [`Error::OtherNumerics`], [`Error::OtherDimensions`]; [`Error::NonFinite`] or
/// [`Error::Malformed`] when the payload is no state of this type although the checksum fits.
pub fn load(state: &mut impl Identify, bytes: &[u8]) -> Result<(), Error> {
    let payload = check(state, bytes)?;
    state.restore(payload)
}

/// Says whether [`load`] would take these bytes over, and which of them are the payload.
///
/// # Errors
/// As [`load`].
pub fn check<'a>(state: &impl Identify, bytes: &'a [u8]) -> Result<&'a [u8], Error> {
    let (found, payload) = open(bytes)?;
    let own = state.identity();
    if found.kind != own.kind {
        return Err(Error::OtherKind);
    }
    if found.dimensions != own.dimensions {
        return Err(Error::OtherDimensions);
    }
    if found.numerics != own.numerics {
        return Err(Error::OtherNumerics);
    }
    let mut reader = Reader::new(payload);
    state.check(&mut reader)?;
    if reader.is_empty() { Ok(payload) } else { Err(Error::Malformed) }
}

/// What a whole and undamaged checkpoint holds.
///
/// # Errors
/// [`Error::NotACheckpoint`], [`Error::NewerVersion`], [`Error::Truncated`], [`Error::Malformed`] when bytes are left
/// over, [`Error::Corrupt`].
pub fn identity(bytes: &[u8]) -> Result<Identity, Error> {
    open(bytes).map(|(identity, _)| identity)
}

/// The identity and the payload.
fn open(bytes: &[u8]) -> Result<(Identity, &[u8]), Error> {
    let mut reader = Reader::new(bytes);
    if reader.take(4).map_err(|_| Error::NotACheckpoint)? != MAGIC {
        return Err(Error::NotACheckpoint);
    }
    match *reader.take(4)? {
        [low, high, 0, 0] if u16::from_le_bytes([low, high]) == VERSION => {}
        [low, high, ..] if u16::from_le_bytes([low, high]) > VERSION => return Err(Error::NewerVersion),
        _ => return Err(Error::Malformed),
    }
    let mut words = [0u32; 6];
    words.read(&mut reader)?;
    let [kind, numerics, a, b, c, length] = words;
    let payload = reader.take(length as usize)?;
    let mut crc = 0u32;
    crc.read(&mut reader)?;
    if !reader.is_empty() {
        return Err(Error::Malformed);
    }
    let mut found = Crc32::new();
    found.bytes(bytes.get(..HEADER + payload.len()).ok_or(Error::Truncated)?);
    if found.value() != crc {
        return Err(Error::Corrupt);
    }
    Ok((Identity { kind, numerics, dimensions: [a, b, c] }, payload))
}

#[cfg(test)]
mod tests;
