//! BBC micro:bit v2: nRF52833, Cortex-M4F, 512 KB of flash, 128 KB of RAM; the serial line runs over its USB plug.

use super::Wiring;
use crate::storage::{Journal, Nvmc};
use crate::{cortex, port::Nordic};

/// Registers of the nRF52833, by their names in its product specification.
mod chip {
    crate::register::registers! {
        P0_OUTSET 0x5000_0508
        P0_DIRSET 0x5000_0518
    }
}

/// P0.06.
const TX_PIN: u32 = 6;
/// P1.08.
const RX_PIN: u32 = 32 + 8;

/// The board.
pub struct Microbit;

impl Wiring for Microbit {
    type Port = Nordic;
    const PORT: Nordic = Nordic;
    type Storage = Journal<Nvmc<4096, 1>>;
    // SAFETY: a server is the only one to name it; the chip's pages are that long.
    const STORAGE: Self::Storage = Journal::new(unsafe { Nvmc::new() });

    fn open() {
        chip::P0_OUTSET.write(1 << TX_PIN);
        chip::P0_DIRSET.write(1 << TX_PIN);
        Self::PORT.open(TX_PIN, RX_PIN);
        cortex::unmask(Nordic::INTERRUPT);
    }
}
