//! BARFI around a potential of the caller's.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::joint::{BilevelAligner, BilevelAlignerParameters};
use habit::reward::shaping::Potential;
use habit_link_proof::{any, control, forever};

habit_link_proof::image!(BilevelAligner<Potential<[f32; 25]>, 25, 4, 8, 400> = BilevelAligner::new(Potential::new([0.0; 25])), |learner| {
    let parameters = BilevelAlignerParameters {
        horizon: any(),
        step_size: any(),
        entropy_weight: any(),
        reward_step_size: any(),
        reward_penalty: any(),
        weight: any(),
        discount_step_size: any(),
        discount_penalty: any(),
        logit: any(),
        task_discount: any(),
        neumann_step: any(),
        neumann_terms: any(),
        warm_episodes: any(),
    };
    learner.start(parameters)?;
    forever(|rng| control(learner, rng))
});
