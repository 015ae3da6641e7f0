//! Planning: what is optimal where the model is known.
//!
//! | piece | what it is |
//! |---|---|
//! | [`value_iteration`], [`action_value`] | the optimal values of a [`FiniteModel`](crate::model::FiniteModel), exact up to rounding |
//! | [`policy_iteration`] | the best policy and its values, by systems of equations |
//! | [`policy_values`], [`discounted_sums`], [`discounted_visits`] | what any policy earns, and where it goes, by one system |
//! | [`ShapedModel`] | a model whose rewards pass through a rule |
//! | [`verify_invariance`] | whether a rule keeps what is optimal in a model, and what it costs if not |
//! | [`RewardDesigner`] | sparse rewards that keep the best policy: EXPRD; Devidze et al. (NeurIPS 2021) |
//! | [`AdaptiveDesign`] | which rewards teach the present learner most: ExpAdaRD; Devidze et al. (AAMAS 2024) |
//!
//! Functions take the caller's memory: a number a state, a square of them for systems of equations.

mod adaptive_design;
mod invariance;
mod policy_evaluation;
mod policy_iteration;
mod reward_designer;
#[cfg(test)]
mod tests;
mod value_iteration;

pub use adaptive_design::AdaptiveDesign;
pub use invariance::{InvarianceReport, ShapedModel, verify_invariance};
pub use policy_evaluation::{discounted_sums, discounted_visits, policy_values};
pub use policy_iteration::policy_iteration;
pub use reward_designer::RewardDesigner;
pub use value_iteration::{Convergence, Sweeps, action_value, value_iteration};
