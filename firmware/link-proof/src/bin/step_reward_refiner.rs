//! Refined step scores, an episode at once and step by step.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;

use habit::reward::EpisodeReward;
use habit::reward::credit::{Refine, RefinedSteps, StepRewardRefiner};
use habit_link_proof::{any, forever};

habit_link_proof::image!(Option<RefinedSteps> = None, |learner| {
    let refiner = StepRewardRefiner::new(black_box(Refine::Raw), any(), any())?;
    let steps = learner.insert(RefinedSteps::new(refiner));
    forever(|_| {
        let mut rewards = [0.0; 16];
        let (scores, out) = (black_box(&[0.0; 16][..]), black_box(&mut rewards[..]));
        let _ = black_box(refiner.refine(scores, any(), out));
        let _ = black_box(refiner.rewrite(out, any()));
        let _ = black_box(steps.push(any()));
        let _ = black_box(steps.finish(any(), any()));
    })
});
