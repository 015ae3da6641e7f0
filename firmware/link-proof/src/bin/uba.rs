//! The step sizes of a budget, which may be extended, by the unified budget-aware schedule.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::schedule::shape::Uba;
use habit::schedule::{Budgeted, StepSizes};
use habit_link_proof::{any, forever};

habit_link_proof::image!(Option<StepSizes<Uba>> = None, |steps| {
    let schedule = Budgeted::new(Uba::new(any())?, any(), any(), any())?.with_warm_up(any())?;
    let steps = steps.insert(StepSizes::new(schedule));
    forever(|_| {
        let _ = black_box(steps.next());
        let _ = black_box(steps.extend(any()));
    })
});
