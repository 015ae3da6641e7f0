//! What the line can ask for in an image that is built to be broken.

use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Whether bytes were lost since the line last asked to wait for that.
static LOST: AtomicBool = AtomicBool::new(false);

/// Bytes of a line were lost.
pub(crate) fn lost() {
    LOST.store(true, Relaxed);
}

/// Panics after a byte that stands for a bell; lets the core meet what is no instruction after the one before it; after
/// the one before that, takes nothing more until bytes are lost.
#[allow(clippy::panic)]
pub(crate) fn obey(byte: u8) {
    match byte {
        7 => panic!("asked for"),
        #[cfg(all(target_arch = "arm", target_os = "none"))]
        6 => cortex_m::asm::udf(),
        #[cfg(all(target_arch = "riscv32", target_os = "none"))]
        // SAFETY: the instruction is none, and the handler of that does not return.
        6 => unsafe { core::arch::asm!("unimp") },
        5 => {
            LOST.store(false, Relaxed);
            while !LOST.load(Relaxed) {
                core::hint::spin_loop();
            }
        }
        _ => {}
    }
}
