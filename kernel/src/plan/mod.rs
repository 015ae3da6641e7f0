//! Planning: what is optimal where the model is known.
//!
//! | piece | what it is |
//! |---|---|
//! | [`value_iteration`], [`synchronous_value_iteration`], [`back_up`], [`action_value`] | the optimal values of a [`FiniteModel`](crate::model::FiniteModel), exact up to rounding |
//! | [`relative_value_iteration`] | the best average reward of one that goes on for ever |
//! | [`backward_induction`] | the best decisions of a number of stages |
//! | [`DynamicProgram`] | a finite model as text that a person writes, and its answer |
//! | [`StockPlan`], [`Utility`] | the best distribution of the return: tail risk, targets; Avila Pires et al. (JMLR 2025) |
//! | [`return_law`], [`ReturnLaw`] | the distribution of the return of any policy |
//! | [`policy_iteration`] | the best policy and its values, by systems of equations |
//! | [`policy_values`], [`discounted_sums`], [`discounted_visits`] | what any policy earns, and where it goes, by one system |
//! | [`ShapedModel`] | a model whose rewards pass through a rule |
//! | [`verify_invariance`] | whether a rule keeps what is optimal in a model, and what it costs if not |
//! | [`RewardDesigner`] | sparse rewards that keep the best policy: EXPRD; Devidze et al. (NeurIPS 2021) |
//! | [`AdaptiveDesign`] | which rewards teach the present learner most: ExpAdaRD; Devidze et al. (AAMAS 2024) |
//!
//! Functions take the caller's memory: a number a state, a square of them for systems of equations.

mod adaptive_design;
mod backward_induction;
mod dynamic_program;
mod invariance;
mod policy_evaluation;
mod policy_iteration;
mod relative_value_iteration;
mod reward_designer;
mod stock;
#[cfg(test)]
mod tests;
mod value_iteration;

pub use adaptive_design::AdaptiveDesign;
pub use backward_induction::backward_induction;
pub use dynamic_program::{Answer, DeclaredTransition, DynamicProgram, Fault, Horizon, ProblemSize, Sense, Stage};
pub use invariance::{InvarianceReport, ShapedModel, verify_invariance};
pub use policy_evaluation::{discounted_sums, discounted_visits, policy_values};
pub use policy_iteration::policy_iteration;
pub use relative_value_iteration::{AverageReward, relative_value_iteration};
pub use reward_designer::RewardDesigner;
pub use stock::{ReturnLaw, StockPlan, StockSizes, Utility, return_law};
pub use value_iteration::{Convergence, Sweeps, action_value, back_up, synchronous_value_iteration, value_iteration};
