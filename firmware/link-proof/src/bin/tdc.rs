//! TDC.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::{GradientTd, Tdc};
use habit::policy::features::OneHot;
use habit_link_proof::{any, forever, prediction, td_parameters};

habit_link_proof::image!(GradientTd<Tdc, OneHot<48>, 48> = GradientTd::EMPTY, |learner| {
    learner.start(OneHot, td_parameters(), any())?;
    forever(|_| prediction(learner))
});
