//! ExploRS.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::joint::{ExplorationGuided, ExplorationGuidedParameters};
use habit::reward::learned::SelfDesignedParameters;
use habit::reward::shaping::BoundedRoot;
use habit_link_proof::{any, control, forever};

habit_link_proof::image!(ExplorationGuided<21, 2, 160> = ExplorationGuided::EMPTY, |learner| {
    let limit = if any() { Some(any()) } else { None };
    let designed =
        SelfDesignedParameters { step_size: any(), value_step_size: any(), discount: any(), limit };
    let bonus = if any() { Some(BoundedRoot::new(any(), any())?) } else { None };
    learner.start(ExplorationGuidedParameters { step_size: any(), designed, bonus, horizon: any() })?;
    forever(|rng| control(learner, rng))
});
