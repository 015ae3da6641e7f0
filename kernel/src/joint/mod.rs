//! What trains a reward or a discount together with a policy.
//!
//! | learner | what is trained with the policy |
//! |---|---|
//! | [`BilevelAligner`] | how far to trust a heuristic in each state, and the discount, by how good the trained policy then is (Gupta et al. 2023, BARFI) |
//! | [`ExplorationGuided`] | a reward of each state and action beside a bonus for what was seldom seen (Devidze et al. 2022, ExploRS) |
//!
//! | piece | what it is |
//! |---|---|
//! | [`PolicyAscent`], [`Visit`] | a softmax policy that climbs on whole episodes, with an entropy bonus |
//! | [`HeuristicStep`] | a step with both of its rewards, in ten bytes |

mod bilevel_aligner;
mod exploration_guided;
mod policy_ascent;

pub use bilevel_aligner::{BilevelAligner, BilevelAlignerParameters, HeuristicStep, MetaGradient};
pub use exploration_guided::{ExplorationGuided, ExplorationGuidedParameters};
pub use policy_ascent::{PolicyAscent, PolicyAscentParameters, Visit};
