//! A classifier of messages.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::reward::learned::{ClassifierReward, LogisticAscent};
use habit_link_proof::{any, forever, message_reward};

habit_link_proof::image!(ClassifierReward<9, 64> = ClassifierReward::EMPTY, |learner| {
    learner.start(LogisticAscent { step_size: any(), steps: any() }, any())?;
    forever(|_| message_reward(learner))
});
