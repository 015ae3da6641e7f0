//! Espressif's ESP32-C3.

use super::{Chip, Mark, TIMEOUT};
use crate::Register;

/// Registers by their names in the technical reference manual.
mod chip {
    crate::register::registers! {
        RTC_CNTL_RESET_STATE 0x6000_8038
        RTC_CNTL_STORE0 0x6000_8050
        RTC_CNTL_WDTCONFIG0 0x6000_8090
        RTC_CNTL_WDTWPROTECT 0x6000_80a8
        RTC_CNTL_SWD_CONF 0x6000_80ac
        RTC_CNTL_SWD_WPROTECT 0x6000_80b0
        TIMG0_WDTCONFIG0 0x6001_f048
        TIMG0_WDTCONFIG1 0x6001_f04c
        TIMG0_WDTCONFIG2 0x6001_f050
        TIMG0_WDTFEED 0x6001_f060
        TIMG0_WDTWPROTECT 0x6001_f064
        SYSTIMER_UNIT0_OP 0x6002_3004
        SYSTIMER_UNIT0_VALUE_HI 0x6002_3040
        SYSTIMER_UNIT0_VALUE_LO 0x6002_3044
        APB_CTRL_RND_DATA 0x6002_60b0
    }

    pub const WDT_KEY: u32 = 0x50d8_3aa1;
    pub const SWD_KEY: u32 = 0x8f1d_312a;
    pub const SWD_FEEDS_ITSELF: u32 = 1 << 31;
    pub const WDT_UPDATE: u32 = 1 << 22;
    /// On, by the crystal, and the whole system is reset at the end of the first stage.
    pub const WDT_RESETS: u32 = 1 << 31 | 3 << 29 | 1 << 21 | 7 << 18 | 7 << 15;
    pub const SYSTIMER_UPDATE: u32 = 1 << 30;
    pub const SYSTIMER_VALID: u32 = 1 << 29;
    pub const RESET_CAUSE: u32 = 0x3f;
    pub const TG0WDT_SYS_RESET: u32 = 7;
}

/// Periods of the crystal's 40 MHz a millisecond.
const PRESCALER: u32 = 40_000;
const MARK: Mark = Mark(chip::RTC_CNTL_STORE0);

/// The chip. The start of an image from its first instruction is no reset: the cause of the last one stays.
pub struct Esp32c3;

fn unlocked(protection: Register, key: u32, write: impl FnOnce()) {
    protection.write(key);
    write();
    protection.write(0);
}

impl Chip for Esp32c3 {
    fn open() {
        // Of the three watchdogs that the ROM leaves on, one stays.
        unlocked(chip::RTC_CNTL_WDTWPROTECT, chip::WDT_KEY, || chip::RTC_CNTL_WDTCONFIG0.write(0));
        unlocked(chip::RTC_CNTL_SWD_WPROTECT, chip::SWD_KEY, || {
            chip::RTC_CNTL_SWD_CONF.replace(0, chip::SWD_FEEDS_ITSELF);
        });
        unlocked(chip::TIMG0_WDTWPROTECT, chip::WDT_KEY, || {
            chip::TIMG0_WDTCONFIG0.write(chip::WDT_UPDATE);
            chip::TIMG0_WDTCONFIG1.write(PRESCALER << 16);
            chip::TIMG0_WDTCONFIG2.write(TIMEOUT * 1000);
            chip::TIMG0_WDTFEED.write(1);
            chip::TIMG0_WDTCONFIG0.write(chip::WDT_RESETS | chip::WDT_UPDATE);
        });
    }

    fn clock() -> u32 {
        chip::SYSTIMER_UNIT0_OP.write(chip::SYSTIMER_UPDATE);
        while chip::SYSTIMER_UNIT0_OP.read() & chip::SYSTIMER_VALID == 0 {}
        let (high, low) = (chip::SYSTIMER_UNIT0_VALUE_HI.read(), chip::SYSTIMER_UNIT0_VALUE_LO.read());
        // 16 steps a microsecond.
        high << 28 | low >> 4
    }

    /// With the radio off: what two oscillators disagree in.
    fn entropy() -> Option<u32> {
        Some(chip::APB_CTRL_RND_DATA.read())
    }

    fn feed() {
        unlocked(chip::TIMG0_WDTWPROTECT, chip::WDT_KEY, || chip::TIMG0_WDTFEED.write(1));
    }

    fn was_hung() -> bool {
        let on_purpose = MARK.take();
        chip::RTC_CNTL_RESET_STATE.read() & chip::RESET_CAUSE == chip::TG0WDT_SYS_RESET && !on_purpose
    }

    fn restarts() {
        MARK.set();
    }
}
