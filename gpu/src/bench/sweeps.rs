//! Sweeps beside the kernel's learners: whole calls, with quantiles on the device and one after the other on the CPU.

use super::{Case, Device};
use crate::context::Context;
use crate::error::Error;
use crate::future::block_on;
use crate::rollout::{Episode, Tables};
use crate::sweep::{Arms, BanditLearner, BanditSweep, Bucket, Plan, TabularLearner, TabularSweep, Target};
use habit::bandit::{Bandit, Ucb, Ucb1};
use habit::env::{BernoulliBandit, CliffWalking, Env};
use habit::learn::{QLearning, TdParameters, run_episode};
use habit::math::percentile;
use habit::policy::EpsilonGreedy;
use habit::rng::stream;

const PERCENTS: [f32; 3] = [10.0, 50.0, 90.0];
const COINS: [f32; 5] = [0.1, 0.2, 0.3, 0.4, 0.5];
/// Transitions of an episode: too few to reach the goal, so that all episodes are cut there.
const LENGTH: usize = 8;

/// Seeds from 1 on, in four buckets.
fn plan(steps: usize, lanes: usize) -> Plan {
    let (seeds, steps) = (lanes as u32, steps as u32);
    Plan { first_seed: 1, seeds, steps, every: steps.div_ceil(4), bucket: Bucket::Last }
}

/// The percentiles of what every seed came to.
fn percentiles(mut numbers: Vec<f32>) -> Result<(), Error> {
    numbers.sort_by(f32::total_cmp);
    PERCENTS.iter().try_for_each(|&percent| percentile(&numbers, percent).map(|_| ()))?;
    Ok(())
}

fn case(
    name: &'static str,
    shape: [usize; 2],
    [moved, minimum]: [u64; 2],
    device: impl FnMut() -> Result<(), Error> + 'static,
    host: impl FnMut() -> Result<(), Error> + 'static,
) -> Case {
    // The steps, and the percentiles.
    let device = Device::Whole(2, Box::new(device));
    Case { name, shape, moved, minimum, device, host: Box::new(host) }
}

/// Plays of UCB1 on coins.
pub(super) async fn bandit(name: &'static str, context: &Context, shape: [usize; 2]) -> Result<Case, Error> {
    let [steps, lanes] = shape;
    let arms = Arms::Bernoulli { means: COINS.to_vec() };
    let sweep = BanditSweep::new(context, &arms, BanditLearner::Ucb1 { confidence: 2.0 }).await?;
    let plan = plan(steps, lanes);
    let traffic = sweep.traffic(&plan);
    let device = move || block_on(sweep.run(&plan, &PERCENTS)).map(drop);
    let host = move || {
        let mut pay = vec![0.0; lanes];
        for (seed, pay) in (plan.first_seed..).zip(&mut pay) {
            let (mut world, mut choices) = (stream(seed, 0), stream(seed, 1));
            let (mut env, mut learner) = (BernoulliBandit::EMPTY, Ucb1::<5>::EMPTY);
            env.set(COINS)?;
            learner.start(Ucb::new(2.0)?)?;
            for _ in 0..steps {
                let arm = learner.select(&mut choices)?.arm;
                let reward = env.step(arm, &mut world)?.reward;
                learner.update(arm, reward)?;
                *pay += reward;
            }
        }
        percentiles(pay)
    };
    Ok(case(name, shape, traffic, device, host))
}

/// Transitions of Q-learning on the cliff.
pub(super) async fn tabular(name: &'static str, context: &Context, shape: [usize; 2]) -> Result<Case, Error> {
    let [steps, lanes] = shape;
    let episode = Episode { start: CliffWalking::START, time_limit: Some(LENGTH as u32) };
    let parameters = TdParameters { step_size: 0.5, discount: 1.0 };
    let (target, epsilon) = (Target::QLearning, 0.1);
    let learner = TabularLearner { target, parameters, epsilon, initial: 0.0 };
    let tables = Tables::new(&CliffWalking::new(false), episode)?;
    let sweep = TabularSweep::new(context, &tables, learner, None).await?;
    let plan = plan(steps / LENGTH, lanes);
    let traffic = sweep.traffic(&plan, steps);
    let device = move || block_on(sweep.run(&plan, &PERCENTS)).map(drop);
    let host = move || {
        let mut pay = vec![0.0; lanes];
        for (seed, pay) in (plan.first_seed..).zip(&mut pay) {
            let (mut world, mut choices) = (stream(seed, 0), stream(seed, 1));
            let (mut env, mut agent) = (CliffWalking::new(false), QLearning::<48, 4>::EMPTY);
            agent.start(parameters, EpsilonGreedy::new(epsilon)?, 0.0)?;
            for _ in 0..plan.steps {
                *pay += run_episode(&mut env, &mut agent, LENGTH as u32, &mut world, &mut choices)?.reward;
            }
        }
        percentiles(pay)
    };
    Ok(case(name, shape, traffic, device, host))
}
