//! The module of [`Thompson`](habit_js::Thompson).

#![cfg_attr(target_arch = "wasm32", no_std)]

habit_js::exports!(habit_js::Thompson);
