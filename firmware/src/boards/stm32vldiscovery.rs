//! STM32VLDISCOVERY: STM32F100RB, Cortex-M3, 128 KB of flash, 8 KB of RAM. The serial line is USART1: PA9 sends, PA10 receives.
//!
//! The chip runs on its internal oscillator of 8 MHz, as it comes out of reset.

use super::Wiring;
use crate::storage::Journal;
use crate::storage::stm32::{Chip, Stm32f1};
use crate::{cortex, port};

/// Registers of the STM32F100, by their names in its reference manual (RM0041).
mod chip {
    crate::register::registers! {
        GPIOA_CRH 0x4001_0804
        GPIOA_BSRR 0x4001_0810
        RCC_APB2ENR 0x4002_1018
    }

    pub const FLASH: usize = 0x4002_2000;
    pub const USART1: usize = 0x4001_3800;
    pub const USART1_INTERRUPT: u16 = 37;
    pub const IOPAEN: u32 = 1 << 2;
    pub const USART1EN: u32 = 1 << 14;
}

/// 8 MHz over 115200 baud.
const DIVIDER: u32 = 69;

/// The board.
pub struct Stm32vldiscovery;

impl Wiring for Stm32vldiscovery {
    type Port = port::Stm32;
    // SAFETY: the chip has it there.
    const PORT: port::Stm32 = unsafe { port::Stm32::at(chip::USART1) };
    type Storage = Journal<Stm32f1<Chip<{ chip::FLASH }>, 4>>;
    // SAFETY: a server is the only one to name it; the chip has its controller there.
    const STORAGE: Self::Storage = Journal::new(Stm32f1::new(unsafe { Chip::new() }));

    fn open() {
        chip::RCC_APB2ENR.replace(0, chip::IOPAEN | chip::USART1EN);
        // PA10 is pulled up, then PA9 driven by the USART and PA10 an input.
        chip::GPIOA_BSRR.write(1 << 10);
        chip::GPIOA_CRH.replace(0xff << 4, 0x8a << 4);
        Self::PORT.open(DIVIDER);
        cortex::unmask(chip::USART1_INTERRUPT);
    }
}
