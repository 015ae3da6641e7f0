//! The module of [`Tabular`](habit_js::Tabular).

#![cfg_attr(target_arch = "wasm32", no_std)]

habit_js::exports!(habit_js::Tabular);
