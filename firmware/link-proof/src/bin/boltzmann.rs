//! Boltzmann exploration.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::policy::{Boltzmann, Exploration};
use habit_link_proof::{any, explore, forever};

habit_link_proof::image!(Boltzmann = Exploration::GREEDY, |learner| {
    *learner = Boltzmann::new(any())?;
    forever(|rng| explore(learner, rng))
});
