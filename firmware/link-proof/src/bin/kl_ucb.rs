//! KL-UCB.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::{KlUcb, KullbackLeibler};
use habit_link_proof::{any, bandit, forever};

habit_link_proof::image!(KlUcb<4> = KlUcb::EMPTY, |learner| {
    learner.start(KullbackLeibler::new(any())?)?;
    forever(|rng| bandit(learner, rng))
});
