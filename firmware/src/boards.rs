//! The boards, one file each, and what they say of themselves.

use crate::board::Board;
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

/// What one board says of its serial line and of where it keeps what was learned; the rest of a [`Board`] follows from the family of its core.
pub trait Wiring {
    /// The kind of port.
    type Port: Port;
    /// The port.
    const PORT: Self::Port;

    /// Where what was learned outlasts the power; [`NoStorage`](habit::protocol::NoStorage) for nowhere.
    type Storage: Storage;
    /// Named once in an image, by its server.
    const STORAGE: Self::Storage;

    /// Opens the port and lets its interrupt through.
    fn open();
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
        family::reset()
    }
}

/// Takes what a board's line has received; called by its interrupt.
pub fn take<W: Wiring>() {
    W::PORT.take(&RECEIVED);
}
