use super::*;
use crate::bandit::{
    ActionValueBandit, Ar2, Ar2Parameters, ArmStatistics, Bandit, Confidence, ContextualBandit, ContextualRule,
    ContextualState, DLinUcb, DiscountedUcb, DisjointLinTs, DynLinUcb, Estimates, Exp3, FixedRadius, GradientBandit,
    Hold, IndexBandit, IndexRule, LinUcb, LinUcbState, Optimistic, PosteriorSampling, Radius, SharedLinUcb,
    SlidingWindowUcb, ThompsonBeta, ThompsonGaussian, Ucb, Ucb1,
};
use crate::env::{CliffWalking, Env};
use crate::interact::{Outcome, Transition};
use crate::learn::{
    Control, ExpectedSarsaTarget, QLearningTarget, Sarsa, SarsaTarget, Target, TdControl, TdParameters,
};
use crate::linalg::{Mergeable, Owned, Ridge};
use crate::policy::{EpsilonGreedy, QTable};
use crate::rng::{Generator, stream, unit_f32};
use std::vec;
use std::vec::Vec;

static ARMS: [[f32; 2]; 3] = [[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]];
const PARAMETERS: TdParameters = TdParameters { step_size: 0.5, discount: 0.9 };

fn saved(state: &impl Identify) -> Vec<u8> {
    let mut bytes = vec![0; size(state)];
    assert_eq!(save(state, &mut bytes), Ok(bytes.len()));
    bytes
}

fn hexadecimal(bytes: &[u8]) -> Vec<std::string::String> {
    bytes.iter().map(|byte| std::format!("{byte:02x}")).collect()
}

/// The block of bytes below a heading of the specification.
fn golden(heading: &str) -> Vec<std::string::String> {
    let text = include_str!("../../CHECKPOINT.md");
    let (_, section) = text.split_once(heading).unwrap();
    let block = section.split("```").nth(1).unwrap();
    let bytes = block.lines().skip(1).flat_map(|line| line.split("  ").next().unwrap().split(' ').map(Into::into));
    bytes.filter(|byte: &std::string::String| !byte.is_empty()).collect()
}

fn small() -> Sarsa<2, 2> {
    let mut agent = Sarsa::EMPTY;
    agent.start(PARAMETERS, EpsilonGreedy::new(0.25).unwrap(), 0.0).unwrap();
    let transition = Transition { state: 0, action: 1, reward: 1.0, next_state: 1, outcome: Outcome::Continue };
    agent.learn(&transition, &mut stream(7, 1)).unwrap();
    agent
}

#[test]
fn the_golden_vectors_come_out() {
    assert_eq!(hexadecimal(&saved(&small())), golden("## SARSA"));
    let mut bandit = Exp3::<2>::EMPTY;
    bandit.start(0.5, 0.0, 1.0).unwrap();
    assert_eq!(hexadecimal(&saved(&(&mut bandit, &mut stream(0, 0)))), golden("## Exp3"));
}

#[test]
fn every_flipped_bit_is_refused_and_changes_nothing() {
    let bytes = saved(&small());
    let mut other = Sarsa::<2, 2>::EMPTY;
    other.start(PARAMETERS, EpsilonGreedy::new(0.25).unwrap(), 0.5).unwrap();
    let before = other.digest();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(load(&mut other, &flipped).is_err(), "bit {bit}");
        assert_eq!(other.digest(), before);
    }
    for length in 0..bytes.len() {
        assert!(load(&mut other, &bytes[..length]).is_err(), "cut to {length}");
    }
    assert_eq!(load(&mut other, &[&bytes[..], &[0]].concat()), Err(Error::Malformed));
    assert_eq!(other.digest(), before);
    assert_eq!(load(&mut other, &bytes), Ok(()));
    assert_eq!(other.digest(), small().digest());
}

#[test]
fn what_is_foreign_is_refused_with_the_reason() {
    let bytes = saved(&small());
    let sealed = |place: usize, value: &[u8]| {
        let mut changed = bytes.clone();
        changed[place..place + value.len()].copy_from_slice(value);
        let end = changed.len() - 4;
        let mut crc = Crc32::new();
        crc.bytes(&changed[..end]);
        changed[end..].copy_from_slice(&crc.value().to_le_bytes());
        changed
    };
    let mut agent = small();
    let before = agent.digest();
    for (changed, error) in [
        (sealed(0, b"PNG!"), Error::NotACheckpoint),
        (sealed(4, &[2, 0]), Error::NewerVersion),
        (sealed(4, &[0, 0]), Error::Malformed),
        (sealed(6, &[1]), Error::Malformed),
        (sealed(8, &[0; 4]), Error::OtherKind),
        (sealed(12, &[0; 4]), Error::OtherNumerics),
        (sealed(16, &[3]), Error::OtherDimensions),
        (sealed(32, &f32::NAN.to_le_bytes()), Error::NonFinite),
        (sealed(48, &[9]), Error::Malformed),
        (sealed(28, &[3]), Error::Malformed),
        (sealed(28, &[255]), Error::Truncated),
    ] {
        assert_eq!(load(&mut agent, &changed), Err(error));
    }
    let refused = |mut state: QTable<2, 2>| load(&mut state, &bytes);
    assert_eq!(refused(QTable::EMPTY), Err(Error::OtherKind));
    let refused = |mut state: Sarsa<2, 3>| load(&mut state, &bytes);
    assert_eq!(refused(Sarsa::EMPTY), Err(Error::OtherDimensions));
    let mut short = [7; 20];
    assert_eq!(save(&agent, &mut short), Err(Error::BufferTooSmall));
    assert_eq!(short, [7; 20]);
    assert_eq!(identity(&bytes), Ok(agent.identity()));
    assert_eq!(agent.digest(), before);
}

/// One step of a learner in its world.
trait Lives: Identify {
    fn step(&mut self, world: &mut World, rng: &mut Generator);
}

/// A cliff, and the rewards of a bandit: the same for all who ask alike.
#[derive(Clone)]
struct World {
    cliff: CliffWalking,
    state: usize,
    rng: Generator,
}

impl<T: Target> Lives for TdControl<T, QTable<48, 4>> {
    fn step(&mut self, world: &mut World, rng: &mut Generator) {
        let state = world.state;
        let action = self.act(state, rng).unwrap();
        let step = world.cliff.step(action, &mut world.rng).unwrap();
        let next_state = step.observation;
        self.learn(&Transition { state, action, reward: step.reward, next_state, outcome: step.outcome }, rng).unwrap();
        world.state = if step.outcome.is_over() { world.cliff.reset(&mut world.rng) } else { next_state };
    }
}

macro_rules! bandits_live {
    ($([$($generics:tt)*] $type:ty;)*) => {$(
        impl<$($generics)*> Lives for $type {
            fn step(&mut self, world: &mut World, rng: &mut Generator) {
                let arm = self.select(rng).unwrap().arm;
                // Halves to ones and zeros, which every learner takes.
                self.update(arm, libm::roundf(0.2 * arm as f32 + 0.5 * unit_f32(&mut world.rng))).unwrap();
            }
        }
    )*};
}

bandits_live! {
    [R: Radius] LinUcb<'static, 3, 2, R>;
    [R: Radius] DLinUcb<'static, 3, 2, R>;
    [R: Radius] DynLinUcb<'static, 3, 2, R>;
    [] Exp3<3>;
    [] Hold<Exp3<3>>;
    [] Ar2<3>;
    [] ActionValueBandit<3>;
    [] GradientBandit<3>;
    [] ThompsonBeta<3>;
    [] ThompsonGaussian<3>;
    [S: ArmStatistics, R: IndexRule] IndexBandit<S, R>;
    [] LinUcbState<&'static [[f32; 2]; 3], Mergeable<Owned<2>>, FixedRadius>;
}

impl<E: Estimates, U: ContextualRule> Lives for ContextualState<E, U> {
    fn step(&mut self, world: &mut World, rng: &mut Generator) {
        let mut context = vec![0.0; self.context_len()];
        context.fill_with(|| unit_f32(&mut world.rng));
        let arm = self.select(&context, rng).unwrap().arm;
        self.update(&context, arm, context[0] * arm as f32).unwrap();
    }
}

/// Runs 101 steps, saves, and lets a fresh learner go on for 100 more beside one that never stopped.
fn resumes<L: Lives>(mut start: impl FnMut() -> L) {
    let mut cliff = CliffWalking::new(true);
    let mut world_rng = stream(3, 0);
    let mut world = World { state: cliff.reset(&mut world_rng), cliff, rng: world_rng };
    let (mut learner, mut rng) = (start(), stream(3, 1));
    (0..101).for_each(|_| learner.step(&mut world, &mut rng));
    let bytes = saved(&(&mut learner, &mut rng));
    let (mut again, mut again_rng, mut again_world) = (start(), stream(0, 0), world.clone());
    load(&mut (&mut again, &mut again_rng), &bytes).unwrap();
    assert_eq!(again_rng, rng);
    for _ in 0..100 {
        learner.step(&mut world, &mut rng);
        again.step(&mut again_world, &mut again_rng);
    }
    assert_eq!(saved(&(&mut again, &mut again_rng)), saved(&(&mut learner, &mut rng)));
}

#[test]
fn resuming_equals_never_having_stopped() {
    fn td<T: Target>() -> TdControl<T, QTable<48, 4>> {
        let mut agent = TdControl::EMPTY;
        agent.start(PARAMETERS, EpsilonGreedy::new(0.25).unwrap(), 0.0).unwrap();
        agent
    }
    resumes(td::<QLearningTarget>);
    resumes(td::<SarsaTarget>);
    resumes(td::<ExpectedSarsaTarget>);
    let confidence = || Confidence::new([0.05, 0.1, 1e-2], 1.0, 2, 1.0, 1000).unwrap();
    resumes(|| {
        let mut bandit = LinUcb::EMPTY;
        bandit.start(&ARMS, confidence(), 1.0).unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = DLinUcb::EMPTY;
        bandit.start(&ARMS, confidence(), 1.0, 0.01).unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = DynLinUcb::EMPTY;
        bandit.start(&ARMS, confidence(), 1.0, 0.5).unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = Exp3::EMPTY;
        bandit.start(0.1, 0.0, 1.0).unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = Hold::new(Exp3::EMPTY);
        bandit.start(3, |inner| inner.start(0.1, 0.0, 1.0)).unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = Ar2::EMPTY;
        bandit.start(Ar2Parameters { decay: 0.5, noise: 0.5, horizon: 1000 }).unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = ActionValueBandit::EMPTY;
        bandit.start(EpsilonGreedy::new(0.25).unwrap(), None, 0.0).unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = GradientBandit::EMPTY;
        bandit.start(0.1, true).unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = ThompsonBeta::EMPTY;
        bandit.start().unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = ThompsonGaussian::EMPTY;
        bandit.start(0.5).unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = Ucb1::<3>::EMPTY;
        bandit.start(Ucb::new(2.0).unwrap()).unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = DiscountedUcb::<3>::EMPTY;
        bandit.start_discounted(Ucb::new(0.6).unwrap(), 0.98).unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = SlidingWindowUcb::<3, 20>::EMPTY;
        bandit.start(Ucb::new(0.6).unwrap()).unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = LinUcbState::new(&ARMS, Ridge::MERGEABLE, FixedRadius(1.0));
        bandit.start(&ARMS, FixedRadius(1.0), 1.0).unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = SharedLinUcb::<3, 2>::EMPTY;
        bandit.start(1.0, Optimistic(FixedRadius(1.0))).unwrap();
        bandit
    });
    resumes(|| {
        let mut bandit = DisjointLinTs::<3, 2>::EMPTY;
        bandit.start(1.0, PosteriorSampling::new(0.3)).unwrap();
        bandit
    });
}

#[test]
fn an_identity_tells_what_is_alike_apart() {
    let inner = Exp3::<3>::EMPTY.identity();
    assert_ne!(Hold::new(Exp3::<3>::EMPTY).identity(), inner);
    assert_eq!(Hold::new(Exp3::<3>::EMPTY).identity().dimensions, inner.dimensions);
    let with_fixed = |_: FixedRadius| FixedRadius::NUMERICS;
    assert_ne!(with_fixed(FixedRadius(1.0)), <Confidence as Radius>::NUMERICS);
    let (q, rng) = (QTable::<2, 3>::EMPTY.identity(), stream(0, 0).identity());
    assert_ne!(q.and(rng), q);
    assert_ne!(q.and(rng), rng.and(q));
}
