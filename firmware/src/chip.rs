//! What chips have inside besides their serial ports: a clock, random numbers, a watchdog. One file a kind.

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

/// Seconds that a watchdog waits for, by its own oscillator.
pub const TIMEOUT: u32 = 8;

/// A kind of chip; its watchdog waits for [`TIMEOUT`].
pub trait Chip {
    /// Starts the clock, then the watchdog.
    fn open();

    /// As [`Board::clock`](crate::Board::clock).
    fn clock() -> u32;

    /// As [`Board::entropy`](crate::Board::entropy).
    fn entropy() -> Option<u32>;

    /// As [`Board::feed`](crate::Board::feed).
    fn feed();

    /// As [`Board::was_hung`](crate::Board::was_hung).
    fn was_hung() -> bool;

    /// It is about to be started anew on purpose: what [`was_hung`](Self::was_hung) must know, where the chip does not tell.
    fn restarts() {}
}
