//! The flash of the STM32F405 and its like, behind its controller, after their reference manual (RM0090).

use super::super::Flash;
use super::{Bits, Bus, CR};

const PG: u32 = 1 << 0;
const SER: u32 = 1 << 1;
/// Where the number of the sector stands.
const SNB: u32 = 3;
/// Words at once, for which the chip must have 2.7 V.
const PSIZE_WORD: u32 = 0b10 << 8;
const STRT: u32 = 1 << 16;

/// `OPERR`, `WRPERR`, `PGAERR`, `PGPERR` and `PGSERR` are the errors.
const BITS: Bits = Bits { busy: 1 << 16, errors: 1 << 1 | 0xf << 4, lock: 1 << 31 };

/// From here on sectors are alike.
const FIRST: usize = 0x0802_0000;
const FIRST_SECTOR: usize = 5;

/// Sectors of 128 KB, from the sixth on, each a slot of the journal. A sector takes 1 to 2 s to erase, a word 16 to 100 us. The caches
/// before the flash must be off, as they are out of reset: they do not see what changes.
#[derive(Debug)]
pub struct Stm32f4<B>(pub(super) B);

impl<B: Bus> Stm32f4<B> {
    /// Over a controller.
    pub const fn new(bus: B) -> Self {
        Self(bus)
    }
}

impl<B: Bus> Flash for Stm32f4<B> {
    const PAGE: usize = 128 * 1024;
    const SLOT: usize = 1;

    fn contents(&self) -> &[u8] {
        self.0.contents()
    }

    fn erase(&mut self, page: usize) {
        let sector = FIRST_SECTOR + self.0.start().saturating_sub(FIRST) / Self::PAGE + page;
        let mode = SER | PSIZE_WORD | (sector as u32) << SNB;
        BITS.when_ready(&mut self.0, mode, |bus| bus.write(CR, mode | STRT));
    }

    fn program(&mut self, offset: usize, word: u32) {
        BITS.when_ready(&mut self.0, PG | PSIZE_WORD, |bus| bus.store_word(offset, word));
    }
}
