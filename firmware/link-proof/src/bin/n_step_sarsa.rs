//! n-step SARSA.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::NStepSarsa;
use habit::policy::features::OneHot;
use habit_link_proof::{any, control, explores, forever, td_parameters};

habit_link_proof::image!(NStepSarsa<OneHot<48>, 4, 48, 8> = NStepSarsa::EMPTY, |learner| {
    learner.start(OneHot, td_parameters(), any(), explores()?)?;
    forever(|rng| control(learner, rng))
});
