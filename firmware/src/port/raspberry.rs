//! Raspberry Pi's RP2040 and RP2350.

use super::Port;
use crate::{Ring, cortex};

/// Registers by their names in the data sheets; the two chips have them in different places.
#[cfg(feature = "pico")]
mod chip {
    crate::register::registers! {
        CLK_REF_CTRL 0x4000_8030
        CLK_REF_SELECTED 0x4000_8038
        CLK_SYS_CTRL 0x4000_803c
        CLK_SYS_SELECTED 0x4000_8044
        CLK_PERI_CTRL 0x4000_8048
        RESETS_RESET 0x4000_c000
        RESETS_RESET_DONE 0x4000_c008
        IO_GPIO0_CTRL 0x4001_4004
        IO_GPIO1_CTRL 0x4001_400c
        IO_GPIO25_CTRL 0x4001_40cc
        PADS_GPIO0 0x4001_c004
        PADS_GPIO1 0x4001_c008
        PADS_GPIO25 0x4001_c068
        XOSC_CTRL 0x4002_4000
        XOSC_STATUS 0x4002_4004
        XOSC_STARTUP 0x4002_400c
        PLL_CS 0x4002_8000
        PLL_PWR 0x4002_8004
        PLL_FBDIV_INT 0x4002_8008
        PLL_PRIM 0x4002_800c
        UARTDR 0x4003_4000
        UARTFR 0x4003_4018
        UARTIBRD 0x4003_4024
        UARTFBRD 0x4003_4028
        UARTLCR_H 0x4003_402c
        UARTCR 0x4003_4030
        UARTIMSC 0x4003_4038
        SIO_GPIO_OUT_SET 0xd000_0014
        SIO_GPIO_OUT_CLR 0xd000_0018
        SIO_GPIO_OE_SET 0xd000_0024
    }

    pub const UART0_INTERRUPT: u16 = 20;
    pub const RESETS_PINS: u32 = 1 << 5 | 1 << 8;
    pub const RESETS_PLL: u32 = 1 << 12;
    pub const RESETS_UART0: u32 = 1 << 22;
    /// 1500 MHz divided by 6 and by 2: 125 MHz.
    pub const PLL_DIVIDERS: u32 = 6 << 16 | 2 << 12;
}

/// Registers by their names in the data sheets; the two chips have them in different places.
#[cfg(feature = "pico2")]
mod chip {
    crate::register::registers! {
        CLK_REF_CTRL 0x4001_0030
        CLK_REF_SELECTED 0x4001_0038
        CLK_SYS_CTRL 0x4001_003c
        CLK_SYS_SELECTED 0x4001_0044
        CLK_PERI_CTRL 0x4001_0048
        RESETS_RESET 0x4002_0000
        RESETS_RESET_DONE 0x4002_0008
        IO_GPIO0_CTRL 0x4002_8004
        IO_GPIO1_CTRL 0x4002_800c
        IO_GPIO25_CTRL 0x4002_80cc
        PADS_GPIO0 0x4003_8004
        PADS_GPIO1 0x4003_8008
        PADS_GPIO25 0x4003_8068
        XOSC_CTRL 0x4004_8000
        XOSC_STATUS 0x4004_8004
        XOSC_STARTUP 0x4004_800c
        PLL_CS 0x4005_0000
        PLL_PWR 0x4005_0004
        PLL_FBDIV_INT 0x4005_0008
        PLL_PRIM 0x4005_000c
        UARTDR 0x4007_0000
        UARTFR 0x4007_0018
        UARTIBRD 0x4007_0024
        UARTFBRD 0x4007_0028
        UARTLCR_H 0x4007_002c
        UARTCR 0x4007_0030
        UARTIMSC 0x4007_0038
        SIO_GPIO_OUT_SET 0xd000_0018
        SIO_GPIO_OUT_CLR 0xd000_0020
        SIO_GPIO_OE_SET 0xd000_0038
    }

    pub const UART0_INTERRUPT: u16 = 33;
    pub const RESETS_PINS: u32 = 1 << 6 | 1 << 9;
    pub const RESETS_PLL: u32 = 1 << 14;
    pub const RESETS_UART0: u32 = 1 << 26;
    /// 1500 MHz divided by 5 and by 2: 150 MHz.
    pub const PLL_DIVIDERS: u32 = 5 << 16 | 2 << 12;
}

/// A megahertz range of 1 to 15, and the word that switches the crystal on.
const XOSC_ENABLE: u32 = 0xaa0 | 0xfab << 12;
/// Times 256 periods of the crystal: a millisecond.
const XOSC_DELAY: u32 = 47;
const XOSC_STABLE: u32 = 1 << 31;
const REF_FROM_XOSC: u32 = 2;
const SYS_FROM_PLL: u32 = 1;
const PERI_FROM_XOSC: u32 = 1 << 11 | 4 << 5;
/// Times the crystal's 12 MHz: 1500 MHz.
const PLL_FEEDBACK: u32 = 125;
const PLL_LOCK: u32 = 1 << 31;
const PLL_OFF: u32 = 1 << 0 | 1 << 5;
const PLL_DIVIDERS_OFF: u32 = 1 << 3;
/// 4 mA, a Schmitt trigger, the input on; nothing pulls and nothing isolates.
const PAD: u32 = 1 << 4 | 1 << 1 | 1 << 6;
const PAD_PULLED_UP: u32 = PAD | 1 << 3;
const PIN_OF_UART: u32 = 2;
const PIN_OF_CORE: u32 = 5;
/// The boards' light, on pin 25.
const LIGHT: u32 = 1 << 25;
/// 12 MHz over 16 times 115200 baud, and its 64ths.
const DIVIDER: [u32; 2] = [6, 33];
const LCR_8_BITS: u32 = 0b11 << 5;
const LCR_QUEUES: u32 = 1 << 4;
const CR_ON: u32 = 1 << 0 | 1 << 8 | 1 << 9;
/// Bytes are there, or one has waited for some time.
const RX_AND_TIMEOUT: u32 = 1 << 4 | 1 << 6;
const FR_BUSY: u32 = 1 << 3;
const FR_RXFE: u32 = 1 << 4;
const FR_TXFF: u32 = 1 << 5;
const DR_DAMAGED: u32 = 0b111 << 8;
const DR_OVERRUN: u32 = 1 << 11;

/// UART0 on the pins 0, which sends, and 1.
#[derive(Clone, Copy)]
pub struct Raspberry;

impl Raspberry {
    /// Starts the clocks and opens it, 115200 baud, 8 bits, no parity, one stop bit.
    pub fn open(self) {
        Self::start_clocks();
        chip::PADS_GPIO0.write(PAD);
        chip::PADS_GPIO1.write(PAD_PULLED_UP);
        chip::IO_GPIO0_CTRL.write(PIN_OF_UART);
        chip::IO_GPIO1_CTRL.write(PIN_OF_UART);
        chip::UARTIBRD.write(DIVIDER[0]);
        chip::UARTFBRD.write(DIVIDER[1]);
        chip::UARTLCR_H.write(LCR_8_BITS | LCR_QUEUES);
        chip::UARTIMSC.write(RX_AND_TIMEOUT);
        chip::UARTCR.write(CR_ON);
        cortex::unmask(chip::UART0_INTERRUPT);
    }

    /// Makes the pin of the light an output. The port is open.
    pub fn open_light(self) {
        self.light(false);
        chip::SIO_GPIO_OE_SET.write(LIGHT);
        chip::PADS_GPIO25.write(PAD);
        chip::IO_GPIO25_CTRL.write(PIN_OF_CORE);
    }

    /// Switches the light.
    pub fn light(self, shines: bool) {
        if shines { chip::SIO_GPIO_OUT_SET.write(LIGHT) } else { chip::SIO_GPIO_OUT_CLR.write(LIGHT) }
    }

    /// The core on the PLL, the line on the crystal. A restart finds them running, so the core steps aside first.
    fn start_clocks() {
        chip::CLK_SYS_CTRL.replace(SYS_FROM_PLL, 0);
        while chip::CLK_SYS_SELECTED.read() & 1 == 0 {}
        chip::XOSC_STARTUP.write(XOSC_DELAY);
        chip::XOSC_CTRL.write(XOSC_ENABLE);
        while chip::XOSC_STATUS.read() & XOSC_STABLE == 0 {}
        chip::CLK_REF_CTRL.write(REF_FROM_XOSC);
        while chip::CLK_REF_SELECTED.read() & 1 << REF_FROM_XOSC == 0 {}
        chip::CLK_PERI_CTRL.write(PERI_FROM_XOSC);

        let needed = chip::RESETS_PINS | chip::RESETS_PLL | chip::RESETS_UART0;
        chip::RESETS_RESET.replace(0, needed);
        chip::RESETS_RESET.replace(needed, 0);
        while chip::RESETS_RESET_DONE.read() & needed != needed {}

        chip::PLL_CS.write(1);
        chip::PLL_FBDIV_INT.write(PLL_FEEDBACK);
        chip::PLL_PWR.replace(PLL_OFF, 0);
        while chip::PLL_CS.read() & PLL_LOCK == 0 {}
        chip::PLL_PRIM.write(chip::PLL_DIVIDERS);
        chip::PLL_PWR.replace(PLL_DIVIDERS_OFF, 0);
        chip::CLK_SYS_CTRL.write(SYS_FROM_PLL);
        while chip::CLK_SYS_SELECTED.read() & 1 << SYS_FROM_PLL == 0 {}
    }
}

impl Port for Raspberry {
    fn take(self, received: &Ring<1024>) {
        while chip::UARTFR.read() & FR_RXFE == 0 {
            let byte = chip::UARTDR.read();
            // What overran the queue was before this byte.
            if byte & (DR_OVERRUN | DR_DAMAGED) != 0 {
                received.lose();
            }
            if byte & DR_DAMAGED == 0 {
                received.push(byte as u8);
            }
        }
    }

    fn send(self, byte: u8) {
        while chip::UARTFR.read() & FR_TXFF != 0 {}
        chip::UARTDR.write(byte.into());
    }

    fn flush(self) {
        while chip::UARTFR.read() & FR_BUSY != 0 {}
    }
}
