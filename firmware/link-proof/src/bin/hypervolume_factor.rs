//! Hypervolume-guided weighting, with its Pareto buffer.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::reward::weights::{FixedWeights, HypervolumeFactor};
use habit_link_proof::{any, element, forever};

habit_link_proof::image!((FixedWeights<3>, HypervolumeFactor<3, 64>) = (FixedWeights::EMPTY, HypervolumeFactor::EMPTY), |learner| {
    let (preferences, factor) = learner;
    preferences.start(&element::<[f32; 3]>())?;
    factor.start(&element::<[f32; 3]>())?;
    forever(|_| {
        let _ = black_box(factor.scalarise(preferences, black_box(&[0.0; 4][..])));
        let _ = black_box(factor.update(&element()));
        let _ = black_box(factor.update_with(black_box(&[0.0; 4][..]), black_box(&mut [0u16; 200][..])));
        let _ = black_box(factor.front().contribution(&element()));
        black_box((factor.front().hypervolume(), factor.front().points().count(), any::<u8>()));
    })
});
