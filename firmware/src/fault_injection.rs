//! What the line can ask for in an image that is built to be broken.

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

/// Whether bytes were lost since the line last asked to wait for that.
static LOST: AtomicBool = AtomicBool::new(false);

/// The operation of the flash that the power is cut at, counted from 1; 0 for none.
static CUT: AtomicU32 = AtomicU32::new(0);

/// The flash is about to be changed: the power may be cut instead.
#[cfg(all(target_arch = "arm", target_os = "none", any(feature = "microbit-v1", feature = "microbit-v2")))]
pub(crate) fn flash_operation() {
    match CUT.load(Relaxed) {
        0 => {}
        1 => crate::cortex::reset(),
        left => CUT.store(left - 1, Relaxed),
    }
}

/// Bytes of a line were lost.
pub(crate) fn lost() {
    LOST.store(true, Relaxed);
}

/// Panics after a byte that stands for a bell; hangs, interrupts and all, after the one behind it; lets the core meet what is no instruction after the one before it; after
/// the one before that, takes nothing more until bytes are lost. Those from 2 to 4 say at which operation of the flash the power is cut:
/// none, and then its number in binary digits, of which 3 is 0 and 4 is 1.
#[allow(clippy::panic)]
pub(crate) fn obey(byte: u8) {
    match byte {
        8 => loop {
            core::hint::black_box(byte);
        },
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
        4 | 3 => CUT.store(CUT.load(Relaxed) << 1 | u32::from(byte == 4), Relaxed),
        2 => CUT.store(0, Relaxed),
        _ => {}
    }
}
