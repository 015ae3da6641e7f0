//! Returns of groups, less what each group brought.

use super::within::Within;
use crate::compute::{Access, Kernel, Recorder};
use crate::context::{Context, Grid};
use crate::error::Error;
use habit::advantage;

/// Invocations of a workgroup, and how many returns each keeps; the same numbers stand in the shader.
const WIDTH: usize = 256;
const ITEMS: usize = 4;
const BLOCK: usize = WIDTH * ITEMS;

/// [`habit::advantage::GroupBaseline`] on a device, for many groups at once: the same equations and edges. Making one
/// compiles its shaders; keep it.
///
/// Groups of up to 1024 returns take one read and one write of each; larger ones two reads, in three phases. The variance is
/// that of the distances from the mean, in a second pass over what was read. Results are within `1e-5 * sum |terms| + 1e-6`
/// of the CPU's; where all returns of a group are equal they are 0 to the bit. A deviation below 1e-19 counts as 0.
///
/// ```no_run
/// use habit::advantage;
/// use habit_gpu::advantage::GroupBaseline;
/// use habit_gpu::{Context, Options, block_on};
/// # fn main() -> Result<(), habit_gpu::Error> {
/// let context = block_on(Context::new(&Options::default()))?;
/// let baseline = block_on(GroupBaseline::new(&context, advantage::GroupBaseline::LeaveOneOut))?;
/// // Two groups of four.
/// let mut out = [0.0; 8];
/// block_on(baseline.advantages(4, &[1.0, 0.0, 0.0, 1.0, 2.0, 2.0, 2.0, 2.0], &mut out))?;
/// assert_eq!(out[4..], [0.0; 4]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct GroupBaseline {
    context: Context,
    baseline: advantage::GroupBaseline,
    reduction: Reduction,
}

/// The shaders.
#[derive(Debug)]
struct Reduction {
    whole: Kernel,
    summarise: Kernel,
    combine: Kernel,
    apply: Kernel,
}

/// How groups are worked on, checked against the device.
#[derive(Debug)]
pub(crate) struct Plan {
    groups: usize,
    size: usize,
    team: usize,
    /// 1 where a workgroup takes a group, or several, at once.
    blocks: usize,
    /// Of a workgroup for all that it takes, and of one for each group.
    grids: [Grid; 2],
    partial_bytes: u64,
}

impl Plan {
    fn new(context: &Context, groups: usize, size: usize) -> Result<Self, Error> {
        context.bytes(groups, size, 4)?;
        let team = size.div_ceil(ITEMS).next_power_of_two().min(WIDTH);
        let blocks = size.div_ceil(BLOCK);
        let count = if blocks == 1 { groups.div_ceil(WIDTH / team) } else { groups.saturating_mul(blocks) };
        let grids = [context.grid(count)?, context.grid(groups)?];
        let partial_bytes = if blocks == 1 { 8 } else { context.bytes(groups, blocks + 1, 8)? };
        Ok(Self { groups, size, team, blocks, grids, partial_bytes })
    }
}

impl Reduction {
    async fn new(context: &Context) -> Result<Self, Error> {
        let within = Within::of(context);
        let sources = [within.invocation, within.sum, include_str!("group.wgsl")];
        let accesses = [Access::Write, Access::Read, Access::Write];
        let kernel = async |entry| Kernel::new(context, &sources, entry, &accesses).await;
        Ok(Self {
            whole: kernel("whole").await?,
            summarise: kernel("summarise").await?,
            combine: kernel("combine").await?,
            apply: kernel("apply").await?,
        })
    }

    fn record(
        &self,
        recorder: &mut Recorder<'_>,
        baseline: advantage::GroupBaseline,
        plan: &Plan,
        arrays: [&wgpu::Buffer; 2],
    ) {
        let (baseline, ddof, epsilon) = match baseline {
            advantage::GroupBaseline::Mean => (0, 0, 0.0),
            advantage::GroupBaseline::LeaveOneOut => (1, 0, 0.0),
            advantage::GroupBaseline::Standardised { ddof, epsilon } => (2, ddof, epsilon),
        };
        let shape = [plan.groups, plan.size, plan.team, plan.blocks].map(|number| number as u32);
        let rule = [baseline, f32::from(ddof).to_bits(), f32::to_bits(epsilon)];
        let uniform = recorder.uniform(&[&shape[..], &rule[..]].concat());
        let partials = recorder.storage(plan.partial_bytes);
        let buffers = [&partials, arrays[0], arrays[1]];
        if plan.blocks == 1 {
            recorder.dispatch(&self.whole, &uniform, &buffers, plan.grids[0]);
        } else {
            recorder.dispatch(&self.summarise, &uniform, &buffers, plan.grids[0]);
            recorder.dispatch(&self.combine, &uniform, &buffers, plan.grids[1]);
            recorder.dispatch(&self.apply, &uniform, &buffers, plan.grids[0]);
        }
    }
}

impl GroupBaseline {
    /// With the rule of `baseline`.
    ///
    /// # Errors
    /// [`Error::Input`] with `ParameterOutOfRange` for epsilon; [`Error::Driver`], [`Error::Lost`].
    pub async fn new(context: &Context, baseline: advantage::GroupBaseline) -> Result<Self, Error> {
        // Only epsilon can be wrong, and the kernel is to say so.
        baseline.advantages(&[0.0; 2], &mut [0.0; 2])?;
        Ok(Self { context: context.clone(), baseline, reduction: Reduction::new(context).await? })
    }

    /// Writes an advantage a return; `returns` are groups of `size` each, one after the other.
    ///
    /// # Errors
    /// [`Error::Input`] with `LengthMismatch` unless `size` divides the returns and `out` is as long as they; with
    /// `EmptyRange` for a group of one that is compared with the others; with `NonFinite` for returns that are not finite,
    /// or so far apart within a group that the squares of their distances have no finite sum; [`Error::Empty`];
    /// [`Error::TooLarge`]; or what the device reports. Nothing is written then.
    pub async fn advantages(&self, size: usize, returns: &[f32], out: &mut [f32]) -> Result<(), Error> {
        if returns.len() != out.len() || returns.len().checked_rem(size).is_some_and(|rest| rest != 0) {
            return Err(habit::Error::LengthMismatch.into());
        }
        if size == 1 && self.baseline == advantage::GroupBaseline::LeaveOneOut {
            return Err(habit::Error::EmptyRange.into());
        }
        let plan = self.plan(returns.len().checked_div(size).unwrap_or(0), size)?;
        if !returns.chunks(size).all(is_close_together) {
            return Err(habit::Error::NonFinite.into());
        }
        let record = |recorder: &mut Recorder<'_>| {
            let returns = recorder.upload(bytemuck::cast_slice(returns));
            let advantages = recorder.storage(returns.size());
            self.record(recorder, &plan, [&returns, &advantages]);
            vec![advantages]
        };
        self.context.run(&mut [bytemuck::cast_slice_mut(out)], record).await
    }

    /// How groups are to be worked on.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::TooLarge`].
    pub(crate) fn plan(&self, groups: usize, size: usize) -> Result<Plan, Error> {
        Plan::new(&self.context, groups, size)
    }

    /// Records the estimator over arrays on the device: returns and advantages.
    pub(crate) fn record(&self, recorder: &mut Recorder<'_>, plan: &Plan, arrays: [&wgpu::Buffer; 2]) {
        self.reduction.record(recorder, self.baseline, plan, arrays);
    }
}

/// Whether all numbers are finite and so are the sums of their distances and of the squares of these.
fn is_close_together(group: &[f32]) -> bool {
    let (mut least, mut greatest) = (f32::INFINITY, f32::NEG_INFINITY);
    let mut finite = true;
    for &number in group {
        finite &= number.is_finite();
        (least, greatest) = (least.min(number), greatest.max(number));
    }
    let (range, count) = (greatest - least, group.len() as f32);
    finite && (range * count).is_finite() && (range * range * count).is_finite()
}
