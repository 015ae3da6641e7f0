//! Rewards from demonstrations made of observations.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use habit::reward::learned::{
    BestDemonstration, DemonstrationReward, FirstEpisodeScale, NearestObservationReward, TransportReward,
};
use habit_link_proof::{any, forever};

type Learner = BestDemonstration<TransportReward<26>, 26>;

habit_link_proof::image!(Learner = BestDemonstration::new(TransportReward::EMPTY), |rewards| {
    rewards.rule_mut().start(any(), any())?;
    let mut scale = FirstEpisodeScale::new(any())?;
    let mut nearest = [0.0; 8];
    forever(|_| {
        if let Ok((rewards, _)) = rewards.rewards(any(), black_box(&[0u16; 3][..]), |_, _, _| any()) {
            let _ = black_box(scale.apply(rewards));
        }
        let _ = black_box(NearestObservationReward.compare(any(), |_, _| any(), &mut nearest));
    })
});
