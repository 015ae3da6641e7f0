//! Rules for a finished episode: gates, refined step scores, milestones.
//!
//! | rule | what it does |
//! |---|---|
//! | [`RewardGate`] | a channel counts only when every more important one has reached its threshold |
//! | [`GatedEpisode`] | the rewards of steps count only in an episode whose outcome reaches a threshold |
//! | [`StepRewardRefiner`] with [`Refine`] | scores of steps whose sum is bounded: clip, delta, both |
//! | [`LearnedPotential`] | the difference of a potential that is learned, added step by step |
//!
//! | piece | what it is |
//! |---|---|
//! | [`RefinedSteps`] | the refiner step by step, while the episode runs |
//! | [`MilestoneProgress`] | from confirmed milestones to progress, the target of a learned potential |

mod gated_episode;
mod learned_potential;
mod milestone_progress;
mod reward_gate;
mod step_reward_refiner;

pub use gated_episode::GatedEpisode;
pub use learned_potential::LearnedPotential;
pub use milestone_progress::{MilestoneProgress, MilestoneProgressState};
pub use reward_gate::RewardGate;
pub use step_reward_refiner::{Refine, RefinedSteps, StepRewardRefiner};
