//! Gradient-based weighting.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::reward::weights::{InfluenceParameters, InfluenceWeights, WeightRule, add_gram};
use habit_link_proof::{any, element, forever};

habit_link_proof::image!(InfluenceWeights<3> = InfluenceWeights::EMPTY, |learner| {
    let parameters =
        InfluenceParameters { step_size: any(), regularisation: any(), period: any(), minimum: any() };
    learner.start(&element::<[f32; 3]>(), parameters)?;
    forever(|_| {
        let gradients = black_box([&[0.0f32; 8][..]; 3]);
        let mut gram = [0.0; 9];
        let _ = black_box(add_gram(black_box(&gradients[..]), black_box(&mut gram[..])));
        let _ = black_box(learner.update(black_box(&gram[..])));
        let _ = black_box(learner.scalarise(black_box(&[0.0; 4][..])));
    })
});
