//! The older STM32s.

use super::Port;
use crate::{Register, Ring};

const SR_FE: u32 = 1 << 1;
const SR_NF: u32 = 1 << 2;
const SR_ORE: u32 = 1 << 3;
const SR_RXNE: u32 = 1 << 5;
const SR_TC: u32 = 1 << 6;
const SR_TXE: u32 = 1 << 7;
const CR1_RE: u32 = 1 << 2;
const CR1_TE: u32 = 1 << 3;
const CR1_RXNEIE: u32 = 1 << 5;
const CR1_UE: u32 = 1 << 13;

/// A USART as the families F1, F2 and F4 have it; its registers by their names in their manuals (RM0041, RM0090).
#[derive(Clone, Copy)]
pub struct Stm32 {
    sr: Register,
    dr: Register,
    brr: Register,
    cr1: Register,
}

impl Stm32 {
    /// The one whose registers begin at `address`.
    ///
    /// # Safety
    /// The chip that runs this must have a USART there.
    pub const unsafe fn at(address: usize) -> Self {
        // SAFETY: promised by the caller; a USART without DMA leaves memory alone.
        unsafe {
            Self {
                sr: Register::at(address),
                dr: Register::at(address + 0x4),
                brr: Register::at(address + 0x8),
                cr1: Register::at(address + 0xc),
            }
        }
    }

    /// Opens it, 8 bits, no parity, one stop bit; `divider` is its clock over the baud rate.
    pub fn open(self, divider: u32) {
        self.brr.write(divider);
        self.cr1.write(CR1_UE | CR1_TE | CR1_RE | CR1_RXNEIE);
    }
}

impl Port for Stm32 {
    fn take(self, received: &Ring<1024>) {
        // Until nothing is left: a byte that comes in between need not bring another interrupt.
        loop {
            let status = self.sr.read();
            if status & (SR_RXNE | SR_ORE) == 0 {
                return;
            }
            // Reading the byte after the status clears what the status said.
            let byte = self.dr.read() as u8;
            if status & (SR_FE | SR_NF) == 0 {
                received.push(byte);
            }
            if status & (SR_FE | SR_NF | SR_ORE) != 0 {
                received.lose();
            }
        }
    }

    fn send(self, byte: u8) {
        while self.sr.read() & SR_TXE == 0 {}
        self.dr.write(byte.into());
    }

    fn flush(self) {
        while self.sr.read() & SR_TC == 0 {}
    }
}
