//! LinUCB with an estimate an arm.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::{DisjointLinUcb, FixedRadius, Optimistic};
use habit_link_proof::{any, contextual, forever};

habit_link_proof::image!(DisjointLinUcb<4, 8> = DisjointLinUcb::EMPTY, |learner| {
    learner.start(any(), Optimistic(FixedRadius(any())))?;
    forever(|rng| contextual(learner, &[any(); 8], rng))
});
