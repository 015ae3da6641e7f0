//! Learned state that outlasts the power: a journal in the chip's own flash.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Flash`] | what the journal needs of a chip's flash: pages to erase, words to program, bytes to read |
//! | [`Journal`] | slots taken in turn; the newest whole state counts |
//!
//! Why not a crate: `sequential-storage` 8.0 takes items of at most one page (1 KB on an nRF51; cliff walking's state is 2.4 KB) and
//! can panic; `ekv` 1.0 wants an executor's mutex, and its sizes are one choice for a whole build. Both take a state as one slice, so it
//! would have to stand in RAM a second time.

mod flash;
mod journal;
#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

pub use flash::Flash;
pub use journal::Journal;
