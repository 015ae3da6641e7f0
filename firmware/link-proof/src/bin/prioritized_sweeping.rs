//! Prioritised sweeping.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::PrioritizedSweeping;
use habit_link_proof::{any, control, explores, forever, td_parameters};

habit_link_proof::image!(PrioritizedSweeping<48, 4> = PrioritizedSweeping::EMPTY, |learner| {
    learner.start(td_parameters(), explores()?, any(), any(), any())?;
    forever(|rng| control(learner, rng))
});
