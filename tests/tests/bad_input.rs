//! Bad calls between good ones: each is refused with its reason, and leaves no trace in what is learned or drawn.

use habit::Error;
use habit::allocate::{
    Allocator, DualMirrorDescent, Entropy, Euclidean, Greedy, Reference, Request, StaticPrice, step_size,
};
use habit::bandit::{
    ActionValueBandit, Ar2, Ar2Parameters, Bandit, Confidence, ContextualBandit, DLinUcb, DiscountedUcb, DisjointLinTs,
    DisjointLinUcb, DisjointLinear, DynLinUcb, Exp3, Explored, FixedRadius, GradientBandit, Hold, KlUcb,
    KullbackLeibler, LinUcb, Optimistic, PosteriorSampling, RecoveringUcb, SharedLinTs, SharedLinUcb, SharedLinear,
    SlidingWindowUcb, ThompsonBeta, ThompsonGaussian, Ucb, Ucb1,
};
use habit::policy::EpsilonGreedy;
use habit::rng::{Generator, below, stream, unit_f32};
use habit::state::Persist;

const ROUNDS: u32 = 300;
const NOT_NUMBERS: [f32; 3] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];

static ARMS: [[f32; 2]; 3] = [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]];

/// Makes one bad call after another, each chosen by chance, and sees that nothing moves.
fn refuses<L: Persist>(name: &str, learner: &mut L, rng: &mut Generator, bad: &[(&[Error], BadCall<'_, L>)]) {
    for _ in 0..below(4, rng).unwrap() {
        let (reasons, call) = &bad[below(bad.len() as u32, rng).unwrap() as usize];
        let digest = learner.digest();
        let number = NOT_NUMBERS[below(3, rng).unwrap() as usize];
        let error = call(learner, number).expect_err(name);
        assert!(reasons.contains(&error), "{name}: {error:?} instead of {reasons:?}");
        assert_eq!(learner.digest(), digest, "{name}: {error:?}");
    }
}

type BadCall<'a, L> = &'a dyn Fn(&mut L, f32) -> Result<(), Error>;

fn bandit<L: Bandit + Persist>(name: &str, mut start: impl FnMut(&mut L) -> Result<(), Error>, empty: L, mut bare: L) {
    let mut rng = stream(4, 1);
    assert_eq!(bare.select(&mut rng), Err(Error::NotStarted), "{name}");
    assert_eq!(bare.update(0, 0.5), Err(Error::NotSelected), "{name}");
    let (mut troubled, mut calm) = (empty, bare);
    start(&mut troubled).unwrap();
    start(&mut calm).unwrap();
    let (mut calm_rng, mut trouble) = (stream(4, 1), stream(4, 2));
    for round in 0..ROUNDS {
        // Nobody waits for a reward.
        refuses(
            name,
            &mut troubled,
            &mut trouble,
            &[
                (&[Error::NotSelected], &|bandit, _| bandit.update(0, 0.5)),
                (&[Error::NotSelected], &|bandit, number| bandit.update(2, number)),
                (&[Error::NotSelected], &|bandit, _| bandit.update(usize::MAX, 1.0)),
            ],
        );
        let choice = troubled.select(&mut rng).unwrap();
        assert_eq!(calm.select(&mut calm_rng), Ok(choice), "{name}: round {round}");
        let arm = choice.arm;
        refuses(
            name,
            &mut troubled,
            &mut trouble,
            &[
                (&[Error::NonFinite], &|bandit, number| bandit.update(arm, number)),
                (&[Error::NotSelected], &|bandit, _| bandit.update((arm + 1) % 3, 0.5)),
                (&[Error::NotSelected], &|bandit, _| bandit.update(3, 0.5)),
            ],
        );
        let reward = f32::from(u8::from(unit_f32(&mut trouble) < 0.3 + 0.2 * arm as f32));
        troubled.update(arm, reward).unwrap();
        calm.update(arm, reward).unwrap();
    }
    assert_eq!(troubled.digest(), calm.digest(), "{name}");
    assert_eq!(rng, calm_rng, "{name}");
}

macro_rules! bandits {
    ($($type:ty = $empty:expr, |$bandit:ident| $start:expr;)*) => {
        $(bandit::<$type>(stringify!($type), |$bandit| $start, $empty, $empty);)*
    };
}

#[test]
fn bandits_refuse_what_is_wrong_and_go_on() {
    let confidence = || Confidence::new([0.05, 0.1, 1e-2], 1.0, 2, 1.0, 1000).unwrap();
    bandits! {
        ActionValueBandit<3> = ActionValueBandit::EMPTY, |b| b.start(EpsilonGreedy::new(0.2)?, None, 0.0);
        GradientBandit<3> = GradientBandit::EMPTY, |b| b.start(0.1, true);
        Ucb1<3> = Ucb1::EMPTY, |b| b.start(Ucb::new(2.0)?);
        KlUcb<3> = KlUcb::EMPTY, |b| b.start(KullbackLeibler::new(0.0)?);
        DiscountedUcb<3> = DiscountedUcb::EMPTY, |b| b.start_discounted(Ucb::new(0.6)?, 0.98);
        SlidingWindowUcb<3, 20> = SlidingWindowUcb::EMPTY, |b| b.start(Ucb::new(0.6)?);
        ThompsonBeta<3> = ThompsonBeta::EMPTY, |b| b.start();
        ThompsonGaussian<3> = ThompsonGaussian::EMPTY, |b| b.start(0.5);
        Exp3<3> = Exp3::EMPTY, |b| b.start(0.1, 0.0, 1.0);
        Hold<Exp3<3>> = Hold::new(Exp3::EMPTY), |b| b.start(3, |inner| inner.start(0.1, 0.0, 1.0));
        Ar2<3> = Ar2::EMPTY, |b| b.start(Ar2Parameters { decay: 0.5, noise: 0.5, horizon: 1000 });
    }
    // Those over fixed arms.
    linear::<LinUcb<'static, 3, 2>>("LinUCB", LinUcb::EMPTY, |b| b.start(&ARMS, confidence(), 1.0));
    linear::<DLinUcb<'static, 3, 2>>("D-LinUCB", DLinUcb::EMPTY, |b| b.start(&ARMS, confidence(), 1.0, 0.01));
    linear::<DynLinUcb<'static, 3, 2>>("DynLin-UCB", DynLinUcb::EMPTY, |b| b.start(&ARMS, confidence(), 1.0, 0.5));
}

fn linear<L: Bandit + Persist>(name: &str, mut learner: L, start: impl Fn(&mut L) -> Result<(), Error>) {
    start(&mut learner).unwrap();
    let (mut rng, mut trouble) = (stream(4, 1), stream(4, 2));
    for _ in 0..ROUNDS {
        refuses(name, &mut learner, &mut trouble, &[(&[Error::NotSelected], &|bandit, _| bandit.update(0, 0.5))]);
        let arm = learner.select(&mut rng).unwrap().arm;
        refuses(
            name,
            &mut learner,
            &mut trouble,
            &[
                (&[Error::NonFinite], &|bandit, number| bandit.update(arm, number)),
                (&[Error::NotSelected], &|bandit, _| bandit.update((arm + 1) % 3, 0.5)),
            ],
        );
        learner.update(arm, 0.1 * arm as f32).unwrap();
    }
}

fn contextual<L: ContextualBandit + Persist>(name: &str, mut learner: L, start: impl Fn(&mut L) -> Result<(), Error>) {
    let (mut rng, mut trouble) = (stream(5, 1), stream(5, 2));
    let mut context = vec![0.5; learner.context_len()];
    assert_eq!(learner.select(&context, &mut rng), Err(Error::NotStarted), "{name}");
    assert_eq!(learner.update(&context, 0, 0.5), Err(Error::NotSelected), "{name}");
    assert_eq!(learner.learn(&context, 0, 0.5), Err(Error::NotStarted), "{name}");
    start(&mut learner).unwrap();
    for _ in 0..ROUNDS {
        context.fill_with(|| unit_f32(&mut trouble));
        let before = rng.clone();
        let bad: Vec<_> = NOT_NUMBERS.map(|number| [&context[1..], &[number]].concat()).into();
        refuses(
            name,
            &mut learner,
            &mut trouble,
            &[
                (&[Error::NonFinite], &|bandit, _| bandit.select(&bad[0], &mut before.clone()).map(|_| ())),
                (&[Error::LengthMismatch], &|bandit, _| bandit.select(&context[1..], &mut before.clone()).map(|_| ())),
                (&[Error::NotSelected], &|bandit, _| bandit.update(&context, 0, 0.5)),
                (&[Error::NonFinite], &|bandit, number| bandit.learn(&context, 1, number)),
                (&[Error::NonFinite], &|bandit, _| bandit.learn(&bad[1], 1, 0.5)),
                (&[Error::ActionOutOfRange], &|bandit, _| bandit.learn(&context, 3, 0.5)),
            ],
        );
        let arm = learner.select(&context, &mut rng).unwrap().arm;
        refuses(
            name,
            &mut learner,
            &mut trouble,
            &[
                (&[Error::NonFinite], &|bandit, number| bandit.update(&context, arm, number)),
                (&[Error::NonFinite], &|bandit, _| bandit.update(&bad[2], arm, 0.5)),
                (&[Error::LengthMismatch], &|bandit, _| bandit.update(&[], arm, 0.5)),
                (&[Error::ActionOutOfRange], &|bandit, _| bandit.update(&context, usize::MAX, 0.5)),
            ],
        );
        learner.update(&context, arm, context[0] * arm as f32).unwrap();
    }
}

#[test]
fn contextual_bandits_refuse_what_is_wrong_and_go_on() {
    let optimistic = || Optimistic(FixedRadius(1.0));
    contextual("LinUCB, shared", SharedLinUcb::<3, 2>::EMPTY, |b| b.start(1.0, optimistic()));
    contextual("LinUCB, disjoint", DisjointLinUcb::<3, 2>::EMPTY, |b| b.start(1.0, optimistic()));
    contextual("LinTS, shared", SharedLinTs::<3, 2>::EMPTY, |b| b.start(1.0, PosteriorSampling::new(0.3)));
    contextual("LinTS, disjoint", DisjointLinTs::<3, 2>::EMPTY, |b| b.start(1.0, PosteriorSampling::new(0.3)));
    let explored = || Ok::<_, Error>(Explored::new(EpsilonGreedy::new(0.1)?));
    contextual("epsilon-greedy, shared", SharedLinear::<3, 2>::EMPTY, |b| b.start(1.0, explored()?));
    contextual("epsilon-greedy, disjoint", DisjointLinear::<3, 2>::EMPTY, |b| b.start(1.0, explored()?));
}

/// Requests of two resources, some bad; the budget is spent long before the horizon, and requests go on after it.
fn allocator<L: Allocator + Persist>(name: &str, mut learner: L) {
    let mut trouble = stream(6, 0);
    for _ in 0..ROUNDS {
        let rewards: [f32; 2] = core::array::from_fn(|_| unit_f32(&mut trouble));
        let consumption: [f32; 4] = core::array::from_fn(|_| 2.0 * unit_f32(&mut trouble));
        refuses(
            name,
            &mut learner,
            &mut trouble,
            &[
                (&[Error::NonFinite], &|a, number| decide(a, &[number, 0.5], &consumption)),
                (&[Error::NonFinite], &|a, _| decide(a, &rewards, &[f32::NAN, 0.0, 0.0, 0.0])),
                (&[Error::NegativeConsumption], &|a, _| decide(a, &rewards, &[-1.0, 0.0, 0.0, 0.0])),
                (&[Error::LengthMismatch], &|a, _| decide(a, &rewards, &consumption[1..])),
            ],
        );
        let before = learner.left().to_vec();
        let decision = learner.decide(Request::new(&rewards, &consumption)).unwrap();
        let taken = decision.played.map_or([0.0; 2], |action| [consumption[2 * action], consumption[2 * action + 1]]);
        for ((before, left), taken) in before.iter().zip(learner.left()).zip(taken) {
            assert!(*left >= 0.0 && (before - taken - left).abs() < 1e-5, "{name}: {before} {taken} {left}");
        }
    }
    assert!(learner.left().iter().any(|left| *left < 0.5), "{name}: the budget was to be spent");
}

fn decide(allocator: &mut impl Allocator, rewards: &[f32], consumption: &[f32]) -> Result<(), Error> {
    allocator.decide(Request::new(rewards, consumption)).map(|_| ())
}

#[test]
fn allocators_refuse_what_is_wrong_and_never_overspend() {
    fn descent<H: Reference>() -> DualMirrorDescent<'static, 2, H> {
        let mut allocator = DualMirrorDescent::EMPTY;
        allocator.start(&[0.2, 0.3], 100, step_size(1.0, 100)).unwrap();
        allocator
    }
    allocator("Euclidean", descent::<Euclidean>());
    allocator("entropy", descent::<Entropy>());
    let mut greedy = Greedy::<2>::EMPTY;
    greedy.start(&[0.2, 0.3], 100).unwrap();
    allocator("greedy", greedy);
    let mut fixed = StaticPrice::<10>::EMPTY;
    assert_eq!(fixed.decide(Request::new(&[1.0], &[1.0])), Err(Error::NotStarted));
}

#[test]
fn recovering_arms_take_a_period_whole_or_not_at_all() {
    let mut learner = RecoveringUcb::<3, 4>::EMPTY;
    let (mut pulls, mut trouble) = ([false; 3], stream(7, 0));
    assert_eq!(learner.select(&mut pulls), Err(Error::NotStarted));
    learner.start(1, ROUNDS).unwrap();
    // Twice the horizon: only the width of the bounds knows it.
    for _ in 0..2 * ROUNDS {
        learner.select(&mut pulls).unwrap();
        let rewards = pulls.map(|pulled| if pulled { unit_f32(&mut trouble) } else { 0.0 });
        let digest = learner.digest();
        let pulled = pulls.iter().position(|pulled| *pulled);
        for number in NOT_NUMBERS {
            let mut bad = rewards;
            bad[pulled.unwrap_or(0)] = number;
            assert!(pulled.is_none() || learner.update(&bad).is_err());
        }
        assert!(learner.update(&rewards[1..]).is_err());
        assert_eq!(learner.digest(), digest);
        learner.update(&rewards).unwrap();
        assert!(learner.update(&rewards).is_err(), "a period has its rewards once");
    }
}
