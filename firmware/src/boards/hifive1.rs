//! HiFive1 Rev B: FE310-G002, RV32IMAC, 4 MB of flash, 16 KB of RAM; the serial line runs over its USB plug.

use super::Wiring;
use crate::{port::Fe310, riscv};
use habit::protocol::NoStorage;

/// Registers of the FE310, by their names in its manual.
mod chip {
    crate::register::registers! {
        PRCI_HFXOSCCFG 0x1000_8004
        PRCI_PLLCFG 0x1000_8008
        GPIO_IOF_EN 0x1001_2038
        GPIO_IOF_SEL 0x1001_203c
    }

    pub const HFXOSC_READY: u32 = 1 << 31;
    pub const HFXOSC_ENABLE: u32 = 1 << 30;
    pub const PLL_SELECT: u32 = 1 << 16;
    pub const PLL_FROM_CRYSTAL: u32 = 1 << 17;
    pub const PLL_BYPASS: u32 = 1 << 18;
    pub const UART0_PINS: u32 = 0b11 << 16;
}

/// The crystal's 16 MHz over 115200 baud, less one.
const DIVIDER: u32 = 138;

/// The board.
pub struct HiFive1;

impl Wiring for HiFive1 {
    type Port = Fe310;
    const PORT: Fe310 = Fe310;
    type Storage = NoStorage;
    const STORAGE: NoStorage = NoStorage;

    fn open() {
        // The crystal: the chip's own oscillator is too coarse for the line.
        chip::PRCI_HFXOSCCFG.write(chip::HFXOSC_ENABLE);
        while chip::PRCI_HFXOSCCFG.read() & chip::HFXOSC_READY == 0 {}
        chip::PRCI_PLLCFG.replace(0, chip::PLL_FROM_CRYSTAL | chip::PLL_BYPASS);
        chip::PRCI_PLLCFG.replace(0, chip::PLL_SELECT);
        chip::GPIO_IOF_SEL.replace(chip::UART0_PINS, 0);
        chip::GPIO_IOF_EN.replace(0, chip::UART0_PINS);
        Self::PORT.open(DIVIDER);
        riscv::unmask();
    }
}
