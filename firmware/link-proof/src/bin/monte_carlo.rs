//! Monte Carlo control.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::learn::MonteCarlo;
use habit_link_proof::{any, control, explores, forever, td_parameters};

habit_link_proof::image!(MonteCarlo<48, 4, 64> = MonteCarlo::EMPTY, |learner| {
    learner.start(td_parameters(), explores()?, any())?;
    forever(|rng| control(learner, rng))
});
