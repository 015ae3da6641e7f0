//! The module of [`Arms`](habit_js::Arms).

#![cfg_attr(target_arch = "wasm32", no_std)]

habit_js::exports!(habit_js::Arms);
