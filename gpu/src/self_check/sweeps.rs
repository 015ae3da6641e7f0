//! Quantiles, and sweeps beside the kernel's learners.

use super::{Check, differences, equal};
use crate::context::Context;
use crate::error::Error;
use crate::rollout::{Episode, Tables};
use crate::sweep::{
    Arms, BanditLearner, BanditSweep, Bucket, Plan, Quantiles, TabularLearner, TabularSweep, Target, kolmogorov_smirnov,
};
use habit::bandit::{ActionValueBandit, Bandit, GradientBandit, Ucb, Ucb1};
use habit::env::{CliffWalking, Env, GaussianBandit};
use habit::learn::{Sarsa, TdParameters, run_episode};
use habit::math::percentile;
use habit::policy::EpsilonGreedy;
use habit::rng::{below, gaussian_by_sum, stream};

const SEEDS: u32 = 1024;
const ARMS: usize = 10;

/// In the order in which they run.
pub(super) async fn checks(context: &Context) -> Result<Vec<Check>, Error> {
    let average = BanditLearner::ActionValue { epsilon: 0.1, step_size: None, initial: 0.0 };
    let gradient = BanditLearner::Gradient { step_size: 0.1, with_baseline: true };
    let started = || -> Result<_, habit::Error> {
        let (mut average, mut ucb, mut gradient) =
            (ActionValueBandit::<ARMS>::EMPTY, Ucb1::<ARMS>::EMPTY, GradientBandit::<ARMS>::EMPTY);
        average.start(EpsilonGreedy::new(0.1)?, None, 0.0)?;
        ucb.start(Ucb::new(4.0)?)?;
        gradient.start(0.1, true)?;
        Ok((average, ucb, gradient))
    };
    let (host_average, host_ucb, host_gradient) = started()?;
    Ok(vec![
        quantiles(context).await?,
        bandit("sweep of epsilon-greedy", context, average, host_average).await?,
        bandit("sweep of UCB1", context, BanditLearner::Ucb1 { confidence: 4.0 }, host_ucb).await?,
        bandit("sweep of the gradient bandit", context, gradient, host_gradient).await?,
        sarsa(context).await?,
    ])
}

async fn quantiles(context: &Context) -> Result<Check, Error> {
    const PERCENTS: [f32; 9] = [0.0, 2.5, 10.0, 25.0, 50.0, 75.0, 90.0, 97.5, 100.0];
    let (rows, lanes) = (12, 3001);
    let mut rng = stream(7, 0);
    let mut values = Vec::new();
    for row in 0..rows {
        for _ in 0..lanes {
            // Every second row is full of ties.
            values.push(if row % 2 == 0 { gaussian_by_sum(&mut rng) } else { below(5, &mut rng)? as f32 });
        }
    }
    let summary = Quantiles::new(context).await?.of(&values, lanes, &PERCENTS).await?;
    let (mut found, mut expected) = (Vec::new(), Vec::new());
    for (row, values) in values.chunks_mut(lanes).enumerate() {
        values.sort_by(f32::total_cmp);
        for (index, percent) in PERCENTS.into_iter().enumerate() {
            found.push(summary.quantile(row, index).map(f32::to_bits));
            expected.push(Some(percentile(values, percent)?.to_bits()));
        }
    }
    let wrong = differences(&found, &expected);
    Ok(Check { name: "quantiles", passed: wrong == 0, detail: equal(wrong, found.len(), "percentiles") })
}

/// Compares a metric of every seed, in distribution and one by one.
fn alike(name: &'static str, found: &[f32], expected: &[f32]) -> Check {
    let (distance, bound) = kolmogorov_smirnov(found, expected);
    let equal = found.len() - differences(found, expected);
    let detail = format!("{equal} of {} seeds equal, distributions {distance:.3} apart of {bound:.3}", found.len());
    Check { name, passed: found.len() == expected.len() && distance <= bound, detail }
}

/// The reward of the last play on the testbed.
async fn bandit(
    name: &'static str,
    context: &Context,
    learner: BanditLearner,
    started: impl Bandit + Clone,
) -> Result<Check, Error> {
    let plan = Plan { first_seed: 7, seeds: SEEDS, steps: 100, every: 100, bucket: Bucket::Last };
    let arms = Arms::GaussianTestbed { arms: ARMS, centre: 0.0 };
    let found = BanditSweep::new(context, &arms, learner).await?.lanes(&plan).await?;
    let last = |seed| -> Result<f32, habit::Error> {
        let (mut world, mut choices, mut bandit) = (stream(seed, 0), stream(seed, 1), started.clone());
        let mut env = GaussianBandit::<ARMS>::testbed(0.0, &mut world)?;
        let mut reward = 0.0;
        for _ in 0..plan.steps {
            let arm = bandit.select(&mut choices)?.arm;
            reward = env.step(arm, &mut world)?.reward;
            bandit.update(arm, reward)?;
        }
        Ok(reward)
    };
    let expected = (0..SEEDS).map(|lane| last(plan.first_seed + lane)).collect::<Result<Vec<_>, _>>()?;
    Ok(alike(name, &found[..SEEDS as usize], &expected))
}

/// The return of the last episode on the slippery cliff.
async fn sarsa(context: &Context) -> Result<Check, Error> {
    let plan = Plan { first_seed: 7, seeds: SEEDS, steps: 10, every: 10, bucket: Bucket::Last };
    let (parameters, epsilon) = (TdParameters { step_size: 0.5, discount: 1.0 }, 0.1);
    let learner = TabularLearner { target: Target::Sarsa, parameters, epsilon, initial: 0.0 };
    let limit = 50;
    let episode = Episode { start: CliffWalking::START, time_limit: Some(limit) };
    let tables = Tables::new(&CliffWalking::new(true), episode)?;
    let found = TabularSweep::new(context, &tables, learner, None).await?.lanes(&plan).await?;
    let last = |seed| -> Result<f32, habit::Error> {
        let (mut world, mut choices) = (stream(seed, 0), stream(seed, 1));
        let (mut env, mut agent) = (CliffWalking::new(true), Sarsa::<48, 4>::EMPTY);
        agent.start(parameters, EpsilonGreedy::new(epsilon)?, 0.0)?;
        let mut reward = 0.0;
        for _ in 0..plan.steps {
            reward = run_episode(&mut env, &mut agent, limit, &mut world, &mut choices)?.reward;
        }
        Ok(reward)
    };
    let expected = (0..SEEDS).map(|lane| last(plan.first_seed + lane)).collect::<Result<Vec<_>, _>>()?;
    Ok(alike("sweep of SARSA", &found[..SEEDS as usize], &expected))
}
