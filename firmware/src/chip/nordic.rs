//! The nRF51 and the nRF52.

use super::{Chip, TIMEOUT};

/// Registers by their names in the manuals.
mod chip {
    crate::register::registers! {
        POWER_RESETREAS 0x4000_0400
        TIMER0_TASKS_START 0x4000_8000
        TIMER0_TASKS_CAPTURE0 0x4000_8040
        TIMER0_BITMODE 0x4000_8508
        TIMER0_PRESCALER 0x4000_8510
        TIMER0_CC0 0x4000_8540
        RNG_TASKS_START 0x4000_d000
        RNG_TASKS_STOP 0x4000_d004
        RNG_EVENTS_VALRDY 0x4000_d100
        RNG_CONFIG 0x4000_d504
        RNG_VALUE 0x4000_d508
        WDT_TASKS_START 0x4001_0000
        WDT_CRV 0x4001_0504
        WDT_CONFIG 0x4001_050c
        WDT_RR0 0x4001_0600
    }

    pub const RESETREAS_DOG: u32 = 1 << 1;
    pub const BITMODE_32: u32 = 3;
    pub const WDT_RELOAD: u32 = 0x6e52_4635;
}

/// 16 MHz over 2^4: one step a microsecond.
const PRESCALER: u32 = 4;
/// Hertz at which the watchdog counts.
const LOW_FREQUENCY: u32 = 32_768;
/// A byte takes 0.7 ms; a source that does not answer is given up long after.
const PATIENCE: u32 = 200_000;

/// Either of them.
pub struct Nordic;

impl Chip for Nordic {
    fn open() {
        chip::TIMER0_BITMODE.write(chip::BITMODE_32);
        chip::TIMER0_PRESCALER.write(PRESCALER);
        chip::TIMER0_TASKS_START.write(1);
        // It stands still while the core sleeps.
        chip::WDT_CONFIG.write(0);
        chip::WDT_CRV.write(TIMEOUT * LOW_FREQUENCY);
        chip::WDT_TASKS_START.write(1);
    }

    fn clock() -> u32 {
        chip::TIMER0_TASKS_CAPTURE0.write(1);
        chip::TIMER0_CC0.read()
    }

    /// Four bytes of thermal noise, their bias corrected by the chip.
    fn entropy() -> Option<u32> {
        chip::RNG_CONFIG.write(1);
        chip::RNG_TASKS_START.write(1);
        let mut bits = Some(0);
        for _ in 0..4 {
            chip::RNG_EVENTS_VALRDY.write(0);
            let is_there = (0..PATIENCE).any(|_| chip::RNG_EVENTS_VALRDY.read() != 0);
            bits = bits.filter(|_| is_there).map(|bits: u32| bits << 8 | chip::RNG_VALUE.read());
        }
        chip::RNG_TASKS_STOP.write(1);
        bits
    }

    fn feed() {
        chip::WDT_RR0.write(chip::WDT_RELOAD);
    }

    fn was_hung() -> bool {
        let causes = chip::POWER_RESETREAS.read();
        // What is written as 1 is forgotten.
        chip::POWER_RESETREAS.write(causes);
        causes & chip::RESETREAS_DOG != 0
    }
}
