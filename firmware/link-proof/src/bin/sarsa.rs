//! SARSA.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::Sarsa;
use habit_link_proof::{any, control, explores, forever, td_parameters};

habit_link_proof::image!(Sarsa<48, 4> = Sarsa::EMPTY, |learner| {
    learner.start(td_parameters(), explores()?, any())?;
    forever(|rng| control(learner, rng))
});
