//! Plain Lagrangian multipliers in a constrained reward.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::reward::RewardShaping;
use habit::reward::weights::{BehaviorConstraint, ConstrainedReward, LagrangianMultipliers, Multipliers};
use habit_link_proof::{any, forever, transition};

type Rule = ConstrainedReward<LagrangianMultipliers<3>, fn(&habit::interact::Transition) -> u32, 3>;

habit_link_proof::image!(Rule = ConstrainedReward::new(LagrangianMultipliers::EMPTY, |_| any()), |learner| {
    let rare = BehaviorConstraint::at_most(any())?;
    let often = BehaviorConstraint::at_least(any())?.of_episodes();
    learner.start(|multipliers| multipliers.start([rare, rare, often], any()))?;
    forever(|_| {
        let _ = black_box(learner.apply(&transition(), any()));
        let _ = black_box(learner.update());
        let _ = black_box(learner.weights());
        let _ = black_box(learner.multipliers().weights(black_box(&mut [0.0; 4][..])));
    })
});
