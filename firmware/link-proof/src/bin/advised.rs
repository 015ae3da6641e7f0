//! Q-learning with look-ahead advice.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::Advised;
use habit_link_proof::{any, control, explores, forever, td_parameters};

habit_link_proof::image!(Advised<48, 4, [[f32; 4]; 48]> = Advised::new([[0.5; 4]; 48]), |learner| {
    learner.start(td_parameters(), explores()?, any())?;
    forever(|rng| control(learner, rng))
});
