//! Designed rewards: for a model and for a learner.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::env::LineKey;
use habit::plan::{AdaptiveDesign, RewardDesigner};
use habit::policy::QTable;
use habit_link_proof::{any, forever};

type Learner = (RewardDesigner<13, 3, 5>, AdaptiveDesign<13, 3>, QTable<13, 3>);

habit_link_proof::image!(Learner = (RewardDesigner::EMPTY, AdaptiveDesign::EMPTY, QTable::EMPTY), |all| {
    let (designer, adaptive, reward) = all;
    let line = LineKey::<13>::new();
    forever(|_| {
        let _ = black_box(designer.start(&line, any(), *black_box(&[0; 5]), any()));
        let mut active = *black_box(&[false; 13]);
        let _ = black_box(designer.grow(&mut active));
        let _ = black_box(designer.design(&active, reward));
        black_box((designer.loss(reward), designer.violation(reward), designer.unrestricted()));
        let start = black_box(&[0.0; 13]);
        let _ = black_box(adaptive.start(&line, any(), start, |s, a| designer.is_best(s, a), any()));
        let _ = black_box(adaptive.adapt(&line, |_, _| any()));
        black_box(adaptive.informativeness(reward));
        let _ = black_box(adaptive.box_reward(any(), reward));
        let _ = black_box(designer.design_for(adaptive.coefficients(), &active, reward));
    })
});
