//! Off-policy evaluation.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;

use habit::bandit::{LoggedDecision, OffPolicyEvaluation};
use habit::state::Merge;
use habit_link_proof::{any, forever};

habit_link_proof::image!(OffPolicyEvaluation = OffPolicyEvaluation::EMPTY, |evaluation| {
    evaluation.start(Some(any()))?;
    forever(|_| {
        let decision =
            LoggedDecision { prediction: any(), expectation: any(), ..LoggedDecision::new(any(), any(), any()) };
        let _ = black_box(evaluation.add(&decision));
        let _ = black_box(evaluation.merge(black_box(&OffPolicyEvaluation::EMPTY)));
        black_box((evaluation.ips(), evaluation.snips(), evaluation.doubly_robust()));
        black_box((evaluation.mean_weight(), evaluation.effective_sample_size()));
    })
});
