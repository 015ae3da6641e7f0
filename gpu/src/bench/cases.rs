//! What is measured.

use super::{Case, Device, sweeps};
use crate::advantage::{DiscountedReturn, Gae, GroupBaseline, NStepReturn, ProcessGroup, TurnGae, VTrace};
use crate::compute::Recorder;
use crate::context::Context;
use crate::error::Error;
use crate::future::block_on;
use crate::rollout::{Episode, Lane, Tables, TabularRollout, ThresholdPolicy, cpu};
use crate::sample::Sample;
use habit::advantage::{self, GroupBaseline as Baseline};
use habit::env::CliffWalking;
use habit::interact::RolloutView;
use std::pin::Pin;

type Make = for<'a> fn(&'a Context, usize) -> Pin<Box<dyn Future<Output = Result<Case, Error>> + 'a>>;

/// Makes a case of a number of elements, a power of two of at least 1024.
pub(super) const ALL: [Make; 13] = [
    |context, size| Box::pin(gae("GAE, 128 steps", context, [128, size / 128])),
    |context, size| Box::pin(gae("GAE, 64 lanes", context, [size / 64, 64])),
    |context, size| Box::pin(gae("GAE, one lane", context, [size, 1])),
    |context, size| Box::pin(returns("discounted returns, 128 steps", context, [128, size / 128])),
    |context, size| Box::pin(n_step("5-step returns, 128 steps", context, [128, size / 128])),
    |context, size| Box::pin(v_trace("V-trace, 128 steps", context, [128, size / 128])),
    |context, size| Box::pin(turns("turn-level GAE, 128 steps", context, [128, size / 128])),
    |context, size| Box::pin(groups("GRPO, groups of 8", context, [size / 8, 8])),
    |context, size| Box::pin(groups("GRPO, one group", context, [1, size])),
    |context, size| Box::pin(process("process-supervised GRPO, 128 steps", context, [128, size / 128])),
    |context, size| Box::pin(rollout("rollout of CliffWalking, 128 steps, with transfers", context, [128, size / 128])),
    |context, size| Box::pin(sweeps::bandit("sweep of UCB1, 128 plays, with transfers", context, [128, size / 128])),
    |context, size| {
        Box::pin(sweeps::tabular("sweep of Q-learning, 128 steps, with transfers", context, [128, size / 128]))
    },
];

const DISCOUNT: f32 = 0.99;
const LAMBDA: f32 = 0.95;
/// Random numbers before they begin again.
const PERIOD: usize = 1 << 16;

/// Bytes of one array of numbers, and of one of outcomes or actions.
const fn bytes([steps, lanes]: [usize; 2]) -> [u64; 2] {
    [4 * (steps * lanes) as u64, (steps * lanes) as u64]
}

/// An array for an output.
fn output(context: &Context, shape: [usize; 2]) -> wgpu::Buffer {
    context.recorder().storage(bytes(shape)[0])
}

/// Arrays on the device: those of `numbers` asked for, outcomes, actions.
fn upload<const N: usize>(
    context: &Context,
    sample: &Sample,
    numbers: [usize; N],
) -> ([wgpu::Buffer; N], [wgpu::Buffer; 2]) {
    let recorder = context.recorder();
    let outcomes: Vec<_> = sample.outcomes.iter().map(|&outcome| outcome as u8).collect();
    let actions: Vec<_> = sample.actions.iter().map(|&action| u8::from(action)).collect();
    let numbers = numbers.map(|i| recorder.upload(bytemuck::cast_slice(&sample.numbers[i])));
    (numbers, [outcomes, actions].map(|bytes| recorder.upload(&bytes)))
}

/// Checks the input and runs the kernel's estimator: what a call on the CPU does.
fn host(
    sample: Sample,
    mut estimate: impl FnMut(&Sample, &RolloutView<'_>, &mut [f32]) -> Result<(), habit::Error> + 'static,
) -> Box<dyn FnMut() -> Result<(), Error>> {
    let mut out = sample.zeros();
    Box::new(move || Ok(estimate(&sample, &sample.view()?, &mut out)?))
}

async fn gae(name: &'static str, context: &Context, shape: [usize; 2]) -> Result<Case, Error> {
    let kernels = advantage::Gae::new(DISCOUNT, LAMBDA)?;
    let device = Gae::new(context, kernels).await?;
    let (plan, sample) = (device.plan(shape[0], shape[1])?, Sample::new(shape, PERIOD));
    let ([rewards, values, next_values], [outcomes, _]) = upload(context, &sample, [0, 1, 2]);
    let [out, targets] = [output(context, shape), context.recorder().storage(0)];
    let [number, byte] = bytes(shape);
    let moved = plan.traffic(3 * number + byte, number);
    let record = move |recorder: &mut Recorder<'_>| {
        device.record(recorder, &plan, 1, &[&rewards, &values, &next_values, &outcomes, &out, &targets]);
    };
    let host = host(sample, move |_, view, out| kernels.advantages(view, out));
    let device = Device::Recorded(Box::new(record));
    Ok(Case { name, shape, moved, minimum: 4 * number + byte, device, host })
}

async fn returns(name: &'static str, context: &Context, shape: [usize; 2]) -> Result<Case, Error> {
    let kernels = advantage::DiscountedReturn::new(DISCOUNT)?;
    let device = DiscountedReturn::new(context, kernels).await?;
    let (plan, sample) = (device.plan(shape[0], shape[1])?, Sample::new(shape, PERIOD));
    let ([rewards, next_values], [outcomes, _]) = upload(context, &sample, [0, 2]);
    let out = output(context, shape);
    let [number, byte] = bytes(shape);
    let moved = plan.traffic(2 * number + byte, number);
    let record = move |recorder: &mut Recorder<'_>| {
        device.record(recorder, &plan, 1, &[&rewards, &next_values, &outcomes, &out])
    };
    let host = host(sample, move |_, view, out| kernels.returns(view, out));
    let device = Device::Recorded(Box::new(record));
    Ok(Case { name, shape, moved, minimum: 3 * number + byte, device, host })
}

async fn n_step(name: &'static str, context: &Context, shape: [usize; 2]) -> Result<Case, Error> {
    let kernels = advantage::NStepReturn::new(DISCOUNT, 5)?;
    let device = NStepReturn::new(context, kernels).await?;
    let (plan, sample) = (device.plan(shape[0], shape[1])?, Sample::new(shape, PERIOD));
    let ([rewards, next_values], [outcomes, _]) = upload(context, &sample, [0, 2]);
    let out = output(context, shape);
    let [number, byte] = bytes(shape);
    let moved = plan.traffic(2 * number + byte, number);
    let record =
        move |recorder: &mut Recorder<'_>| device.record(recorder, &plan, [&rewards, &next_values, &outcomes, &out]);
    let host = host(sample, move |_, view, out| kernels.returns(view, out));
    let device = Device::Recorded(Box::new(record));
    Ok(Case { name, shape, moved, minimum: 3 * number + byte, device, host })
}

async fn v_trace(name: &'static str, context: &Context, shape: [usize; 2]) -> Result<Case, Error> {
    let kernels: advantage::VTrace = advantage::VTrace::new(DISCOUNT, 1.0, 1.0, 1.0)?;
    let device = VTrace::new(context, kernels).await?;
    let (plan, sample) = (device.plan(shape[0], shape[1])?, Sample::new(shape, PERIOD));
    let ([rewards, values, next_values, ratios], [outcomes, _]) = upload(context, &sample, [0, 1, 2, 3]);
    let [out, targets] = [output(context, shape), output(context, shape)];
    let [number, byte] = bytes(shape);
    let moved = plan.traffic(4 * number + byte, 2 * number);
    let record = move |recorder: &mut Recorder<'_>| {
        let arrays = [&rewards, &values, &next_values, &outcomes, &ratios, &out, &targets];
        device.record(recorder, &plan, 3, &arrays);
    };
    let (mut targets, actor) = (sample.zeros(), sample.zeros());
    let host = host(sample, move |sample, view, out| {
        kernels.advantages_and_targets(view, &sample.numbers[3], &actor, out, &mut targets)
    });
    let device = Device::Recorded(Box::new(record));
    Ok(Case { name, shape, moved, minimum: 6 * number + byte, device, host })
}

async fn turns(name: &'static str, context: &Context, shape: [usize; 2]) -> Result<Case, Error> {
    let kernels = advantage::TurnGae::new(DISCOUNT, LAMBDA)?;
    let device = TurnGae::new(context, kernels).await?;
    let (plan, sample) = (device.plan(shape[0], shape[1])?, Sample::new(shape, PERIOD));
    let ([rewards, values, next_values], [outcomes, actions]) = upload(context, &sample, [0, 1, 2]);
    let out = output(context, shape);
    let [number, byte] = bytes(shape);
    // The first pass writes, and the second reads, the starts of turns: at most every second token.
    let moved = plan.traffic(3 * number + 2 * byte, number / 2) + plan.traffic(number / 2 + 2 * byte, number);
    let record = move |recorder: &mut Recorder<'_>| {
        device.record(recorder, &plan, &[&rewards, &values, &next_values, &outcomes, &actions, &out]);
    };
    let host = host(sample, move |sample, view, out| kernels.advantages(view, &sample.actions, out));
    let device = Device::Recorded(Box::new(record));
    Ok(Case { name, shape, moved, minimum: 4 * number + 2 * byte, device, host })
}

async fn groups(name: &'static str, context: &Context, shape: [usize; 2]) -> Result<Case, Error> {
    let kernels = Baseline::Standardised { ddof: 1, epsilon: 1e-6 };
    let device = GroupBaseline::new(context, kernels).await?;
    let (plan, sample) = (device.plan(shape[0], shape[1])?, Sample::new(shape, PERIOD));
    let ([returns], _) = upload(context, &sample, [0]);
    let out = output(context, shape);
    let (moved, [number, _]) = (plan.traffic(), bytes(shape));
    let record = move |recorder: &mut Recorder<'_>| device.record(recorder, &plan, [&returns, &out]);
    let host = host(sample, move |_, view, out| {
        let mut groups = view.rewards().chunks(shape[1]).zip(out.chunks_mut(shape[1]));
        groups.try_for_each(|(returns, out)| kernels.advantages(returns, out))
    });
    let device = Device::Recorded(Box::new(record));
    Ok(Case { name, shape, moved, minimum: 2 * number, device, host })
}

async fn process(name: &'static str, context: &Context, shape: [usize; 2]) -> Result<Case, Error> {
    let kernels = advantage::ProcessGroup::new(1, 1e-6)?;
    let device = ProcessGroup::new(context, kernels).await?;
    let (plan, sample) = (device.plan(shape[0], shape[1])?, Sample::new(shape, PERIOD));
    let ([rewards], [outcomes, _]) = upload(context, &sample, [0]);
    let out = output(context, shape);
    let [number, byte] = bytes(shape);
    let moved = plan.traffic(number, byte);
    let record = move |recorder: &mut Recorder<'_>| device.record(recorder, &plan, [&rewards, &outcomes, &out]);
    let host = host(sample, move |_, view, out| kernels.advantages(view, out));
    let device = Device::Recorded(Box::new(record));
    // The mean is known only when all rewards have been read.
    Ok(Case { name, shape, moved, minimum: 3 * number + byte, device, host })
}

/// A whole call, transfers and all: both sides give trajectories to the caller.
async fn rollout(name: &'static str, context: &Context, shape: [usize; 2]) -> Result<Case, Error> {
    let (model, [steps, lanes]) = (CliffWalking::new(true), shape);
    let episode = Episode { start: CliffWalking::START, time_limit: Some(100) };
    let policy = ThresholdPolicy::new(
        CliffWalking::STATES,
        CliffWalking::ACTIONS,
        [[0.25; CliffWalking::ACTIONS]; CliffWalking::STATES].as_flattened(),
    )?;
    let device = TabularRollout::new(context, Tables::new(&model, episode)?).await?;
    let mut moved_lanes = Lane::starting(7, lanes, episode.start);
    let (mut host_lanes, host_policy) = (moved_lanes.clone(), policy.clone());
    let call = move || block_on(device.run(&policy, &mut moved_lanes, steps)).map(drop);
    let host = move || Ok(cpu::rollout(&model, episode, &host_policy, &mut host_lanes, steps).map(drop)?);
    // Four words and a byte a step.
    let moved = 17 * (steps * lanes) as u64;
    let device = Device::Whole(1, Box::new(call));
    Ok(Case { name, shape, moved, minimum: moved, device, host: Box::new(host) })
}
