//! The kernel, through its public interface.

use crate::Contender;

mod advantage;
mod bandit;
mod policy;

/// The name of the kernel: it is built twice.
macro_rules! kernel_line {
    ($workload:literal, $text:literal) => {
        if cfg!(feature = "portable") {
            concat!($workload, " habit-portable: ", $text)
        } else {
            concat!($workload, " habit: ", $text)
        }
    };
}
use kernel_line;

/// All of them.
pub fn contenders() -> Vec<Contender> {
    [&policy::CONTENDERS[..], &bandit::CONTENDERS, &advantage::CONTENDERS].concat()
}
