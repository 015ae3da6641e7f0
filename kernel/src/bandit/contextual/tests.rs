use super::*;
use crate::bandit::Confidence;
use crate::linalg::{Borrowed, Dyn, Mergeable, dot};
use crate::math::CompensatedSum;
use crate::rng::{gaussian_by_sum, stream, unit_f32};

/// What each of three arms pays in a context.
const TRUTH: [[f32; 2]; 3] = [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]];

fn context(rng: &mut impl Rng) -> [f32; 2] {
    core::array::from_fn(|_| 2.0 * unit_f32(rng) - 1.0)
}

/// Plays rounds of disjoint arms; returns the regret of the second half a round.
fn play(bandit: &mut impl ContextualBandit, rounds: u32) -> f32 {
    let (mut world, mut choices) = (stream(1, 0), stream(1, 1));
    let mut regret = CompensatedSum::EMPTY;
    for round in 0..rounds {
        let x = context(&mut world);
        let arm = bandit.select(&x, &mut choices).unwrap().arm;
        bandit.update(&x, arm, dot(&TRUTH[arm], &x) + 0.1 * gaussian_by_sum(&mut world)).unwrap();
        if 2 * round >= rounds {
            let best = TRUTH.iter().map(|theta| dot(theta, &x)).fold(f32::MIN, f32::max);
            regret.add(best - dot(&TRUTH[arm], &x));
        }
    }
    2.0 * regret.value() / rounds as f32
}

#[test]
fn every_rule_learns_which_arm_fits_the_context() {
    let mut optimistic = DisjointLinUcb::<3, 2>::EMPTY;
    optimistic.start(1.0, Optimistic(FixedRadius(0.5))).unwrap();
    let mut sampling = DisjointLinTs::<3, 2>::EMPTY;
    sampling.start(1.0, PosteriorSampling::new(0.3)).unwrap();
    let mut explored = DisjointLinear::<3, 2>::EMPTY;
    explored.start(1.0, Explored::new(EpsilonGreedy::new(0.05).unwrap())).unwrap();
    for (name, regret) in [
        ("optimistic", play(&mut optimistic, 600)),
        ("sampling", play(&mut sampling, 600)),
        ("explored", play(&mut explored, 600)),
    ] {
        assert!(regret < 0.05, "{name}: {regret}");
    }
    assert!((optimistic.predict(&[1.0, 0.0], 0) - 1.0).abs() < 0.05);
    assert!(optimistic.predict(&[1.0, 0.0], 3).is_nan());
}

#[test]
fn shared_features_are_the_worked_example() {
    let mut bandit = SharedLinUcb::<1, 2>::EMPTY;
    bandit.start(1.0, Optimistic(FixedRadius(1.5))).unwrap();
    let plays = [([1.0, 0.0], 1.0), ([0.6, 0.8], 0.5), ([0.0, 1.0], -0.2), ([1.0, 1.0], 0.9)];
    plays.iter().for_each(|(x, reward)| bandit.learn(x, 0, *reward).unwrap());
    let x = [0.3, -0.7];
    let width = bandit.rule().unwrap().half_width(bandit.estimates(), &x, 0, bandit.rounds());
    assert!((bandit.predict(&x, 0) + width - 0.922_642).abs() < 1e-6);
    assert_eq!((bandit.rounds(), bandit.waiting()), (4, 0));
}

#[test]
fn owner_and_view_hold_the_same_bits() {
    let mut owner = DisjointLinUcb::<3, 2>::EMPTY;
    owner.start(1.0, Optimistic(FixedRadius(0.5))).unwrap();
    let mut memory = [[0.0; 8]; 3];
    let mut ridges: [Ridge<Borrowed<'_>>; 3] = memory.each_mut().map(|numbers| {
        let (inverse, vectors) = numbers.split_at_mut(4);
        let (vector, estimate) = vectors.split_at_mut(2);
        Ridge::over(inverse, vector, estimate).unwrap()
    });
    let mut view = ContextualState::new(Disjoint::<Borrowed<'_>, _>::new(&mut ridges[..]));
    view.start(1.0, Optimistic(FixedRadius(0.5))).unwrap();
    assert_eq!(play(&mut owner, 100), play(&mut view, 100));
    assert_eq!(owner.digest(), view.digest());
    assert_eq!(owner.identity(), view.identity());
}

#[cfg(feature = "alloc")]
#[test]
fn boxes_hold_the_same_bits() {
    let boxed = |count| std::vec![9.0; count].into_boxed_slice();
    let ridges: std::boxed::Box<[_]> = (0..3).map(|_| Ridge::boxed(boxed(4), boxed(2), boxed(2)).unwrap()).collect();
    let mut boxed_bandit = ContextualState::new(Disjoint::<crate::linalg::Boxed, _>::new(ridges));
    boxed_bandit.start(1.0, Optimistic(FixedRadius(0.5))).unwrap();
    let mut owner = DisjointLinUcb::<3, 2>::EMPTY;
    owner.start(1.0, Optimistic(FixedRadius(0.5))).unwrap();
    assert_eq!(play(&mut owner, 100), play(&mut boxed_bandit, 100));
    assert_eq!((owner.digest(), owner.identity()), (boxed_bandit.digest(), boxed_bandit.identity()));
    assert_eq!(Ridge::boxed(boxed(5), boxed(2), boxed(2)).err(), Some(Error::LengthMismatch));
}

#[test]
fn arms_counted_at_run_time_and_sampling_over_slices() {
    let (mut inverse, mut vector, mut estimate) = ([0.0; 4], [0.0; 2], [0.0; 2]);
    let ridge = Ridge::over(&mut inverse, &mut vector, &mut estimate).unwrap();
    let mut bandit = ContextualState::new(Shared::new(Dyn(2), ridge));
    let (mut factor, mut sample) = ([0.0; 4], [0.0; 2]);
    let rule = PosteriorSampling::<Borrowed<'_>, Libm>::over(0.1, &mut factor, &mut sample);
    bandit.start(1.0, rule).unwrap();
    let (mut rng, both) = (stream(2, 0), [1.0, 0.0, 0.0, 1.0]);
    for _ in 0..200 {
        let choice = bandit.select(&both, &mut rng).unwrap();
        assert_eq!(choice.propensity, None);
        bandit.update(&both, choice.arm, [0.0, 1.0][choice.arm]).unwrap();
    }
    assert!(bandit.predict(&both, 1) > 0.9);
}

#[test]
fn a_rejected_call_changes_nothing() {
    let (mut bandit, mut rng) = (SharedLinUcb::<2, 2>::EMPTY, stream(0, 0));
    let x = [1.0, 0.0, 0.0, 1.0];
    assert_eq!(bandit.select(&x, &mut rng), Err(Error::NotStarted));
    assert_eq!(bandit.learn(&x, 0, 1.0), Err(Error::NotStarted));
    assert_eq!(bandit.start(0.0, Optimistic(FixedRadius(1.0))), Err(Error::ParameterOutOfRange));
    assert_eq!(bandit.start(1.0, Optimistic(FixedRadius(f32::NAN))), Err(Error::ParameterOutOfRange));
    assert_eq!(bandit.start(1.0, Optimistic(FixedRadius(-1.0))), Err(Error::ParameterOutOfRange));
    bandit.start(1.0, Optimistic(FixedRadius(1.0))).unwrap();
    let digest = bandit.digest();
    assert_eq!(bandit.update(&x, 0, 1.0), Err(Error::NotSelected));
    assert_eq!(bandit.select(&x[..2], &mut rng), Err(Error::LengthMismatch));
    assert_eq!(bandit.select(&[f32::NAN, 0.0, 0.0, 1.0], &mut rng), Err(Error::NonFinite));
    assert_eq!(bandit.digest(), digest);
    let arm = bandit.select(&x, &mut rng).unwrap().arm;
    let digest = bandit.digest();
    assert_eq!(bandit.update(&x, 2, 1.0), Err(Error::ActionOutOfRange));
    assert_eq!(bandit.update(&x, arm, f32::INFINITY), Err(Error::NonFinite));
    assert_eq!(bandit.update(&x[..3], arm, 1.0), Err(Error::LengthMismatch));
    assert_eq!(bandit.digest(), digest);
    bandit.update(&x, arm, 1.0).unwrap();
    assert_eq!(bandit.update(&x, arm, 1.0), Err(Error::NotSelected));
    let mut none = SharedLinUcb::<0, 2>::EMPTY;
    assert_eq!(none.start(1.0, Optimistic(FixedRadius(1.0))), Err(Error::NoArms));
    let mut narrow = ContextualState::new(Shared::new(Dyn(2), Ridge::<Owned<2>>::EMPTY));
    let short = Explored::over(EpsilonGreedy::GREEDY, [0.0; 3]);
    assert_eq!(narrow.start(1.0, short), Err(Error::LengthMismatch));
}

type Mergeables = Disjoint<Mergeable<Owned<2>>, [Ridge<Mergeable<Owned<2>>>; 3]>;

fn shard(seed: u32) -> ContextualState<Mergeables, Optimistic<FixedRadius>> {
    let mut bandit = ContextualState::new(Disjoint::new([const { Ridge::MERGEABLE }; 3]));
    bandit.start(1.0, Optimistic(FixedRadius(1.0))).unwrap();
    log(seed, |x, arm, reward| bandit.learn(&x, arm, reward).unwrap());
    bandit
}

fn log(seed: u32, mut take: impl FnMut([f32; 2], usize, f32)) {
    let mut rng = stream(seed, 0);
    for step in 0..60 {
        let x = context(&mut rng);
        take(x, step % 3, dot(&TRUTH[step % 3], &x) + 0.1 * gaussian_by_sum(&mut rng));
    }
}

#[test]
fn a_fleet_pools_what_one_would_have_learned_alone() {
    let (mut ab, mut ba) = (shard(1), shard(2));
    ab.merge(&shard(2)).unwrap();
    ba.merge(&shard(1)).unwrap();
    assert_eq!(ab.digest(), ba.digest());
    let mut alone = DisjointLinUcb::<3, 2, Confidence>::EMPTY;
    alone.start(1.0, Optimistic(Confidence::ZERO)).unwrap();
    (1..=2).for_each(|seed| log(seed, |x, arm, reward| alone.learn(&x, arm, reward).unwrap()));
    for arm in 0..3 {
        assert!((ab.predict(&[0.3, -0.7], arm) - alone.predict(&[0.3, -0.7], arm)).abs() < 1e-5);
    }
    assert_eq!(ab.rounds(), alone.rounds());
    let mut other = ContextualState::new(Disjoint::new([const { Ridge::MERGEABLE }; 3]));
    other.start(2.0, Optimistic(FixedRadius(1.0))).unwrap();
    let digest = ab.digest();
    assert_eq!(ab.merge(&other), Err(Error::OtherPrior));
    assert_eq!(ab.digest(), digest);
}
