//! Boards with an STM32F405: Cortex-M4F, 1 MB of flash, 192 KB of RAM. The serial line is USART1: PA9 sends, PA10 receives.
//!
//! The chip runs on its internal oscillator of 16 MHz, as it comes out of reset.

use super::Board;
use crate::{Ring, cortex, usart::Usart};

/// Registers of the STM32F405, by their names in its reference manual (RM0090).
mod chip {
    crate::register::registers! {
        GPIOA_MODER 0x4002_0000
        GPIOA_PUPDR 0x4002_000c
        GPIOA_AFRH 0x4002_0024
        RCC_AHB1ENR 0x4002_3830
        RCC_APB2ENR 0x4002_3844
    }

    // SAFETY: the chip has it there.
    pub const USART1: crate::usart::Usart = unsafe { crate::usart::Usart::at(0x4001_1000) };
    pub const USART1_INTERRUPT: u16 = 37;
    pub const GPIOAEN: u32 = 1 << 0;
    pub const USART1EN: u32 = 1 << 4;
}

const LINE: Usart = chip::USART1;
/// 16 MHz over 115200 baud.
const DIVIDER: u32 = 139;

/// What arrives while a tick computes and its samples are sent; at most 85 ms at full speed.
static RECEIVED: Ring<1024> = Ring::empty();

/// The board.
pub struct Stm32f405;

impl Stm32f405 {
    /// Opens the serial line.
    pub fn start() -> Self {
        chip::RCC_AHB1ENR.replace(0, chip::GPIOAEN);
        chip::RCC_APB2ENR.replace(0, chip::USART1EN);
        // PA9 and PA10: alternate function 7, the receiver pulled up.
        chip::GPIOA_AFRH.replace(0xff << 4, 0x77 << 4);
        chip::GPIOA_PUPDR.replace(0b11 << 20, 0b01 << 20);
        chip::GPIOA_MODER.replace(0b1111 << 18, 0b1010 << 18);
        LINE.open(DIVIDER);
        cortex::unmask(chip::USART1_INTERRUPT);
        Self
    }

    /// Takes what the line has received.
    pub fn interrupt() {
        LINE.take(&RECEIVED);
    }
}

impl Board for Stm32f405 {
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
