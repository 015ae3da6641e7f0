//! Sliding-window UCB.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::{SlidingWindowUcb, Ucb};
use habit_link_proof::{any, bandit, forever};

habit_link_proof::image!(SlidingWindowUcb<4, 64> = SlidingWindowUcb::EMPTY, |learner| {
    learner.start(Ucb::new(any())?)?;
    forever(|rng| bandit(learner, rng))
});
