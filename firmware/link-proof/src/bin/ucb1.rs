//! UCB1.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::{Ucb, Ucb1};
use habit_link_proof::{any, bandit, forever};

habit_link_proof::image!(Ucb1<4> = Ucb1::EMPTY, |learner| {
    learner.start(Ucb::new(any())?)?;
    forever(|rng| bandit(learner, rng))
});
