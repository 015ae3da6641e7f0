//! Whether an adapter keeps the promises of this crate.

use crate::advantage::{Gae, Path};
use crate::context::{Adapter, Context};
use crate::error::Error;
use crate::learn::{PolicyGradient, Progress, Settings};
use crate::rollout::{
    Environment, Episode, GaussianTestbed, Lane, Observation, Policy, Rollout, Tables, TabularRollout, ThresholdPolicy,
    Trajectories, Twin, compare, cpu,
};
use crate::streams::{streams, words};
use crate::tolerance::Tolerance;
use habit::advantage;
use habit::env::{
    Acrobot, BernoulliBandit, CartPole, CliffWalking, LinearDynamicalBandit, LinearSystem, MountainCar, Pendulum,
};
use habit::interact::{Outcome, RolloutView};
use habit::rng::{self, Rng};
use std::fmt;

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was compared with the CPU.
    pub name: &'static str,
    /// Whether the device did as it should.
    pub passed: bool,
    /// How much was compared and how it came out, in one clause.
    pub detail: String,
}

/// What [`self_check`] found. Its [`Display`](fmt::Display) is one line for the adapter and one for each check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The adapter that was checked.
    pub adapter: Adapter,
    /// In the order in which they ran.
    pub checks: Vec<Check>,
}

impl Report {
    /// Whether every check passed.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| check.passed)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.adapter)?;
        for Check { name, passed, detail } in &self.checks {
            write!(f, "\n{} {name}: {detail}", if *passed { "pass" } else { "FAIL" })?;
        }
        Ok(())
    }
}

/// Compares the device with the kernel on this CPU: 1 024 000 generator words, rollouts of CliffWalking and its slippery
/// variant, of the physics and of bandits, a training, and GAE by both
/// paths.
///
/// A result that is wrong is a failed [`Check`] in the report.
///
/// # Errors
/// What the device reports, when a check could not be carried out at all.
pub async fn self_check(context: &Context) -> Result<Report, Error> {
    let checks = vec![
        generator_words(context).await?,
        rollouts("rollout of CliffWalking", context, CliffWalking::new(false)).await?,
        rollouts("rollout of slippery CliffWalking", context, CliffWalking::new(true)).await?,
        cart_pole(context).await?,
        mountain_car(context).await?,
        acrobot(context).await?,
        pendulum(context).await?,
        bernoulli_bandit(context).await?,
        testbed(context).await?,
        linear_dynamical_bandit(context).await?,
        refusal(context).await?,
        training(context).await?,
        gae("GAE, many lanes", context, Path::Lanes, [200, 1031]).await?,
        gae("GAE, few long lanes", context, Path::Scan, [60_007, 3]).await?,
    ];
    Ok(Report { adapter: context.adapter().clone(), checks })
}

async fn generator_words(context: &Context) -> Result<Check, Error> {
    let (lanes, steps) = (1024, 1000);
    let mut device = streams(7, lanes);
    let mut host = device.clone();
    let drawn = words(context, &mut device, steps).await?;
    let expected: Vec<_> = (0..steps).flat_map(|_| host.iter_mut().map(Rng::next_u32).collect::<Vec<_>>()).collect();
    let wrong = differences(&drawn, &expected) + differences(&device, &host);
    Ok(Check { name: "generator words", passed: wrong == 0, detail: equal(wrong, drawn.len(), "words") })
}

async fn rollouts(name: &'static str, context: &Context, model: CliffWalking) -> Result<Check, Error> {
    let (lanes, steps) = (333, 300);
    let episode = Episode { start: CliffWalking::START, time_limit: Some(50) };
    // Drifting to the right along the cliff, so that episodes end in both ways.
    let policy = ThresholdPolicy::new(
        CliffWalking::STATES,
        CliffWalking::ACTIONS,
        [[0.3, 0.5, 0.1, 0.1]; CliffWalking::STATES].as_flattened(),
    )?;
    let mut device = Lane::starting(7, lanes, episode.start);
    let mut host = device.clone();
    let rollout = TabularRollout::new(context, Tables::new(&model, episode)?).await?;
    let found = rollout.run(&policy, &mut device, steps).await?;
    let expected = cpu::rollout(&model, episode, &policy, &mut host, steps)?;
    let wrong = wrong_transitions(&found, &expected) + differences(&device, &host);
    let ends = |outcome| expected.outcomes.iter().filter(|&&found| found == outcome).count();
    let (terminated, truncated) = (ends(Outcome::Terminated), ends(Outcome::Truncated));
    let detail = equal(wrong, steps * lanes, "transitions");
    let detail = format!("{detail}, {terminated} episodes terminated, {truncated} truncated");
    Ok(Check { name, passed: wrong == 0, detail })
}

/// Steps that are compared one by one.
const STEPS: usize = 40;

/// An environment under a policy, step by step against its twin.
async fn steps(
    name: &'static str,
    context: &Context,
    environment: Environment,
    policy: Policy,
    twin: &impl Twin,
) -> Result<Check, Error> {
    let rollout = Rollout::new(context, environment, policy).await?;
    let found = compare(&rollout, twin, 7, 101, STEPS).await?;
    Ok(Check { name, passed: found.holds(), detail: found.to_string() })
}

async fn cart_pole(context: &Context) -> Result<Check, Error> {
    let policy = Policy::softmax(&[2.4, 2.0, 0.2095, 2.0], &[0.3, 0.1, -0.5, 0.4, 0.0, -0.3, 0.0, 0.5, 0.2, 0.1])?;
    let pole = Environment::cart_pole()?.with_time_limit(Some(25))?;
    steps("rollout of CartPole", context, pole, policy, &CartPole::new()).await
}

async fn mountain_car(context: &Context) -> Result<Check, Error> {
    let policy = Policy::softmax(&[0.6, 0.07], &[0.0, -2.0, 0.0, 0.1, 0.0, -1.0, 0.0, 2.0, 0.0])?;
    let car = Environment::mountain_car()?.with_time_limit(Some(25))?;
    steps("rollout of MountainCar", context, car, policy, &MountainCar::new()).await
}

async fn acrobot(context: &Context) -> Result<Check, Error> {
    steps("rollout of Acrobot", context, Environment::acrobot()?, Policy::uniform(), &Acrobot::new()).await
}

async fn pendulum(context: &Context) -> Result<Check, Error> {
    let torques = [-2.0, -0.5, 0.0, 0.5, 2.0];
    let pendulum = Environment::pendulum(&torques)?.with_time_limit(Some(25))?;
    steps("rollout of Pendulum", context, pendulum, Policy::uniform(), &(Pendulum::new(), torques)).await
}

async fn bernoulli_bandit(context: &Context) -> Result<Check, Error> {
    let means = [0.1, 0.5, 1.0, 0.0];
    let mut bandit = BernoulliBandit::<4>::EMPTY;
    bandit.set(means)?;
    let policy = Policy::thresholds(&ThresholdPolicy::new(1, 4, &[0.4, 0.3, 0.2, 0.1])?);
    steps("rollout of a Bernoulli bandit", context, Environment::bernoulli_bandit(&means)?, policy, &bandit).await
}

async fn testbed(context: &Context) -> Result<Check, Error> {
    let testbed = Environment::gaussian_testbed(10, 0.5)?.with_time_limit(Some(25))?;
    let policy = Policy::tabular_softmax(1, &[0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])?;
    steps("rollout of the testbed", context, testbed, policy, &GaussianTestbed::<10>(0.5)).await
}

async fn linear_dynamical_bandit(context: &Context) -> Result<Check, Error> {
    static SYSTEM: LinearSystem<3, 3> = LinearSystem::ADVERTISING;
    static ARMS: [[f32; 3]; 3] = [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.5]];
    let environment = Environment::linear_dynamical_bandit(&SYSTEM, &ARMS, 0.1)?;
    let twin = LinearDynamicalBandit::new(&SYSTEM, &ARMS, 0.1);
    steps("rollout of a linear system", context, environment, Policy::uniform(), &twin).await
}

/// What a user writes may be wrong, and then the compiler is to say so.
async fn refusal(context: &Context) -> Result<Check, Error> {
    let wrong =
        Environment::new("fn environment_reset(rng: ptr<function, vec4<u32>>) -> {", 1, Observation::Nothing, 1)?;
    let (passed, detail) = match Rollout::new(context, wrong, Policy::uniform()).await {
        Err(Error::Shader(reason)) => (!reason.is_empty(), "refused".to_owned()),
        Err(error) => return Err(error),
        Ok(_) => (false, "taken for right".to_owned()),
    };
    Ok(Check { name: "WGSL that does not compile", passed, detail })
}

/// A policy that balances the pole at least as long as the CPU's is claimed to at the thirtieth iteration
/// (`linear-policies.cart-pole`), of what the device alone has learnt. Over the last five, so that no luck decides.
async fn training(context: &Context) -> Result<Check, Error> {
    let settings = Settings {
        steps: 256,
        passes: 20,
        step_size: 0.2,
        clip: Some(0.2),
        discount: 0.995,
        lambda: 0.98,
        ridge: 1e-6,
    };
    let (scales, lanes, iterations) = ([2.4, 2.0, 0.2095, 2.0], 32, 30);
    let mut training = PolicyGradient::new(context, Environment::cart_pole()?, &scales, settings).await?;
    training.start(7, lanes).await?;
    let progress = training.run(iterations).await?;
    let length = |part: &[Progress]| {
        let [steps, episodes] = [|one: &Progress| one.lengths, |one: &Progress| one.episodes]
            .map(|of: fn(&Progress) -> f32| part.iter().map(of).sum::<f32>());
        steps / episodes
    };
    let (first, last) = (length(&progress[..1]), length(&progress[iterations - 5..]));
    let detail = format!("an episode has {first:.0} steps at first, {last:.0} in the last of {iterations} iterations");
    Ok(Check { name: "training of CartPole", passed: last >= 250.0, detail })
}

async fn gae(name: &'static str, context: &Context, path: Path, [steps, lanes]: [usize; 2]) -> Result<Check, Error> {
    let estimator = advantage::Gae::new(0.99, 0.95)?;
    let count = steps * lanes;
    let mut rng = rng::stream(7, 0);
    let mut numbers = || (0..count).map(|_| rng::gaussian_by_sum(&mut rng)).collect::<Vec<_>>();
    let [rewards, values, next_values] = std::array::from_fn(|_| numbers());
    let outcome = |_| match rng.next_u32() % 50 {
        0 => Outcome::Terminated,
        1 => Outcome::Truncated,
        _ => Outcome::Continue,
    };
    let outcomes: Vec<_> = (0..count).map(outcome).collect();
    let rollout = RolloutView::new(steps, lanes, &rewards, &values, &next_values, &outcomes)?;

    let mut device = [vec![0.0; count], vec![0.0; count]];
    let mut host = device.clone();
    let [advantages, targets] = &mut device;
    let mut gae = Gae::new(context, estimator).await?;
    gae.set_path(Some(path));
    gae.advantages_and_targets(&rollout, advantages, targets).await?;
    let [advantages, targets] = &mut host;
    estimator.advantages_and_targets(&rollout, advantages, targets)?;

    // The recursion over the magnitudes of its terms gives the sum of their magnitudes.
    let magnitudes = |numbers: &[f32]| numbers.iter().map(|number| number.abs()).collect::<Vec<_>>();
    let against: Vec<_> = values.iter().map(|value| -value.abs()).collect();
    let (rewards, next_values) = (magnitudes(&rewards), magnitudes(&next_values));
    let mut terms = vec![0.0; count];
    let sums = RolloutView::new(steps, lanes, &rewards, &against, &next_values, &outcomes)?;
    estimator.advantages(&sums, &mut terms)?;

    let mut tolerance = Tolerance::default();
    for (at, terms) in terms.iter().enumerate() {
        tolerance.compare(device[0][at], host[0][at], *terms);
        tolerance.compare(device[1][at], host[1][at], terms + values[at].abs());
    }
    Ok(Check { name, passed: tolerance.holds(), detail: tolerance.to_string() })
}

/// How many entries differ.
fn differences<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    a.iter().zip(b).filter(|(a, b)| a != b).count() + a.len().abs_diff(b.len())
}

fn wrong_transitions(found: &Trajectories, expected: &Trajectories) -> usize {
    let bits = |all: &Trajectories| all.rewards.iter().map(|reward| reward.to_bits()).collect::<Vec<_>>();
    differences(&found.states, &expected.states)
        + differences(&found.actions, &expected.actions)
        + differences(&bits(found), &bits(expected))
        + differences(&found.next_states, &expected.next_states)
        + differences(&found.outcomes, &expected.outcomes)
}

fn equal(wrong: usize, of: usize, what: &str) -> String {
    if wrong == 0 { format!("{of} {what}, all equal") } else { format!("{wrong} differences in {of} {what}") }
}
