//! What RISC-V cores share.

use crate::Ring;
use core::arch::{asm, global_asm};
use riscv::register::mstatus;

// The stack is painted as on Cortex-M, so that the tests see how deep it has been. Nothing is on it yet.
global_asm!(
    ".section .init.pre_init, \"ax\"
    .global __pre_init
__pre_init:
    la t0, _stack_end
    li t1, 0xcccccccc
1:  sw t1, 0(t0)
    addi t0, t0, 4
    bltu t0, sp, 1b
    ret"
);

/// Lets the interrupts of the chip through to the image's handler.
pub fn unmask() {
    // SAFETY: the handler and the loop share only atomics.
    unsafe {
        #[cfg(not(feature = "esp32-c3"))]
        riscv::register::mie::set_mext();
        mstatus::set_mie();
    }
}

/// The timer of RISC-V, which the ESP32-C3 lacks, by the names of the FE310's manual.
#[cfg(not(feature = "esp32-c3"))]
mod timer {
    crate::register::registers! {
        CLINT_MTIMECMP_LOW 0x0200_4000
        CLINT_MTIMECMP_HIGH 0x0200_4004
        CLINT_MTIME_LOW 0x0200_bff8
        CLINT_MTIME_HIGH 0x0200_bffc
    }
}

/// Hertz of the timer; emulators have others.
#[cfg(not(feature = "esp32-c3"))]
pub const LOW_FREQUENCY: u32 = 32_768;

/// The timer's count since the chip was switched on.
#[cfg(not(feature = "esp32-c3"))]
pub fn time() -> u64 {
    loop {
        let (high, low) = (timer::CLINT_MTIME_HIGH.read(), timer::CLINT_MTIME_LOW.read());
        if timer::CLINT_MTIME_HIGH.read() == high {
            return u64::from(high) << 32 | u64::from(low);
        }
    }
}

/// Sleeps until an interrupt, for a second at most, unless a byte is there.
#[cfg(not(feature = "esp32-c3"))]
pub fn idle(received: &Ring<1024>) {
    // An interrupt that is held back ends the sleep all the same.
    riscv::interrupt::free(|| {
        if received.is_empty() {
            let until = time() + u64::from(LOW_FREQUENCY);
            // Not too early in between.
            timer::CLINT_MTIMECMP_HIGH.write(u32::MAX);
            timer::CLINT_MTIMECMP_LOW.write(until as u32);
            timer::CLINT_MTIMECMP_HIGH.write((until >> 32) as u32);
            // SAFETY: nothing is called by it: it is held back, and off again before it is not.
            unsafe { riscv::register::mie::set_mtimer() };
            riscv::asm::wfi();
            // SAFETY: as above.
            unsafe { riscv::register::mie::clear_mtimer() };
        }
    });
}

/// The ESP32-C3 does not say that an interrupt which is held back ends its sleep, and stays awake.
#[cfg(feature = "esp32-c3")]
pub fn idle(_received: &Ring<1024>) {}

/// Starts the image from its first instruction, with every interrupt held back and all memory as at the beginning.
pub fn reset() -> ! {
    // SAFETY: nothing that runs now is needed again.
    unsafe { asm!("csrci mstatus, 8", "tail _start", options(noreturn)) }
}

/// The address of the instruction that the core has complained about.
pub fn fault_address() -> u32 {
    riscv::register::mepc::read() as u32
}

/// What starts and ends every image: `main`, the one interrupt, and the two ways to fail. The board is a unit struct with its
/// [`Wiring`](crate::boards::Wiring); what it serves is a [`Conversation`](crate::Conversation).
#[macro_export]
macro_rules! image {
    ($board:ident, $conversation:ident) => {
        #[::riscv_rt::entry]
        fn main() -> ! {
            static mut SERVER: $crate::Server<$conversation, <$board as $crate::boards::Wiring>::Storage> =
                $crate::Server::new(<$board as $crate::boards::Wiring>::STORAGE);
            // SAFETY: nothing else names it, and this runs once.
            let server = unsafe { &mut *(&raw mut SERVER) };
            <$board as $crate::boards::Wiring>::open();
            server.run(&mut $board)
        }

        #[::riscv_rt::core_interrupt(::riscv::interrupt::Interrupt::MachineExternal)]
        fn interrupt() {
            $crate::boards::take::<$board>();
        }

        // SAFETY: the name that the trap handler calls, with what it hands over.
        #[unsafe(export_name = "ExceptionHandler")]
        fn exception(_frame: &::riscv_rt::TrapFrame) -> ! {
            $crate::restart::after_fault(&mut $board, $crate::riscv::fault_address())
        }

        #[panic_handler]
        fn panic(info: &::core::panic::PanicInfo<'_>) -> ! {
            $crate::restart::after_panic(&mut $board, info)
        }
    };
}
