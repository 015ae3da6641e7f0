//! The lab in a browser tab.
//!
//! One crate, several wasm modules: the feature `shell` is the page, each feature `room-*` a worker that runs the
//! kernel, `gpu` a check of the browser's GPU. What needs no browser lives in the modules below and is tested on the host;
//! the rest is compiled for `wasm32` only. Nothing here knows an experiment: everything comes from descriptors.

pub mod arms;
pub mod board;
pub mod card;
pub mod checkpoint;
pub mod claims;
pub mod decimate;
pub mod descriptor;
pub mod event;
pub mod export;
pub mod front;
pub mod grid;
pub mod link;
pub mod look;
pub mod measure;
pub mod number;
pub mod pace;
pub mod path;
pub mod scale;
pub mod series;
pub mod settings;
pub mod sweep;
pub mod verdict;

#[cfg(all(target_arch = "wasm32", feature = "gpu"))]
mod gpu;
#[cfg(all(target_arch = "wasm32", feature = "worker"))]
mod memory;
#[cfg(all(target_arch = "wasm32", feature = "shell"))]
mod shell;
#[cfg(all(target_arch = "wasm32", feature = "worker"))]
mod worker;
