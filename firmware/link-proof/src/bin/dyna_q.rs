//! Dyna-Q.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::DynaQ;
use habit_link_proof::{any, control, explores, forever, td_parameters};

habit_link_proof::image!(DynaQ<48, 4> = DynaQ::EMPTY, |learner| {
    learner.start(td_parameters(), explores()?, any(), any())?;
    forever(|rng| control(learner, rng))
});
