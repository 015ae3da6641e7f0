//! Q-learning over integers of 32 bits.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::FixedQLearning;
use habit_link_proof::{any, control, explores, forever, td_parameters};

habit_link_proof::image!(FixedQLearning<48, 4, i32, 16> = FixedQLearning::EMPTY, |learner| {
    learner.start(td_parameters(), explores()?, any())?;
    forever(|rng| control(learner, rng))
});
