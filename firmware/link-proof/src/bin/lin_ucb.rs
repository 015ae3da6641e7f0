//! LinUCB.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::LinUcb;
use habit_link_proof::{any, arms, bandit, confidence, forever};

habit_link_proof::image!(LinUcb<'static, 4, 8> = LinUcb::EMPTY, |learner| {
    learner.start(arms(), confidence()?, any())?;
    forever(|rng| bandit(learner, rng))
});
