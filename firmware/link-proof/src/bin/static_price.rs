//! One price, learnt once.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::allocate::StaticPrice;
use habit_link_proof::{allocator, any};

habit_link_proof::image!(StaticPrice<32> = StaticPrice::EMPTY, |learner| {
    learner.start(any(), any())?;
    allocator(learner)
});
