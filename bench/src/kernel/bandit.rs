//! LinUCB, DynLin-UCB and UCB1.

use habit::bandit::{
    Bandit, Confidence, ContextualBandit, DisjointLinUcb, DynLinUcb, FixedRadius, Optimistic, Ucb, Ucb1,
};
use habit::rng::{Bernoulli, stream};

use super::kernel_line;
use crate::worlds::{ALPHA, ARMS, CYCLE, DynamicalWorld, LAMBDA, LinearWorld};
use crate::{Contender, Report, SEED, run_rounds};

pub const CONTENDERS: [Contender; 7] = [
    (kernel_line!("linucb-8", "DisjointLinUcb::<10, 8>"), lin_ucb::<8>),
    (kernel_line!("linucb-16", "DisjointLinUcb::<10, 16>"), lin_ucb::<16>),
    (kernel_line!("linucb-32", "DisjointLinUcb::<10, 32>"), lin_ucb::<32>),
    (kernel_line!("linucb-64", "DisjointLinUcb::<10, 64>"), lin_ucb::<64>),
    (kernel_line!("dynlin-0.2", "DynLinUcb::<10, 8>"), |steps| dyn_lin_ucb(steps, 0.2)),
    (kernel_line!("dynlin-0.8", "DynLinUcb::<10, 8>"), |steps| dyn_lin_ucb(steps, 0.8)),
    (kernel_line!("ucb1", "Ucb1::<10>"), ucb1),
];

/// On a cache line, as the matrices of C and nalgebra are.
#[repr(align(64))]
struct Aligned<T>(T);

fn lin_ucb<const D: usize>(steps: u64) -> Report {
    let world = LinearWorld::<D>::new();
    let mut aligned = Box::new(Aligned(DisjointLinUcb::<ARMS, D>::EMPTY));
    let agent = &mut aligned.0;
    agent.start(LAMBDA, Optimistic(FixedRadius(ALPHA))).expect("good parameters");
    let mut choices = stream(SEED, 0);
    let report = run_rounds(steps, |step| {
        let context = &world.contexts[step as usize % CYCLE];
        let arm = agent.select(context, &mut choices).expect("a good context").arm;
        let reward = world.rewards[step as usize % CYCLE][arm];
        agent.update(context, arm, reward).expect("a good reward");
        reward
    });
    report.and(&[agent.predict(&world.contexts[0], 0).into()])
}

fn dyn_lin_ucb(steps: u64, rho: f32) -> Report {
    let mut world = DynamicalWorld::new(rho);
    let arms = world.arms;
    let mut agent = DynLinUcb::<ARMS, 8>::EMPTY;
    let confidence = Confidence::new([0.05, 0.1, 0.01], 1.0, 8, LAMBDA, 1_000_000).expect("good constants");
    agent.start(&arms, confidence, LAMBDA, rho).expect("good parameters");
    let mut choices = stream(SEED, 0);
    let report = run_rounds(steps, |step| {
        let arm = agent.select(&mut choices).expect("started").arm;
        let reward = world.play(arm, step);
        agent.update(arm, reward).expect("a good reward");
        reward
    });
    report.and(&[agent.epochs().into()])
}

fn ucb1(steps: u64) -> Report {
    let mut agent = Ucb1::<ARMS>::EMPTY;
    agent.start(Ucb::new(2.0).expect("a confidence")).expect("arms");
    let arms: [Bernoulli; ARMS] =
        core::array::from_fn(|arm| Bernoulli::new(0.05 + 0.1 * arm as f32).expect("a probability"));
    let (mut world, mut choices) = (stream(SEED, 1), stream(SEED, 0));
    let mut best = 0u32;
    let report = run_rounds(steps, |_| {
        let arm = agent.select(&mut choices).expect("started").arm;
        let reward = f32::from(u8::from(arms[arm].sample(&mut world)));
        agent.update(arm, reward).expect("a good reward");
        best += u32::from(arm == ARMS - 1);
        reward
    });
    report.and(&[f64::from(best) / steps as f64])
}
