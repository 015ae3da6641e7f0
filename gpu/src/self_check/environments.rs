//! Environments and training.

use super::Check;
use crate::context::Context;
use crate::error::Error;
use crate::learn::{PolicyGradient, Progress, Settings};
use crate::rollout::{Environment, GaussianTestbed, Observation, Policy, Rollout, ThresholdPolicy, Twin, compare};
use habit::env::{Acrobot, BernoulliBandit, CartPole, LinearDynamicalBandit, LinearSystem, MountainCar, Pendulum};

/// Every environment of physics, of bandits, what is refused, and a training.
pub(super) async fn checks(context: &Context) -> Result<Vec<Check>, Error> {
    Ok(vec![
        cart_pole(context).await?,
        mountain_car(context).await?,
        acrobot(context).await?,
        pendulum(context).await?,
        bernoulli_bandit(context).await?,
        testbed(context).await?,
        linear_dynamical_bandit(context).await?,
        refusal(context).await?,
        training(context).await?,
    ])
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
