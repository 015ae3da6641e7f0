//! Thompson sampling with Gaussian posteriors.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::bandit::ThompsonGaussian;
use habit_link_proof::{any, bandit, forever};

habit_link_proof::image!(ThompsonGaussian<4> = ThompsonGaussian::EMPTY, |learner| {
    learner.start(any())?;
    forever(|rng| bandit(learner, rng))
});
