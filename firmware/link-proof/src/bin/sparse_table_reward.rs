//! A table of rewards in front of a learner.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::interact::{Outcome, Transition};
use habit::policy::QTable;
use habit::reward::{RewardShaping, SparseTableReward};
use habit_link_proof::{any, forever};

habit_link_proof::image!(SparseTableReward<3, 3> = SparseTableReward::EMPTY, |table| {
    *table = SparseTableReward::new(*black_box(&[0; 3]), *black_box(&[[0.0; 3]; 3]))?;
    let full = black_box(&QTable::<13, 3>::EMPTY);
    forever(|_| {
        let transition =
            Transition { state: any(), action: any(), reward: any(), next_state: any(), outcome: Outcome::Continue };
        let _ = black_box(table.shape(&transition, any(), any()));
        let _ = black_box(table.start(full));
        black_box(table.rows().count());
    })
});
