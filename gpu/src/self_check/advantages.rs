//! Every estimator against the kernel, by every path.

use super::Check;
use crate::advantage::{
    DiscountedReturn, Gae, GroupBaseline, MaskedGae, NStepReturn, Path, ProcessGroup, RewardToGo, TurnGae, VTrace,
};
use crate::context::Context;
use crate::error::Error;
use crate::sample::Sample;
use crate::tolerance::Tolerance;
use habit::advantage::{self, GroupBaseline as Baseline};

const DISCOUNT: f32 = 0.99;
const LAMBDA: f32 = 0.95;

/// Many lanes, few long lanes of one column and of several, and few short ones.
const SHAPES: [(Path, [usize; 2]); 4] =
    [(Path::Lanes, [100, 517]), (Path::Scan, [9001, 1]), (Path::Scan, [515, 37]), (Path::Scan, [41, 7])];

/// A sample that gives sums of magnitudes where `sample` gives sums: rewards and next values without their signs, and each
/// value as part of its reward.
fn magnitudes(sample: &Sample, with_values: bool) -> Sample {
    let [rewards, values, next_values, ..] = &sample.numbers;
    let value = |value: &f32| if with_values { value.abs() } else { 0.0 };
    let rewards = rewards.iter().zip(values).map(|(reward, own)| reward.abs() + value(own)).collect();
    let next_values = next_values.iter().map(|number| number.abs()).collect();
    let [_, _, _, learner, actor] = sample.numbers.clone();
    let numbers = [rewards, vec![0.0; values.len()], next_values, learner, actor];
    Sample { numbers, outcomes: sample.outcomes.clone(), actions: sample.actions.clone(), ..*sample }
}

fn check(name: &'static str, tolerance: &Tolerance) -> Check {
    Check { name, passed: tolerance.holds(), detail: tolerance.to_string() }
}

/// Compares results of the device with the kernel's.
fn compare(device: &[f32], host: &[f32], terms: &[f32], tolerance: &mut Tolerance) {
    for ((device, host), terms) in device.iter().zip(host).zip(terms) {
        tolerance.compare(*device, *host, *terms);
    }
}

/// An estimator with one output, at every shape: `$device` and `$host` write it.
macro_rules! recursion {
    ($name:literal, $context:ident, $type:ident, $estimator:expr, $values:expr, $method:ident $(, $actions:ident)?) => {{
        let host = $estimator;
        let mut device = $type::new($context, host).await?;
        let mut tolerance = Tolerance::default();
        for (path, shape) in SHAPES {
            let sample = Sample::new(shape, usize::MAX);
            let magnitudes = magnitudes(&sample, $values);
            let [mut found, mut expected, mut terms] = [sample.zeros(), sample.zeros(), sample.zeros()];
            device.set_path(Some(path));
            device.$method(&sample.view()?, $(&sample.$actions,)? &mut found).await?;
            host.$method(&sample.view()?, $(&sample.$actions,)? &mut expected)?;
            host.$method(&magnitudes.view()?, $(&sample.$actions,)? &mut terms)?;
            compare(&found, &expected, &terms, &mut tolerance);
        }
        check($name, &tolerance)
    }};
}

pub(super) async fn checks(context: &Context) -> Result<Vec<Check>, Error> {
    let returns = advantage::DiscountedReturn::new(DISCOUNT)?;
    let [short, long] = [advantage::NStepReturn::new(DISCOUNT, 5)?, advantage::NStepReturn::new(DISCOUNT, 97)?];
    let gae = advantage::Gae::new(DISCOUNT, LAMBDA)?;
    let masked = advantage::MaskedGae::new(DISCOUNT, LAMBDA)?;
    let turns = advantage::TurnGae::new(DISCOUNT, LAMBDA)?;
    Ok(vec![
        recursion!("discounted returns", context, DiscountedReturn, returns, false, returns),
        recursion!("5-step returns", context, NStepReturn, short, false, returns),
        recursion!("97-step returns", context, NStepReturn, long, false, returns),
        recursion!("rewards to go", context, RewardToGo, advantage::RewardToGo, false, returns),
        recursion!("GAE", context, Gae, gae, true, advantages),
        v_trace(context).await?,
        recursion!("masked GAE", context, MaskedGae, masked, true, advantages, actions),
        recursion!("turn-level GAE", context, TurnGae, turns, false, advantages, actions),
        groups("RLOO", context, Baseline::LeaveOneOut).await?,
        groups("GRPO", context, Baseline::Standardised { ddof: 1, epsilon: 1e-6 }).await?,
        groups("Dr. GRPO", context, Baseline::Mean).await?,
        process_group(context).await?,
    ])
}

async fn v_trace(context: &Context) -> Result<Check, Error> {
    let host = advantage::VTrace::new(DISCOUNT, LAMBDA, 1.5, 1.0)?;
    let mut device = VTrace::new(context, host).await?;
    let mut tolerance = Tolerance::default();
    for (path, shape) in SHAPES {
        let sample = Sample::new(shape, usize::MAX);
        let ([.., learner, actor], magnitudes) = (&sample.numbers, magnitudes(&sample, true));
        let [mut found, mut expected, mut terms] = [(); 3].map(|()| [sample.zeros(), sample.zeros()]);
        device.set_path(Some(path));
        let [advantages, targets] = &mut found;
        device.advantages_and_targets(&sample.view()?, learner, actor, advantages, targets).await?;
        let [advantages, targets] = &mut expected;
        host.advantages_and_targets(&sample.view()?, learner, actor, advantages, targets)?;
        let [advantages, targets] = &mut terms;
        host.advantages_and_targets(&magnitudes.view()?, learner, actor, advantages, targets)?;
        for output in 0..2 {
            compare(&found[output], &expected[output], &terms[output], &mut tolerance);
        }
    }
    Ok(check("V-trace", &tolerance))
}

/// The sums of the magnitudes of each number and of the mean of all.
fn with_mean(numbers: &[f32]) -> Vec<f32> {
    let mean = numbers.iter().map(|number| number.abs()).sum::<f32>() / numbers.len() as f32;
    numbers.iter().map(|number| number.abs() + mean).collect()
}

async fn groups(name: &'static str, context: &Context, baseline: Baseline) -> Result<Check, Error> {
    let device = GroupBaseline::new(context, baseline).await?;
    let mut tolerance = Tolerance::default();
    for (groups, size) in [(1001, 8), (101, 77), (3, 3001)] {
        let [returns, ..] = Sample::new([groups, size], usize::MAX).numbers;
        let [mut found, mut expected] = [vec![0.0; returns.len()], vec![0.0; returns.len()]];
        device.advantages(size, &returns, &mut found).await?;
        for (group, (returns, expected)) in returns.chunks(size).zip(expected.chunks_mut(size)).enumerate() {
            baseline.advantages(returns, expected)?;
            compare(&found[group * size..], expected, &with_mean(returns), &mut tolerance);
        }
    }
    Ok(check(name, &tolerance))
}

async fn process_group(context: &Context) -> Result<Check, Error> {
    let host = advantage::ProcessGroup::new(1, 1e-6)?;
    let mut device = ProcessGroup::new(context, host).await?;
    let mut tolerance = Tolerance::default();
    for (path, shape) in SHAPES {
        let mut sample = Sample::new(shape, usize::MAX);
        let [mut found, mut expected, mut terms] = [sample.zeros(), sample.zeros(), sample.zeros()];
        device.set_path(Some(path));
        device.advantages(&sample.view()?, &mut found).await?;
        host.advantages(&sample.view()?, &mut expected)?;
        sample.numbers[0] = with_mean(&sample.numbers[0]);
        advantage::RewardToGo.returns(&sample.view()?, &mut terms)?;
        compare(&found, &expected, &terms, &mut tolerance);
    }
    Ok(check("process-supervised GRPO", &tolerance))
}
