//! A periodic plan for arms that recover.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::bandit::{PeriodicPlan, PlanScratch, PlanSettings, RecoveryTable};
use habit_link_proof::{any, arms, forever};

habit_link_proof::image!((PeriodicPlan<4>, PlanScratch<4, 8>) = (PeriodicPlan::EMPTY, PlanScratch::EMPTY), |learner| {
    let (plan, scratch) = learner;
    forever(|_| {
        let settings = PlanSettings { pulls: any(), finest: any(), fills: any() };
        if let Ok(table) = RecoveryTable::new(arms().as_flattened(), any()) {
            let _ = black_box(plan.plan(&table, settings, scratch));
        }
        black_box((plan.due(any(), any()), plan.rate(), plan.bound()));
    })
});
