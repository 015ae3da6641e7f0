//! A budget of turns.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::schedule::{RecentProgress, TurnBudget, percentile_turns};
use habit_link_proof::{any, forever};

habit_link_proof::image!((TurnBudget, RecentProgress) = (TurnBudget::UNLIMITED, RecentProgress::EMPTY), |all| {
    let (budget, recent) = all;
    *budget = TurnBudget::dynamic(any(), any())?.gated(any())?;
    forever(|_| {
        black_box(budget.begin_turn(recent.share()));
        recent.note(any());
        let _ = black_box(percentile_turns(black_box(&mut [0; 32]), any()));
    })
});
