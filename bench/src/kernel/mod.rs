//! The kernel, through its public interface.

use crate::Contender;

mod advantage;
mod bandit;
mod policy;

/// The kernel's line; its name says how it was built.
macro_rules! kernel_line {
    ($workload:literal, $text:literal) => {
        kernel_line!($workload, "", $text)
    };
    ($workload:literal, $suffix:literal, $text:literal) => {
        if cfg!(target_arch = "wasm32") {
            concat!($workload, " habit-wasm", $suffix, ": ", $text)
        } else if cfg!(feature = "portable") {
            concat!($workload, " habit-portable", $suffix, ": ", $text)
        } else {
            concat!($workload, " habit", $suffix, ": ", $text)
        }
    };
}
use kernel_line;

/// All of them.
pub fn contenders() -> Vec<Contender> {
    [&policy::CONTENDERS[..], &bandit::CONTENDERS, &advantage::CONTENDERS].concat()
}
