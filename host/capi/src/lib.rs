//! The C interface. Learners live in memory that the caller owns: no allocator, no global state, no thread.
//!
//! `include/habit.h` is made from this crate and is the interface's documentation; `README.md` says how to link.
//!
//! | module | what is in it |
//! |---|---|
//! | [`memory`] | the caller's pointers as checked views: all of the crate's `unsafe` |
//! | [`status`] | what a function answers |
//! | [`random`] | generators |
//! | [`td`], [`bandit`], [`contextual`] | the learners, behind one trait each |
//! | [`persist`] | digests and checkpoints of all of them |
//! | [`advantage`] | estimators over arrays |
//! | `experiment` | the kernel's experiments (feature `lab`) |

#![cfg_attr(target_os = "none", no_std)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// What C is to say in one call, it says in one call.
#![allow(clippy::too_many_arguments)]

pub mod advantage;
pub mod bandit;
pub mod contextual;
#[cfg(feature = "lab")]
pub mod experiment;
pub mod memory;
#[cfg(all(target_os = "none", feature = "panic-handler"))]
mod panic;
pub mod persist;
pub mod random;
pub mod status;
pub mod td;
