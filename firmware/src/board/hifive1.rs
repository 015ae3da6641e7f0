//! HiFive1 Rev B: FE310-G002, RV32IMAC, 4 MB of flash, 16 KB of RAM; the serial line runs over its USB plug.

use super::Board;
use crate::{Ring, riscv};

/// Registers of the FE310, by their names in its manual.
mod chip {
    crate::register::registers! {
        PLIC_PRIORITY_UART0 0x0c00_000c
        PLIC_ENABLE 0x0c00_2000
        PLIC_THRESHOLD 0x0c20_0000
        PLIC_CLAIM 0x0c20_0004
        PRCI_HFXOSCCFG 0x1000_8004
        PRCI_PLLCFG 0x1000_8008
        GPIO_IOF_EN 0x1001_2038
        GPIO_IOF_SEL 0x1001_203c
        UART0_TXDATA 0x1001_3000
        UART0_RXDATA 0x1001_3004
        UART0_TXCTRL 0x1001_3008
        UART0_RXCTRL 0x1001_300c
        UART0_IE 0x1001_3010
        UART0_IP 0x1001_3014
        UART0_DIV 0x1001_3018
    }

    pub const UART0_INTERRUPT: u32 = 3;
    pub const HFXOSC_READY: u32 = 1 << 31;
    pub const HFXOSC_ENABLE: u32 = 1 << 30;
    pub const PLL_SELECT: u32 = 1 << 16;
    pub const PLL_FROM_CRYSTAL: u32 = 1 << 17;
    pub const PLL_BYPASS: u32 = 1 << 18;
    pub const UART0_PINS: u32 = 0b11 << 16;
    /// In the data registers: there is no room, or no byte.
    pub const NONE: u32 = 1 << 31;
    pub const ENABLE: u32 = 1;
    /// The queue to send holds less than the watermark in bits 16 to 18 of its control register.
    pub const TXWM: u32 = 1;
    pub const RXWM: u32 = 1 << 1;
}

/// The crystal's 16 MHz over 115200 baud, less one.
const DIVIDER: u32 = 138;

/// What arrives while a tick computes and its samples are sent; at most 85 ms at full speed.
static RECEIVED: Ring<1024> = Ring::empty();

/// The board.
pub struct HiFive1;

impl HiFive1 {
    /// Opens the serial line.
    pub fn start() -> Self {
        // The crystal: the chip's own oscillator is too coarse for the line.
        chip::PRCI_HFXOSCCFG.write(chip::HFXOSC_ENABLE);
        while chip::PRCI_HFXOSCCFG.read() & chip::HFXOSC_READY == 0 {}
        chip::PRCI_PLLCFG.replace(0, chip::PLL_FROM_CRYSTAL | chip::PLL_BYPASS);
        chip::PRCI_PLLCFG.replace(0, chip::PLL_SELECT);
        chip::GPIO_IOF_SEL.replace(chip::UART0_PINS, 0);
        chip::GPIO_IOF_EN.replace(0, chip::UART0_PINS);
        chip::UART0_DIV.write(DIVIDER);
        chip::UART0_TXCTRL.write(chip::ENABLE | 1 << 16);
        // A watermark of none: the first byte brings the interrupt.
        chip::UART0_RXCTRL.write(chip::ENABLE);
        chip::UART0_IE.write(chip::RXWM);
        chip::PLIC_PRIORITY_UART0.write(1);
        chip::PLIC_THRESHOLD.write(0);
        chip::PLIC_ENABLE.write(1 << chip::UART0_INTERRUPT);
        // A restart may have come before the end of an interrupt.
        chip::PLIC_CLAIM.write(chip::UART0_INTERRUPT);
        riscv::unmask();
        Self
    }

    /// Takes what the line has received.
    pub fn interrupt() {
        let source = chip::PLIC_CLAIM.read();
        loop {
            let byte = chip::UART0_RXDATA.read();
            if byte & chip::NONE != 0 {
                break;
            }
            RECEIVED.push(byte as u8);
        }
        chip::PLIC_CLAIM.write(source);
    }
}

impl Board for HiFive1 {
    fn receive(&mut self) -> Option<u8> {
        RECEIVED.pop()
    }

    fn send(&mut self, byte: u8) {
        while chip::UART0_TXDATA.read() & chip::NONE != 0 {}
        chip::UART0_TXDATA.write(byte.into());
    }

    fn idle(&mut self) {
        riscv::idle(&RECEIVED);
    }

    fn restart(&mut self) -> ! {
        // The last bytes are still on their way.
        while chip::UART0_IP.read() & chip::TXWM == 0 {}
        riscv::reset()
    }
}
