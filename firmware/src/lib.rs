//! The kernel behind a serial line, on a board.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Board`] | what an image needs of a board |
//! | [`Ring`] | received bytes, from the interrupt to the loop |
//! | [`Server`] | the loop: lines in, lines out, work in between |
//! | [`Conversation`] | what it serves: a session of experiments (`kernel/PROTOCOL.md`), or [`Bandits`] |
//! | [`restart`] | says why, then starts the board anew |
//! | [`Register`] | one register of a chip |
//! | `Usart` | the serial line of the older STM32s |
//! | `cortex`, `riscv`, `image!` | what cores of one family share, and what starts and ends their images |
//!
//! A board is one file in `src/board/`, an image one in `src/bin/`.

#![no_std]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(test)]
extern crate std;

mod bandits;
mod board;
#[cfg(all(target_arch = "arm", target_os = "none"))]
pub mod cortex;
#[cfg(feature = "fault-injection")]
mod fault_injection;
mod register;
pub mod restart;
mod ring;
#[cfg(all(target_arch = "riscv32", target_os = "none"))]
pub mod riscv;
mod server;
#[cfg(all(target_os = "none", any(feature = "stm32f405", feature = "stm32vldiscovery")))]
mod usart;

pub use bandits::Bandits;
pub use board::Board;
#[cfg(all(target_arch = "riscv32", target_os = "none", feature = "hifive1"))]
pub use board::hifive1;
#[cfg(all(target_arch = "arm", target_os = "none", feature = "microbit-v1"))]
pub use board::microbit_v1;
#[cfg(all(target_arch = "arm", target_os = "none", feature = "stm32f405"))]
pub use board::stm32f405;
#[cfg(all(target_arch = "arm", target_os = "none", feature = "stm32vldiscovery"))]
pub use board::stm32vldiscovery;
pub use register::Register;
pub use ring::Ring;
pub use server::{Conversation, Server};
