//! SiFive's FE310.

use super::Port;
use crate::Ring;

/// Registers by their names in the manual.
mod chip {
    crate::register::registers! {
        PLIC_PRIORITY_UART0 0x0c00_000c
        PLIC_ENABLE 0x0c00_2000
        PLIC_THRESHOLD 0x0c20_0000
        PLIC_CLAIM 0x0c20_0004
        UART0_TXDATA 0x1001_3000
        UART0_RXDATA 0x1001_3004
        UART0_TXCTRL 0x1001_3008
        UART0_RXCTRL 0x1001_300c
        UART0_IE 0x1001_3010
        UART0_IP 0x1001_3014
        UART0_DIV 0x1001_3018
    }

    pub const UART0_INTERRUPT: u32 = 3;
    /// In the data registers: there is no room, or no byte.
    pub const NONE: u32 = 1 << 31;
    pub const ENABLE: u32 = 1;
    /// Sending is waited for while a byte is left in the queue.
    pub const TXCNT_ONE: u32 = 1 << 16;
    pub const TXWM: u32 = 1;
    pub const RXWM: u32 = 1 << 1;
}

/// UART0, and its way through the interrupt controller.
#[derive(Clone, Copy)]
pub struct Fe310;

impl Fe310 {
    /// Opens it, 8 bits, no parity, one stop bit; `divider` is its clock over the baud rate, less one.
    pub fn open(self, divider: u32) {
        chip::UART0_DIV.write(divider);
        chip::UART0_TXCTRL.write(chip::ENABLE | chip::TXCNT_ONE);
        // A watermark of none: the first byte brings the interrupt.
        chip::UART0_RXCTRL.write(chip::ENABLE);
        chip::UART0_IE.write(chip::RXWM);
        chip::PLIC_PRIORITY_UART0.write(1);
        chip::PLIC_THRESHOLD.write(0);
        chip::PLIC_ENABLE.write(1 << chip::UART0_INTERRUPT);
        // A restart may have come before the end of an interrupt.
        chip::PLIC_CLAIM.write(chip::UART0_INTERRUPT);
    }
}

impl Port for Fe310 {
    fn take(self, received: &Ring<1024>) {
        let source = chip::PLIC_CLAIM.read();
        loop {
            let byte = chip::UART0_RXDATA.read();
            if byte & chip::NONE != 0 {
                break;
            }
            received.push(byte as u8);
        }
        chip::PLIC_CLAIM.write(source);
    }

    fn send(self, byte: u8) {
        while chip::UART0_TXDATA.read() & chip::NONE != 0 {}
        chip::UART0_TXDATA.write(byte.into());
    }

    fn flush(self) {
        while chip::UART0_IP.read() & chip::TXWM == 0 {}
    }
}
