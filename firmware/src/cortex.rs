//! What Cortex-M cores share.

use crate::Ring;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::{NVIC, SCB};

/// The core's own timer, by the names of the architecture.
mod timer {
    crate::register::registers! {
        SYST_CSR 0xe000_e010
        SYST_RVR 0xe000_e014
        SYST_CVR 0xe000_e018
        SCB_ICSR 0xe000_ed04
    }

    /// Counts down from here, which is 24 bits.
    pub const TOP: u32 = 0xff_ffff;
    /// On, by the core's clock, with an interrupt.
    pub const ON: u32 = 0b111;
    pub const PENDSTSET: u32 = 1 << 26;
    /// The number of its interrupt.
    pub const INTERRUPT: i16 = -1;
}

/// How often the timer has wrapped.
static WRAPS: AtomicU32 = AtomicU32::new(0);

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

/// Starts the timer. Its interrupt wakes the core whenever it wraps, and a watchdog is then fed.
pub fn start_clock() {
    timer::SYST_RVR.write(timer::TOP);
    timer::SYST_CVR.write(0);
    timer::SYST_CSR.write(timer::ON);
}

/// Microseconds since the timer was started, modulo 2^32, for a core of so many megahertz.
pub fn clock(megahertz: u32) -> u32 {
    cortex_m::interrupt::free(|_| {
        let (mut count, mut wraps) = (timer::SYST_CVR.read(), WRAPS.load(Relaxed));
        if timer::SCB_ICSR.read() & timer::PENDSTSET != 0 {
            // It has wrapped, and its interrupt waits; the count may still be from before that.
            (count, wraps) = (timer::SYST_CVR.read(), wraps.wrapping_add(1));
        }
        ((u64::from(wraps) << 24 | u64::from(timer::TOP - count)) / u64::from(megahertz)) as u32
    })
}

/// Whether an interrupt was the timer's; counts it then.
pub fn is_clock(interrupt: i16) -> bool {
    let is_clock = interrupt == timer::INTERRUPT;
    if is_clock {
        WRAPS.store(WRAPS.load(Relaxed).wrapping_add(1), Relaxed);
    }
    is_clock
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
        unsafe fn DefaultHandler(interrupt: i16) {
            // No other interrupts than the core's timer and those of the board are let through.
            if !$crate::cortex::is_clock(interrupt) {
                $crate::boards::take::<$board>();
            }
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
