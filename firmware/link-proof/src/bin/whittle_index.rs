//! Whittle's index and the policies that play it and the myopic rewards, over every family of feasible actions.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::bandit::restless::{
    ActionList, ArmTable, CycleSet, FeasibleSet, InterventionSet, Listed, ScheduleSet, WhittleIndex,
};
use habit::env::BirthDeathArm;
use habit_link_proof::{any, forever};

type Learner = (WhittleIndex<4>, ArmTable<5, 4, 5>, ActionList<5, 32>);

habit_link_proof::image!(Learner = (WhittleIndex::EMPTY, ArmTable::EMPTY, ActionList::EMPTY), |all| {
    let (index, table, actions) = all;
    forever(|rng| {
        let _ =
            black_box(actions.start(&ScheduleSet { arm_slots: black_box(&[0; 5]), worker_slots: black_box(&[0; 2]) }));
        let round =
            CycleSet { arms: any(), edges: black_box(&[[0; 2]; 6]), source: any(), longest: any(), pulls: any() };
        let _ = black_box(actions.start(&round));
        let (interventions, weights) = (any(), black_box(&[0; 30]));
        let _ = black_box(actions.start(&InterventionSet { interventions, weights, budget: any(), levels: any() }));
        let _ = black_box(actions.start(&Listed { arms: any(), levels: any(), actions: black_box(&[0; 15]) }));
        let number = any();
        let Ok(arm) = BirthDeathArm::published(number, any()) else { return };
        let _ = black_box(table.set_myopic(number, &arm));
        if let Ok(indices) = index.compute(&arm, any()) {
            let _ = black_box(table.set_index(number, indices, |level| arm.share(level)));
        }
        let mut action = [0; 5];
        let _ = black_box(table.best(actions, black_box(&[0; 5]), &mut action));
        let _ = black_box(actions.draw(rng, &mut action));
    })
});
