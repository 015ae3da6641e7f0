//! HiFive1 Rev B: FE310-G002, RV32IMAC, 4 MB of flash, 16 KB of RAM; the serial line runs over its USB plug.

use super::Wiring;
use crate::board::{Light, Lights, Picture};
use crate::chip::{self, Chip};
use crate::{port::Fe310, riscv};
use habit::protocol::NoStorage;

/// Registers of the FE310, by their names in its manual.
mod pins {
    crate::register::registers! {
        PRCI_HFXOSCCFG 0x1000_8004
        PRCI_PLLCFG 0x1000_8008
        GPIO_OUTPUT_EN 0x1001_2008
        GPIO_OUTPUT_VAL 0x1001_200c
        GPIO_IOF_EN 0x1001_2038
        GPIO_IOF_SEL 0x1001_203c
    }

    pub const HFXOSC_READY: u32 = 1 << 31;
    pub const HFXOSC_ENABLE: u32 = 1 << 30;
    pub const PLL_SELECT: u32 = 1 << 16;
    pub const PLL_FROM_CRYSTAL: u32 = 1 << 17;
    pub const PLL_BYPASS: u32 = 1 << 18;
    pub const UART0_PINS: u32 = 0b11 << 16;
    /// The green part of the light, which shines when the pin is low.
    pub const GREEN: u32 = 1 << 19;
}

/// The crystal's 16 MHz over 115200 baud, less one.
const DIVIDER: u32 = 138;

/// The board.
pub struct HiFive1;

impl Wiring for HiFive1 {
    type Port = Fe310;
    const PORT: Fe310 = Fe310;
    type Chip = chip::Fe310;
    type Storage = NoStorage;
    const STORAGE: NoStorage = NoStorage;

    fn open() {
        // The crystal: the chip's own oscillator is too coarse for the line.
        pins::PRCI_HFXOSCCFG.write(pins::HFXOSC_ENABLE);
        while pins::PRCI_HFXOSCCFG.read() & pins::HFXOSC_READY == 0 {}
        pins::PRCI_PLLCFG.replace(0, pins::PLL_FROM_CRYSTAL | pins::PLL_BYPASS);
        pins::PRCI_PLLCFG.replace(0, pins::PLL_SELECT);
        pins::GPIO_IOF_SEL.replace(pins::UART0_PINS, 0);
        pins::GPIO_IOF_EN.replace(0, pins::UART0_PINS);
        Self::PORT.open(DIVIDER);
        pins::GPIO_OUTPUT_VAL.replace(0, pins::GREEN);
        pins::GPIO_OUTPUT_EN.replace(0, pins::GREEN);
        riscv::unmask();
        Self::Chip::open();
    }

    const LIGHTS: Lights = Lights::One;

    fn show(picture: &Picture) {
        let shines = picture.light(Picture::MIDDLE) == Light::Bright;
        pins::GPIO_OUTPUT_VAL.replace(pins::GREEN, if shines { 0 } else { pins::GREEN });
    }
}
