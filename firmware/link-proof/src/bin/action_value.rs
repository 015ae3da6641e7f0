//! Epsilon-greedy on estimates.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::ActionValueBandit;
use habit_link_proof::{any, bandit, explores, forever};

habit_link_proof::image!(ActionValueBandit<4> = ActionValueBandit::EMPTY, |learner| {
    learner.start(explores()?, Some(any()), any())?;
    forever(|rng| bandit(learner, rng))
});
