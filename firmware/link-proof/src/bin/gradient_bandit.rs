//! The gradient bandit.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::GradientBandit;
use habit_link_proof::{any, bandit, forever};

habit_link_proof::image!(GradientBandit<4> = GradientBandit::EMPTY, |learner| {
    learner.start(any(), any())?;
    forever(|rng| bandit(learner, rng))
});
