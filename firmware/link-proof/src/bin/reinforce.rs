//! REINFORCE.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::{Reinforce, ReinforceParameters};
use habit::policy::SoftmaxPolicy;
use habit::policy::features::OneHot;
use habit_link_proof::{any, control, forever};

habit_link_proof::image!(Reinforce<SoftmaxPolicy<4, 48>, OneHot<48>, 48, 64> = Reinforce::new(SoftmaxPolicy::EMPTY), |learner| {
    let parameters = ReinforceParameters {
        step_size: any(),
        baseline_step_size: any(),
        discount: any(),
        discounted_start: any(),
    };
    learner.start(OneHot, parameters)?;
    forever(|rng| control(learner, rng))
});
