//! The kernel behind a serial line, on a board.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Board`] | what an image needs of a board |
//! | `boards` | the boards, one file each |
//! | `chip` | clocks, random numbers and watchdogs of chips, one file a kind |
//! | `port` | serial ports of chips, one file a kind |
//! | `matrix` | the lights of the micro:bits |
//! | [`Ring`] | received bytes, from the interrupt to the loop |
//! | [`Server`] | the loop: lines in, lines out, work in between |
//! | [`Conversation`] | what it serves: a session of experiments (`kernel/PROTOCOL.md`), or [`Bandits`] |
//! | [`storage`] | learned state that outlasts the power |
//! | [`restart`] | says why, then starts the board anew |
//! | [`Register`] | one register of a chip |
//! | `cortex`, `riscv`, `image!` | what the cores of one family share, and what starts and ends their images |
//!
//! An image is one file in `src/bin/`.

#![no_std]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(test)]
extern crate std;

mod bandits;
mod board;
#[cfg(target_os = "none")]
pub mod boards;
#[cfg(target_os = "none")]
pub mod chip;
#[cfg(all(target_arch = "arm", target_os = "none"))]
pub mod cortex;
#[cfg(feature = "fault-injection")]
mod fault_injection;
#[cfg(all(target_os = "none", any(feature = "microbit-v1", feature = "microbit-v2")))]
mod matrix;
#[cfg(target_os = "none")]
pub mod port;
mod register;
pub mod restart;
mod ring;
#[cfg(all(target_arch = "riscv32", target_os = "none"))]
pub mod riscv;
mod server;
pub mod storage;

#[cfg(all(target_arch = "arm", target_os = "none"))]
use cortex as family;
#[cfg(all(target_arch = "riscv32", target_os = "none"))]
use riscv as family;

pub use bandits::Bandits;
pub use board::{Board, Button, Light, Lights, Line, Picture};
pub use register::Register;
pub use ring::Ring;
pub use server::{Conversation, Server};
