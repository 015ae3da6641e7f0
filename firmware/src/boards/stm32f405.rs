//! Boards with an STM32F405: Cortex-M4F, 1 MB of flash, 192 KB of RAM. The serial line is USART1: PA9 sends, PA10 receives.
//!
//! The chip runs on its internal oscillator of 16 MHz, as it comes out of reset.

use super::Wiring;
use crate::chip::{self, Chip};
use crate::storage::Journal;
use crate::storage::stm32::{self, Stm32f4};
use crate::{cortex, port};

/// Registers of the STM32F405, by their names in its reference manual (RM0090).
mod pins {
    crate::register::registers! {
        GPIOA_MODER 0x4002_0000
        GPIOA_PUPDR 0x4002_000c
        GPIOA_AFRH 0x4002_0024
        RCC_AHB1ENR 0x4002_3830
        RCC_APB2ENR 0x4002_3844
    }

    pub const FLASH: usize = 0x4002_3c00;
    pub const USART1: usize = 0x4001_1000;
    pub const USART1_INTERRUPT: u16 = 37;
    pub const GPIOAEN: u32 = 1 << 0;
    pub const USART1EN: u32 = 1 << 4;
}

/// 16 MHz over 115200 baud.
const DIVIDER: u32 = 139;

/// The board.
pub struct Stm32f405;

impl Wiring for Stm32f405 {
    type Port = port::Stm32;
    // SAFETY: the chip has it there.
    const PORT: port::Stm32 = unsafe { port::Stm32::at(pins::USART1) };
    type Chip = chip::Stm32;
    type Storage = Journal<Stm32f4<stm32::Chip<{ pins::FLASH }>>>;
    // SAFETY: a server is the only one to name it; the chip has its controller there.
    const STORAGE: Self::Storage = Journal::new(Stm32f4::new(unsafe { stm32::Chip::new() }));

    fn open() {
        pins::RCC_AHB1ENR.replace(0, pins::GPIOAEN);
        pins::RCC_APB2ENR.replace(0, pins::USART1EN);
        // PA9 and PA10: alternate function 7, the receiver pulled up.
        pins::GPIOA_AFRH.replace(0xff << 4, 0x77 << 4);
        pins::GPIOA_PUPDR.replace(0b11 << 20, 0b01 << 20);
        pins::GPIOA_MODER.replace(0b1111 << 18, 0b1010 << 18);
        Self::PORT.open(DIVIDER);
        cortex::unmask(pins::USART1_INTERRUPT);
        Self::Chip::open();
    }
}
