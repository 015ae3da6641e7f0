//! Boards with an ESP32-C3 of revision 0.3 or later: RV32IMC, 4 MB of flash, 400 KB of RAM. The serial line is UART0: GPIO21
//! sends, GPIO20 receives; boards with a bridge have it at their USB plug.
//!
//! The chip's ROM enters the image where it lies in flash ("direct boot"), on the clock that it has chosen.

use super::Wiring;
use crate::{port::Esp32c3, riscv};
use core::arch::global_asm;
use habit::protocol::NoStorage;

/// Registers of the ESP32-C3, by their names in its technical reference manual.
mod chip {
    crate::register::registers! {
        RTC_CNTL_WDTCONFIG0 0x6000_8090
        RTC_CNTL_WDTWPROTECT 0x6000_80a8
        RTC_CNTL_SWD_CONF 0x6000_80ac
        RTC_CNTL_SWD_WPROTECT 0x6000_80b0
        TIMG0_WDTCONFIG0 0x6001_f048
        TIMG0_WDTWPROTECT 0x6001_f064
    }

    pub const WDT_KEY: u32 = 0x50d8_3aa1;
    pub const SWD_KEY: u32 = 0x8f1d_312a;
    pub const SWD_FEEDS_ITSELF: u32 = 1 << 31;
}

// What the ROM looks for, and where it goes.
global_asm!(
    ".section .direct_boot, \"ax\"
    .word 0xaedb041d, 0xaedb041d
    j _start"
);

/// The board.
pub struct Esp32C3;

impl Wiring for Esp32C3 {
    type Port = Esp32c3;
    const PORT: Esp32c3 = Esp32c3;
    type Storage = NoStorage;
    const STORAGE: NoStorage = NoStorage;

    fn open() {
        // The watchdogs that the ROM leaves on: nothing here feeds them.
        chip::RTC_CNTL_WDTWPROTECT.write(chip::WDT_KEY);
        chip::RTC_CNTL_WDTCONFIG0.write(0);
        chip::RTC_CNTL_WDTWPROTECT.write(0);
        chip::TIMG0_WDTWPROTECT.write(chip::WDT_KEY);
        chip::TIMG0_WDTCONFIG0.write(0);
        chip::TIMG0_WDTWPROTECT.write(0);
        chip::RTC_CNTL_SWD_WPROTECT.write(chip::SWD_KEY);
        chip::RTC_CNTL_SWD_CONF.replace(0, chip::SWD_FEEDS_ITSELF);
        chip::RTC_CNTL_SWD_WPROTECT.write(0);
        Self::PORT.open();
        riscv::unmask();
    }
}
