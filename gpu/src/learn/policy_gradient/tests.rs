//! An iteration on the device, held against the kernel.

use super::*;
use crate::rollout::{Batch, End};
use crate::streams::streams;
use crate::{Options, Tolerance, block_on};
use habit::env::{CartPole, Env, TimeLimit};
use habit::interact::{Outcome, RolloutView};
use habit::learn::{PolicyBatch, PpoClip, ScoreFunction, Surrogate, policy_gradient_step};
use habit::policy::features::{Dense, Features, Raw};
use habit::policy::{SoftmaxPolicy, StochasticPolicy};
use habit::rng::Generator;

const SCALES: [f32; 4] = [2.4, 2.0, 0.2095, 2.0];

async fn training(settings: Settings) -> Result<PolicyGradient, Error> {
    let context = Context::new(&Options::default()).await?;
    // Cut early, so that episodes end in both ways.
    let pole = Environment::cart_pole()?.with_time_limit(Some(30))?;
    PolicyGradient::new(&context, pole, &SCALES, settings).await
}

/// Weights of a policy and of a critic.
type Weights = ([f32; 10], [f32; 9]);

fn seen(words: &[u32]) -> Result<Dense<5>, habit::Error> {
    Raw::<4, 5>::new(SCALES)?.encode(std::array::from_fn(|d| f32::from_bits(words[d])))
}

fn critic_features(Dense([a, b, c, d, _]): Dense<5>) -> [f64; 9] {
    [1.0, a, b, c, d, a * a, b * b, c * c, d * d].map(f64::from)
}

/// The same iteration on the CPU: the kernel's estimators and steps, and the equations of the critic.
fn iteration(
    settings: &Settings,
    (theta, critic): &Weights,
    batch: &Batch,
) -> Result<([f32; 10], Equations), habit::Error> {
    let (steps, lanes) = (batch.steps(), batch.lanes());
    let places = || (0..steps * lanes).map(|at| (at / lanes, at % lanes));
    let value = |words: &[u32]| -> Result<f32, habit::Error> {
        let features = critic_features(seen(words)?);
        Ok(features.iter().zip(critic).map(|(x, w)| x * f64::from(*w)).sum::<f64>() as f32)
    };
    let codes = places().map(|(t, n)| seen(&batch.observation(t, n))).collect::<Result<Vec<_>, _>>()?;
    let values = places().map(|(t, n)| value(&batch.observation(t, n))).collect::<Result<Vec<_>, _>>()?;
    let next_values = places().map(|(t, n)| value(&batch.next_observation(t, n))).collect::<Result<Vec<_>, _>>()?;
    let view = RolloutView::new(steps, lanes, batch.rewards(), &values, &next_values, batch.outcomes())?;
    let gae = settings.check()?;
    let [mut advantages, mut targets, mut standardised] = [(); 3].map(|()| vec![0.0; steps * lanes]);
    gae.advantages_and_targets(&view, &mut advantages, &mut targets)?;
    advantage::GroupBaseline::Standardised { ddof: 0, epsilon: EPSILON }.advantages(&advantages, &mut standardised)?;
    let actions: Vec<_> = batch.actions().iter().map(|&action| action as usize).collect();
    let samples = PolicyBatch::new(&codes, &actions, batch.log_probabilities(), &standardised)?;
    let mut policy = SoftmaxPolicy::<2, 5>::EMPTY;
    policy.set(theta)?;
    for _ in 0..settings.passes {
        match settings.clip {
            Some(clip) => step(&mut policy, &PpoClip::new(clip, clip)?, &samples, settings)?,
            None => step(&mut policy, &ScoreFunction, &samples, settings)?,
        }
    }
    let found = policy.parameters();
    Ok((std::array::from_fn(|row| found[row]), equations(settings, &codes, &targets)))
}

fn step(
    policy: &mut SoftmaxPolicy<2, 5>,
    surrogate: &impl Surrogate,
    samples: &PolicyBatch<'_, Dense<5>, usize>,
    settings: &Settings,
) -> Result<(), habit::Error> {
    policy_gradient_step(policy, surrogate, samples, settings.step_size, &mut [0.0; 10]).map(|_| ())
}

/// Of regularised least squares, in `f64`: nine factors and a right side each.
type Equations = [[f64; 10]; 9];

fn equations(settings: &Settings, codes: &[Dense<5>], targets: &[f32]) -> Equations {
    let mut system = [[0f64; 10]; 9];
    for (&code, &target) in codes.iter().zip(targets) {
        let x = critic_features(code);
        for (row, x_i) in system.iter_mut().zip(x) {
            let with_target = x.iter().copied().chain([f64::from(target)]);
            row.iter_mut().zip(with_target).for_each(|(entry, x_j)| *entry += x_i * x_j / codes.len() as f64);
        }
    }
    for (a, row) in system.iter_mut().enumerate() {
        row[a] += f64::from(settings.ridge);
    }
    system
}

#[test]
fn an_iteration_is_that_of_the_kernel() {
    let plain = Settings { steps: 53, passes: 1, step_size: 1.0, clip: None, discount: 0.99, lambda: 0.9, ridge: 1e-3 };
    let clipped = Settings { steps: 41, passes: 8, step_size: 0.3, clip: Some(0.05), ..plain };
    for (settings, lanes) in [(plain, 19), (clipped, 71)] {
        let mut training = block_on(training(settings)).unwrap();
        block_on(training.start(5, lanes)).unwrap();
        let mut mirror = training.rollout.start(5, lanes).unwrap();
        let mut weights: Weights = ([0.0; 10], [0.0; 9]);
        let mut tolerance = Tolerance::default();
        for _ in 0..3 {
            // From the device's own weights, so that only one iteration's rounding is compared.
            let policy = Policy::softmax(&SCALES, &weights.0).unwrap();
            let batch = block_on(training.rollout.run_under(&policy, &mut mirror, settings.steps)).unwrap();
            let ends = |outcome| batch.outcomes().contains(&outcome);
            assert!(ends(Outcome::Terminated) && ends(Outcome::Truncated));
            let expected = iteration(&settings, &weights, &batch).unwrap();
            let progress = block_on(training.run(1)).unwrap()[0];
            assert_eq!(progress.episodes, batch.ends().len() as f32);
            assert_eq!(progress.lengths, batch.ends().iter().map(|end| end.length as f32).sum::<f32>());
            assert_eq!(progress.earned, progress.lengths);
            let found = [block_on(training.policy()).unwrap(), block_on(training.critic()).unwrap()];
            // Advantages and inputs are of the size of 1.
            let terms = settings.step_size * settings.passes as f32;
            for (found, expected) in found[0].iter().zip(&expected.0) {
                tolerance.compare(*found, *expected, terms);
            }
            for row in &expected.1 {
                let products: Vec<_> = row.iter().zip(&found[1]).map(|(x, w)| x * f64::from(*w)).collect();
                let terms = products.iter().map(|product| product.abs()).sum::<f64>() + row[9].abs();
                tolerance.compare(products.iter().sum::<f64>() as f32, row[9] as f32, terms as f32);
            }
            weights = (std::array::from_fn(|row| found[0][row]), std::array::from_fn(|row| found[1][row]));
        }
        assert!(tolerance.holds(), "{tolerance}");
    }
}

/// A pole on the CPU, what it shows, and its stream.
type World = (TimeLimit<CartPole>, [f32; 4], Generator);

/// What a rollout leaves, on the CPU.
fn collect(worlds: &mut [World], theta: &[f32; 10], steps: usize) -> Result<Batch, Error> {
    let lanes = worlds.len();
    let mut batch = Batch::filled(steps, lanes, Observation::Numbers(4), true)?;
    let mut policy = SoftmaxPolicy::<2, 5>::EMPTY;
    policy.set(theta)?;
    for t in 0..steps {
        for (lane, (world, observation, rng)) in worlds.iter_mut().enumerate() {
            let (at, words) = (t * lanes + lane, observation.map(f32::to_bits));
            (0..4).for_each(|d| batch.observations[(t * 4 + d) * lanes + lane] = words[d]);
            let code = seen(&words)?;
            let action = policy.act(&code, rng)?;
            let step = world.step(action, rng)?;
            batch.actions[at] = action as u32;
            batch.rewards[at] = step.reward;
            batch.outcomes[at] = step.outcome;
            batch.log_probabilities[at] = policy.log_probability(&code, action)?;
            *observation = step.observation;
            if step.outcome.is_over() {
                let (length, earned) = (world.elapsed(), world.elapsed() as f32);
                batch.ends.push(End { step: t, lane, length, earned });
                batch.final_observations.extend(observation.map(f32::to_bits));
                *observation = world.reset(rng);
            }
        }
    }
    for (lane, (_, observation, _)) in worlds.iter().enumerate() {
        (0..4).for_each(|d| batch.observations[(steps * 4 + d) * lanes + lane] = observation[d].to_bits());
    }
    Ok(batch)
}

/// The solution, by elimination.
fn solved(mut system: Equations) -> [f32; 9] {
    for a in 0..9 {
        let pivot = system[a];
        for row in system.iter_mut().enumerate().filter_map(|(b, row)| (b != a).then_some(row)) {
            let factor = row[a] / pivot[a];
            row.iter_mut().zip(pivot).for_each(|(entry, above)| *entry -= factor * above);
        }
    }
    std::array::from_fn(|a| (system[a][9] / system[a][a]) as f32)
}

/// The mean length of the episodes that end in the last iteration, on the CPU.
fn length_on_the_cpu(settings: &Settings, seed: u32, lanes: usize, iterations: usize) -> Result<f32, Error> {
    let begin = |mut rng: Generator| {
        let mut world = TimeLimit::new(CartPole::new(), CartPole::TIME_LIMIT);
        let observation = world.reset(&mut rng);
        (world, observation, rng)
    };
    let mut worlds: Vec<World> = streams(seed, lanes).into_iter().map(begin).collect();
    let mut weights: Weights = ([0.0; 10], [0.0; 9]);
    let mut length = 0.0;
    for _ in 0..iterations {
        let batch = collect(&mut worlds, &weights.0, settings.steps)?;
        let (theta, equations) = iteration(settings, &weights, &batch)?;
        weights = (theta, solved(equations));
        length = batch.ends().iter().map(|end| end.length as f32).sum::<f32>() / batch.ends().len() as f32;
    }
    Ok(length)
}

#[test]
fn learning_agrees_with_the_cpu_in_distribution() {
    const TRAININGS: u32 = 64;
    const LANES: usize = 16;
    const ITERATIONS: usize = 5;
    let settings =
        Settings { steps: 128, passes: 4, step_size: 1.0, clip: Some(0.2), discount: 0.995, lambda: 0.98, ridge: 1e-5 };
    let context = block_on(Context::new(&Options::default())).unwrap();
    let pole = Environment::cart_pole().unwrap();
    let mut training = block_on(PolicyGradient::new(&context, pole, &SCALES, settings)).unwrap();
    let mut on_the_device = |seed| {
        block_on(training.start(seed, LANES)).unwrap();
        block_on(training.run(ITERATIONS)).unwrap()[ITERATIONS - 1].mean_length().unwrap()
    };
    // Seeds of their own, so that one cannot copy the other.
    let mut device: Vec<_> = (0..TRAININGS).map(&mut on_the_device).collect();
    let mut host: Vec<_> =
        (TRAININGS..2 * TRAININGS).map(|seed| length_on_the_cpu(&settings, seed, LANES, ITERATIONS).unwrap()).collect();
    device.sort_by(f32::total_cmp);
    host.sort_by(f32::total_cmp);
    let share = |all: &[f32], limit: f32| all.partition_point(|&x| x <= limit) as f32 / TRAININGS as f32;
    let apart = device.iter().chain(&host).map(|&x| (share(&device, x) - share(&host, x)).abs()).fold(0.0, f32::max);
    let mean = |all: &[f32]| all.iter().sum::<f32>() / TRAININGS as f32;
    println!("device {} host {}, {apart} apart", mean(&device), mean(&host));
    // Of two samples of 64 from one distribution, one pair in a thousand is further apart (Kolmogorov, Smirnov).
    assert!(apart < 0.345, "{apart}");
    // It has learnt something: at first an episode has 22 steps.
    assert!(mean(&device) > 35.0, "{}", mean(&device));
}
