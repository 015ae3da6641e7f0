//! What Cortex-M cores share.

use crate::Ring;
use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::{NVIC, SCB};

#[derive(Clone, Copy)]
struct Interrupt(u16);

// SAFETY: a number names the same line for ever.
unsafe impl InterruptNumber for Interrupt {
    fn number(self) -> u16 {
        self.0
    }
}

/// Lets an interrupt of the chip through to `DefaultHandler`.
pub fn unmask(number: u16) {
    // SAFETY: the handler and the loop share only atomics.
    unsafe { NVIC::unmask(Interrupt(number)) }
}

/// Sleeps until an interrupt, unless a byte is there.
pub fn idle<const N: usize>(ring: &Ring<N>) {
    // A byte that arrives after the look keeps its interrupt pending, and that ends the sleep.
    cortex_m::interrupt::free(|_| {
        if ring.is_empty() {
            cortex_m::asm::wfi();
        }
    });
}

/// Resets the chip.
pub fn reset() -> ! {
    SCB::sys_reset()
}
