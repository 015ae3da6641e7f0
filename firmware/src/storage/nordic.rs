//! The flash of the nRF51 and the nRF52, behind their controller (NVMC).

use super::{Flash, Region};

/// Registers by their names in the manuals.
mod chip {
    crate::register::registers! {
        NVMC_READY 0x4001_e400
        NVMC_CONFIG 0x4001_e504
        NVMC_ERASEPAGE 0x4001_e508
    }

    pub const READ: u32 = 0;
    pub const WRITE: u32 = 1;
    pub const ERASE: u32 = 2;
}

/// The region `STORAGE`, with pages of `PAGE` bytes, `SLOT` of them a slot of the journal.
///
/// While a page is erased, about 22 ms on an nRF51 and 85 ms on an nRF52, the core stands still.
#[derive(Debug)]
pub struct Nvmc<const PAGE: usize, const SLOT: usize>(Region);

impl<const PAGE: usize, const SLOT: usize> Nvmc<PAGE, SLOT> {
    /// The flash of the chip.
    ///
    /// # Safety
    /// At most one at work in an image, of a chip whose pages are that long.
    pub const unsafe fn new() -> Self {
        // SAFETY: promised by who calls.
        Self(unsafe { Region::new() })
    }

    fn when_ready(mode: u32, operate: impl FnOnce()) {
        #[cfg(feature = "fault-injection")]
        crate::fault_injection::flash_operation();
        chip::NVMC_CONFIG.write(mode);
        operate();
        while chip::NVMC_READY.read() & 1 == 0 {}
        chip::NVMC_CONFIG.write(chip::READ);
    }
}

impl<const PAGE: usize, const SLOT: usize> Flash for Nvmc<PAGE, SLOT> {
    const PAGE: usize = PAGE;
    const SLOT: usize = SLOT;

    fn contents(&self) -> &[u8] {
        self.0.contents()
    }

    fn erase(&mut self, page: usize) {
        let address = self.0.start() + page * PAGE;
        Self::when_ready(chip::ERASE, || chip::NVMC_ERASEPAGE.write(address as u32));
    }

    fn program(&mut self, offset: usize, word: u32) {
        // The controller lets it through.
        Self::when_ready(chip::WRITE, || self.0.store(offset, word));
    }
}
