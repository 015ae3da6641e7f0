//! Plans for a distribution of the return, and the distribution that a policy has.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::plan::{DynamicProgram, StockPlan, StockSizes, return_law};
use habit_link_proof::{any, forever};

const SIZES: StockSizes = StockSizes { stages: 4, states: 2, most_reward: 2 };

type Memory = ([f32; SIZES.values()], [u8; SIZES.policy()], [f32; SIZES.scratch()], [f32; SIZES.returns()]);

habit_link_proof::image!(
    Memory = ([0.0; SIZES.values()], [0; SIZES.policy()], [0.0; SIZES.scratch()], [0.0; SIZES.returns()]),
    |all| {
        let (values, policy, scratch, law) = all;
        let sizes = StockSizes { stages: any(), states: any(), most_reward: any() };
        let model = black_box(DynamicProgram::EMPTY).stage(any());
        forever(|_| {
            let Ok(plan) = StockPlan::solve(&model, sizes, &|x: i32| x as f32, values, policy) else { return };
            let _ = black_box((plan.value(any(), any()), plan.maximise_cvar(any(), any())));
            let act = |stage, state, collected| plan.act(stage, state, collected);
            let Ok(law) = return_law(&model, sizes, any(), act, scratch, law) else { return };
            let _ = black_box((law.mean(), law.std(), law.cvar(any()), law.at_least(any())));
        })
    }
);
