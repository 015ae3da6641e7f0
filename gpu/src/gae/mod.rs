//! Generalized advantage estimation: the equations of [`habit::advantage::Gae`] on a device.

use crate::compute::{Access, Kernel, Recorder, STEPS_AT_ONCE};
use crate::context::Context;
use crate::error::Error;
use habit::advantage::{self, AffinePair};
use habit::interact::RolloutView;

/// Invocations of a workgroup on the path of many lanes; the same number stands in the shader.
const WIDTH: u32 = 64;
/// Steps that a workgroup composes on the path of few lanes; the same number stands in the shader.
const BLOCK: u32 = 1024;
/// From here on, lanes alone keep a GPU busy.
const MANY_LANES: usize = 1024;

/// How the work is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// One invocation walks one lane backwards: one read of each input and one write of each output.
    Lanes,
    /// A suffix scan of [`AffinePair`]s over blocks of steps, in three phases: two reads of each input, one write of each
    /// output.
    Scan,
}

impl Path {
    /// The path for a shape: the scan where there are fewer than 1024 lanes and more steps than one block of it, 1024.
    pub const fn of(steps: usize, lanes: usize) -> Self {
        if lanes < MANY_LANES && steps > BLOCK as usize { Self::Scan } else { Self::Lanes }
    }
}

/// [`habit::advantage::Gae`] on a device: the same equations, edges and order `[T][N]`. Making one compiles its shaders;
/// keep it.
///
/// What differs: results are within `1e-5 * sum |terms| + 1e-6` of the CPU's, not equal to them, and an empty rollout is
/// refused, as there is nothing to submit.
#[derive(Debug)]
pub struct Gae {
    context: Context,
    estimator: advantage::Gae,
    lanes: Kernel,
    summarise: Kernel,
    carry: Kernel,
    apply: Kernel,
}

impl Gae {
    /// With the discount and lambda of `estimator`.
    ///
    /// # Errors
    /// [`Error::Driver`], [`Error::Lost`].
    pub async fn new(context: &Context, estimator: advantage::Gae) -> Result<Self, Error> {
        let common = include_str!("gae.wgsl");
        let (lanes, scan) = (include_str!("lanes.wgsl"), include_str!("scan.wgsl"));
        let mut accesses = vec![Access::Read; 4];
        accesses.extend([Access::Write; 3]);
        Ok(Self {
            context: context.clone(),
            estimator,
            lanes: Kernel::new(context, &[common, lanes], "lanes", &accesses[..6]).await?,
            summarise: Kernel::new(context, &[common, scan], "summarise", &accesses).await?,
            carry: Kernel::new(context, &[common, scan], "carry", &accesses).await?,
            apply: Kernel::new(context, &[common, scan], "apply", &accesses).await?,
        })
    }

    /// Writes `A_t` of every step and lane, in the rollout's order, by the path that [`Path::of`] chooses.
    ///
    /// # Errors
    /// [`Error::Input`] with `LengthMismatch` unless `advantages` is as long as the rollout; [`Error::Empty`];
    /// [`Error::TooLarge`]; or what the device reports. Nothing is written then.
    pub async fn advantages(&self, rollout: &RolloutView<'_>, advantages: &mut [f32]) -> Result<(), Error> {
        let path = Path::of(rollout.steps(), rollout.lanes());
        self.estimate(path, rollout, advantages, None).await
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
        let path = Path::of(rollout.steps(), rollout.lanes());
        self.estimate(path, rollout, advantages, Some(targets)).await
    }

    /// As [`advantages`](Self::advantages), or with targets as
    /// [`advantages_and_targets`](Self::advantages_and_targets), by a path of one's own choice.
    ///
    /// # Errors
    /// As [`advantages`](Self::advantages).
    pub async fn estimate(
        &self,
        path: Path,
        rollout: &RolloutView<'_>,
        advantages: &mut [f32],
        targets: Option<&mut [f32]>,
    ) -> Result<(), Error> {
        let length = rollout.len();
        if advantages.len() != length || targets.as_ref().is_some_and(|targets| targets.len() != length) {
            return Err(habit::Error::LengthMismatch.into());
        }
        let bytes = self.context.bytes(rollout.steps(), rollout.lanes(), 4)?;
        let plan = Plan::new(&self.context, path, rollout)?;
        let mut outputs: Vec<&mut [u8]> = vec![bytemuck::cast_slice_mut(advantages)];
        let writes_targets = targets.is_some();
        outputs.extend(targets.map(bytemuck::cast_slice_mut));
        let record = |recorder: &mut Recorder<'_>| {
            let uniform = |recorder: &Recorder<'_>, first: usize, end: usize| {
                recorder.uniform(&[
                    rollout.steps() as u32,
                    rollout.lanes() as u32,
                    first as u32,
                    end as u32,
                    plan.blocks,
                    u32::from(writes_targets),
                    self.estimator.discount().to_bits(),
                    (self.estimator.discount() * self.estimator.lambda()).to_bits(),
                ])
            };
            let outcomes: Vec<u8> = rollout.outcomes().iter().map(|&outcome| outcome as u8).collect();
            let inputs = [rollout.rewards(), rollout.values(), rollout.next_values()]
                .map(|numbers| recorder.upload(bytemuck::cast_slice(numbers)));
            let outcomes = recorder.upload(&outcomes);
            let advantages = recorder.storage(bytes);
            let targets = recorder.storage(if writes_targets { bytes } else { 0 });
            let [rewards, values, next_values] = &inputs;
            let mut buffers = vec![rewards, values, next_values, &outcomes, &advantages, &targets];
            match path {
                Path::Lanes => {
                    for first in (0..rollout.steps()).step_by(STEPS_AT_ONCE).rev() {
                        let uniform = uniform(recorder, first, rollout.steps().min(first + STEPS_AT_ONCE));
                        recorder.dispatch(&self.lanes, &uniform, &buffers, [plan.groups, 1]);
                    }
                }
                Path::Scan => {
                    let uniform = uniform(recorder, 0, rollout.steps());
                    let pairs = recorder.storage(plan.pair_bytes);
                    buffers.push(&pairs);
                    recorder.dispatch(&self.summarise, &uniform, &buffers, [plan.blocks, plan.groups]);
                    recorder.dispatch(&self.carry, &uniform, &buffers, [plan.groups, 1]);
                    recorder.dispatch(&self.apply, &uniform, &buffers, [plan.blocks, plan.groups]);
                }
            }
            if writes_targets { vec![advantages, targets] } else { vec![advantages] }
        };
        self.context.run(&mut outputs, record).await
    }
}

/// What a shape needs, checked against the device.
struct Plan {
    blocks: u32,
    groups: u32,
    pair_bytes: u64,
}

impl Plan {
    fn new(context: &Context, path: Path, rollout: &RolloutView<'_>) -> Result<Self, Error> {
        let (steps, lanes) = (rollout.steps(), rollout.lanes());
        Ok(match path {
            Path::Lanes => Self { blocks: 0, groups: context.workgroups(lanes, WIDTH)?, pair_bytes: 0 },
            Path::Scan => {
                let blocks = context.workgroups(steps, BLOCK)?;
                let pair_bytes = context.bytes(blocks as usize, lanes, size_of::<AffinePair>() as u64)?;
                Self { blocks, groups: context.workgroups(lanes, 1)?, pair_bytes }
            }
        })
    }
}
