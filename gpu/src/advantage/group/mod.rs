//! Returns of groups, less what each group brought.

use super::within::Within;
use crate::compute::{Access, Kernel, Recorder};
use crate::context::{Context, Grid};
use crate::error::Error;
use habit::advantage::GroupBaseline as Baseline;

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
    baseline: Baseline,
    reduction: Reduction,
}

/// The shaders.
#[derive(Debug)]
pub(super) struct Reduction {
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
    /// For groups that a workgroup takes at once where it can.
    pub(super) fn new(context: &Context, groups: usize, size: usize) -> Result<Self, Error> {
        if size > BLOCK {
            return Self::in_blocks(context, groups, size);
        }
        context.bytes(groups, size, 4)?;
        let team = size.div_ceil(ITEMS).next_power_of_two();
        let grid = context.grid(groups.div_ceil(WIDTH / team))?;
        Ok(Self { groups, size, team, blocks: 1, grids: [grid; 2], partial_bytes: 8 })
    }

    /// For groups in blocks, be it one.
    pub(super) fn in_blocks(context: &Context, groups: usize, size: usize) -> Result<Self, Error> {
        context.bytes(groups, size, 4)?;
        let blocks = size.div_ceil(BLOCK);
        let grids = [context.grid(groups.saturating_mul(blocks))?, context.grid(groups)?];
        Ok(Self { groups, size, team: WIDTH, blocks, grids, partial_bytes: context.bytes(groups, blocks, 8)? })
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Plan {
    /// How many bytes of the device's memory are read and written.
    pub(crate) const fn traffic(&self) -> u64 {
        let bytes = 4 * (self.groups * self.size) as u64;
        if self.blocks == 1 { 2 * bytes } else { 3 * bytes + 3 * self.partial_bytes }
    }
}

impl Reduction {
    pub(super) async fn new(context: &Context) -> Result<Self, Error> {
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

    /// Records what takes groups at once.
    fn whole(&self, recorder: &mut Recorder<'_>, baseline: Baseline, plan: &Plan, arrays: [&wgpu::Buffer; 2]) {
        let (uniform, partials) = (uniform(recorder, baseline, plan), recorder.storage(plan.partial_bytes));
        recorder.dispatch(&self.whole, &uniform, &[&partials, arrays[0], arrays[1]], plan.grids[0]);
    }

    /// Records the first two phases, which write no advantages, and returns their result: of each group, with `blocks` places
    /// between, the mean counted from its first number and what the distance from it is multiplied by.
    pub(super) fn summarise(
        &self,
        recorder: &mut Recorder<'_>,
        baseline: Baseline,
        plan: &Plan,
        arrays: [&wgpu::Buffer; 2],
    ) -> wgpu::Buffer {
        let (uniform, partials) = (uniform(recorder, baseline, plan), recorder.storage(plan.partial_bytes));
        let buffers = [&partials, arrays[0], arrays[1]];
        recorder.dispatch(&self.summarise, &uniform, &buffers, plan.grids[0]);
        recorder.dispatch(&self.combine, &uniform, &buffers, plan.grids[1]);
        partials
    }

    /// Records the third phase.
    fn apply(
        &self,
        recorder: &mut Recorder<'_>,
        baseline: Baseline,
        plan: &Plan,
        partials: &wgpu::Buffer,
        arrays: [&wgpu::Buffer; 2],
    ) {
        let uniform = uniform(recorder, baseline, plan);
        recorder.dispatch(&self.apply, &uniform, &[partials, arrays[0], arrays[1]], plan.grids[0]);
    }
}

fn uniform(recorder: &Recorder<'_>, baseline: Baseline, plan: &Plan) -> wgpu::Buffer {
    let (baseline, ddof, epsilon) = match baseline {
        Baseline::Mean => (0, 0, 0.0),
        Baseline::LeaveOneOut => (1, 0, 0.0),
        Baseline::Standardised { ddof, epsilon } => (2, ddof, epsilon),
    };
    let shape = [plan.groups, plan.size, plan.team, plan.blocks].map(|number| number as u32);
    recorder.uniform(&[&shape[..], &[baseline, f32::from(ddof).to_bits(), f32::to_bits(epsilon)]].concat())
}

impl GroupBaseline {
    /// With the rule of `baseline`.
    ///
    /// # Errors
    /// [`Error::Input`] with `ParameterOutOfRange` for epsilon; [`Error::Driver`], [`Error::Lost`].
    pub async fn new(context: &Context, baseline: Baseline) -> Result<Self, Error> {
        // Only epsilon can be wrong, and the kernel is to say so.
        baseline.advantages(&[0.0; 2], &mut [0.0; 2])?;
        Ok(Self { context: context.clone(), baseline, reduction: Reduction::new(context).await? })
    }

    /// Writes an advantage a return; `returns` are groups of `size` each, one after the other.
    ///
    /// # Errors
    /// [`Error::Input`] with `LengthMismatch` unless `size` divides the returns and `out` is as long as they; with
    /// `EmptyGroup` for a size of 0, with `GroupTooSmall` for a group of one that is compared with the others; with `NonFinite` for returns that are not finite,
    /// or so far apart within a group that the squares of their distances have no finite sum; [`Error::Empty`];
    /// [`Error::TooLarge`]; or what the device reports. Nothing is written then.
    pub async fn advantages(&self, size: usize, returns: &[f32], out: &mut [f32]) -> Result<(), Error> {
        if size == 0 {
            return Err(habit::Error::EmptyGroup.into());
        }
        if returns.len() != out.len() || !returns.len().is_multiple_of(size) {
            return Err(habit::Error::LengthMismatch.into());
        }
        if size == 1 && self.baseline == Baseline::LeaveOneOut {
            return Err(habit::Error::GroupTooSmall.into());
        }
        let plan = self.plan(returns.len() / size, size)?;
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
        if plan.blocks == 1 {
            return self.reduction.whole(recorder, self.baseline, plan, arrays);
        }
        let partials = self.reduction.summarise(recorder, self.baseline, plan, arrays);
        self.reduction.apply(recorder, self.baseline, plan, &partials, arrays);
    }
}

/// Whether all numbers are finite and so are the sums of their distances and of the squares of these.
pub(super) fn is_close_together(group: &[f32]) -> bool {
    let (mut least, mut greatest) = (f32::INFINITY, f32::NEG_INFINITY);
    let mut finite = true;
    for &number in group {
        finite &= number.is_finite();
        (least, greatest) = (least.min(number), greatest.max(number));
    }
    let (range, count) = (greatest - least, group.len() as f32);
    finite && (range * count).is_finite() && (range * range * count).is_finite()
}
