//! Boards with an STM32F405: Cortex-M4F, 1 MB of flash, 192 KB of RAM. The serial line is USART1: PA9 sends, PA10 receives.
//!
//! The chip runs on its internal oscillator of 16 MHz, as it comes out of reset.

use super::Board;
use crate::{Ring, cortex};

/// Registers of the STM32F405, by their names in its reference manual (RM0090).
mod chip {
    crate::register::registers! {
        USART1_SR 0x4001_1000
        USART1_DR 0x4001_1004
        USART1_BRR 0x4001_1008
        USART1_CR1 0x4001_100c
        GPIOA_MODER 0x4002_0000
        GPIOA_PUPDR 0x4002_000c
        GPIOA_AFRH 0x4002_0024
        RCC_AHB1ENR 0x4002_3830
        RCC_APB2ENR 0x4002_3844
    }

    pub const USART1_INTERRUPT: u16 = 37;
    pub const GPIOAEN: u32 = 1 << 0;
    pub const USART1EN: u32 = 1 << 4;
    pub const SR_FE: u32 = 1 << 1;
    pub const SR_NF: u32 = 1 << 2;
    pub const SR_ORE: u32 = 1 << 3;
    pub const SR_RXNE: u32 = 1 << 5;
    pub const SR_TC: u32 = 1 << 6;
    pub const SR_TXE: u32 = 1 << 7;
    pub const CR1_RE: u32 = 1 << 2;
    pub const CR1_TE: u32 = 1 << 3;
    pub const CR1_RXNEIE: u32 = 1 << 5;
    pub const CR1_UE: u32 = 1 << 13;
}

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
        chip::USART1_BRR.write(DIVIDER);
        chip::USART1_CR1.write(chip::CR1_UE | chip::CR1_TE | chip::CR1_RE | chip::CR1_RXNEIE);
        cortex::unmask(chip::USART1_INTERRUPT);
        Self
    }

    /// Takes what the line has received.
    pub fn interrupt() {
        // Until nothing is left: a byte that comes in between need not bring another interrupt.
        loop {
            let status = chip::USART1_SR.read();
            if status & (chip::SR_RXNE | chip::SR_ORE) == 0 {
                return;
            }
            // Reading the byte after the status clears what the status said.
            let byte = chip::USART1_DR.read() as u8;
            if status & (chip::SR_FE | chip::SR_NF) == 0 {
                RECEIVED.push(byte);
            }
            if status & (chip::SR_FE | chip::SR_NF | chip::SR_ORE) != 0 {
                RECEIVED.lose();
            }
        }
    }
}

impl Board for Stm32f405 {
    fn receive(&mut self) -> Option<u8> {
        RECEIVED.pop()
    }

    fn send(&mut self, byte: u8) {
        while chip::USART1_SR.read() & chip::SR_TXE == 0 {}
        chip::USART1_DR.write(byte.into());
    }

    fn idle(&mut self) {
        cortex::idle(&RECEIVED);
    }

    fn restart(&mut self) -> ! {
        // The last bytes are still on their way.
        while chip::USART1_SR.read() & chip::SR_TC == 0 {}
        cortex::reset()
    }
}
