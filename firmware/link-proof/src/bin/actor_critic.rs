//! Actor-critic with a Gaussian policy.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::ActorCritic;
use habit::policy::GaussianPolicy;
use habit::policy::features::Raw;
use habit_link_proof::{actor_critic_parameters, any, control, forever};

habit_link_proof::image!(ActorCritic<GaussianPolicy<4>, Raw<3, 4>, [[f32; 4]; 2], 4> = ActorCritic::new(GaussianPolicy::EMPTY, [[0.0; 4]; 2]), |learner| {
    learner.start(Raw::new(any())?, actor_critic_parameters())?;
    forever(|rng| control(learner, rng))
});
