//! Exp3.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::Exp3;
use habit_link_proof::{any, bandit, forever};

habit_link_proof::image!(Exp3<4> = Exp3::EMPTY, |learner| {
    learner.start(any(), any(), any())?;
    forever(|rng| bandit(learner, rng))
});
