//! Hypervolume-gradient weights.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::reward::weights::{HypervolumeGradientWeights, WeightRule};
use habit_link_proof::{element, forever};

habit_link_proof::image!(HypervolumeGradientWeights<3> = HypervolumeGradientWeights::EMPTY, |learner| {
    learner.start(&element::<[f32; 3]>())?;
    forever(|_| {
        let _ = black_box(learner.update(black_box(&[0.0; 4][..])));
        let _ = black_box(learner.scalarise(black_box(&[0.0; 4][..])));
    })
});
