//! Returns of a window of steps.

use super::{DiscountedReturn, bytes_of};
use crate::compute::{Access, Kernel, Recorder, STEPS_AT_ONCE};
use crate::context::{Context, Grid};
use crate::error::Error;
use habit::advantage;
use habit::interact::RolloutView;

/// Invocations of a workgroup; the same number stands in the shader.
const WIDTH: usize = 64;
/// The longest window that is summed step by step; what it reads again lies in a cache.
const SHORT: usize = 32;

/// [`habit::advantage::NStepReturn`] on a device: the same equations, edges and order `[T][N]`. Making one compiles its
/// shaders; keep it.
///
/// Windows of up to 32 steps are summed by one invocation a step and lane. Longer ones are put together from the two parts
/// into which every `n`-th step cuts them: two reads of each input and two writes of the output, however long they are. One
/// that is as long as the rollout goes the way of [`DiscountedReturn`].
#[derive(Debug)]
pub struct NStepReturn {
    context: Context,
    estimator: advantage::NStepReturn,
    whole: DiscountedReturn,
    short: Kernel,
    ahead: Kernel,
    behind: Kernel,
}

/// How a shape is worked on, checked against the device.
#[derive(Debug)]
pub(crate) enum Plan {
    Whole(super::recursion::Plan),
    Windows { steps: usize, lanes: usize, blocks: usize, grid: Grid, carried_bytes: u64 },
}

#[cfg(not(target_arch = "wasm32"))]
impl Plan {
    /// How many bytes of the device's memory are read and written for so many bytes of inputs and of the output, where what
    /// a short window reads again lies in a cache.
    pub(crate) const fn traffic(&self, inputs: u64, output: u64) -> u64 {
        match self {
            Self::Whole(plan) => plan.traffic(inputs, output),
            Self::Windows { blocks: 0, .. } => inputs + output,
            Self::Windows { .. } => 2 * inputs + 3 * output,
        }
    }
}

impl NStepReturn {
    /// With the discount and the steps of `estimator`.
    ///
    /// # Errors
    /// [`Error::Driver`], [`Error::Lost`].
    pub async fn new(context: &Context, estimator: advantage::NStepReturn) -> Result<Self, Error> {
        let accesses = [Access::Write, Access::Read, Access::Read, Access::Read, Access::Write];
        let kernel = async |entry| Kernel::new(context, &[include_str!("n_step.wgsl")], entry, &accesses).await;
        let full = advantage::DiscountedReturn::new(estimator.discount())?;
        Ok(Self {
            context: context.clone(),
            estimator,
            whole: DiscountedReturn::new(context, full).await?,
            short: kernel("short").await?,
            ahead: kernel("ahead").await?,
            behind: kernel("behind").await?,
        })
    }

    /// From now on windows as long as the rollout go by this path; as [`set_path`](super::Recursion::set_path).
    pub const fn set_path(&mut self, path: Option<super::Path>) {
        self.whole.set_path(path);
    }

    /// Writes the return of every step and lane, in the rollout's order.
    ///
    /// # Errors
    /// [`Error::Input`] with `LengthMismatch` unless `returns` is as long as the rollout; [`Error::Empty`];
    /// [`Error::TooLarge`]; or what the device reports. Nothing is written then.
    pub async fn returns(&self, rollout: &RolloutView<'_>, returns: &mut [f32]) -> Result<(), Error> {
        if returns.len() != rollout.len() {
            return Err(habit::Error::LengthMismatch.into());
        }
        let plan = self.plan(rollout.steps(), rollout.lanes())?;
        let outcomes = bytes_of(rollout.outcomes());
        let record = |recorder: &mut Recorder<'_>| {
            let rewards = recorder.upload(bytemuck::cast_slice(rollout.rewards()));
            let next_values = recorder.upload(bytemuck::cast_slice(rollout.next_values()));
            let outcomes = recorder.upload(&outcomes);
            let returns = recorder.storage(rewards.size());
            self.record(recorder, &plan, [&rewards, &next_values, &outcomes, &returns]);
            vec![returns]
        };
        self.context.run(&mut [bytemuck::cast_slice_mut(returns)], record).await
    }

    /// How a shape is to be worked on.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::TooLarge`].
    pub(crate) fn plan(&self, steps: usize, lanes: usize) -> Result<Plan, Error> {
        let window = self.estimator.steps();
        if window >= steps {
            return self.whole.plan(steps, lanes).map(Plan::Whole);
        }
        self.context.bytes(steps, lanes, 4)?;
        let (blocks, count) = if window <= SHORT {
            (0, steps.saturating_mul(lanes))
        } else {
            let blocks = steps.div_ceil(window);
            (blocks, blocks.saturating_mul(lanes))
        };
        let carried_bytes = if blocks == 0 { 8 } else { self.context.bytes(blocks, lanes, 8)? };
        Ok(Plan::Windows { steps, lanes, blocks, grid: self.context.grid(count.div_ceil(WIDTH))?, carried_bytes })
    }

    /// Records the estimator over arrays on the device: rewards, next values, outcomes and returns.
    pub(crate) fn record(&self, recorder: &mut Recorder<'_>, plan: &Plan, arrays: [&wgpu::Buffer; 4]) {
        let &Plan::Windows { steps, lanes, blocks, grid, carried_bytes } = plan else {
            if let Plan::Whole(plan) = plan {
                self.whole.record(recorder, plan, 1, &arrays);
            }
            return;
        };
        let window = self.estimator.steps();
        let carried = recorder.storage(carried_bytes);
        let buffers = [&carried, arrays[0], arrays[1], arrays[2], arrays[3]];
        let mut dispatch = |kernel, first: usize, end: usize| {
            let shape = [steps, lanes, window, first, end, blocks].map(|number| number as u32);
            let uniform = recorder.uniform(&[&shape[..], &[self.estimator.discount().to_bits()]].concat());
            recorder.dispatch(kernel, &uniform, &buffers, grid);
        };
        if blocks == 0 {
            return dispatch(&self.short, 0, 0);
        }
        for first in (1..window).step_by(STEPS_AT_ONCE) {
            dispatch(&self.ahead, first, window.min(first + STEPS_AT_ONCE));
        }
        for first in (0..window).step_by(STEPS_AT_ONCE).rev() {
            dispatch(&self.behind, first, window.min(first + STEPS_AT_ONCE));
        }
    }
}
