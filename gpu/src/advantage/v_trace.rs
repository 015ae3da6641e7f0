//! Values and advantages from actions of another policy.

use super::recursion::{Estimator, Recursion};
use super::{bytes_of, shape_of};
use crate::error::Error;
use habit::advantage;
use habit::interact::RolloutView;

/// [`habit::advantage::VTrace`] on a device. Ratios of probabilities beyond `exp(88)` count as `exp(88)`.
pub type VTrace = Recursion<advantage::VTrace>;

impl Estimator for advantage::VTrace {
    const SOURCE: &'static str = include_str!("v_trace.wgsl");
    const INPUTS: usize = 5;
    const OUTPUTS: usize = 2;

    fn settings(&self) -> [f32; 4] {
        [self.discount(), self.discount() * self.lambda(), self.rho_bar(), self.c_bar()]
    }
}

impl VTrace {
    /// Writes `A_t` and `vs_t` of every step and lane, in the rollout's order, from the logarithms of the probabilities that
    /// the policy which learns, and the policy which acted, give the actions.
    ///
    /// # Errors
    /// [`Error::Input`] with `LengthMismatch` unless all four slices are as long as the rollout, with `NonFinite` for
    /// logarithms that are not finite; [`Error::Empty`]; [`Error::TooLarge`]; or what the device reports. Nothing is written
    /// then.
    pub async fn advantages_and_targets(
        &self,
        rollout: &RolloutView<'_>,
        learner: &[f32],
        actor: &[f32],
        advantages: &mut [f32],
        targets: &mut [f32],
    ) -> Result<(), Error> {
        if [learner.len(), actor.len()] != [rollout.len(); 2] {
            return Err(habit::Error::LengthMismatch.into());
        }
        if !learner.iter().chain(actor).all(|logarithm| logarithm.is_finite()) {
            return Err(habit::Error::NonFinite.into());
        }
        // Finite even where the two lie at opposite ends.
        let difference = |(learner, actor): (&f32, &f32)| (learner - actor).clamp(f32::MIN, f32::MAX);
        let log_ratios: Vec<_> = learner.iter().zip(actor).map(difference).collect();
        let [rewards, values, next_values, log_ratios] =
            [rollout.rewards(), rollout.values(), rollout.next_values(), &log_ratios].map(bytemuck::cast_slice);
        let outcomes = bytes_of(rollout.outcomes());
        let inputs = [rewards, values, next_values, &outcomes, log_ratios];
        self.run(shape_of(rollout), &inputs, vec![Some(advantages), Some(targets)]).await
    }
}
