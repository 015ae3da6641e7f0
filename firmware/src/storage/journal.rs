//! Slots taken in turn.

use super::Flash;
use habit::Error;
use habit::checkpoint::Crc32;
use habit::state::{Persist, Reader, Write};

/// Stands at the start of a slot in use; the last byte is the version of this form.
const FORMAT: u32 = u32::from_be_bytes([1, b'J', b'B', b'H']);

/// Format, sequence number, length, seal: a word each.
const HEADER: usize = 16;
const SEAL: usize = 12;

/// A journal of states, of which the newest whole one counts.
///
/// Whenever the power is cut, what is found afterwards is the state before or the one that was being saved, whole. A slot holds, in
/// little-endian words, `HBJ` and the version 1, a sequence number, the length in bytes, the seal, and then the state. The seal is the
/// CRC-32 of the others and of the state (0 where that is all ones) and is programmed last, in one word: a slot whose seal does
/// not fit holds nothing. Slots are taken in turn, so all wear alike, and the one with the newest state is never touched; one
/// that does not take what is written is passed over.
///
/// No buffer: a state is programmed word by word as it is written, and read where it lies.
#[derive(Debug)]
pub struct Journal<F> {
    flash: F,
    arriving: Option<Arriving>,
}

/// A state that arrives in pieces.
#[derive(Clone, Copy, Debug)]
struct Arriving {
    slot: usize,
    sequence: u32,
    length: usize,
    written: usize,
}

impl<F: Flash> Journal<F> {
    const SLOT: usize = F::SLOT * F::PAGE;

    /// The longest state in bytes.
    pub const CAPACITY: usize = Self::SLOT - HEADER;

    /// Over a flash with whatever is in it.
    pub const fn new(flash: F) -> Self {
        const { assert!(F::PAGE % 4 == 0 && Self::SLOT > HEADER) };
        Self { flash, arriving: None }
    }

    /// The newest state. Cost: the checksum of one state a slot.
    pub fn load(&self) -> Option<&[u8]> {
        let (slot, _) = self.newest()?;
        self.record(slot).map(|(_, state)| state)
    }

    /// Saves the `length` bytes that `write` writes, whenever it is called. Cost: as [`load`](Self::load); pages to erase and words to
    /// program as the state is long.
    ///
    /// # Errors
    /// [`Error::StorageFull`] when the state is longer than a slot: nothing was touched. [`Error::LengthMismatch`] when `write`
    /// does otherwise, [`Error::StorageFailed`] when no slot takes the state: the one before still counts.
    pub fn save(&mut self, length: usize, write: impl Fn(&mut Draft<'_, F>)) -> Result<(), Error> {
        let (newest, sequence) = self.place(length)?;
        self.arriving = None;
        for distance in 1..self.slots() {
            let slot = (newest + distance) % self.slots();
            self.fill(slot, sequence, length, &write)?;
            if self.record(slot).is_some_and(|(found, _)| found == sequence) {
                return Ok(());
            }
        }
        Err(Error::StorageFailed)
    }

    /// The slot that the next state comes after, and its sequence number.
    fn place(&self, length: usize) -> Result<(usize, u32), Error> {
        let slots = self.slots();
        if length > Self::CAPACITY || slots < 2 {
            return Err(Error::StorageFull);
        }
        let (newest, sequence) = self.newest().unwrap_or((slots - 1, 0));
        Ok((newest, sequence.checked_add(1).ok_or(Error::StorageFull)?))
    }

    /// Takes the bytes from `at` on, whole words but at the end, of a state of `length` bytes that arrives in order; 0 begins anew.
    /// Nothing else is saved until it is there.
    ///
    /// # Errors
    /// [`Error::StorageFull`]; [`Error::NotContinued`].
    pub fn receive(&mut self, at: usize, length: usize, bytes: &[u8]) -> Result<(), Error> {
        if at == 0 {
            let (newest, sequence) = self.place(length)?;
            let slot = (newest + 1) % self.slots();
            self.erase(slot, length);
            self.arriving = Some(Arriving { slot, sequence, length, written: 0 });
        }
        let arriving = self.arriving.as_mut().ok_or(Error::NotContinued)?;
        let end = at.checked_add(bytes.len()).filter(|end| *end <= length).ok_or(Error::NotContinued)?;
        if arriving.written != at || arriving.length != length || !at.is_multiple_of(4) {
            return Err(Error::NotContinued);
        }
        arriving.written = end;
        let start = arriving.slot * Self::SLOT + HEADER + at;
        for (index, bytes) in bytes.chunks(4).enumerate() {
            let mut word = [u8::MAX; 4];
            word.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
            self.flash.program(start + 4 * index, u32::from_le_bytes(word));
        }
        Ok(())
    }

    /// The state that has arrived, whatever is in it.
    ///
    /// # Errors
    /// [`Error::NotContinued`] unless all of it is there.
    pub fn received(&self) -> Result<&[u8], Error> {
        let arriving = self.arriving.filter(|arriving| arriving.written == arriving.length);
        let Arriving { slot, length, .. } = arriving.ok_or(Error::NotContinued)?;
        let state = self.flash.contents().get(slot * Self::SLOT + HEADER..);
        state.and_then(|state| state.get(..length)).ok_or(Error::NotContinued)
    }

    /// Makes what has arrived the newest state.
    ///
    /// # Errors
    /// As [`received`](Self::received); [`Error::StorageFailed`].
    pub fn keep(&mut self) -> Result<(), Error> {
        let state = self.received()?;
        let Arriving { slot, sequence, length, .. } = self.arriving.ok_or(Error::NotContinued)?;
        let mut crc = begin(sequence, length as u32);
        crc.bytes(state);
        self.seal(slot, sequence, length, seal(crc));
        self.arriving = None;
        let is_there = self.record(slot).is_some_and(|(found, _)| found == sequence);
        if is_there { Ok(()) } else { Err(Error::StorageFailed) }
    }

    /// Erases the pages of a slot that a state will be in.
    fn erase(&mut self, slot: usize, length: usize) {
        for page in 0..(HEADER + length).div_ceil(F::PAGE) {
            self.flash.erase(slot * F::SLOT + page);
        }
    }

    /// Programs the header of a slot, the seal last.
    fn seal(&mut self, slot: usize, sequence: u32, length: usize, seal: u32) {
        let start = slot * Self::SLOT;
        for (index, word) in [FORMAT, sequence, length as u32].into_iter().enumerate() {
            self.flash.program(start + 4 * index, word);
        }
        self.flash.program(start + SEAL, seal);
    }

    /// Its flash.
    #[cfg(test)]
    pub(super) fn into_flash(self) -> F {
        self.flash
    }

    fn slots(&self) -> usize {
        self.flash.contents().len() / Self::SLOT
    }

    /// The slot with the newest state, and its sequence number.
    fn newest(&self) -> Option<(usize, u32)> {
        let records = (0..self.slots()).filter_map(|slot| Some((slot, self.record(slot)?.0)));
        records.max_by_key(|(_, sequence)| *sequence)
    }

    /// The sequence number and the state of a slot that holds one.
    fn record(&self, slot: usize) -> Option<(u32, &[u8])> {
        let slot = self.flash.contents().get(slot * Self::SLOT..)?.get(..Self::SLOT)?;
        let (header, rest) = slot.split_at_checked(HEADER)?;
        let mut words = [0u32; HEADER / 4];
        words.read(&mut Reader::new(header)).ok()?;
        let [format, sequence, length, found] = words;
        if format != FORMAT {
            return None;
        }
        let state = rest.get(..length as usize)?;
        let mut crc = begin(sequence, length);
        crc.bytes(state);
        (seal(crc) == found).then_some((sequence, state))
    }

    fn fill(
        &mut self,
        slot: usize,
        sequence: u32,
        length: usize,
        write: impl Fn(&mut Draft<'_, F>),
    ) -> Result<(), Error> {
        let start = slot * Self::SLOT;
        self.erase(slot, length);
        let crc = begin(sequence, length as u32);
        let flash = &mut self.flash;
        let mut draft = Draft { flash, start: start + HEADER, length, written: 0, word: [u8::MAX; 4], crc };
        write(&mut draft);
        let seal = draft.end()?;
        self.seal(slot, sequence, length, seal);
        Ok(())
    }
}

/// The checksum up to where the state begins.
fn begin(sequence: u32, length: u32) -> Crc32 {
    let mut crc = Crc32::new();
    [FORMAT, sequence, length].write(&mut crc);
    crc
}

/// All ones is what a slot without a seal shows.
fn seal(crc: Crc32) -> u32 {
    match crc.value() {
        u32::MAX => 0,
        value => value,
    }
}

/// Where a state is written to: word by word into its slot.
#[derive(Debug)]
pub struct Draft<'a, F> {
    flash: &'a mut F,
    /// Where the state begins.
    start: usize,
    length: usize,
    written: usize,
    /// The word that is not full yet.
    word: [u8; 4],
    crc: Crc32,
}

impl<F: Flash> Draft<'_, F> {
    /// Programs what fills no word; the seal, when as many bytes were written as were announced.
    fn end(mut self) -> Result<u32, Error> {
        if self.written != self.length {
            return Err(Error::LengthMismatch);
        }
        if !self.length.is_multiple_of(4) {
            self.program();
        }
        Ok(seal(self.crc))
    }

    /// Programs the word that the last byte is in.
    fn program(&mut self) {
        let offset = self.written.saturating_sub(1) / 4 * 4;
        self.flash.program(self.start + offset, u32::from_le_bytes(self.word));
        self.word = [u8::MAX; 4];
    }
}

impl<F: Flash> Write for Draft<'_, F> {
    fn bytes(&mut self, bytes: &[u8]) {
        self.crc.bytes(bytes);
        for byte in bytes {
            if self.written < self.length
                && let Some(place) = self.word.get_mut(self.written % 4)
            {
                *place = *byte;
                self.written += 1;
                if self.written.is_multiple_of(4) {
                    self.program();
                }
            } else {
                // More than was announced: never to be sealed.
                self.written = usize::MAX;
            }
        }
    }
}
