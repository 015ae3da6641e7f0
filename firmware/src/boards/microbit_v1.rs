//! BBC micro:bit v1: nRF51822, Cortex-M0, 256 KB of flash, 16 KB of RAM; the serial line runs over its USB plug.

use super::Wiring;
use crate::storage::{Journal, Nvmc};
use crate::{cortex, port::Nordic};

/// Registers of the nRF51, by their names in its reference manual.
mod chip {
    crate::register::registers! {
        GPIO_OUTSET 0x5000_0508
        GPIO_DIRSET 0x5000_0518
    }
}

const TX_PIN: u32 = 24;
const RX_PIN: u32 = 25;

/// The board.
pub struct Microbit;

impl Wiring for Microbit {
    type Port = Nordic;
    const PORT: Nordic = Nordic;
    type Storage = Journal<Nvmc<1024, 4>>;
    // SAFETY: a server is the only one to name it; the chip's pages are that long.
    const STORAGE: Self::Storage = Journal::new(unsafe { Nvmc::new() });

    fn open() {
        chip::GPIO_OUTSET.write(1 << TX_PIN);
        chip::GPIO_DIRSET.write(1 << TX_PIN);
        Self::PORT.open(TX_PIN, RX_PIN);
        cortex::unmask(Nordic::INTERRUPT);
    }
}
