//! Discounted UCB.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::{DiscountedUcb, Ucb};
use habit_link_proof::{any, bandit, forever};

habit_link_proof::image!(DiscountedUcb<4> = DiscountedUcb::EMPTY, |learner| {
    learner.start_discounted(Ucb::new(any())?, any())?;
    forever(|rng| bandit(learner, rng))
});
