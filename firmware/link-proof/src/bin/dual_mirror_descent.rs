//! Dual mirror descent, by sub-gradients.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::allocate::DualMirrorDescent;
use habit_link_proof::{allocator, any, rates};

habit_link_proof::image!(DualMirrorDescent<'static, 2> = DualMirrorDescent::EMPTY, |learner| {
    learner.start(rates(), any(), any())?;
    learner.set_prices(rates())?;
    allocator(learner)
});
