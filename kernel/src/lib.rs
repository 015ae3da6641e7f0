//! Habit: a reinforcement-learning kernel that fits anywhere.
//!
//! No standard library, no heap, no `unsafe`, no panics; fixed buffers, and the same bits from the same seed in a browser
//! tab, on a microcontroller and in a host application.
//!
//! A tour from the ground up; a module uses only what stands above it in this list:
//!
//! - [`error`], [`math`], [`rng`], [`linalg`], [`state`]: one error, small numerics, random numbers by integers, fixed
//!   buffers, and learned state as bytes with a digest.
//! - [`interact`], [`schedule`], [`discount`]: what passes between an agent and an environment; numbers that change with
//!   time.
//! - [`model`], [`mod@env`], [`policy`], [`advantage`]: finite models, environments, action values and exploration, and how
//!   much better than expected each action of a rollout was.
//! - [`reward`]: rules between the two, which shape, gate, learn or weigh rewards.
//! - [`learn`], [`bandit`]: the learners.
//! - [`plan`]: what is optimal where the model is known.
//! - [`allocate`]: who gets what, under budgets that must last.
//! - [`joint`]: what trains a reward or a discount together with a policy.
//! - [`checkpoint`]: learned state in a container with a version and a checksum.
//! - [`lab`]: experiments that compare learners on the same random numbers, and the claims they must meet.
//! - `protocol`: JSON lines in and out, for a serial line, a worker or a pipe (feature `protocol`).
//!
//! Nothing large is returned by value: a learner is made `EMPTY`, in its place, and then started there.

#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod advantage;
pub mod allocate;
pub mod bandit;
pub mod checkpoint;
pub mod discount;
pub mod env;
pub mod error;
pub mod interact;
pub mod joint;
pub mod lab;
pub mod learn;
pub mod linalg;
pub mod math;
pub mod model;
pub mod plan;
pub mod policy;
#[cfg(feature = "protocol")]
pub mod protocol;
pub mod reward;
pub mod rng;
pub mod schedule;
pub mod state;

pub use error::Error;
