//! Raspberry Pi's RP2040 and RP2350.

use super::{Chip, Mark, TIMEOUT};
use crate::cortex;

/// Registers by their names in the data sheets; the two chips have them in different places.
#[cfg(feature = "pico")]
mod chip {
    crate::register::registers! {
        PSM_WDSEL 0x4001_0008
        WATCHDOG_CTRL 0x4005_8000
        WATCHDOG_LOAD 0x4005_8004
        WATCHDOG_REASON 0x4005_8008
        WATCHDOG_SCRATCH0 0x4005_800c
        WATCHDOG_TICK 0x4005_802c
        ROSC_RANDOMBIT 0x4006_001c
    }

    /// All but the two oscillators.
    pub const WDSEL: u32 = 0x0001_fffc;
    /// It counts twice a microsecond (RP2040-E1).
    pub const PER_SECOND: u32 = 2_000_000;
    pub const MEGAHERTZ: u32 = 125;

    pub fn start_ticks() {
        WATCHDOG_TICK.write(super::CRYSTAL | 1 << 9);
    }
}

/// Registers by their names in the data sheets; the two chips have them in different places.
#[cfg(feature = "pico2")]
mod chip {
    crate::register::registers! {
        PSM_WDSEL 0x4001_8008
        WATCHDOG_CTRL 0x400d_8000
        WATCHDOG_LOAD 0x400d_8004
        WATCHDOG_REASON 0x400d_8008
        WATCHDOG_SCRATCH0 0x400d_800c
        ROSC_RANDOMBIT 0x400e_8020
        TICKS_WATCHDOG_CTRL 0x4010_8030
        TICKS_WATCHDOG_CYCLES 0x4010_8034
    }

    /// All but the two oscillators.
    pub const WDSEL: u32 = 0x01ff_fff3;
    pub const PER_SECOND: u32 = 1_000_000;
    pub const MEGAHERTZ: u32 = 150;

    pub fn start_ticks() {
        TICKS_WATCHDOG_CYCLES.write(super::CRYSTAL);
        TICKS_WATCHDOG_CTRL.write(1);
    }
}

/// Megahertz of the crystal.
const CRYSTAL: u32 = 12;
const CTRL_ENABLE: u32 = 1 << 30;
const REASON_TIMER: u32 = 1;
const MARK: Mark = Mark(chip::WATCHDOG_SCRATCH0);

/// Either of them, on the clocks that the port has started.
pub struct Raspberry;

impl Chip for Raspberry {
    fn open() {
        cortex::start_clock();
        chip::WATCHDOG_CTRL.replace(CTRL_ENABLE, 0);
        chip::start_ticks();
        chip::PSM_WDSEL.write(chip::WDSEL);
        Self::feed();
        chip::WATCHDOG_CTRL.replace(0, CTRL_ENABLE);
    }

    fn clock() -> u32 {
        cortex::clock(chip::MEGAHERTZ)
    }

    /// The ring oscillator, looked at by the core's clock, folded: 32 looks a bit. `None` when it stands.
    fn entropy() -> Option<u32> {
        let (mut bits, mut ones) = (0, 0);
        for _ in 0..32 {
            let look = |_| chip::ROSC_RANDOMBIT.read() & 1;
            let seen = (0..32).map(look).sum::<u32>();
            (bits, ones) = (bits << 1 | seen & 1, ones + seen);
        }
        (ones > 0 && ones < 32 * 32).then_some(bits)
    }

    fn feed() {
        chip::WATCHDOG_LOAD.write(TIMEOUT * chip::PER_SECOND);
    }

    fn was_hung() -> bool {
        let on_purpose = MARK.take();
        chip::WATCHDOG_REASON.read() & REASON_TIMER != 0 && !on_purpose
    }

    fn restarts() {
        // The reason outlasts a reset that is none of the watchdog's.
        MARK.set();
    }
}
