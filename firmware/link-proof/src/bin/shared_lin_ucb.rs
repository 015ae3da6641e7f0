//! LinUCB with one estimate for all arms.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::{FixedRadius, Optimistic, SharedLinUcb};
use habit_link_proof::{any, contextual, forever};

habit_link_proof::image!(SharedLinUcb<4, 8> = SharedLinUcb::EMPTY, |learner| {
    learner.start(any(), Optimistic(FixedRadius(any())))?;
    forever(|rng| contextual(learner, &[any(); 32], rng))
});
