//! How much better than those of its group each step was.

use super::bytes_of;
use super::group::{self, Reduction, is_close_together};
use super::recursion::{self, Estimator, Recursion};
use crate::compute::Recorder;
use crate::context::Context;
use crate::error::Error;
use habit::advantage;
use habit::interact::RolloutView;

/// [`habit::advantage::ProcessGroup`] on a device: the mean and the deviation of all rewards as those of one large group, then
/// the sums of what they make of the rewards. Making one compiles its shaders; keep it.
///
/// Two reads of the rewards more than a recursion has. Where all rewards are equal, every advantage is 0 to the bit. A
/// deviation below 1e-19 counts as 0.
#[derive(Debug)]
pub struct ProcessGroup {
    context: Context,
    baseline: advantage::GroupBaseline,
    reduction: Reduction,
    sums: Recursion<Sums>,
}

/// Rewards to go of standardised rewards.
#[derive(Debug)]
struct Sums;

impl Estimator for Sums {
    const SOURCE: &'static str = include_str!("process_group.wgsl");
    const INPUTS: usize = 3;
    const OUTPUTS: usize = 1;

    fn settings(&self) -> [f32; 4] {
        [0.0; 4]
    }
}

/// How a shape is worked on, checked against the device.
#[derive(Debug)]
pub(crate) struct Plan {
    group: group::Plan,
    sums: recursion::Plan,
}

#[cfg(not(target_arch = "wasm32"))]
impl Plan {
    /// How many bytes of the device's memory are read and written for so many bytes of rewards, and of outcomes.
    pub(crate) const fn traffic(&self, rewards: u64, outcomes: u64) -> u64 {
        rewards + self.sums.traffic(rewards + outcomes, rewards)
    }
}

impl ProcessGroup {
    /// With the parameters of `estimator`.
    ///
    /// # Errors
    /// [`Error::Driver`], [`Error::Lost`].
    pub async fn new(context: &Context, estimator: advantage::ProcessGroup) -> Result<Self, Error> {
        let (ddof, epsilon) = (estimator.ddof(), estimator.epsilon());
        Ok(Self {
            context: context.clone(),
            baseline: advantage::GroupBaseline::Standardised { ddof, epsilon },
            reduction: Reduction::new(context).await?,
            sums: Recursion::new(context, Sums).await?,
        })
    }

    /// From now on the sums go by this path; as [`Recursion::set_path`].
    pub const fn set_path(&mut self, path: Option<super::Path>) {
        self.sums.set_path(path);
    }

    /// Writes `A_{i,t}` of every step and lane, in the rollout's order.
    ///
    /// # Errors
    /// [`Error::Input`] with `EmptyGroup` for a rollout without a step, with `LengthMismatch` unless `advantages` is as long
    /// as it, with `NonFinite` for rewards so far apart that the squares of their distances have no finite sum;
    /// [`Error::TooLarge`]; or what the device reports. Nothing is written then.
    pub async fn advantages(&self, rollout: &RolloutView<'_>, advantages: &mut [f32]) -> Result<(), Error> {
        if rollout.is_empty() {
            return Err(habit::Error::EmptyGroup.into());
        }
        if advantages.len() != rollout.len() {
            return Err(habit::Error::LengthMismatch.into());
        }
        let plan = self.plan(rollout.steps(), rollout.lanes())?;
        if !is_close_together(rollout.rewards()) {
            return Err(habit::Error::NonFinite.into());
        }
        let outcomes = bytes_of(rollout.outcomes());
        let record = |recorder: &mut Recorder<'_>| {
            let rewards = recorder.upload(bytemuck::cast_slice(rollout.rewards()));
            let outcomes = recorder.upload(&outcomes);
            let advantages = recorder.storage(rewards.size());
            self.record(recorder, &plan, [&rewards, &outcomes, &advantages]);
            vec![advantages]
        };
        self.context.run(&mut [bytemuck::cast_slice_mut(advantages)], record).await
    }

    /// How a shape is to be worked on.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::TooLarge`].
    pub(crate) fn plan(&self, steps: usize, lanes: usize) -> Result<Plan, Error> {
        let sums = self.sums.plan(steps, lanes)?;
        Ok(Plan { group: group::Plan::in_blocks(&self.context, 1, steps * lanes)?, sums })
    }

    /// Records the estimator over arrays on the device: rewards, outcomes and advantages.
    pub(crate) fn record(
        &self,
        recorder: &mut Recorder<'_>,
        plan: &Plan,
        [rewards, outcomes, advantages]: [&wgpu::Buffer; 3],
    ) {
        let group = self.reduction.summarise(recorder, self.baseline, &plan.group, [rewards, advantages]);
        self.sums.record(recorder, &plan.sums, 1, &[rewards, outcomes, &group, advantages]);
    }
}
