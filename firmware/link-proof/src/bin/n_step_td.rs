//! n-step TD.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::NStepTd;
use habit::policy::features::OneHot;
use habit_link_proof::{any, forever, prediction, td_parameters};

habit_link_proof::image!(NStepTd<OneHot<48>, 48, 8> = NStepTd::EMPTY, |learner| {
    learner.start(OneHot, td_parameters(), any(), any())?;
    forever(|_| prediction(learner))
});
