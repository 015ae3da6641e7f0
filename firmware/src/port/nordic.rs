//! The nRF51 and the nRF52.

use super::Port;
use crate::Ring;

/// Registers by their names in the manuals.
mod chip {
    crate::register::registers! {
        UART_TASKS_STARTRX 0x4000_2000
        UART_TASKS_STARTTX 0x4000_2008
        UART_EVENTS_RXDRDY 0x4000_2108
        UART_EVENTS_TXDRDY 0x4000_211c
        UART_EVENTS_ERROR 0x4000_2124
        UART_INTENSET 0x4000_2304
        UART_ERRORSRC 0x4000_2480
        UART_ENABLE 0x4000_2500
        UART_PSELTXD 0x4000_250c
        UART_PSELRXD 0x4000_2514
        UART_RXD 0x4000_2518
        UART_TXD 0x4000_251c
        UART_BAUDRATE 0x4000_2524
        CLOCK_TASKS_HFCLKSTART 0x4000_0000
        CLOCK_EVENTS_HFCLKSTARTED 0x4000_0100
    }

    pub const RXDRDY: u32 = 1 << 2;
    pub const ERROR: u32 = 1 << 9;
}

/// The UART without DMA.
#[derive(Clone, Copy)]
pub struct Nordic;

impl Nordic {
    /// The number of its interrupt.
    pub const INTERRUPT: u16 = 2;

    /// Opens it, 115200 baud, 8 bits, no parity, one stop bit, on pins that are driven high and read.
    pub fn open(self, sends: u32, receives: u32) {
        // The crystal: the chip's own oscillator is too coarse for the line.
        chip::CLOCK_TASKS_HFCLKSTART.write(1);
        while chip::CLOCK_EVENTS_HFCLKSTARTED.read() == 0 {}
        chip::UART_PSELTXD.write(sends);
        chip::UART_PSELRXD.write(receives);
        chip::UART_BAUDRATE.write(0x01d7_e000);
        chip::UART_ENABLE.write(4);
        chip::UART_TASKS_STARTTX.write(1);
        chip::UART_TASKS_STARTRX.write(1);
        chip::UART_INTENSET.write(chip::RXDRDY | chip::ERROR);
    }
}

impl Port for Nordic {
    fn take(self, received: &Ring<1024>) {
        if chip::UART_EVENTS_ERROR.read() != 0 {
            chip::UART_EVENTS_ERROR.write(0);
            chip::UART_ERRORSRC.write(chip::UART_ERRORSRC.read());
            received.lose();
        }
        while chip::UART_EVENTS_RXDRDY.read() != 0 {
            // Cleared first: the read brings the next byte and its event.
            chip::UART_EVENTS_RXDRDY.write(0);
            received.push(chip::UART_RXD.read() as u8);
        }
    }

    fn send(self, byte: u8) {
        chip::UART_TXD.write(byte.into());
        while chip::UART_EVENTS_TXDRDY.read() == 0 {}
        chip::UART_EVENTS_TXDRDY.write(0);
    }

    fn flush(self) {
        // A byte that was sent has left.
    }
}
