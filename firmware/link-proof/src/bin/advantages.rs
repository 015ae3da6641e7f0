//! Every estimator of advantages over rollouts and groups of any shape.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;

use habit::advantage::{
    DiscountedReturn, Gae, GroupBaseline, MaskedGae, NStepReturn, ProcessGroup, RewardToGo, TurnGae, VTrace,
};
use habit::interact::{Outcome, RolloutView};
use habit_link_proof::{any, forever};

struct Parts {
    out: [[f32; 16]; 2],
}

habit_link_proof::image!(Parts = Parts { out: [[0.0; 16]; 2] }, |parts| {
    let (discounted, n_step) = (DiscountedReturn::new(any())?, NStepReturn::new(any(), any())?);
    let (gae, turns, masked) = (Gae::new(any(), any())?, TurnGae::new(any(), any())?, MaskedGae::new(any(), any())?);
    let v_trace: VTrace = VTrace::new(any(), any(), any(), any())?;
    let process = ProcessGroup::new(any(), any())?;
    forever(|_| {
        let [out, targets] = &mut parts.out;
        let (out, targets) = (black_box(&mut out[..]), black_box(&mut targets[..]));
        let (of, outcomes) = (black_box(&[0.0; 16][..]), black_box(&[Outcome::Continue; 16][..]));
        let actions = black_box(&[true; 16][..]);
        if let Ok(rollout) = RolloutView::new(any(), any(), of, of, of, outcomes) {
            let _ = black_box(discounted.returns(&rollout, out));
            let _ = black_box(n_step.returns(&rollout, out));
            let _ = black_box(RewardToGo.returns(&rollout, out));
            let _ = black_box(gae.advantages_and_targets(&rollout, out, targets));
            let _ = black_box(v_trace.advantages_and_targets(&rollout, black_box(of), black_box(of), out, targets));
            let _ = black_box(turns.advantages(&rollout, actions, out));
            let _ = black_box(masked.advantages(&rollout, actions, out));
            let _ = black_box(process.advantages(&rollout, out));
        }
        let standardised = GroupBaseline::Standardised { ddof: any(), epsilon: any() };
        for baseline in [GroupBaseline::Mean, GroupBaseline::LeaveOneOut, standardised] {
            let _ = black_box(black_box(baseline).advantages(of, out));
        }
    })
});
