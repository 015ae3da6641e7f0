use super::device;
use habit::env::{
    Acrobot, BernoulliBandit, CartPole, GaussianBandit, LinearDynamicalBandit, LinearSystem, MountainCar, Pendulum,
};
use habit::math::sin_cos;
use habit::rng::{gaussian_by_sum, stream};
use habit_gpu::block_on;
use habit_gpu::rollout::{Environment, GaussianTestbed, Policy, Rollout, ThresholdPolicy, Twin, compare};

/// Neither is a multiple of anything.
const LANES: usize = 61;
const STEPS: usize = 37;

/// Runs an environment on the device and on the CPU, step by step; gives how many episodes ended: terminated, truncated.
#[track_caller]
fn holds(environment: Environment, policy: Policy, twin: &impl Twin, seed: u32) -> [usize; 2] {
    let rollout = block_on(Rollout::new(&device(), environment, policy)).unwrap();
    let found = block_on(compare(&rollout, twin, seed, LANES, STEPS)).unwrap();
    println!("{found}");
    assert!(found.holds(), "{found}");
    assert!(found.close_calls < 3, "{found}");
    assert_eq!(found.steps, LANES * STEPS);
    found.ends
}

fn softmax(scales: &[f32], actions: usize, seed: u32) -> Policy {
    let mut rng = stream(seed, 0);
    let weights: Vec<_> = (0..actions * (scales.len() + 1)).map(|_| gaussian_by_sum(&mut rng)).collect();
    Policy::softmax(scales, &weights).unwrap()
}

const POLE: [f32; 4] = [2.4, 2.0, 0.2095, 2.0];

#[test]
fn a_pole_falls_and_is_cut_as_on_the_cpu() {
    let [terminated, _] = holds(Environment::cart_pole().unwrap(), Policy::uniform(), &CartPole::new(), 1);
    assert!(terminated > LANES / 2, "{terminated}");
    let pole = Environment::cart_pole().unwrap().with_time_limit(Some(9)).unwrap();
    let [terminated, truncated] = holds(pole, softmax(&POLE, 2, 4), &CartPole::new(), 2);
    assert!(terminated > 0 && truncated > LANES, "{terminated} {truncated}");
}

#[test]
fn a_car_moves_as_on_the_cpu() {
    let car = Environment::mountain_car().unwrap().with_time_limit(Some(11)).unwrap();
    let [_, truncated] = holds(car, softmax(&[0.6, 0.07], 3, 2), &MountainCar::new(), 3);
    assert_eq!(truncated, 3 * LANES);
}

#[test]
fn a_car_reaches_the_left_end_and_the_goal_as_on_the_cpu() {
    // Along its velocity, whatever it is.
    let policy = Policy::softmax(&[1.0, 0.001], &[0.0, -50.0, 0.0, 0.0, 0.0, 0.0, 0.0, 50.0, 0.0]).unwrap();
    let rollout = block_on(Rollout::new(&device(), Environment::mountain_car().unwrap(), policy)).unwrap();
    let found = block_on(compare(&rollout, &MountainCar::new(), 4, 7, 300)).unwrap();
    assert!(found.holds() && found.ends[0] >= 7, "{found}");
}

#[test]
fn two_links_swing_as_on_the_cpu() {
    holds(Environment::acrobot().unwrap(), Policy::uniform(), &Acrobot::new(), 5);
    // Along the second link's velocity: up it goes.
    let mut weights = [0.0; 21];
    (weights[5], weights[19]) = (-50.0, 50.0);
    let policy = Policy::softmax(&[1.0, 1.0, 1.0, 1.0, 1.0, 0.1], &weights).unwrap();
    let rollout = block_on(Rollout::new(&device(), Environment::acrobot().unwrap(), policy)).unwrap();
    let found = block_on(compare(&rollout, &Acrobot::new(), 6, 7, 300)).unwrap();
    println!("{found}");
    assert!(found.holds() && found.ends[0] >= 7, "{found}");
}

#[test]
fn a_pendulum_swings_as_on_the_cpu() {
    let torques = [-2.5, -1.0, 0.0, 0.3, 2.0];
    let pendulum = Environment::pendulum(&torques).unwrap();
    let [_, truncated] = holds(pendulum.clone(), Policy::uniform(), &(Pendulum::new(), torques), 7);
    assert_eq!(truncated, 0);
    let pendulum = pendulum.with_time_limit(Some(10)).unwrap();
    let [_, truncated] = holds(pendulum, softmax(&[1.0, 1.0, 8.0], 5, 3), &(Pendulum::new(), torques), 8);
    assert_eq!(truncated, 3 * LANES);
}

#[test]
fn bandits_pay_as_on_the_cpu() {
    let means = [0.0, 1.0, 0.3, 0.999_999_9, 1e-9];
    let mut bernoulli = BernoulliBandit::<5>::EMPTY;
    bernoulli.set(means).unwrap();
    let chances = ThresholdPolicy::new(1, 5, &[0.2, 0.1, 0.4, 0.3, 0.0]).unwrap();
    holds(Environment::bernoulli_bandit(&means).unwrap(), Policy::thresholds(&chances), &bernoulli, 9);
    let means = [-1.5, 0.2, 7.0];
    let gaussian = GaussianBandit::new(means, 0.7).unwrap();
    let softmax = Policy::tabular_softmax(1, &[0.5, -0.5, 0.1]).unwrap();
    holds(Environment::gaussian_bandit(&means, 0.7).unwrap(), softmax, &gaussian, 10);
    holds(Environment::gaussian_testbed(10, 4.0).unwrap(), Policy::uniform(), &GaussianTestbed::<10>(4.0), 11);
    let anew = Environment::gaussian_testbed(3, 0.0).unwrap().with_time_limit(Some(5)).unwrap();
    let [_, truncated] = holds(anew, Policy::uniform(), &GaussianTestbed::<3>(0.0), 12);
    assert_eq!(truncated, LANES * (STEPS / 5));
}

#[test]
fn a_linear_system_moves_as_on_the_cpu() {
    static SYSTEM: LinearSystem<3, 3> = LinearSystem::ADVERTISING;
    static ARMS: [[f32; 3]; 4] = [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.5], [-1.0, 0.2, 0.3]];
    let bandit = LinearDynamicalBandit::new(&SYSTEM, &ARMS, 0.1);
    let environment = Environment::linear_dynamical_bandit(&SYSTEM, &ARMS, 0.1).unwrap();
    holds(environment.clone(), Policy::uniform(), &bandit, 13);
    holds(environment.with_time_limit(Some(6)).unwrap(), Policy::uniform(), &bandit, 14);
}

#[test]
fn no_episode_is_shorter_than_its_environment_says() {
    // The corners of the start, and every way to push: the set of starts is convex, and the dynamics nearly linear there.
    let corners = |reach: f32| {
        (0..16u32).map(move |bits| std::array::from_fn(|i| if bits >> i & 1 == 0 { -reach } else { reach }))
    };
    for start in corners(0.05) {
        for pushes in 0..1u32 << 7 {
            let end = (0..7).fold(start, |state, t| <CartPole>::advance(state, pushes >> t & 1 == 1));
            assert!(!CartPole::<f32>::is_terminal(end), "{start:?} {pushes:b}");
        }
    }
    for start in corners(0.1) {
        for mut torques in 0..3u32.pow(7) {
            let end = (0..7).fold(start, |state, _| {
                let torque = (torques % 3) as f32 - 1.0;
                torques /= 3;
                <Acrobot>::advance(state, torque)
            });
            // The tip is still below the upper joint.
            let [t1, t2, ..] = end;
            assert!(-sin_cos(t1).1 - sin_cos(t1 + t2).1 < 0.0, "{start:?} {end:?}");
        }
    }
}
