//! BBC micro:bit v1: nRF51822, Cortex-M0, 256 KB of flash, 16 KB of RAM; the serial line runs over its USB plug.

use super::Wiring;
use crate::board::{Button, Lights, Picture};
use crate::chip::{self, Chip};
use crate::matrix::{Matrix, Pins};
use crate::storage::{Journal, Nvmc};
use crate::{cortex, port::Nordic};

/// Registers of the nRF51, by their names in its reference manual.
mod pins {
    crate::register::registers! {
        GPIO_OUTSET 0x5000_0508
        GPIO_OUTCLR 0x5000_050c
        GPIO_IN 0x5000_0510
        GPIO_DIRSET 0x5000_0518
        GPIO_PIN_CNF17 0x5000_0744
        GPIO_PIN_CNF26 0x5000_0768
    }

    /// An input that is read; the board pulls it up.
    pub const INPUT: u32 = 0;
}

const TX_PIN: u32 = 24;
const RX_PIN: u32 = 25;
const BUTTON_A_PIN: u32 = 17;
const BUTTON_B_PIN: u32 = 26;

/// Three rows of nine, of which the board makes five of five.
const LIGHTS: Matrix<3, 9, 1> = Matrix {
    rows: [13, 14, 15],
    columns: [(0, 4), (0, 5), (0, 6), (0, 7), (0, 8), (0, 9), (0, 10), (0, 11), (0, 12)],
    #[rustfmt::skip]
    places: [
        (0, 0), (1, 3), (0, 1), (1, 4), (0, 2),
        (2, 3), (2, 4), (2, 5), (2, 6), (2, 7),
        (1, 1), (0, 8), (1, 2), (2, 8), (1, 0),
        (0, 7), (0, 6), (0, 5), (0, 4), (0, 3),
        (2, 2), (1, 6), (2, 0), (1, 5), (2, 1),
    ],
    ports: [Pins { set: pins::GPIO_OUTSET, clear: pins::GPIO_OUTCLR, direct: pins::GPIO_DIRSET }],
};

/// The board.
pub struct Microbit;

impl Wiring for Microbit {
    type Port = Nordic;
    const PORT: Nordic = Nordic;
    type Chip = chip::Nordic;
    type Storage = Journal<Nvmc<1024, 4>>;
    // SAFETY: a server is the only one to name it; the chip's pages are that long.
    const STORAGE: Self::Storage = Journal::new(unsafe { Nvmc::new() });

    fn open() {
        pins::GPIO_OUTSET.write(1 << TX_PIN);
        pins::GPIO_DIRSET.write(1 << TX_PIN);
        pins::GPIO_PIN_CNF17.write(pins::INPUT);
        pins::GPIO_PIN_CNF26.write(pins::INPUT);
        Self::PORT.open(TX_PIN, RX_PIN);
        cortex::unmask(Nordic::INTERRUPT);
        Self::Chip::open();
    }

    const LIGHTS: Lights = Lights::Matrix;

    fn show(picture: &Picture) {
        LIGHTS.show(picture);
    }

    fn refresh() {
        LIGHTS.refresh();
    }

    fn pressed(button: Button) -> Option<bool> {
        let pin = if button == Button::A { BUTTON_A_PIN } else { BUTTON_B_PIN };
        Some(pins::GPIO_IN.read() >> pin & 1 == 0)
    }
}
