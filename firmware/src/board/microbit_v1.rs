//! BBC micro:bit v1: nRF51822, Cortex-M0, 256 KB of flash, 16 KB of RAM; the serial line runs over its USB plug.

use super::Board;
use crate::{Ring, cortex};

/// Registers of the nRF51, by their names in its reference manual.
mod chip {
    crate::register::registers! {
        CLOCK_TASKS_HFCLKSTART 0x4000_0000
        CLOCK_EVENTS_HFCLKSTARTED 0x4000_0100
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
        GPIO_OUTSET 0x5000_0508
        GPIO_DIRSET 0x5000_0518
    }

    pub const UART_INTERRUPT: u16 = 2;
    pub const RXDRDY: u32 = 1 << 2;
    pub const ERROR: u32 = 1 << 9;
}

const TX_PIN: u32 = 24;
const RX_PIN: u32 = 25;

/// What arrives while a tick computes and its samples are sent; at most 85 ms at full speed.
static RECEIVED: Ring<1024> = Ring::empty();

/// The board.
pub struct Microbit;

impl Microbit {
    /// Opens the serial line.
    pub fn start() -> Self {
        // The crystal: the chip's own oscillator is too coarse for the line.
        chip::CLOCK_TASKS_HFCLKSTART.write(1);
        while chip::CLOCK_EVENTS_HFCLKSTARTED.read() == 0 {}
        chip::GPIO_OUTSET.write(1 << TX_PIN);
        chip::GPIO_DIRSET.write(1 << TX_PIN);
        chip::UART_PSELTXD.write(TX_PIN);
        chip::UART_PSELRXD.write(RX_PIN);
        chip::UART_BAUDRATE.write(0x01d7_e000);
        chip::UART_ENABLE.write(4);
        chip::UART_TASKS_STARTTX.write(1);
        chip::UART_TASKS_STARTRX.write(1);
        chip::UART_INTENSET.write(chip::RXDRDY | chip::ERROR);
        cortex::unmask(chip::UART_INTERRUPT);
        Self
    }

    /// Takes what the line has received.
    pub fn interrupt() {
        if chip::UART_EVENTS_ERROR.read() != 0 {
            chip::UART_EVENTS_ERROR.write(0);
            chip::UART_ERRORSRC.write(chip::UART_ERRORSRC.read());
            RECEIVED.lose();
        }
        while chip::UART_EVENTS_RXDRDY.read() != 0 {
            // Cleared first: the read brings the next byte and its event.
            chip::UART_EVENTS_RXDRDY.write(0);
            RECEIVED.push(chip::UART_RXD.read() as u8);
        }
    }
}

impl Board for Microbit {
    fn receive(&mut self) -> Option<u8> {
        RECEIVED.pop()
    }

    fn send(&mut self, byte: u8) {
        chip::UART_TXD.write(byte.into());
        while chip::UART_EVENTS_TXDRDY.read() == 0 {}
        chip::UART_EVENTS_TXDRDY.write(0);
    }

    fn idle(&mut self) {
        cortex::idle(&RECEIVED);
    }

    fn restart(&mut self) -> ! {
        cortex::reset()
    }
}
