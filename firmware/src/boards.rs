//! The boards, one file each, and what they say of themselves.

use crate::board::{Board, Button, Lights, Picture};
use crate::chip::Chip;
use crate::family;
use crate::port::{Port, RECEIVED};
use habit::protocol::Storage;

#[cfg(feature = "esp32-c3")]
pub mod esp32_c3;
#[cfg(feature = "hifive1")]
pub mod hifive1;
#[cfg(feature = "microbit-v1")]
pub mod microbit_v1;
#[cfg(feature = "microbit-v2")]
pub mod microbit_v2;
#[cfg(feature = "pico")]
pub mod pico;
#[cfg(feature = "pico2")]
pub mod pico2;
#[cfg(feature = "stm32f405")]
pub mod stm32f405;
#[cfg(feature = "stm32vldiscovery")]
pub mod stm32vldiscovery;

/// What one board says of its parts; the rest of a [`Board`] follows from the family of its core.
pub trait Wiring {
    /// The kind of port.
    type Port: Port;
    /// The port.
    const PORT: Self::Port;

    /// Where what was learned outlasts the power; [`NoStorage`](habit::protocol::NoStorage) for nowhere.
    type Storage: Storage;
    /// Named once in an image, by its server.
    const STORAGE: Self::Storage;

    /// The kind of chip.
    type Chip: Chip;

    /// Opens the port and lets its interrupt through, then opens the chip.
    fn open();

    /// As [`Board::LIGHTS`].
    const LIGHTS: Lights = Lights::None;

    /// As [`Board::show`].
    fn show(_picture: &Picture) {}

    /// Goes on with the picture; called by every interrupt.
    fn refresh() {}

    /// As [`Board::pressed`].
    fn pressed(_button: Button) -> Option<bool> {
        None
    }
}

impl<W: Wiring> Board for W {
    fn receive(&mut self) -> Option<u8> {
        RECEIVED.pop()
    }

    fn send(&mut self, byte: u8) {
        W::PORT.send(byte);
    }

    fn idle(&mut self) {
        family::idle(&RECEIVED);
    }

    fn restart(&mut self) -> ! {
        // The last bytes are still on their way.
        W::PORT.flush();
        W::Chip::restarts();
        family::reset()
    }

    fn clock(&mut self) -> u32 {
        W::Chip::clock()
    }

    fn entropy(&mut self) -> Option<u32> {
        W::Chip::entropy()
    }

    const LIGHTS: Lights = W::LIGHTS;

    fn show(&mut self, picture: &Picture) {
        W::show(picture);
    }

    fn pressed(&mut self, button: Button) -> Option<bool> {
        W::pressed(button)
    }

    fn feed(&mut self) {
        W::Chip::feed();
    }

    fn was_hung(&mut self) -> bool {
        W::Chip::was_hung()
    }
}

/// Takes what a board's line has received, and goes on with the picture; called by its interrupts.
pub fn take<W: Wiring>() {
    W::PORT.take(&RECEIVED);
    W::refresh();
}
