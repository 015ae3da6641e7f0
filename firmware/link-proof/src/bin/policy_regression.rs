//! Steps on a batch by squared-error policy regression and by advantage weighting.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;

use habit::learn::{AdvantageWeighting, PolicyBatch, RegressionPolicyUpdate, policy_gradient_step};
use habit::policy::SoftmaxPolicy;
use habit::policy::features::Active;
use habit_link_proof::{any, forever};

habit_link_proof::image!(SoftmaxPolicy<4, 16> = SoftmaxPolicy::EMPTY, |policy| {
    let regression = RegressionPolicyUpdate::<habit::math::Libm>::new(any())?;
    let weighting = AdvantageWeighting::<habit::math::Libm>::new(any(), any())?;
    forever(|_| {
        let (codes, actions) = (black_box(&[Active([0; 1]); 8][..]), black_box(&[0; 8][..]));
        let mut gradient = [0.0; 64];
        let (numbers, gradient) = (black_box(&[0.0; 8][..]), black_box(&mut gradient[..]));
        if let Ok(batch) = PolicyBatch::new(codes, actions, numbers, numbers) {
            let _ = black_box(policy_gradient_step(policy, &regression, &batch, any(), gradient));
            let _ = black_box(policy_gradient_step(policy, &weighting, &batch, any(), gradient));
        }
    })
});
