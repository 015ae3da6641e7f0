//! A ranking of messages.
#![cfg_attr(target_os = "none", no_std, no_main)]

use habit::reward::learned::{LogisticAscent, RankingOutput, RankingReward};
use habit_link_proof::{any, forever, message_reward};

habit_link_proof::image!(RankingReward<9, 192> = RankingReward::EMPTY, |learner| {
    learner.start(LogisticAscent { step_size: any(), steps: any() }, RankingOutput::AboveCut(any()))?;
    forever(|_| message_reward(learner))
});
