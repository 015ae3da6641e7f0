//! The optimum in hindsight.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::allocate::{Item, fractional_optimum};
use habit_link_proof::{any, forever};

habit_link_proof::image!([Item; 16] = [Item::NOTHING; 16], |items| forever(|_| {
    let _ = black_box(fractional_optimum(black_box(&items[..]), any()));
}));
