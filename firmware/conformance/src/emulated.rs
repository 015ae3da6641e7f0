//! Prints and ends through the emulator's semihosting.

use core::fmt::{Arguments, Write};
use core::panic::PanicInfo;
use cortex_m_rt::{ExceptionFrame, entry, exception};
use cortex_m_semihosting::debug::{EXIT_FAILURE, EXIT_SUCCESS, ExitStatus, exit};
use cortex_m_semihosting::hio::hstdout;
use habit::lab::Run;

#[entry]
fn main() -> ! {
    static mut RUN: Run = Run::EMPTY;
    let Ok(mut console) = hstdout() else { leave(EXIT_FAILURE) };
    match crate::report(RUN, &mut console) {
        Ok(()) => leave(EXIT_SUCCESS),
        Err((id, error)) => fail(format_args!("{id}: {error}")),
    }
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    fail(format_args!("fault at {:#010x}", frame.pc()))
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    fail(format_args!("{info}"))
}

fn fail(why: Arguments<'_>) -> ! {
    // Without a console there is nobody to tell.
    let _ = hstdout().map(|mut console| writeln!(console, "{why}"));
    leave(EXIT_FAILURE)
}

fn leave(status: ExitStatus) -> ! {
    exit(status);
    // Only a debugger comes here.
    loop {
        core::hint::spin_loop();
    }
}
