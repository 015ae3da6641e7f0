//! STM32VLDISCOVERY: STM32F100RB, Cortex-M3, 128 KB of flash, 8 KB of RAM. The serial line is USART1: PA9 sends, PA10 receives.
//!
//! The chip runs on its internal oscillator of 8 MHz, as it comes out of reset.

use super::Board;
use crate::{Ring, cortex, usart::Usart};

/// Registers of the STM32F100, by their names in its reference manual (RM0041).
mod chip {
    crate::register::registers! {
        GPIOA_CRH 0x4001_0804
        GPIOA_BSRR 0x4001_0810
        RCC_APB2ENR 0x4002_1018
    }

    // SAFETY: the chip has it there.
    pub const USART1: crate::usart::Usart = unsafe { crate::usart::Usart::at(0x4001_3800) };
    pub const USART1_INTERRUPT: u16 = 37;
    pub const IOPAEN: u32 = 1 << 2;
    pub const USART1EN: u32 = 1 << 14;
}

const LINE: Usart = chip::USART1;
/// 8 MHz over 115200 baud.
const DIVIDER: u32 = 69;

/// What arrives while a tick computes and its samples are sent; at most 85 ms at full speed.
static RECEIVED: Ring<1024> = Ring::empty();

/// The board.
pub struct Stm32vldiscovery;

impl Stm32vldiscovery {
    /// Opens the serial line.
    pub fn start() -> Self {
        chip::RCC_APB2ENR.replace(0, chip::IOPAEN | chip::USART1EN);
        // PA10 is pulled up, then PA9 driven by the USART and PA10 an input.
        chip::GPIOA_BSRR.write(1 << 10);
        chip::GPIOA_CRH.replace(0xff << 4, 0x8a << 4);
        LINE.open(DIVIDER);
        cortex::unmask(chip::USART1_INTERRUPT);
        Self
    }

    /// Takes what the line has received.
    pub fn interrupt() {
        LINE.take(&RECEIVED);
    }
}

impl Board for Stm32vldiscovery {
    fn receive(&mut self) -> Option<u8> {
        RECEIVED.pop()
    }

    fn send(&mut self, byte: u8) {
        LINE.send(byte);
    }

    fn idle(&mut self) {
        cortex::idle(&RECEIVED);
    }

    fn restart(&mut self) -> ! {
        LINE.flush();
        cortex::reset()
    }
}
