//! What was paid from a step on.

use super::recursion::{Estimator, Recursion};
use super::{bytes_of, shape_of};
use crate::error::Error;
use habit::advantage;
use habit::interact::RolloutView;

/// [`habit::advantage::RewardToGo`] on a device.
pub type RewardToGo = Recursion<advantage::RewardToGo>;

impl Estimator for advantage::RewardToGo {
    const SOURCE: &'static str = include_str!("reward_to_go.wgsl");
    const INPUTS: usize = 2;
    const OUTPUTS: usize = 1;

    fn settings(&self) -> [f32; 4] {
        [0.0; 4]
    }
}

impl RewardToGo {
    /// Writes the sum of every step and lane, in the rollout's order.
    ///
    /// # Errors
    /// [`Error::Input`] with `LengthMismatch` unless `sums` is as long as the rollout; [`Error::Empty`];
    /// [`Error::TooLarge`]; or what the device reports. Nothing is written then.
    pub async fn returns(&self, rollout: &RolloutView<'_>, sums: &mut [f32]) -> Result<(), Error> {
        let outcomes = bytes_of(rollout.outcomes());
        let inputs = [bytemuck::cast_slice(rollout.rewards()), &outcomes];
        self.run(shape_of(rollout), &inputs, vec![Some(sums)]).await
    }
}
