//! The numbers of a bi-level aligner.

use crate::error::Error;
use crate::math::is_in_unit_interval;

/// The numbers of [`BilevelAligner`](super::BilevelAligner).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BilevelAlignerParameters {
    /// `H`, the most steps of an episode.
    pub horizon: u16,
    /// Of the policy.
    pub step_size: f32,
    /// `reg`, the weight of the mean entropy in the inner objective.
    pub entropy_weight: f32,
    /// Of levels and weights of the aligned reward.
    pub reward_step_size: f32,
    /// `lambda_phi`.
    pub reward_penalty: f32,
    /// `phi3` of every state at the start.
    pub weight: f32,
    /// Of the discount.
    pub discount_step_size: f32,
    /// `lambda_g`.
    pub discount_penalty: f32,
    /// `w` of the discount `sigmoid(w)` at the start.
    pub logit: f32,
    /// The discount of the outer objective.
    pub task_discount: f32,
    /// `a_N`, the step of the Neumann sum.
    pub neumann_step: f32,
    /// `n`: the sum has terms 0 to `n`.
    pub neumann_terms: u8,
    /// Episodes of the warm start.
    pub warm_episodes: u32,
}

impl BilevelAlignerParameters {
    /// Those of the published gridworld: at most 50 steps an episode.
    pub const GRIDWORLD: Self = Self {
        horizon: 50,
        step_size: 0.02,
        entropy_weight: 0.25,
        reward_step_size: 0.02,
        reward_penalty: 0.0,
        weight: 1.0,
        discount_step_size: 0.005,
        discount_penalty: 0.0625,
        logit: 4.6,
        task_discount: 0.99,
        neumann_step: 5e-4,
        neumann_terms: 5,
        warm_episodes: 150,
    };

    /// Those that no part looks at.
    pub(super) fn check(&self) -> Result<(), Error> {
        if !is_in_unit_interval(self.task_discount) {
            return Err(Error::DiscountOutOfRange);
        }
        let fits = self.neumann_step > 0.0 && self.neumann_step.is_finite();
        if fits { Ok(()) } else { Err(Error::ParameterOutOfRange) }
    }
}
