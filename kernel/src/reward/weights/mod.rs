//! Several objectives or constraints in one reward.
//!
//! | piece | what it is | source |
//! |---|---|---|
//! | [`WeightRule`] | weights of `m` objectives, and the one reward they make | |
//! | [`FixedWeights`] | preferences that stay | |
//! | [`HypervolumeFactor`] | preferences, amplified while training extends the Pareto front | Lu et al. (2025), algorithm 1 |
//! | [`InfluenceWeights`] | weights that follow what each objective contributes to learning | Lu et al. (2025), algorithm 2 |
//! | [`HypervolumeGradientWeights`] | weights that make the product of all improvements the objective | |
//! | [`ParetoBuffer`] | points that no other one dominates, and the exact volume they dominate | |
//! | [`add_gram`] | inner products of the gradients of several objectives | |
//!
//! | piece | what it is | source |
//! |---|---|---|
//! | [`BehaviorConstraint`] | how often something may, or must, happen | Roy et al. (2022) |
//! | [`Multipliers`]: [`NormalizedMultipliers`], [`LagrangianMultipliers`] | what each constraint weighs, by dual steps | Roy et al. (2022), and its baseline |
//! | [`ConstraintCounts`] | how often it did happen | |
//! | [`constrained`], [`ConstrainedReward`] | the reward that is trained on, and a shaping rule that keeps count | Roy et al. (2022) |

mod behavior_constraint;
mod constrained_reward;
mod fixed_weights;
mod hypervolume;
mod hypervolume_factor;
mod hypervolume_gradient_weights;
mod influence_weights;
mod lagrangian_multipliers;
mod normalized_multipliers;
mod pareto_buffer;

pub use behavior_constraint::{BehaviorConstraint, Bound, ConstraintCounts, Share};
pub use constrained_reward::{ConstrainedReward, Indicators, constrained};
pub use fixed_weights::{FixedWeights, FixedWeightsState};
pub use hypervolume_factor::{HypervolumeFactor, HypervolumeFactorState};
pub use hypervolume_gradient_weights::{HypervolumeGradientWeights, HypervolumeGradientWeightsState};
pub use influence_weights::{InfluenceParameters, InfluenceWeights, InfluenceWeightsState, add_gram};
pub use lagrangian_multipliers::{LagrangianMultipliers, LagrangianMultipliersState};
pub use normalized_multipliers::{NormalizedMultipliers, NormalizedMultipliersState};
pub use pareto_buffer::{ParetoBuffer, ParetoBufferState};

use crate::error::Error;
use crate::linalg::{all_finite, dot};

/// Weights of several objectives, all of them to be maximised: negate those to be minimised.
pub trait WeightRule {
    /// One weight an objective, none below 0; they sum to 1.
    fn weights(&self) -> &[f32];

    /// `sum_i w_i r_i`: the one reward of several.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; [`Error::NonFinite`].
    fn scalarise(&self, rewards: &[f32]) -> Result<f32, Error> {
        if rewards.len() != self.weights().len() {
            return Err(Error::LengthMismatch);
        }
        let sum = dot(self.weights(), rewards);
        if all_finite(rewards) && sum.is_finite() { Ok(sum) } else { Err(Error::NonFinite) }
    }
}

/// What it borrows.
impl<W: WeightRule + ?Sized> WeightRule for &W {
    fn weights(&self) -> &[f32] {
        (**self).weights()
    }
}

/// What each of several constraints weighs against the task.
pub trait Multipliers {
    /// The constraints, in the order of the weights.
    fn constraints(&self) -> &[BehaviorConstraint];

    /// Writes the weight of each constraint, none below 0, and returns that of the task.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`]; nothing is written then.
    fn weights(&self, out: &mut [f32]) -> Result<f32, Error>;

    /// Moves the weights by how far each rate of a batch is from its threshold.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::LengthMismatch`]; [`Error::NonFinite`]; [`Error::ParameterOutOfRange`] for a rate that
    /// is not between 0 and 1. The weights are unchanged then.
    fn dual_step(&mut self, rates: &[f32]) -> Result<(), Error>;
}

/// Whether numbers can be weights: none below 0, and their sum 1, give or take what a few decimals round off.
fn check_simplex(weights: &[f32]) -> Result<(), Error> {
    const TOLERANCE: f32 = 1e-3;
    if weights.is_empty() {
        return Err(Error::EmptyRange);
    }
    if !all_finite(weights) {
        return Err(Error::NonFinite);
    }
    let sum: f32 = weights.iter().sum();
    let fits = weights.iter().all(|weight| *weight >= 0.0) && (sum - 1.0).abs() <= TOLERANCE;
    if fits { Ok(()) } else { Err(Error::ParameterOutOfRange) }
}
