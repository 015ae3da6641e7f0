//! Labels of messages, looked up.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::reward::learned::RetrievalReward;
use habit_link_proof::{forever, message_reward};

habit_link_proof::image!(RetrievalReward<256> = RetrievalReward::EMPTY, |learner| {
    learner.clear();
    forever(|_| message_reward(learner))
});
