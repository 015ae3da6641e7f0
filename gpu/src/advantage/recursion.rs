//! Estimators that are a recursion `x_t = factor_t x_{t+1} + offset_t`: one machinery for all of them.

use super::Path;
use super::within::Within;
use crate::compute::{Access, Kernel, Recorder, STEPS_AT_ONCE};
use crate::context::{Context, Grid};
use crate::error::Error;
use habit::advantage::AffinePair;

/// Invocations of a workgroup on the path of many lanes; the same number stands in the shader.
const WIDTH: u32 = 64;
/// Steps that a workgroup scans on the path of few lanes, those of all its lanes together: 256 invocations of 4 steps.
const BLOCK: usize = 1024;
/// The most lanes that a workgroup scans side by side: 128 bytes of each array.
const TILE: usize = 32;

/// What an estimator brings to both paths.
pub trait Estimator {
    /// Its functions in WGSL; `steps.wgsl` says which. Inputs are bound from 2 on, outputs after them.
    const SOURCE: &'static str;
    /// How many arrays it reads.
    const INPUTS: usize;
    /// How many arrays it writes.
    const OUTPUTS: usize;

    /// Its own numbers in the shader.
    fn settings(&self) -> [f32; 4];
}

/// An estimator of the kernel on a device: the same equations, edges and order `[T][N]`. Making one compiles its shaders;
/// keep it.
///
/// What differs from the kernel: results are within `1e-5 * sum |terms| + 1e-6` of the CPU's, not equal to them, and where
/// there are no steps or no lanes the call is refused, as there is nothing to submit.
#[derive(Debug)]
pub struct Recursion<E> {
    context: Context,
    estimator: E,
    path: Option<Path>,
    lanes: Kernel,
    summarise: Kernel,
    carry: Kernel,
    apply: Kernel,
}

/// How a shape is worked on, checked against the device.
#[derive(Debug)]
pub(crate) struct Plan {
    steps: usize,
    lanes: usize,
    path: Path,
    /// Blocks of a lane, and lanes side by side.
    blocks: usize,
    tile: usize,
    /// Of one workgroup a block of a tile, and of one a tile.
    grids: [Grid; 2],
    pair_bytes: u64,
}

impl Plan {
    pub(crate) fn new(context: &Context, path: Path, steps: usize, lanes: usize) -> Result<Self, Error> {
        context.bytes(steps, lanes, 4)?;
        let pair = size_of::<AffinePair>() as u64;
        let (blocks, tile, grids, pairs) = match path {
            Path::Lanes => {
                (0, 0, [context.grid(lanes.div_ceil(WIDTH as usize))?; 2], usize::from(steps > STEPS_AT_ONCE))
            }
            Path::Scan => {
                let tile = lanes.next_power_of_two().min(TILE);
                let (blocks, tiles) = (steps.div_ceil(BLOCK / tile), lanes.div_ceil(tile));
                let grids = [context.grid(blocks.saturating_mul(tiles))?, context.grid(tiles)?];
                (blocks, tile, grids, if blocks > 1 { blocks } else { 0 })
            }
        };
        let pair_bytes = if pairs == 0 { pair } else { context.bytes(pairs, lanes, pair)? };
        Ok(Self { steps, lanes, path, blocks, tile, grids, pair_bytes })
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Plan {
    /// How many bytes of the device's memory are read and written for so many bytes of inputs and of outputs.
    pub(crate) const fn traffic(&self, inputs: u64, outputs: u64) -> u64 {
        match self.path {
            // Each dispatch but the last leaves a pair to the next.
            Path::Lanes => inputs + outputs + 2 * ((self.steps - 1) / STEPS_AT_ONCE) as u64 * self.pair_bytes,
            Path::Scan if self.blocks == 1 => inputs + outputs,
            Path::Scan => 2 * inputs + outputs + 4 * self.pair_bytes,
        }
    }
}

impl<E: Estimator> Recursion<E> {
    /// With the parameters of `estimator`.
    ///
    /// # Errors
    /// [`Error::Driver`], [`Error::Lost`].
    pub async fn new(context: &Context, estimator: E) -> Result<Self, Error> {
        let steps = include_str!("steps.wgsl");
        let within = Within::of(context);
        let [pairs, suffix] = within.suffix;
        let lanes = [steps, E::SOURCE, include_str!("lanes.wgsl")];
        let scan = [steps, E::SOURCE, within.invocation, pairs, suffix, include_str!("scan.wgsl")];
        let mut accesses = vec![Access::Write];
        accesses.extend([Access::Read].repeat(E::INPUTS));
        accesses.extend([Access::Write].repeat(E::OUTPUTS));
        Ok(Self {
            context: context.clone(),
            estimator,
            path: None,
            lanes: Kernel::new(context, &lanes, "lanes", &accesses).await?,
            summarise: Kernel::new(context, &scan, "summarise", &accesses).await?,
            carry: Kernel::new(context, &scan, "carry", &accesses).await?,
            apply: Kernel::new(context, &scan, "apply", &accesses).await?,
        })
    }

    pub(super) const fn context(&self) -> &Context {
        &self.context
    }

    /// The kernel's estimator.
    pub const fn estimator(&self) -> &E {
        &self.estimator
    }

    /// From now on goes by this path, whatever the shape; `None` leaves it to [`Path::of`].
    pub const fn set_path(&mut self, path: Option<Path>) {
        self.path = path;
    }

    /// How a shape is to be worked on.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::TooLarge`].
    pub(crate) fn plan(&self, steps: usize, lanes: usize) -> Result<Plan, Error> {
        let path = self.path.unwrap_or_else(|| Path::of(&self.context, steps, lanes));
        Plan::new(&self.context, path, steps, lanes)
    }

    /// Records the estimator over arrays on the device, in the order in which its shader binds them. `wanted` says by a bit
    /// each which outputs are written; the first always is.
    pub(crate) fn record(&self, recorder: &mut Recorder<'_>, plan: &Plan, wanted: u32, arrays: &[&wgpu::Buffer]) {
        let settings = self.estimator.settings().map(f32::to_bits);
        let uniform = |recorder: &Recorder<'_>, first: usize, end: usize| {
            let shape = [plan.steps, plan.lanes, first, end, plan.blocks, plan.tile].map(|number| number as u32);
            recorder.uniform(&[&shape[..], &[wanted, 0], &settings[..]].concat())
        };
        let pairs = recorder.storage(plan.pair_bytes);
        let buffers: Vec<_> = std::iter::once(&pairs).chain(arrays.iter().copied()).collect();
        match plan.path {
            Path::Lanes => {
                for first in (0..plan.steps).step_by(STEPS_AT_ONCE).rev() {
                    let uniform = uniform(recorder, first, plan.steps.min(first + STEPS_AT_ONCE));
                    recorder.dispatch(&self.lanes, &uniform, &buffers, plan.grids[0]);
                }
            }
            Path::Scan => {
                let uniform = uniform(recorder, 0, plan.steps);
                if plan.blocks > 1 {
                    recorder.dispatch(&self.summarise, &uniform, &buffers, plan.grids[0]);
                    recorder.dispatch(&self.carry, &uniform, &buffers, plan.grids[1]);
                }
                recorder.dispatch(&self.apply, &uniform, &buffers, plan.grids[0]);
            }
        }
    }

    /// Brings the inputs to the device, works on them and fetches what is wanted.
    pub(super) async fn run(
        &self,
        [steps, lanes]: [usize; 2],
        inputs: &[&[u8]],
        outputs: Vec<Option<&mut [f32]>>,
    ) -> Result<(), Error> {
        if outputs.iter().flatten().any(|output| steps.checked_mul(lanes) != Some(output.len())) {
            return Err(habit::Error::LengthMismatch.into());
        }
        let plan = self.plan(steps, lanes)?;
        let bytes = self.context.bytes(steps, lanes, 4)?;
        let wanted: Vec<_> = outputs.iter().map(Option::is_some).collect();
        let bits = (0..).zip(&wanted).map(|(bit, wanted)| u32::from(*wanted) << bit).sum();
        let mut outputs: Vec<&mut [u8]> = outputs.into_iter().flatten().map(bytemuck::cast_slice_mut).collect();
        let record = |recorder: &mut Recorder<'_>| {
            let inputs: Vec<_> = inputs.iter().map(|input| recorder.upload(input)).collect();
            let outputs: Vec<_> =
                wanted.iter().map(|wanted| recorder.storage(if *wanted { bytes } else { 0 })).collect();
            self.record(recorder, &plan, bits, &inputs.iter().chain(&outputs).collect::<Vec<_>>());
            outputs.into_iter().zip(&wanted).filter_map(|(output, wanted)| wanted.then_some(output)).collect()
        };
        self.context.run(&mut outputs, record).await
    }
}
