//! LSTD.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::Lstd;
use habit::policy::features::Raw;
use habit_link_proof::{any, forever, prediction};

habit_link_proof::image!(Lstd<Raw<3, 4>, 4> = Lstd::EMPTY, |learner| {
    learner.start(Raw::new(any())?, any(), any())?;
    forever(|_| prediction(learner))
});
