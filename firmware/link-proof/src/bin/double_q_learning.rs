//! Double Q-learning.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::DoubleQLearning;
use habit_link_proof::{any, control, explores, forever, td_parameters};

habit_link_proof::image!(DoubleQLearning<48, 4> = DoubleQLearning::EMPTY, |learner| {
    learner.start(td_parameters(), explores()?, any())?;
    forever(|rng| control(learner, rng))
});
