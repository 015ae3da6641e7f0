//! The natural actor-critic.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::NaturalActorCritic;
use habit::policy::SoftmaxPolicy;
use habit::policy::features::Raw;
use habit_link_proof::{actor_critic_parameters, any, control, forever};

habit_link_proof::image!(NaturalActorCritic<SoftmaxPolicy<2, 4>, Raw<3, 4>, [[f32; 4]; 2], 4> =
        NaturalActorCritic::new(SoftmaxPolicy::EMPTY, [[0.0; 4]; 2], [[0.0; 4]; 2]), |learner| {
    learner.start(Raw::new(any())?, actor_critic_parameters())?;
    forever(|rng| control(learner, rng))
});
