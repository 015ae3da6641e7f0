//! Q-learning and CartPole.

use std::hint::black_box;

use habit::env::{CartPole, CartPoleBatch, CliffWalking, Env, TimeLimit};
use habit::learn::{QLearning, TdParameters, run_episode};
use habit::policy::EpsilonGreedy;
use habit::rng::{Generator, Rng, stream};

use super::kernel_line;
use crate::{Contender, DISCOUNT, EPSILON, Report, SEED, STEP_SIZE, run_episodes};

pub const CONTENDERS: [Contender; 5] = [
    (kernel_line!("cliff", "run_episode with QLearning::<48, 4>"), cliff_walking),
    (kernel_line!("cart-1", "CartPole in a TimeLimit"), cart_pole),
    (kernel_line!("cart-64", "CartPoleBatch::<64>"), cart_poles::<64>),
    (kernel_line!("cart-1024", "CartPoleBatch::<1024>"), cart_poles::<1024>),
    (kernel_line!("cart-4096", "CartPoleBatch::<4096>"), cart_poles::<4096>),
];

fn cliff_walking(steps: u64) -> Report {
    let mut agent = QLearning::<48, 4>::EMPTY;
    let exploration = EpsilonGreedy::new(EPSILON).expect("a probability");
    agent.start(TdParameters { step_size: STEP_SIZE, discount: DISCOUNT }, exploration, 0.0).expect("good parameters");
    let (mut cliff, mut world, mut choices) = (CliffWalking::new(false), stream(SEED, 1), stream(SEED, 0));
    let report = run_episodes(steps, || {
        let episode = run_episode(&mut cliff, &mut agent, u32::MAX, &mut world, &mut choices).expect("a good episode");
        u64::from(episode.length)
    });
    let greedy = |state| agent.table().greedy(state).expect("a state");
    let (mut state, mut path) = (cliff.reset(&mut world), 0);
    while state != CliffWalking::GOAL && path < 100 {
        (state, path) = (cliff.step(greedy(state).0, &mut world).expect("a good step").observation, path + 1);
    }
    report.and(&[path.into(), greedy(CliffWalking::START).1.into()])
}

/// One bit of a word an action.
fn cart_pole(steps: u64) -> Report {
    let (mut rng, mut choices) = (stream(SEED, 1), stream(SEED, 0));
    let mut cart = TimeLimit::new(CartPole::new(), CartPole::TIME_LIMIT);
    let (mut word, mut left) = (0, 0);
    run_episodes(steps, || {
        black_box(cart.reset(&mut rng));
        let mut length = 0;
        loop {
            if left == 0 {
                (word, left) = (choices.next_u32(), 32);
            }
            let step = cart.step(word as usize & 1, &mut rng).expect("a good step");
            (word, left, length) = (word >> 1, left - 1, length + 1);
            if black_box(step).outcome.is_over() {
                return length;
            }
        }
    })
}

/// One bit of a word an action, 32 lanes a word. An "episode" of the loop is a step of all lanes.
fn cart_poles<const N: usize>(steps: u64) -> Report {
    // The lanes need not be independent to be timed, and a jump a lane would take longer than the run.
    let mut seeds = 0..;
    let mut rngs: Box<[Generator; N]> =
        (&mut seeds).take(N).map(|seed| stream(seed, 0)).collect::<Vec<_>>().try_into().expect("N generators");
    let mut choices = stream(SEED, 0);
    let mut batch = Box::new(CartPoleBatch::<N>::EMPTY);
    batch.reset(&mut rngs);
    let (mut actions, mut over) = ([0u8; N], 0u32);
    let report = run_episodes(steps, || {
        for lanes in actions.chunks_mut(32) {
            let word = choices.next_u32();
            for (bit, action) in lanes.iter_mut().enumerate() {
                *action = (word >> bit) as u8 & 1;
            }
        }
        batch.step(&actions, &mut rngs).expect("a good step");
        over += batch.outcomes().iter().map(|outcome| u32::from(outcome.is_over())).sum::<u32>();
        N as u64
    });
    black_box(&batch);
    let length = report.steps as f64 / f64::from(over.max(1));
    Report { figures: vec![length], ..report }
}
