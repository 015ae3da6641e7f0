//! STM32VLDISCOVERY: STM32F100RB, Cortex-M3, 128 KB of flash, 8 KB of RAM. The serial line is USART1: PA9 sends, PA10 receives.
//!
//! The chip runs on its internal oscillator of 8 MHz, as it comes out of reset.

use super::Wiring;
use crate::board::{Button, Light, Lights, Picture};
use crate::chip::{self, Chip};
use crate::storage::Journal;
use crate::storage::stm32::{self, Stm32f1};
use crate::{cortex, port};

/// Registers of the STM32F100, by their names in its reference manual (RM0041).
mod pins {
    crate::register::registers! {
        GPIOA_CRH 0x4001_0804
        GPIOA_IDR 0x4001_0808
        GPIOA_BSRR 0x4001_0810
        GPIOC_CRH 0x4001_1004
        GPIOC_BSRR 0x4001_1010
        RCC_APB2ENR 0x4002_1018
    }

    pub const FLASH: usize = 0x4002_2000;
    pub const USART1: usize = 0x4001_3800;
    pub const USART1_INTERRUPT: u16 = 37;
    pub const IOPAEN: u32 = 1 << 2;
    pub const IOPCEN: u32 = 1 << 4;
    pub const USART1EN: u32 = 1 << 14;
}

/// 8 MHz over 115200 baud.
const DIVIDER: u32 = 69;

/// The board.
pub struct Stm32vldiscovery;

impl Wiring for Stm32vldiscovery {
    type Port = port::Stm32;
    // SAFETY: the chip has it there.
    const PORT: port::Stm32 = unsafe { port::Stm32::at(pins::USART1) };
    type Chip = chip::Stm32;
    type Storage = Journal<Stm32f1<stm32::Chip<{ pins::FLASH }>, 4>>;
    // SAFETY: a server is the only one to name it; the chip has its controller there.
    const STORAGE: Self::Storage = Journal::new(Stm32f1::new(unsafe { stm32::Chip::new() }));

    fn open() {
        pins::RCC_APB2ENR.replace(0, pins::IOPAEN | pins::IOPCEN | pins::USART1EN);
        // PA10 is pulled up, then PA9 driven by the USART and PA10 an input.
        pins::GPIOA_BSRR.write(1 << 10);
        pins::GPIOA_CRH.replace(0xff << 4, 0x8a << 4);
        // PC9: an output that need not be quick.
        pins::GPIOC_CRH.replace(0xf << 4, 0x2 << 4);
        Self::PORT.open(DIVIDER);
        cortex::unmask(pins::USART1_INTERRUPT);
        Self::Chip::open();
    }

    const LIGHTS: Lights = Lights::One;

    /// The green one, LD3.
    fn show(picture: &Picture) {
        let shines = picture.light(Picture::MIDDLE) == Light::Bright;
        pins::GPIOC_BSRR.write(if shines { 1 << 9 } else { 1 << (16 + 9) });
    }

    /// The blue one, B1, which the board pulls down.
    fn pressed(button: Button) -> Option<bool> {
        (button == Button::A).then(|| pins::GPIOA_IDR.read() & 1 == 1)
    }
}
