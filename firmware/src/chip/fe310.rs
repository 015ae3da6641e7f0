//! SiFive's FE310.

use super::{Chip, Mark, TIMEOUT};
use crate::{Register, riscv};

/// Registers by their names in the manual.
mod chip {
    crate::register::registers! {
        AON_WDOGCFG 0x1000_0000
        AON_WDOGFEED 0x1000_0018
        AON_WDOGKEY 0x1000_001c
        AON_WDOGCMP0 0x1000_0020
        AON_BACKUP0 0x1000_0080
        AON_PMUCAUSE 0x1000_0144
    }

    pub const KEY: u32 = 0x0051_f15e;
    pub const FOOD: u32 = 0x0d09_f00d;
    pub const WDOGCFG_RESETS: u32 = 1 << 8;
    pub const WDOGCFG_ALWAYS: u32 = 1 << 12;
    pub const RESET_CAUSE: u32 = 0b11 << 8;
    pub const WATCHDOG: u32 = 2 << 8;
}

/// The watchdog compares 16 bits of its count, shifted by this.
const SCALE: u32 = 3;
const MARK: Mark = Mark(chip::AON_BACKUP0);

/// The chip. The start of an image from its first instruction is no reset: the cause of the last one stays.
pub struct Fe310;

/// Every write needs the key before it.
fn write(register: Register, value: u32) {
    chip::AON_WDOGKEY.write(chip::KEY);
    register.write(value);
}

impl Chip for Fe310 {
    fn open() {
        write(chip::AON_WDOGCMP0, (TIMEOUT * riscv::LOW_FREQUENCY) >> SCALE);
        Self::feed();
        write(chip::AON_WDOGCFG, SCALE | chip::WDOGCFG_RESETS | chip::WDOGCFG_ALWAYS);
    }

    fn clock() -> u32 {
        // 10^6 over 32 768.
        ((riscv::time() * 15_625) >> 9) as u32
    }

    /// The chip has no source.
    fn entropy() -> Option<u32> {
        None
    }

    fn feed() {
        write(chip::AON_WDOGFEED, chip::FOOD);
    }

    fn was_hung() -> bool {
        let on_purpose = MARK.take();
        chip::AON_PMUCAUSE.read() & chip::RESET_CAUSE == chip::WATCHDOG && !on_purpose
    }

    fn restarts() {
        MARK.set();
    }
}
