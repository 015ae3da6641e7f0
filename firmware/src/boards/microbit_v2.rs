//! BBC micro:bit v2: nRF52833, Cortex-M4F, 512 KB of flash, 128 KB of RAM; the serial line runs over its USB plug.

use super::Wiring;
use crate::board::{Button, Lights, Picture};
use crate::chip::{self, Chip};
use crate::matrix::{Matrix, Pins};
use crate::storage::{Journal, Nvmc};
use crate::{cortex, port::Nordic};

/// Registers of the nRF52833, by their names in its product specification.
mod pins {
    crate::register::registers! {
        P0_OUTSET 0x5000_0508
        P0_OUTCLR 0x5000_050c
        P0_IN 0x5000_0510
        P0_DIRSET 0x5000_0518
        P0_PIN_CNF14 0x5000_0738
        P0_PIN_CNF23 0x5000_075c
        P1_OUTSET 0x5000_0808
        P1_OUTCLR 0x5000_080c
        P1_DIRSET 0x5000_0818
    }

    /// An input that is read; the board pulls it up.
    pub const INPUT: u32 = 0;
}

/// P0.06.
const TX_PIN: u32 = 6;
/// P1.08.
const RX_PIN: u32 = 32 + 8;
const BUTTON_A_PIN: u32 = 14;
const BUTTON_B_PIN: u32 = 23;

const LIGHTS: Matrix<5, 5, 2> = Matrix {
    rows: [21, 22, 15, 24, 19],
    columns: [(0, 28), (0, 11), (0, 31), (1, 5), (0, 30)],
    places: {
        let (mut places, mut place) = ([(0, 0); Picture::SIZE], 0);
        while place < Picture::SIZE {
            places[place] = (place as u8 / 5, place as u8 % 5);
            place += 1;
        }
        places
    },
    ports: [
        Pins { set: pins::P0_OUTSET, clear: pins::P0_OUTCLR, direct: pins::P0_DIRSET },
        Pins { set: pins::P1_OUTSET, clear: pins::P1_OUTCLR, direct: pins::P1_DIRSET },
    ],
};

/// The board.
pub struct Microbit;

impl Wiring for Microbit {
    type Port = Nordic;
    const PORT: Nordic = Nordic;
    type Chip = chip::Nordic;
    type Storage = Journal<Nvmc<4096, 1>>;
    // SAFETY: a server is the only one to name it; the chip's pages are that long.
    const STORAGE: Self::Storage = Journal::new(unsafe { Nvmc::new() });

    fn open() {
        pins::P0_OUTSET.write(1 << TX_PIN);
        pins::P0_DIRSET.write(1 << TX_PIN);
        pins::P0_PIN_CNF14.write(pins::INPUT);
        pins::P0_PIN_CNF23.write(pins::INPUT);
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
        Some(pins::P0_IN.read() >> pin & 1 == 0)
    }
}
