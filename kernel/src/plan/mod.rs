//! Planning: what is optimal where the model is known.
//!
//! | piece | what it is |
//! |---|---|
//! | [`value_iteration`], [`action_value`] | the optimal values of a [`FiniteModel`](crate::model::FiniteModel), exact up to rounding |
//! | [`ShapedModel`] | a model whose rewards pass through a rule |
//! | [`verify_invariance`] | whether a rule keeps what is optimal in a model, and what it costs if not |
//!
//! Memory is the caller's: a number a state.

mod invariance;
#[cfg(test)]
mod tests;
mod value_iteration;

pub use invariance::{InvarianceReport, ShapedModel, verify_invariance};
pub use value_iteration::{Convergence, Sweeps, action_value, value_iteration};
