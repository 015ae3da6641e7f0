//! The flash of the STM32F100, behind its controller (FPEC), after its programming manual (PM0063).

use super::super::Flash;
use super::{Bits, Bus, CR};

/// Takes the address of the page to erase.
const AR: usize = 0x14;

const PG: u32 = 1 << 0;
const PER: u32 = 1 << 1;
const STRT: u32 = 1 << 6;

/// `PGERR` and `WRPRTERR` are the errors.
const BITS: Bits = Bits { busy: 1 << 0, errors: 1 << 2 | 1 << 4, lock: 1 << 7 };

/// Pages of 1 KB, `SLOT` of them a slot of the journal; programmed by half-words. A page takes 20 to 40 ms to erase, a half-word 40 to
/// 70 us. The chip's internal oscillator must be on, as it is out of reset.
#[derive(Debug)]
pub struct Stm32f1<B, const SLOT: usize>(pub(super) B);

impl<B: Bus, const SLOT: usize> Stm32f1<B, SLOT> {
    /// Over a controller.
    pub const fn new(bus: B) -> Self {
        Self(bus)
    }
}

impl<B: Bus, const SLOT: usize> Flash for Stm32f1<B, SLOT> {
    const PAGE: usize = 1024;
    const SLOT: usize = SLOT;

    fn contents(&self) -> &[u8] {
        self.0.contents()
    }

    fn erase(&mut self, page: usize) {
        let address = self.0.start() + page * Self::PAGE;
        BITS.when_ready(&mut self.0, PER, |bus| {
            bus.write(AR, address as u32);
            bus.write(CR, PER | STRT);
        });
    }

    fn program(&mut self, offset: usize, word: u32) {
        BITS.when_ready(&mut self.0, PG, |bus| {
            bus.store_half(offset, word as u16);
            BITS.wait(bus);
            bus.store_half(offset + 2, (word >> 16) as u16);
        });
    }
}
