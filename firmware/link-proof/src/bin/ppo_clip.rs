//! Steps on a batch by PPO-clip and by the score function, of a softmax policy; by PPO-clip, of a Gaussian one.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;

use habit::learn::{PolicyBatch, PpoClip, ScoreFunction, policy_gradient_step};
use habit::policy::features::Active;
use habit::policy::{GaussianPolicy, SoftmaxPolicy};
use habit_link_proof::{any, forever};

type Policies = (SoftmaxPolicy<4, 16>, GaussianPolicy<16>);

habit_link_proof::image!(Policies = (SoftmaxPolicy::EMPTY, GaussianPolicy::EMPTY), |policies| {
    let (softmax, gaussian) = policies;
    let clip = PpoClip::new(any(), any())?;
    forever(|_| {
        let codes = black_box(&[Active([0; 1]); 8][..]);
        let (actions, torques) = (black_box(&[0; 8][..]), black_box(&[[0.0; 1]; 8][..]));
        let mut gradient = [0.0; 64];
        let (numbers, gradient) = (black_box(&[0.0; 8][..]), black_box(&mut gradient[..]));
        if let Ok(batch) = PolicyBatch::new(codes, actions, numbers, numbers) {
            let _ = black_box(policy_gradient_step(softmax, &clip, &batch, any(), gradient));
            let _ = black_box(policy_gradient_step(softmax, &ScoreFunction, &batch, any(), gradient));
        }
        if let (Ok(batch), Some(gradient)) =
            (PolicyBatch::new(codes, torques, numbers, numbers), gradient.get_mut(..32))
        {
            let _ = black_box(policy_gradient_step(gaussian, &clip, &batch, any(), gradient));
        }
    })
});
