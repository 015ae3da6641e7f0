//! The module of [`Linear`](habit_js::Linear).

#![cfg_attr(target_arch = "wasm32", no_std)]

habit_js::exports!(habit_js::Linear);
