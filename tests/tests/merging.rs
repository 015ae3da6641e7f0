//! Fleets pool what they have learned: the properties that `habit::state::Merge` promises, over random shards.

use habit::Error;
use habit::bandit::{
    ActionValueBandit, Bandit, Confidence, ContextualBandit, ContextualState, Disjoint, DynLinUcbState, FixedRadius,
    KlUcb, KullbackLeibler, LinUcbState, Optimistic, Shared, ThompsonBeta, ThompsonGaussian, Ucb, Ucb1,
};
use habit::linalg::{Const, Mergeable, Owned, Ridge};
use habit::policy::EpsilonGreedy;
use habit::rng::{Generator, below, gaussian_by_sum, stream, unit_f32};
use habit::state::{Merge, Persist};

const SHARDS: u32 = 4;
const TRIALS: u32 = 50;

static ARMS: [[f32; 3]; 4] = [[1.0, 0.0, 0.2], [0.3, 0.9, 0.0], [0.0, 0.4, 1.0], [0.5, 0.5, 0.5]];

/// A learner that shards of a log can be fed to.
trait Pools: Merge + Persist {
    /// Starts, knowing nothing.
    fn begun() -> Self;
    /// Plays a few rounds in a world of its own.
    fn play(&mut self, rounds: u32, rng: &mut Generator);
    /// A number that what was learned leads to.
    fn estimate(&self) -> f32;
    /// How far rounding may move the estimate.
    const ROUNDING: f32;
}

fn plays(bandit: &mut impl Bandit, rounds: u32, rng: &mut Generator, reward: impl Fn(usize, &mut Generator) -> f32) {
    for _ in 0..rounds {
        let arm = bandit.select(rng).unwrap().arm;
        let reward = reward(arm, rng);
        bandit.update(arm, reward).unwrap();
    }
}

fn coin(arm: usize, rng: &mut Generator) -> f32 {
    f32::from(u8::from(unit_f32(rng) < 0.2 + 0.2 * arm as f32))
}

fn noisy(arm: usize, rng: &mut Generator) -> f32 {
    arm as f32 + gaussian_by_sum(rng)
}

macro_rules! pools {
    ($($type:ty, $begun:expr, $reward:expr, |$bandit:ident| $estimate:expr, $rounding:expr;)*) => {$(
        impl Pools for $type {
            fn begun() -> Self {
                let begin: fn() -> Result<$type, Error> = $begun;
                begin().unwrap()
            }

            fn play(&mut self, rounds: u32, rng: &mut Generator) {
                plays(self, rounds, rng, $reward);
            }

            fn estimate(&self) -> f32 {
                let $bandit = self;
                $estimate
            }

            const ROUNDING: f32 = $rounding;
        }
    )*};
}

type MergeableLinUcb = LinUcbState<&'static [[f32; 3]; 4], Mergeable<Owned<3>>, FixedRadius>;
type MergeableDynLinUcb = DynLinUcbState<&'static [[f32; 3]; 4], Mergeable<Owned<3>>, Confidence>;

pools! {
    Ucb1<4>, || { let mut b = Ucb1::EMPTY; b.start(Ucb::new(2.0)?)?; Ok(b) }, coin, |b| b.mean(1), 0.0;
    KlUcb<4>, || { let mut b = KlUcb::EMPTY; b.start(KullbackLeibler::new(0.0)?)?; Ok(b) }, coin, |b| b.mean(1), 0.0;
    ThompsonBeta<4>, || { let mut b = ThompsonBeta::EMPTY; b.start()?; Ok(b) }, coin, |b| b.mean(1), 0.0;
    ThompsonGaussian<4>, || { let mut b = ThompsonGaussian::EMPTY; b.start(1.0)?; Ok(b) }, noisy, |b| b.mean(1), 1e-5;
    ActionValueBandit<4>, || { let mut b = ActionValueBandit::EMPTY; b.start(EpsilonGreedy::new(0.5)?, None, 0.0)?; Ok(b) },
        noisy, |b| b.values()[1], 1e-5;
    MergeableLinUcb, || {
        let mut b = LinUcbState::new(&ARMS, Ridge::MERGEABLE, FixedRadius(1.0));
        b.start(&ARMS, FixedRadius(1.0), 0.5)?;
        Ok(b)
    }, noisy, |b| b.ridge().predict(&ARMS[1]), 1e-4;
    MergeableDynLinUcb, || {
        let mut b = DynLinUcbState::new(&ARMS, Ridge::MERGEABLE, Confidence::ZERO);
        b.start(&ARMS, Confidence::new([0.1, 1.0, 1.0], 1.5, 3, 0.5, 1000)?, 0.5, 0.4)?;
        Ok(b)
    }, noisy, |b| b.ridge().predict(&ARMS[1]), 1e-4;
}

type Contextual<E> = ContextualState<E, Optimistic<FixedRadius>>;
type SharedEstimate = Shared<Const<4>, Mergeable<Owned<3>>>;
type DisjointEstimates = Disjoint<Mergeable<Owned<3>>, [Ridge<Mergeable<Owned<3>>>; 4]>;

macro_rules! contextual_pools {
    ($($estimates:ty, $empty:expr;)*) => {$(
        impl Pools for Contextual<$estimates> {
            fn begun() -> Self {
                let mut bandit = ContextualState::new($empty);
                bandit.start(0.5, Optimistic(FixedRadius(1.0))).unwrap();
                bandit
            }

            fn play(&mut self, rounds: u32, rng: &mut Generator) {
                let mut context = vec![0.0; self.context_len()];
                for _ in 0..rounds {
                    context.fill_with(|| unit_f32(rng));
                    let arm = self.select(&context, rng).unwrap().arm;
                    self.update(&context, arm, noisy(arm, rng)).unwrap();
                }
            }

            fn estimate(&self) -> f32 {
                self.predict(&vec![0.5; self.context_len()], 1)
            }

            const ROUNDING: f32 = 1e-4;
        }
    )*};
}

contextual_pools! {
    SharedEstimate, Shared::new(Const, Ridge::MERGEABLE);
    DisjointEstimates, Disjoint::new([const { Ridge::MERGEABLE }; 4]);
}

/// What shard `index` of a trial has learned; shards differ in length, and the shortest is empty now and then.
fn shard<L: Pools>(trial: u32, index: u32) -> L {
    let mut rng = stream(trial, index);
    let rounds = below(40 * (index + 1), &mut rng).unwrap();
    let mut learner = L::begun();
    learner.play(rounds, &mut rng);
    learner
}

fn merged<L: Pools>(trial: u32, order: &[u32]) -> L {
    let mut all = L::begun();
    order.iter().for_each(|index| all.merge(&shard(trial, *index)).unwrap());
    all
}

fn pools<L: Pools>(name: &str) {
    for trial in 0..TRIALS {
        let (mut ab, mut ba): (L, L) = (shard(trial, 0), shard(trial, 1));
        ab.merge(&shard(trial, 1)).unwrap();
        ba.merge(&shard(trial, 0)).unwrap();
        assert_eq!(ab.digest(), ba.digest(), "{name}: merging two commutes");

        let shards: Vec<u32> = (0..SHARDS).collect();
        let all: L = merged(trial, &shards);
        assert_eq!(all.digest(), merged::<L>(trial, &shards).digest(), "{name}: shard order gives the same bits");
        for order in [[3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
            let other: L = merged(trial, &order);
            let (one, two) = (all.estimate(), other.estimate());
            assert!((one - two).abs() <= L::ROUNDING * one.abs().max(1.0), "{name}: {one} {two}");
            assert!(L::ROUNDING > 0.0 || all.digest() == other.digest(), "{name}: counts are exact in every order");
        }

        // Nothing is lost: who learns nothing more changes nothing but the last bits.
        let (mut with_nothing, alone): (L, L) = (shard(trial, 2), shard(trial, 2));
        with_nothing.merge(&L::begun()).unwrap();
        let (one, two) = (with_nothing.estimate(), alone.estimate());
        assert!((one - two).abs() <= L::ROUNDING * one.abs().max(1.0), "{name}: {one} {two}");
    }
}

#[test]
fn every_mergeable_learner_pools() {
    pools::<Ucb1<4>>("UCB1");
    pools::<KlUcb<4>>("KL-UCB");
    pools::<ThompsonBeta<4>>("Thompson, Beta");
    pools::<ThompsonGaussian<4>>("Thompson, Gaussian");
    pools::<ActionValueBandit<4>>("action values");
    pools::<MergeableLinUcb>("LinUCB");
    pools::<MergeableDynLinUcb>("DynLin-UCB");
    pools::<Contextual<SharedEstimate>>("contextual, shared");
    pools::<Contextual<DisjointEstimates>>("contextual, disjoint");
}

/// The pooled sums are those of one learner that has seen it all.
#[test]
fn a_merged_regression_is_that_of_all_observations() {
    for trial in 0..TRIALS {
        let mut alone = Ridge::<Owned<3>>::EMPTY;
        alone.start(0.5).unwrap();
        let mut pooled = Ridge::<Mergeable<Owned<3>>>::MERGEABLE;
        pooled.start(0.5).unwrap();
        for index in 0..SHARDS {
            let mut rng = stream(trial, index);
            let mut own = Ridge::<Mergeable<Owned<3>>>::MERGEABLE;
            own.start(0.5).unwrap();
            for _ in 0..50 {
                let x: [f32; 3] = core::array::from_fn(|_| gaussian_by_sum(&mut rng));
                let y = x[0] - 2.0 * x[1] + gaussian_by_sum(&mut rng);
                own.update(&x, y).unwrap();
                alone.update(&x, y).unwrap();
            }
            pooled.merge(&own).unwrap();
        }
        for (pooled, alone) in pooled.estimate().iter().zip(alone.estimate()) {
            assert!((pooled - alone).abs() < 1e-4, "{pooled} {alone}");
        }
        let largest = alone.inverse().iter().fold(0.0f32, |largest, entry| largest.max(entry.abs()));
        for (pooled, alone) in pooled.inverse().iter().zip(alone.inverse()) {
            assert!((pooled - alone).abs() < 1e-4 * largest, "{pooled} {alone}");
        }
    }
}

/// Whatever is refused leaves no trace, to the bit.
#[test]
fn a_mismatched_merge_changes_nothing() {
    let mut rng = stream(9, 0);
    let started = |lambda: f32, rng: &mut Generator| {
        let mut ridge = Ridge::<Mergeable<Owned<3>>>::MERGEABLE;
        ridge.start(lambda).unwrap();
        for _ in 0..20 {
            let x: [f32; 3] = core::array::from_fn(|_| gaussian_by_sum(rng));
            ridge.update(&x, x[0]).unwrap();
        }
        ridge
    };
    let mut ridge = started(1.0, &mut rng);
    let (digest, estimate) = (ridge.digest(), ridge.estimate().to_vec());
    assert_eq!(ridge.merge(&started(2.0, &mut rng)), Err(Error::OtherPrior));
    assert_eq!(ridge.merge(&Ridge::MERGEABLE), Err(Error::NotStarted));
    // A regularisation that the sums have swallowed: the pooled matrix is singular in single precision.
    let mut blind = Ridge::<Mergeable<Owned<3>>>::MERGEABLE;
    blind.start(1e-9).unwrap();
    let mut deaf = Ridge::<Mergeable<Owned<3>>>::MERGEABLE;
    deaf.start(1e-9).unwrap();
    blind.update(&[1.0, 1.0, 0.0], 1.0).unwrap();
    let before = (blind.digest(), blind.estimate().to_vec());
    assert_eq!(blind.merge(&deaf), Err(Error::NotPositiveDefinite));
    assert_eq!((blind.digest(), blind.estimate().to_vec()), before);
    assert_eq!((ridge.digest(), ridge.estimate().to_vec()), (digest, estimate));

    let mut counts: Ucb1<4> = shard(1, 2);
    let digest = counts.digest();
    assert_eq!(counts.merge(&Ucb1::EMPTY), Err(Error::NotStarted));
    assert_eq!(counts.digest(), digest);

    let constant = |initial: f32, step_size: Option<f32>| {
        let mut bandit = ActionValueBandit::<2>::EMPTY;
        bandit.start(EpsilonGreedy::GREEDY, step_size, initial).unwrap();
        bandit
    };
    let mut average = constant(0.0, None);
    let digest = average.digest();
    assert_eq!(average.merge(&constant(0.0, Some(0.1))), Err(Error::NotMergeable));
    assert_eq!(average.merge(&constant(5.0, None)), Err(Error::OtherPrior));
    assert_eq!(average.merge(&ActionValueBandit::EMPTY), Err(Error::NotStarted));
    assert_eq!(average.digest(), digest);

    let mut lin_ucb: MergeableLinUcb = shard(3, 1);
    static OTHER_ARMS: [[f32; 3]; 4] = [[0.0; 3]; 4];
    let mut other = LinUcbState::new(&OTHER_ARMS, Ridge::MERGEABLE, FixedRadius(1.0));
    other.start(&OTHER_ARMS, FixedRadius(1.0), 0.5).unwrap();
    let digest = lin_ucb.digest();
    assert_eq!(lin_ucb.merge(&other), Err(Error::OtherPrior));
    assert_eq!(lin_ucb.digest(), digest);
}
