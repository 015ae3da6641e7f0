//! Discounted returns.

use super::recursion::{Estimator, Recursion};
use super::{bytes_of, shape_of};
use crate::error::Error;
use habit::advantage;
use habit::interact::RolloutView;

/// [`habit::advantage::DiscountedReturn`] on a device.
pub type DiscountedReturn = Recursion<advantage::DiscountedReturn>;

impl Estimator for advantage::DiscountedReturn {
    const SOURCE: &'static str = include_str!("discounted_return.wgsl");
    const INPUTS: usize = 3;
    const OUTPUTS: usize = 1;

    fn settings(&self) -> [f32; 4] {
        [self.discount(), 0.0, 0.0, 0.0]
    }
}

impl DiscountedReturn {
    /// Writes `G_t` of every step and lane, in the rollout's order.
    ///
    /// # Errors
    /// [`Error::Input`] with `LengthMismatch` unless `returns` is as long as the rollout; [`Error::Empty`];
    /// [`Error::TooLarge`]; or what the device reports. Nothing is written then.
    pub async fn returns(&self, rollout: &RolloutView<'_>, returns: &mut [f32]) -> Result<(), Error> {
        let [rewards, next_values] = [rollout.rewards(), rollout.next_values()].map(bytemuck::cast_slice);
        let outcomes = bytes_of(rollout.outcomes());
        self.run(shape_of(rollout), &[rewards, next_values, &outcomes], vec![Some(returns)]).await
    }
}
