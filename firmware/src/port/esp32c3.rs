//! Espressif's ESP32-C3.

use super::Port;
use crate::Ring;
use core::arch::global_asm;
use riscv::register::mtvec::{self, Mtvec, TrapMode};

/// Registers by their names in the technical reference manual.
mod chip {
    crate::register::registers! {
        UART0_FIFO 0x6000_0000
        UART0_INT_ST 0x6000_0008
        UART0_INT_ENA 0x6000_000c
        UART0_INT_CLR 0x6000_0010
        UART0_STATUS 0x6000_001c
        UART0_CONF1 0x6000_0024
        INTERRUPT_UART_MAP 0x600c_2054
        INTERRUPT_ENABLE 0x600c_2104
        INTERRUPT_TYPE 0x600c_2108
        INTERRUPT_PRIORITY_11 0x600c_2140
        INTERRUPT_THRESHOLD 0x600c_2194
    }

    pub const RXFIFO_FULL: u32 = 1 << 0;
    pub const DAMAGED_OR_LOST: u32 = 1 << 3 | 1 << 4;
    pub const RXFIFO_FULL_THRESHOLD: u32 = 0x1ff;
    /// As many bytes as the queue to send holds at most.
    pub const QUEUE: u32 = 127;
}

/// The core's line that RISC-V names the external interrupt; any could be taken.
const LINE: u32 = 11;

// This core enters a table of jumps whatever `mtvec` says of it, and the table begins at a multiple of 256.
global_asm!(
    ".section .text.esp32c3_vectors, \"ax\"
    .balign 256
    .global esp32c3_vectors
    .option push
    .option norvc
esp32c3_vectors:
    .rept 32
    j _start_trap
    .endr
    .option pop"
);

/// UART0, at the speed that the chip's ROM has given it.
#[derive(Clone, Copy)]
pub struct Esp32c3;

impl Esp32c3 {
    /// Lets its interrupt through to the core.
    pub fn open(self) {
        unsafe extern "C" {
            fn esp32c3_vectors();
        }
        // SAFETY: the table holds what the start-up crate has put there for every trap.
        unsafe { mtvec::write(Mtvec::new(esp32c3_vectors as *const () as usize, TrapMode::Vectored)) };
        chip::UART0_CONF1.replace(chip::RXFIFO_FULL_THRESHOLD, 1);
        chip::UART0_INT_CLR.write(u32::MAX);
        chip::UART0_INT_ENA.write(chip::RXFIFO_FULL | chip::DAMAGED_OR_LOST);
        chip::INTERRUPT_UART_MAP.write(LINE);
        chip::INTERRUPT_PRIORITY_11.write(1);
        chip::INTERRUPT_THRESHOLD.write(1);
        // The interrupt lasts as long as its cause.
        chip::INTERRUPT_TYPE.replace(1 << LINE, 0);
        chip::INTERRUPT_ENABLE.replace(0, 1 << LINE);
    }

    fn to_receive() -> u32 {
        chip::UART0_STATUS.read() & 0x3ff
    }

    fn to_send() -> u32 {
        chip::UART0_STATUS.read() >> 16 & 0x3ff
    }
}

impl Port for Esp32c3 {
    fn take(self, received: &Ring<1024>) {
        if chip::UART0_INT_ST.read() & chip::DAMAGED_OR_LOST != 0 {
            received.lose();
        }
        chip::UART0_INT_CLR.write(chip::RXFIFO_FULL | chip::DAMAGED_OR_LOST);
        while Self::to_receive() > 0 {
            received.push(chip::UART0_FIFO.read() as u8);
        }
    }

    fn send(self, byte: u8) {
        while Self::to_send() >= chip::QUEUE {}
        chip::UART0_FIFO.write(byte.into());
    }

    fn flush(self) {
        while Self::to_send() > 0 {}
    }
}
