//! Upper-confidence-bound action selection.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::policy::{Exploration, UpperConfidenceBound};
use habit_link_proof::{any, explore, forever};

habit_link_proof::image!(UpperConfidenceBound<[u32; 192]> = Exploration::GREEDY, |learner| {
    *learner = UpperConfidenceBound::new(any(), [0; 192])?;
    forever(|rng| explore(learner, rng))
});
