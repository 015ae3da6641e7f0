//! The flash of the STM32, behind its controller: what its families have in common.
//!
//! Where the code lies in the same flash, the core stands still until an operation is over.

mod f1;
mod f4;
#[cfg(test)]
mod tests;

pub use f1::Stm32f1;
pub use f4::Stm32f4;

#[cfg(target_os = "none")]
use super::Region;

/// Registers by their names in the manuals, as offsets.
const KEYR: usize = 0x04;
const SR: usize = 0x0c;
const CR: usize = 0x10;

/// Unlock the controller. Anything else written to `KEYR` locks it until the next reset.
const KEYS: [u32; 2] = [0x4567_0123, 0xcdef_89ab];

/// A controller and the region of flash that is used: those of the chip, or a model of both.
pub trait Bus {
    /// The address of the region's first byte.
    fn start(&self) -> usize;

    /// What the region holds.
    fn contents(&self) -> &[u8];

    /// Reads a register of the controller.
    fn read(&mut self, register: usize) -> u32;

    /// Writes a register of the controller; returns when it has it.
    fn write(&mut self, register: usize, value: u32);

    /// Stores a half-word in the region.
    fn store_half(&mut self, offset: usize, half: u16);

    /// Stores a word in the region.
    fn store_word(&mut self, offset: usize, word: u32);
}

/// The bits that families have in different places.
struct Bits {
    /// Of `SR`: an operation goes on.
    busy: u32,
    /// Of `SR`: what was wrong with an operation, each cleared by writing it.
    errors: u32,
    /// Of `CR`.
    lock: u32,
}

impl Bits {
    /// Waits until no operation goes on.
    fn wait(&self, bus: &mut impl Bus) {
        while bus.read(SR) & self.busy != 0 {}
    }

    /// Unlocks the controller, lets it `operate` in a mode, waits until that is over and locks it again.
    fn when_ready<B: Bus>(&self, bus: &mut B, mode: u32, operate: impl FnOnce(&mut B)) {
        self.wait(bus);
        if bus.read(CR) & self.lock != 0 {
            KEYS.into_iter().for_each(|key| bus.write(KEYR, key));
        }
        // What an earlier operation has left behind would stop this one.
        bus.write(SR, self.errors);
        bus.write(CR, mode);
        operate(bus);
        self.wait(bus);
        bus.write(CR, self.lock);
    }
}

/// Those of the chip, whose controller's registers begin at `BASE`.
#[cfg(target_os = "none")]
#[derive(Debug)]
pub struct Chip<const BASE: usize>(Region);

#[cfg(target_os = "none")]
impl<const BASE: usize> Chip<BASE> {
    /// The controller and the region.
    ///
    /// # Safety
    /// At most one at work in an image, of a chip that has its controller there.
    pub const unsafe fn new() -> Self {
        // SAFETY: promised by who calls.
        Self(unsafe { Region::new() })
    }

    fn register(offset: usize) -> crate::Register {
        // SAFETY: one of the controller's, which changes nothing but the region of flash that this has for itself.
        unsafe { crate::Register::at(BASE + offset) }
    }
}

#[cfg(target_os = "none")]
impl<const BASE: usize> Bus for Chip<BASE> {
    fn start(&self) -> usize {
        self.0.start()
    }

    fn contents(&self) -> &[u8] {
        self.0.contents()
    }

    fn read(&mut self, register: usize) -> u32 {
        Self::register(register).read()
    }

    fn write(&mut self, register: usize, value: u32) {
        Self::register(register).write(value);
        // So that the controller is busy before it is asked whether it is.
        cortex_m::asm::dsb();
    }

    fn store_half(&mut self, offset: usize, half: u16) {
        self.0.store(offset, half);
        cortex_m::asm::dsb();
    }

    fn store_word(&mut self, offset: usize, word: u32) {
        self.0.store(offset, word);
        cortex_m::asm::dsb();
    }
}
