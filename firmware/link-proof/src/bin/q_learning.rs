//! Q-learning.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::QLearning;
use habit_link_proof::{any, control, explores, forever, td_parameters};

habit_link_proof::image!(QLearning<48, 4> = QLearning::EMPTY, |learner| {
    learner.start(td_parameters(), explores()?, any())?;
    forever(|rng| control(learner, rng))
});
