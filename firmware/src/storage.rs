//! Learned state that outlasts the power: a journal in the chip's own flash.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Flash`] | what the journal needs of a chip's flash: pages to erase, words to program, bytes to read |
//! | [`Journal`] | slots taken in turn; the newest whole state counts |
//! | `Region` | the part of the chip's flash that `memory.x` keeps free |
//! | `Nvmc` | the flash of the nRF51 and the nRF52 |
//! | `Rp2040` | the flash beside an RP2040 |
//! | `stm32` | the flash of the STM32F1 and of the STM32F4 |
//!
//! Why not a crate: `sequential-storage` 8.0 takes items of at most one page (1 KB on an nRF51; cliff walking's state is 2.4 KB) and
//! can panic; `ekv` 1.0 wants an executor's mutex, and its sizes are one choice for a whole build. Both take a state as one slice, so it
//! would have to stand in RAM a second time.

mod flash;
mod journal;
#[cfg(test)]
mod model;
#[cfg(all(target_os = "none", any(feature = "microbit-v1", feature = "microbit-v2")))]
mod nordic;
#[cfg(target_os = "none")]
mod region;
#[cfg(all(target_os = "none", feature = "pico"))]
mod rp2040;
#[cfg(any(test, all(target_os = "none", any(feature = "stm32f405", feature = "stm32vldiscovery"))))]
pub mod stm32;
#[cfg(test)]
mod tests;

pub use flash::Flash;
pub use journal::Journal;
#[cfg(all(target_os = "none", any(feature = "microbit-v1", feature = "microbit-v2")))]
pub use nordic::Nvmc;
#[cfg(target_os = "none")]
pub use region::Region;
#[cfg(all(target_os = "none", feature = "pico"))]
pub use rp2040::Rp2040;

use habit::protocol::Storage;
use habit::state::Identify;
use habit::{Error, checkpoint};

impl<F: Flash> Storage for Journal<F> {
    fn save(&mut self, state: &impl Identify) -> Result<(), Error> {
        Self::save(self, checkpoint::size(state), |draft| checkpoint::write(state, draft))
    }

    fn receive(&mut self, at: usize, size: usize, bytes: &[u8]) -> Result<(), Error> {
        Self::receive(self, at, size, bytes)
    }

    fn received(&self) -> Result<&[u8], Error> {
        Self::received(self)
    }

    fn keep(&mut self) -> Result<(), Error> {
        Self::keep(self)
    }

    fn load(&self) -> Result<&[u8], Error> {
        Self::load(self).ok_or(Error::StorageEmpty)
    }
}
