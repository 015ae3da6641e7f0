//! Takes what fits.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::allocate::Greedy;
use habit_link_proof::{allocator, any, rates};

habit_link_proof::image!(Greedy<2> = Greedy::EMPTY, |learner| {
    learner.start(rates(), any())?;
    allocator(learner)
});
