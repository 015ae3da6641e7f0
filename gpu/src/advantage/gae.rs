//! Generalized advantage estimation.

use super::recursion::{Estimator, Recursion};
use super::{bytes_of, shape_of};
use crate::error::Error;
use habit::advantage;
use habit::interact::RolloutView;

/// [`habit::advantage::Gae`] on a device.
pub type Gae = Recursion<advantage::Gae>;

impl Estimator for advantage::Gae {
    const SOURCE: &'static str = include_str!("gae.wgsl");
    const INPUTS: usize = 4;
    const OUTPUTS: usize = 2;

    fn settings(&self) -> [f32; 4] {
        [self.discount(), self.discount() * self.lambda(), 0.0, 0.0]
    }
}

impl Gae {
    /// Writes `A_t` of every step and lane, in the rollout's order.
    ///
    /// # Errors
    /// [`Error::Input`] with `LengthMismatch` unless `advantages` is as long as the rollout; [`Error::Empty`];
    /// [`Error::TooLarge`]; or what the device reports. Nothing is written then.
    pub async fn advantages(&self, rollout: &RolloutView<'_>, advantages: &mut [f32]) -> Result<(), Error> {
        self.estimate(rollout, advantages, None).await
    }

    /// As [`advantages`](Self::advantages), and the value targets `A_t + v(s_t)`, in the same pass.
    ///
    /// # Errors
    /// As [`advantages`](Self::advantages).
    pub async fn advantages_and_targets(
        &self,
        rollout: &RolloutView<'_>,
        advantages: &mut [f32],
        targets: &mut [f32],
    ) -> Result<(), Error> {
        self.estimate(rollout, advantages, Some(targets)).await
    }

    async fn estimate(
        &self,
        rollout: &RolloutView<'_>,
        advantages: &mut [f32],
        targets: Option<&mut [f32]>,
    ) -> Result<(), Error> {
        let [rewards, values, next_values] =
            [rollout.rewards(), rollout.values(), rollout.next_values()].map(bytemuck::cast_slice);
        let outcomes = bytes_of(rollout.outcomes());
        let inputs = [rewards, values, next_values, &outcomes[..]];
        self.run(shape_of(rollout), &inputs, vec![Some(advantages), targets]).await
    }
}
