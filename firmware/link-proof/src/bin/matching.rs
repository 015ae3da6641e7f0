//! Bipartite matching.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::allocate::Matching;
use habit_link_proof::{any, forever};

habit_link_proof::image!(Matching<12> = Matching::EMPTY, |matching| {
    forever(|_| {
        let weights = black_box(&[[0.0f32; 12]; 12]);
        let weight = |row: usize, column: usize| weights.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0.0);
        let _ = black_box(matching.solve(any(), any(), weight));
        black_box((matching.column_of(any()), matching.row_of(any())));
    })
});
