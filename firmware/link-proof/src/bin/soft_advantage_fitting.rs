//! Adversarial soft advantage fitting, and behavioural cloning.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::learn::{SoftAdvantageFitting, behavioral_cloning_step};
use habit::policy::StochasticPolicy;
use habit::policy::features::{Features, OneHot};
use habit_link_proof::{any, forever};

habit_link_proof::image!(SoftAdvantageFitting<36, 8> = SoftAdvantageFitting::EMPTY, |learner| {
    learner.clear();
    forever(|rng| {
        let mut scratch = [0.0f32; 288];
        let gradient = black_box(&mut scratch[..]);
        let Ok(code) = OneHot::<36>.encode(any()) else { return };
        let all = [(code, any::<usize>()); 4];
        let pairs = || black_box(&all[..]).iter().copied();
        let _ = black_box(learner.fit(pairs(), pairs(), any(), gradient));
        let _ = black_box(learner.sync_generator());
        let _ = black_box(learner.generator_mut().act(&code, rng));
        let _ = black_box(behavioral_cloning_step(learner.learner_mut(), pairs(), any(), gradient));
    })
});
