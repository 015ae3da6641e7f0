//! D-LinUCB.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::DLinUcb;
use habit_link_proof::{any, arms, bandit, confidence, forever};

habit_link_proof::image!(DLinUcb<'static, 4, 8> = DLinUcb::EMPTY, |learner| {
    learner.start(arms(), confidence()?, any(), any())?;
    forever(|rng| bandit(learner, rng))
});
