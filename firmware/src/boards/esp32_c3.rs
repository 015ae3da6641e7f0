//! Boards with an ESP32-C3 of revision 0.3 or later: RV32IMC, 4 MB of flash, 400 KB of RAM. The serial line is UART0: GPIO21
//! sends, GPIO20 receives; boards with a bridge have it at their USB plug.
//!
//! The chip's ROM enters the image where it lies in flash ("direct boot"), on the clock that it has chosen.

use super::Wiring;
use crate::board::Button;
use crate::chip::{self, Chip};
use crate::{port::Esp32c3, riscv};
use core::arch::global_asm;
use habit::protocol::NoStorage;

/// Registers of the ESP32-C3, by their names in its technical reference manual.
mod pins {
    crate::register::registers! {
        GPIO_IN 0x6000_403c
        IO_MUX_GPIO9 0x6000_9028
    }

    /// A plain pin, read and pulled up.
    pub const INPUT: u32 = 1 << 12 | 1 << 9 | 1 << 8;
}

/// The button of these boards, which also holds the chip in its loader while it starts.
const BUTTON_PIN: u32 = 9;

// What the ROM looks for, and where it goes.
global_asm!(
    ".section .direct_boot, \"ax\"
    .word 0xaedb041d, 0xaedb041d
    j _start"
);

/// The board.
pub struct Esp32C3;

impl Wiring for Esp32C3 {
    type Port = Esp32c3;
    const PORT: Esp32c3 = Esp32c3;
    type Chip = chip::Esp32c3;
    type Storage = NoStorage;
    const STORAGE: NoStorage = NoStorage;

    fn open() {
        pins::IO_MUX_GPIO9.write(pins::INPUT);
        Self::PORT.open();
        riscv::unmask();
        Self::Chip::open();
    }

    fn pressed(button: Button) -> Option<bool> {
        (button == Button::A).then(|| pins::GPIO_IN.read() >> BUTTON_PIN & 1 == 0)
    }
}
