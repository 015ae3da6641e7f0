//! SARSA over integers of 32 bits.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::FixedSarsa;
use habit_link_proof::{any, control, explores, forever, td_parameters};

habit_link_proof::image!(FixedSarsa<48, 4, i32, 16> = FixedSarsa::EMPTY, |learner| {
    learner.start(td_parameters(), explores()?, any())?;
    forever(|rng| control(learner, rng))
});
