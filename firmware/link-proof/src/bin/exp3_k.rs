//! Exp3-k: Exp3, held.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::{Exp3, Hold};
use habit_link_proof::{any, bandit, forever};

habit_link_proof::image!(Hold<Exp3<4>> = Hold::new(Exp3::EMPTY), |learner| {
    learner.start(any(), |inner| inner.start(any(), any(), any()))?;
    forever(|rng| bandit(learner, rng))
});
