//! True online TD(lambda).
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::TrueOnlineTdLambda;
use habit::policy::features::OneHot;
use habit_link_proof::{any, forever, prediction, td_parameters};

habit_link_proof::image!(TrueOnlineTdLambda<OneHot<48>, 48> = TrueOnlineTdLambda::EMPTY, |learner| {
    learner.start(OneHot, td_parameters(), any(), any())?;
    forever(|_| prediction(learner))
});
