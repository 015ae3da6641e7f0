//! Sweeps against the kernel's learners, seed by seed and in distribution.

use super::device;
use habit::bandit::{ActionValueBandit, Bandit, GradientBandit, Ucb, Ucb1};
use habit::env::{BernoulliBandit, CliffWalking, Discrete, Env, GaussianBandit};
use habit::learn::{
    Control, Episode as Course, ExpectedSarsaTarget, QLearningTarget, SarsaTarget, Suits, TdControl, TdParameters,
    run_episode,
};
use habit::linalg::Const;
use habit::math::{CompensatedSum, percentile};
use habit::model::{FiniteModel, ModelOutcome};
use habit::policy::{EpsilonGreedy, QTable};
use habit::rng::{Generator, stream};
use habit_gpu::rollout::{Episode, Tables};
use habit_gpu::sweep::{
    Arms, BanditLearner, BanditSweep, Bucket, Plan, TabularLearner, TabularSweep, Target, kolmogorov_smirnov,
};
use habit_gpu::{Error, block_on};

const SEEDS: u32 = 1031;

/// Holds the device's numbers, `[bucket][metric][seed]`, against the CPU's: every row's distribution, and how many seeds are
/// equal in all of them.
#[track_caller]
fn agrees(what: &str, found: &[f32], expected: &[f32], seeds: usize) -> usize {
    assert_eq!(found.len(), expected.len(), "{what}");
    let mut worst: f64 = 0.0;
    for (row, (found, expected)) in found.chunks(seeds).zip(expected.chunks(seeds)).enumerate() {
        let (distance, bound) = kolmogorov_smirnov(found, expected);
        assert!(distance <= bound, "{what}: row {row} is {distance} apart, more than {bound}");
        worst = worst.max(distance / bound);
    }
    let same = |seed: usize| (seed..found.len()).step_by(seeds).all(|at| found[at].to_bits() == expected[at].to_bits());
    let equal = (0..seeds).filter(|&seed| same(seed)).count();
    println!("{what}: {equal} of {seeds} seeds equal bit for bit, worst distance {worst:.3} of its bound");
    equal
}

fn plan(steps: u32, every: u32, bucket: Bucket) -> Plan {
    Plan { first_seed: 5, seeds: SEEDS, steps, every, bucket }
}

/// The metrics of every step of one seed, cut into buckets: `[bucket][metric]`.
fn bucketed(plan: &Plan, averaged: usize, steps: &[Vec<f32>]) -> Vec<f32> {
    let mut all = Vec::new();
    let mut begin = 0;
    for end in plan.ends() {
        let bucket = &steps[begin..end as usize];
        begin = end as usize;
        for metric in 0..bucket[0].len() {
            let last = bucket[bucket.len() - 1][metric];
            let mean = || bucket.iter().fold(0.0, |sum, step| sum + step[metric]) / bucket.len() as f32;
            all.push(if plan.bucket == Bucket::Mean && metric < averaged { mean() } else { last });
        }
    }
    all
}

/// `[bucket][metric][seed]` from each seed's `[bucket][metric]`.
fn by_row(plan: &Plan, one: impl Fn(u32) -> Vec<f32>) -> Vec<f32> {
    let seeds: Vec<_> = (0..plan.seeds).map(|lane| one(plan.first_seed + lane)).collect();
    (0..seeds[0].len()).flat_map(|row| seeds.iter().map(move |seed| seed[row])).collect()
}

/// A bandit's metrics on the CPU, as the lab measures them.
fn play<V, B, const K: usize>(
    plan: &Plan,
    seed: u32,
    world: impl Fn(&mut Generator) -> (V, [f32; K]),
    mut bandit: B,
) -> Vec<f32>
where
    V: Env<ObservationSpace = habit::env::Nothing, ActionSpace = Discrete<Const<K>>>,
    B: Bandit,
{
    let (mut own, mut choices) = (stream(seed, 0), stream(seed, 1));
    let (mut env, means) = world(&mut own);
    let best = means.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut regret = CompensatedSum::EMPTY;
    let mut steps = Vec::new();
    for _ in 0..plan.steps {
        let arm = bandit.select(&mut choices).unwrap().arm;
        let reward = env.step(arm, &mut own).unwrap().reward;
        bandit.update(arm, reward).unwrap();
        regret.add(best - means[arm]);
        steps.push(vec![reward, f32::from(u8::from(means[arm] >= best)), regret.value()]);
    }
    bucketed(plan, 2, &steps)
}

fn testbed(rng: &mut Generator) -> (GaussianBandit<10>, [f32; 10]) {
    let world = GaussianBandit::testbed(0.5, rng).unwrap();
    (world, *world.means())
}

const COINS: [f32; 5] = [0.1, 0.2, 1.0, 0.4, 0.0];

fn coins(_rng: &mut Generator) -> (BernoulliBandit<5>, [f32; 5]) {
    let mut world = BernoulliBandit::EMPTY;
    world.set(COINS).unwrap();
    (world, COINS)
}

fn bells(_rng: &mut Generator) -> (GaussianBandit<3>, [f32; 3]) {
    let means = [0.25, -1.0, 0.75];
    (GaussianBandit::new(means, 0.7).unwrap(), means)
}

#[track_caller]
fn bandit_agrees<V, B, const K: usize>(
    what: &str,
    (arms, world): (Arms, impl Fn(&mut Generator) -> (V, [f32; K])),
    (learner, bandit): (BanditLearner, impl Fn() -> B),
    plan: &Plan,
) -> usize
where
    V: Env<ObservationSpace = habit::env::Nothing, ActionSpace = Discrete<Const<K>>>,
    B: Bandit,
{
    let sweep = block_on(BanditSweep::new(&device(), &arms, learner)).unwrap();
    let found = block_on(sweep.lanes(plan)).unwrap();
    let expected = by_row(plan, |seed| play(plan, seed, &world, bandit()));
    let equal = agrees(what, &found, &expected, plan.seeds as usize);
    let percents = [0.0, 10.0, 50.0, 90.0, 100.0];
    let curves = block_on(sweep.run(plan, &percents)).unwrap();
    assert_eq!(curves.steps(), plan.ends());
    for (row, values) in found.chunks(plan.seeds as usize).enumerate() {
        let mut sorted = values.to_vec();
        sorted.sort_by(f32::total_cmp);
        for (index, percent) in percents.into_iter().enumerate() {
            let found = curves.quantile(row / 3, row % 3, index).unwrap();
            assert_eq!(found.to_bits(), percentile(&sorted, percent).unwrap().to_bits());
        }
        let mean = values.iter().map(|&x| f64::from(x)).sum::<f64>() / values.len() as f64;
        assert!((f64::from(curves.mean(row / 3, row % 3).unwrap()) - mean).abs() <= 1e-5 * (mean.abs() + 1.0));
    }
    equal
}

fn action_values<const K: usize>(
    epsilon: f32,
    step_size: Option<f32>,
    initial: f32,
) -> (BanditLearner, impl Fn() -> ActionValueBandit<K>) {
    (BanditLearner::ActionValue { epsilon, step_size, initial }, move || {
        let mut bandit = ActionValueBandit::EMPTY;
        bandit.start(EpsilonGreedy::new(epsilon).unwrap(), step_size, initial).unwrap();
        bandit
    })
}

fn ucb<const K: usize>(confidence: f32) -> (BanditLearner, impl Fn() -> Ucb1<K>) {
    (BanditLearner::Ucb1 { confidence }, move || {
        let mut bandit = Ucb1::EMPTY;
        bandit.start(Ucb::new(confidence).unwrap()).unwrap();
        bandit
    })
}

fn gradient<const K: usize>(step_size: f32, with_baseline: bool) -> (BanditLearner, impl Fn() -> GradientBandit<K>) {
    (BanditLearner::Gradient { step_size, with_baseline }, move || {
        let mut bandit = GradientBandit::EMPTY;
        bandit.start(step_size, with_baseline).unwrap();
        bandit
    })
}

#[test]
fn bandits_on_the_testbed_learn_as_on_the_cpu() {
    let arms = || (Arms::GaussianTestbed { arms: 10, centre: 0.5 }, testbed);
    let plan = &plan(200, 50, Bucket::Last);
    bandit_agrees("greedy", arms(), action_values::<10>(0.0, None, 0.0), plan);
    bandit_agrees("epsilon 0.1", arms(), action_values::<10>(0.1, None, 0.0), plan);
    bandit_agrees("optimistic", arms(), action_values::<10>(0.0, Some(0.1), 5.0), plan);
    bandit_agrees("UCB1", arms(), ucb::<10>(4.0), plan);
    bandit_agrees("gradient", arms(), gradient::<10>(0.1, true), plan);
    bandit_agrees("gradient without baseline", arms(), gradient::<10>(0.1, false), plan);
}

#[test]
fn bandits_on_fixed_arms_learn_as_on_the_cpu() {
    let (coins, bells) = (
        || (Arms::Bernoulli { means: COINS.to_vec() }, coins),
        || (Arms::Gaussian { means: vec![0.25, -1.0, 0.75], deviation: 0.7 }, bells),
    );
    // Buckets that do not divide the run, and one step a bucket.
    let plan = &plan(101, 13, Bucket::Mean);
    bandit_agrees("UCB1, coins", coins(), ucb::<5>(2.0), plan);
    bandit_agrees("epsilon 1, coins", coins(), action_values::<5>(1.0, None, 0.0), plan);
    bandit_agrees("gradient, bells", bells(), gradient::<3>(0.3, true), plan);
    bandit_agrees(
        "epsilon 0.2, bells",
        bells(),
        action_values::<3>(0.2, Some(0.5), -1.0),
        &Plan { steps: 7, every: 1, ..*plan },
    );
}

#[test]
fn a_long_run_goes_on_over_dispatches_and_submissions_without_a_seam() {
    let plan = Plan { first_seed: 7, seeds: 3, steps: 50_001, every: 20_000, bucket: Bucket::Last };
    let arms = || (Arms::Bernoulli { means: COINS.to_vec() }, coins);
    bandit_agrees("UCB1, long", arms(), ucb::<5>(2.0), &plan);
    bandit_agrees("epsilon 0.1, long", arms(), action_values::<5>(0.1, None, 0.0), &plan);
}

#[test]
fn a_choice_that_no_rounding_reaches_is_equal_in_every_seed() {
    // Always explores, and is paid in whole numbers: integers alone.
    let arms = (Arms::Bernoulli { means: COINS.to_vec() }, coins);
    let plan = plan(300, 100, Bucket::Last);
    let (learner, bandit) = action_values::<5>(1.0, Some(1.0), 0.0);
    let sweep = block_on(BanditSweep::new(&device(), &arms.0, learner)).unwrap();
    let found = block_on(sweep.lanes(&plan)).unwrap();
    let expected = by_row(&plan, |seed| play(&plan, seed, coins, bandit()));
    let rewards = |all: &[f32]| all.chunks(SEEDS as usize).step_by(3).flatten().copied().collect::<Vec<_>>();
    assert_eq!(rewards(&found), rewards(&expected));
}

/// Episodes of a learner on the CPU: return and length of each, and its table in the end.
fn episodes<C>(
    plan: &Plan,
    seed: u32,
    slippery: bool,
    limit: Option<u32>,
    mut agent: C,
    path: impl Fn(&C) -> f32,
) -> Vec<f32>
where
    C: Control<Observation = usize, Action = usize> + Suits<CliffWalking>,
{
    let (mut world, mut choices) = (stream(seed, 0), stream(seed, 1));
    let mut env = CliffWalking::new(slippery);
    let mut steps = Vec::new();
    for _ in 0..plan.steps {
        let Course { length, reward, .. } =
            run_episode(&mut env, &mut agent, limit.unwrap_or(u32::MAX), &mut world, &mut choices).unwrap();
        steps.push(vec![reward, length as f32, path(&agent)]);
    }
    bucketed(plan, 2, &steps)
}

const NO_PATH: f32 = 100.0;

fn greedy_path(table: &QTable<48, 4>) -> f32 {
    let (mut cliff, mut rng) = (CliffWalking::new(false), stream(0, 0));
    let mut state = cliff.reset(&mut rng);
    for length in 1..=48 {
        let step = cliff.step(table.greedy(state).unwrap().0, &mut rng).unwrap();
        if step.outcome.is_over() {
            return length as f32;
        }
        state = step.observation;
    }
    NO_PATH
}

/// Holds one target against the kernel's learner.
macro_rules! walks {
    ($name:ident, $target:expr, $kernel:ty) => {
        #[track_caller]
        fn $name(plan: &Plan, slippery: bool, limit: Option<u32>, epsilon: f32, initial: f32) -> usize {
            let parameters = TdParameters { step_size: 0.5, discount: 1.0 };
            let episode = Episode { start: CliffWalking::START, time_limit: limit };
            let tables = Tables::new(&CliffWalking::new(slippery), episode).unwrap();
            let learner = TabularLearner { target: $target, parameters, epsilon, initial };
            let path = (!slippery).then_some(NO_PATH);
            let sweep = block_on(TabularSweep::new(&device(), &tables, learner, path)).unwrap();
            let found = block_on(sweep.lanes(plan)).unwrap();
            let mut expected = by_row(plan, |seed| {
                let mut agent = TdControl::<$kernel, QTable<48, 4>>::EMPTY;
                agent.start(parameters, EpsilonGreedy::new(epsilon).unwrap(), initial).unwrap();
                episodes(plan, seed, slippery, limit, agent, |agent| greedy_path(agent.table()))
            });
            if slippery {
                let rows = expected.chunks(plan.seeds as usize).enumerate();
                expected = rows.filter(|(row, _)| row % 3 < 2).flat_map(|(_, row)| row).copied().collect();
            }
            let what = format!("{:?}{}", $target, if slippery { ", slippery" } else { "" });
            let curves = block_on(sweep.run(plan, &[50.0])).unwrap();
            let mut first = found[..plan.seeds as usize].to_vec();
            first.sort_by(f32::total_cmp);
            assert_eq!(curves.quantile(0, 0, 0), percentile(&first, 50.0).ok());
            agrees(&what, &found, &expected, plan.seeds as usize)
        }
    };
}
walks!(q_learning, Target::QLearning, QLearningTarget);
walks!(sarsa, Target::Sarsa, SarsaTarget);
walks!(expected_sarsa, Target::ExpectedSarsa, ExpectedSarsaTarget);

#[test]
fn tabular_learners_on_the_cliff_learn_as_on_the_cpu() {
    let plan = plan(60, 20, Bucket::Last);
    // Step size a half, discount 1, rewards in whole numbers: the same operations in the same order.
    q_learning(&plan, false, None, 0.1, 0.0);
    sarsa(&plan, false, None, 0.1, 0.0);
    expected_sarsa(&plan, false, None, 0.1, 0.0);
}

#[test]
fn tabular_learners_on_slippery_ground_with_a_time_limit_learn_as_on_the_cpu() {
    let plan = Plan { seeds: 1024, ..plan(31, 7, Bucket::Mean) };
    q_learning(&plan, true, Some(50), 0.2, -3.0);
    sarsa(&plan, true, Some(50), 0.2, -3.0);
    expected_sarsa(&plan, true, Some(50), 0.2, -3.0);
}

/// One state and one action, which pays this much and leads nowhere.
struct Loop(f32);

impl FiniteModel for Loop {
    fn states(&self) -> usize {
        1
    }

    fn actions(&self) -> usize {
        1
    }

    fn outcome_count(&self, _state: usize, _action: usize) -> Result<usize, habit::Error> {
        Ok(1)
    }

    fn outcome(&self, _state: usize, _action: usize, index: usize) -> Result<Option<ModelOutcome>, habit::Error> {
        let only = ModelOutcome { probability: 1.0, next_state: 0, reward: self.0, terminated: false };
        Ok((index == 0).then_some(only))
    }
}

fn run_in_a_loop(reward: f32, time_limit: Option<u32>) -> Result<Vec<f32>, Error> {
    let tables = Tables::new(&Loop(reward), Episode { start: 0, time_limit }).unwrap();
    let parameters = TdParameters { step_size: 1.0, discount: 1.0 };
    let learner = TabularLearner { target: Target::Sarsa, parameters, epsilon: 0.5, initial: 0.0 };
    let sweep = block_on(TabularSweep::new(&device(), &tables, learner, Some(-1.0)))?;
    block_on(sweep.lanes(&Plan { first_seed: 0, seeds: 2, steps: 2, every: 1, bucket: Bucket::Last }))
}

#[test]
fn values_that_overflow_and_episodes_without_end_are_errors() {
    assert_eq!(run_in_a_loop(1.5, Some(3)), Ok([4.5, 4.5, 3.0, 3.0, -1.0, -1.0].repeat(2)));
    assert_eq!(run_in_a_loop(3e38, Some(3)), Err(Error::Input(habit::Error::NonFinite)));
    assert_eq!(run_in_a_loop(0.0, None), Err(Error::LongEpisode));
}

#[test]
fn bad_input_is_refused_before_anything_is_submitted() {
    let context = device();
    let arms = |means: &[f32]| Arms::Bernoulli { means: means.to_vec() };
    let greedy = |epsilon, step_size, initial| BanditLearner::ActionValue { epsilon, step_size, initial };
    let refused = |arms: &Arms, learner| block_on(BanditSweep::new(&context, arms, learner)).err();
    let input = |error| Some(Error::Input(error));
    let coins = arms(&COINS);
    assert_eq!(refused(&arms(&[0.5, 1.5]), greedy(0.1, None, 0.0)), input(habit::Error::ProbabilityOutOfRange));
    assert_eq!(refused(&arms(&[]), greedy(0.1, None, 0.0)), input(habit::Error::EmptyRange));
    assert!(matches!(refused(&arms(&[0.5; 65]), greedy(0.1, None, 0.0)), Some(Error::TooLarge { .. })));
    let bells = Arms::Gaussian { means: vec![0.0, f32::NAN], deviation: 1.0 };
    assert_eq!(refused(&bells, greedy(0.1, None, 0.0)), input(habit::Error::NonFinite));
    let bed = Arms::GaussianTestbed { arms: 3, centre: f32::INFINITY };
    assert_eq!(refused(&bed, greedy(0.1, None, 0.0)), input(habit::Error::NonFinite));
    assert_eq!(refused(&coins, greedy(1.5, None, 0.0)), input(habit::Error::EpsilonOutOfRange));
    assert_eq!(refused(&coins, greedy(f32::NAN, None, 0.0)), input(habit::Error::EpsilonOutOfRange));
    assert_eq!(refused(&coins, greedy(0.1, Some(0.0), 0.0)), input(habit::Error::StepSizeOutOfRange));
    assert_eq!(refused(&coins, greedy(0.1, None, f32::NAN)), input(habit::Error::NonFinite));
    let ucb = BanditLearner::Ucb1 { confidence: -1.0 };
    assert_eq!(refused(&coins, ucb), input(habit::Error::ParameterOutOfRange));
    let gradient = BanditLearner::Gradient { step_size: f32::INFINITY, with_baseline: true };
    assert_eq!(refused(&coins, gradient), input(habit::Error::StepSizeOutOfRange));

    let sweep = block_on(BanditSweep::new(&context, &coins, greedy(0.1, None, 0.0))).unwrap();
    let run = |plan: &Plan, percents: &[f32]| block_on(sweep.run(plan, percents)).unwrap_err();
    let good = plan(10, 5, Bucket::Last);
    for bad in [Plan { seeds: 0, ..good }, Plan { steps: 0, ..good }, Plan { every: 0, ..good }] {
        assert_eq!(run(&bad, &[50.0]), Error::Empty);
    }
    let out = Error::Input(habit::Error::ParameterOutOfRange);
    assert_eq!(run(&Plan { first_seed: u32::MAX, ..good }, &[50.0]), out);
    assert_eq!(run(&good, &[f32::NAN]), out);
    for bad in [Plan { seeds: (1 << 18) + 1, ..good }, Plan { seeds: 1, steps: u32::MAX, every: 1, ..good }] {
        assert!(matches!(run(&bad, &[50.0]), Error::TooLarge { .. }));
    }

    let episode = Episode { start: CliffWalking::START, time_limit: None };
    let [dry, wet] = [false, true].map(|slippery| Tables::new(&CliffWalking::new(slippery), episode).unwrap());
    let learner = TabularLearner {
        target: Target::Sarsa,
        parameters: TdParameters { step_size: 0.5, discount: 1.0 },
        epsilon: 0.1,
        initial: 0.0,
    };
    let refused = |tables: &Tables, learner, path| block_on(TabularSweep::new(&context, tables, learner, path)).err();
    let parameters = TdParameters { step_size: f32::NAN, discount: 1.0 };
    assert_eq!(refused(&dry, TabularLearner { parameters, ..learner }, None), input(habit::Error::StepSizeOutOfRange));
    let parameters = TdParameters { step_size: 0.5, discount: -1.0 };
    assert_eq!(refused(&dry, TabularLearner { parameters, ..learner }, None), input(habit::Error::DiscountOutOfRange));
    let epsilon = TabularLearner { epsilon: 2.0, ..learner };
    assert_eq!(refused(&dry, epsilon, None), input(habit::Error::EpsilonOutOfRange));
    let initial = TabularLearner { initial: f32::INFINITY, ..learner };
    assert_eq!(refused(&dry, initial, None), input(habit::Error::NonFinite));
    assert_eq!(refused(&dry, learner, Some(f32::NAN)), input(habit::Error::NonFinite));
    assert_eq!(refused(&wet, learner, Some(100.0)), input(habit::Error::ParameterOutOfRange));
    let sweep = block_on(TabularSweep::new(&context, &dry, learner, None)).unwrap();
    let fits = context.limits().buffer_bytes / (4 * 48 * 4);
    if fits < 1 << 18 {
        let error = block_on(sweep.run(&Plan { seeds: fits as u32 + 1, ..good }, &[50.0])).unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    }
}
