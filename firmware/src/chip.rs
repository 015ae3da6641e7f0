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

/// A register that a reset leaves as it is, where the cause of the last reset outlasts what is none: a start anew on purpose is
/// marked here.
#[cfg(any(feature = "esp32-c3", feature = "hifive1", feature = "pico", feature = "pico2"))]
struct Mark(crate::Register);

#[cfg(any(feature = "esp32-c3", feature = "hifive1", feature = "pico", feature = "pico2"))]
impl Mark {
    /// What chance does not leave there.
    const ON_PURPOSE: u32 = 0x6861_6274;

    fn set(&self) {
        self.0.write(Self::ON_PURPOSE);
    }

    /// Whether it was set, once.
    fn take(&self) -> bool {
        let is_set = self.0.read() == Self::ON_PURPOSE;
        self.0.write(0);
        is_set
    }
}
