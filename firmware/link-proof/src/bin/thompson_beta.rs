//! Thompson sampling.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::ThompsonBeta;
use habit_link_proof::{bandit, forever};

habit_link_proof::image!(ThompsonBeta<4> = ThompsonBeta::EMPTY, |learner| {
    learner.start()?;
    forever(|rng| bandit(learner, rng))
});
