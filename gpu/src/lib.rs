//! The kernel's batched work on any GPU that `wgpu` reaches: Vulkan, Metal, DX12, GL, and WebGPU in a browser.
//!
//! A tour from the ground up:
//!
//! - [`adapters`], [`Context`]: what the machine has, and one device of it with its limits.
//! - [`streams`]: one generator stream a lane, word for word those of [`habit::rng`].
//! - [`advantage`]: advantages of many trajectories, of few long ones, and of groups.
//! - [`rollout`]: environments under policies: finite models equal to the CPU bit for bit, physics, bandits, a user's own.
//! - [`learn`]: training that never leaves the device.
//! - [`sweep`]: thousands of seeds of a bandit or tabular experiment at once, and quantiles of their curves.
//! - [`self_check`]: whether this adapter keeps both promises.
//! - `bench`: how fast it is, beside this CPU and beside its own copying. Not on wasm32, which has no clock.
//!
//! Integers are equal to the CPU's bit for bit; what rounds is within `1e-5 * sum |terms| + 1e-6` of it ([`Tolerance`]).
//! Every call checks its input before anything is submitted. Calls are asynchronous, as a browser needs them; on a host,
//! [`block_on`] waits for one.
//!
//! ```no_run
//! use habit_gpu::{Context, Options, block_on, self_check};
//! let context = block_on(Context::new(&Options::default()))?;
//! println!("{}", block_on(self_check(&context))?);
//! # Ok::<(), habit_gpu::Error>(())
//! ```

#![forbid(unsafe_code)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod advantage;
#[cfg(not(target_arch = "wasm32"))]
pub mod bench;
mod compute;
mod context;
mod error;
mod future;
pub mod learn;
pub mod rollout;
mod sample;
mod self_check;
pub mod streams;
pub mod sweep;
mod tolerance;
mod unroll;

pub use context::{Adapter, Context, Limits, Options, Preference, adapters};
pub use error::Error;
#[cfg(not(target_arch = "wasm32"))]
pub use future::block_on;
pub use self_check::{Check, Report, self_check};
pub use tolerance::Tolerance;
