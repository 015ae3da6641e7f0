//! Learning arms that recover.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::bandit::RecoveringUcb;
use habit_link_proof::{any, forever};

habit_link_proof::image!(RecoveringUcb<4, 8> = RecoveringUcb::EMPTY, |learner| {
    learner.start(any(), any())?;
    forever(|_| {
        let mut pulls = [false; 4];
        let _ = black_box(learner.select(&mut pulls));
        let _ = black_box(learner.update(black_box(&[0.0; 4])));
        black_box((pulls, learner.mean(any(), any()), learner.bound(any(), any())));
    })
});
