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
pub fn idle(received: &Ring<1024>) {
    // A byte that arrives after the look keeps its interrupt pending, and that ends the sleep.
    cortex_m::interrupt::free(|_| {
        if received.is_empty() {
            cortex_m::asm::wfi();
        }
    });
}

/// Resets the chip.
pub fn reset() -> ! {
    SCB::sys_reset()
}

/// What starts and ends every image: `main`, the one interrupt, and the two ways to fail. The board is a unit struct with its
/// [`Wiring`](crate::boards::Wiring); what it serves is a [`Conversation`](crate::Conversation).
#[macro_export]
macro_rules! image {
    ($board:ident, $conversation:ident) => {
        #[::cortex_m_rt::entry]
        fn main() -> ! {
            static mut SERVER: $crate::Server<$conversation, <$board as $crate::boards::Wiring>::Storage> =
                $crate::Server::new(<$board as $crate::boards::Wiring>::STORAGE);
            <$board as $crate::boards::Wiring>::open();
            SERVER.run(&mut $board)
        }

        #[::cortex_m_rt::exception]
        unsafe fn DefaultHandler(_interrupt: i16) {
            // No other interrupt is let through.
            $crate::boards::take::<$board>();
        }

        #[::cortex_m_rt::exception]
        unsafe fn HardFault(frame: &::cortex_m_rt::ExceptionFrame) -> ! {
            $crate::restart::after_fault(&mut $board, frame.pc())
        }

        #[panic_handler]
        fn panic(info: &::core::panic::PanicInfo<'_>) -> ! {
            $crate::restart::after_panic(&mut $board, info)
        }
    };
}
