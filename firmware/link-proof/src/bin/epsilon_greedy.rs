//! Epsilon-greedy.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::policy::EpsilonGreedy;
use habit_link_proof::{any, explore, forever};

habit_link_proof::image!(EpsilonGreedy = EpsilonGreedy::GREEDY, |policy| {
    *policy = EpsilonGreedy::new(any())?;
    forever(|rng| explore(policy, rng))
});
