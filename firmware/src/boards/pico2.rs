//! Raspberry Pi Pico 2: RP2350, Cortex-M33, 4 MB of flash, 520 KB of RAM. The serial line is UART0: GP0 sends, GP1 receives.

use super::Wiring;
use crate::board::{Light, Lights, Picture};
use crate::chip::{self, Chip};
use crate::port::Raspberry;
use habit::protocol::NoStorage;

/// What the chip's ROM looks for: a program for its Arm cores, in the secure world.
#[unsafe(link_section = ".start_block")]
#[used]
static IMAGE_DEFINITION: [u32; 5] = [0xffff_ded3, 0x1021_0142, 0x0000_01ff, 0, 0xab12_3579];

/// The board.
pub struct Pico2;

impl Wiring for Pico2 {
    type Port = Raspberry;
    const PORT: Raspberry = Raspberry;
    type Chip = chip::Raspberry;
    type Storage = NoStorage;
    const STORAGE: NoStorage = NoStorage;

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
