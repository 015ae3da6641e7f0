//! Gated rewards: channels by priority, and the steps of an episode behind its outcome.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;

use habit::reward::EpisodeReward;
use habit::reward::credit::{GatedEpisode, RewardGate};
use habit_link_proof::{any, element, forever};

habit_link_proof::image!(Option<(RewardGate<4>, GatedEpisode)> = None, |learner| {
    let (channels, episode) =
        learner.insert((RewardGate::new(element(), element())?, GatedEpisode::new(any())?));
    forever(|_| {
        let _ = black_box(channels.accumulate(&element()));
        let _ = black_box(episode.rewrite(black_box(&mut [0.0; 16][..]), any()));
        let _ = black_box(episode.total(any(), any()));
    })
});
