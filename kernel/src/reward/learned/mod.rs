//! Rewards that are learned, or read from demonstrations.
//!
//! | piece | what it is |
//! |---|---|
//! | [`RewardModel`] | what scores features |
//! | [`LinearReward`], [`Examples`], [`LogisticAscent`] | a score linear in features, fitted by logistic regression to what was labelled |
//! | [`MessageReward`], [`Label`] | what a message is worth, learned from an annotator's labels; Zheng et al. (2024) |
//! | [`RetrievalReward`] | the label itself, from a table |
//! | [`ClassifierReward`] | whether it is probably helpful, of messages that nobody labelled too |
//! | [`RankingReward`] | how far it is above the usual, from pairs (Bradley, Terry 1952) |
//! | [`AnnotationQueue`] | what waits for an annotator that is slow |
//! | [`AlignedReward`] | in each state how far to trust what the rules before it have added (Gupta et al. 2023, BARFI) |
//! | [`SelfDesignedReward`] | a reward of each state and action that leads to the original return (Devidze et al. 2022, ExploRS) |
//! | [`ActedStep`] | a step with the probabilities that its action was drawn from |
//! | [`DemonstrationReward`], [`BestDemonstration`] | imitation of observations: a reward a step against one demonstration, or the best of several |
//! | [`TransportReward`] | by what it costs to carry a trajectory's observations over to a demonstration's (Cuturi 2013) |
//! | [`NearestObservationReward`] | by how far each observation is from the nearest one of a demonstration |
//! | [`FirstEpisodeScale`] | a scale that the first episode fixes |
//! | [`EpisodicCountNorm`], [`RewardMix`] | the same message counts less each time; what the two rewards weigh |

mod aligned_reward;
mod annotation_queue;
mod classifier;
mod demonstration;
mod episodic_count_norm;
mod examples;
mod first_episode_scale;
mod fit;
mod linear;
mod message;
mod nearest_observation;
mod ranking;
mod retrieval;
mod self_designed_reward;
mod transport;

pub use aligned_reward::AlignedReward;
pub use annotation_queue::{AnnotationQueue, Submission};
pub use classifier::{ClassifierReward, ClassifierState};
pub use demonstration::{BestDemonstration, DemonstrationReward};
pub use episodic_count_norm::{EpisodicCountNorm, EpisodicCountState, RewardMix};
pub use examples::Examples;
pub use first_episode_scale::FirstEpisodeScale;
pub use fit::LogisticAscent;
pub use linear::{LARGEST_FEATURE, LinearReward, LinearState};
pub use message::{Label, MessageReward};
pub use nearest_observation::NearestObservationReward;
pub use ranking::{RankingOutput, RankingReward, RankingState};
pub use retrieval::{RetrievalReward, RetrievalState};
pub use self_designed_reward::{ActedStep, SelfDesignedParameters, SelfDesignedReward};
pub use transport::{TransportReward, TransportState};

use crate::error::Error;

/// What scores features: more is better, the unit is the model's own.
pub trait RewardModel {
    /// The score of features.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::NonFinite`]; what the model says of its own.
    fn score(&self, features: &[f32]) -> Result<f32, Error>;
}
