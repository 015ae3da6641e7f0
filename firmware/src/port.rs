//! Serial ports of chips, one file a kind.

use crate::Ring;

#[cfg(feature = "esp32-c3")]
mod esp32c3;
#[cfg(feature = "hifive1")]
mod fe310;
#[cfg(any(feature = "microbit-v1", feature = "microbit-v2"))]
mod nordic;
#[cfg(any(feature = "pico", feature = "pico2"))]
mod raspberry;
#[cfg(any(feature = "stm32f405", feature = "stm32vldiscovery"))]
mod stm32;

#[cfg(feature = "esp32-c3")]
pub use esp32c3::Esp32c3;
#[cfg(feature = "hifive1")]
pub use fe310::Fe310;
#[cfg(any(feature = "microbit-v1", feature = "microbit-v2"))]
pub use nordic::Nordic;
#[cfg(any(feature = "pico", feature = "pico2"))]
pub use raspberry::Raspberry;
#[cfg(any(feature = "stm32f405", feature = "stm32vldiscovery"))]
pub use stm32::Stm32;

/// What arrives while a tick computes and its samples are sent; at most 85 ms at full speed.
pub static RECEIVED: Ring<1024> = Ring::empty();

/// A serial port that is open.
pub trait Port: Copy {
    /// Takes what has been received; called by the port's interrupt.
    fn take(self, received: &Ring<1024>);

    /// Sends a byte; returns when the port has taken it.
    fn send(self, byte: u8);

    /// Waits until the last byte has left.
    fn flush(self);
}
