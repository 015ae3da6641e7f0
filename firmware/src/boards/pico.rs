//! Raspberry Pi Pico: RP2040, Cortex-M0+, 2 MB of flash, 264 KB of RAM. The serial line is UART0: GP0 sends, GP1 receives.

use super::Wiring;
use crate::board::{Light, Lights, Picture};
use crate::chip::{self, Chip};
use crate::port::Raspberry;
use crate::storage::{Journal, Rp2040};

/// What the chip's ROM runs first: it opens the flash for reading.
#[unsafe(link_section = ".boot2")]
#[used]
static BOOT_LOADER: [u8; 256] = rp2040_boot2::BOOT_LOADER_W25Q080;

/// The board.
pub struct Pico;

impl Wiring for Pico {
    type Port = Raspberry;
    const PORT: Raspberry = Raspberry;
    type Chip = chip::Raspberry;
    type Storage = Journal<Rp2040>;
    // SAFETY: a server is the only one to name it; the other core sleeps as it comes out of reset, and the image begins as above.
    const STORAGE: Self::Storage = Journal::new(unsafe { Rp2040::new() });

    fn open() {
        Self::PORT.open();
        Self::PORT.open_light();
        Self::Chip::open();
    }

    const LIGHTS: Lights = Lights::One;

    fn show(picture: &Picture) {
        Self::PORT.light(picture.light(Picture::MIDDLE) == Light::Bright);
    }
}
