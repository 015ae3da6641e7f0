//! Value iteration, and whether a potential keeps what it finds.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::env::FrozenLake;
use habit::plan::{Sweeps, value_iteration, verify_invariance};
use habit::reward::shaping::Potential;
use habit_link_proof::{any, forever};

habit_link_proof::image!([[f32; 16]; 3] = [[0.5; 16]; 3], |values| {
    let [phi, original, shaped] = values;
    forever(|_| {
        let (lake, stop) = (FrozenLake::<16>::new(any()), Sweeps { tolerance: any(), most: any() });
        let rule = Potential::new(&phi[..]);
        let _ = black_box(value_iteration(&lake, any(), stop, original));
        let _ = black_box(verify_invariance(&lake, &rule, any(), stop, any(), original, shaped));
    })
});
