//! The kernel behind a serial line, on a board.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Board`] | what an image needs of a board |
//! | [`Ring`] | received bytes, from the interrupt to the loop |
//! | [`Server`] | the loop: lines of `kernel/PROTOCOL.md` in, lines out, learning in between |
//! | [`restart`] | says why, then starts the board anew |
//! | [`Register`] | one register of a chip |
//! | `cortex`, `image!` | what Cortex-M cores share, and what starts and ends their images |
//!
//! A board is one file in `src/bin/`, one linker script in `memory/` and one line in each table of `Cargo.toml`.

#![no_std]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(test)]
extern crate std;

mod board;
#[cfg(all(target_arch = "arm", target_os = "none"))]
pub mod cortex;
#[cfg(feature = "fault-injection")]
mod fault_injection;
mod register;
pub mod restart;
mod ring;
mod server;

pub use board::Board;
pub use register::Register;
pub use ring::Ring;
pub use server::Server;
