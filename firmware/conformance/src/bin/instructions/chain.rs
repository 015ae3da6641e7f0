//! A chain of three reward rules, and the same written out.

use super::counter::{Cost, Counter};
use core::hint::black_box;
use habit::Error;
use habit::interact::{Outcome, Transition};
use habit::reward::RewardShaping;
use habit::reward::shaping::{Clip, Potential, Scale};

/// Calls that a count is the mean of.
const CALLS: u32 = 4096;

const DISCOUNT: f32 = 0.9;
const FACTOR: f32 = 0.5;
const LIMITS: [f32; 2] = [-1.0, 1.0];
const STATES: usize = 16;

type Rules = (Scale, Potential<[f32; STATES]>, Clip);

// A chain costs what its parts cost.
const _: () = assert!(size_of::<Rules>() == size_of::<Scale>() + 4 * STATES + size_of::<Clip>());

fn transition(index: u32) -> Transition {
    let state = index as usize % STATES;
    let outcome = if state + 1 == STATES { Outcome::Terminated } else { Outcome::Continue };
    Transition { state, action: 0, reward: black_box(0.25), next_state: (state + 1) % STATES, outcome }
}

fn finite(x: f32) -> Result<f32, Error> {
    if x.is_finite() { Ok(x) } else { Err(Error::NonFinite) }
}

/// What the chain computes and checks, written out.
#[inline(never)]
fn by_hand(rules: &(f32, [f32; STATES], [f32; 2]), transition: &Transition, discount: f32) -> Result<f32, Error> {
    let (factor, potentials, limits) = rules;
    let potential = |state: usize| finite(*potentials.get(state).ok_or(Error::StateOutOfRange)?);
    let reward = finite(factor * transition.reward)?;
    if !(discount > 0.0 && discount <= 1.0) {
        return Err(Error::DiscountOutOfRange);
    }
    let is_over = transition.outcome == Outcome::Terminated;
    let next = if is_over { 0.0 } else { potential(transition.next_state)? };
    let reward = finite(reward + discount * next - potential(transition.state)?)?;
    Ok(reward.max(limits[0]).min(limits[1]))
}

#[inline(never)]
fn chained(rules: &mut Rules, transition: &Transition, discount: f32) -> Result<f32, Error> {
    rules.apply(transition, discount)
}

pub fn report(counter: &mut Counter, line: &mut impl FnMut(&str, Cost)) -> Result<(), Error> {
    let potentials: [f32; STATES] = black_box(core::array::from_fn(|state| state as f32 / STATES as f32));
    let plain = black_box((FACTOR, potentials, LIMITS));
    let mut rules = (Scale::new(plain.0)?, Potential::new(plain.1), Clip::new(plain.2[0], plain.2[1])?);
    let discount = black_box(DISCOUNT);
    let transitions = || (0..CALLS).map(|index| black_box(transition(index)));
    for transition in transitions() {
        _ = counter.count(|| by_hand(&plain, &transition, discount));
    }
    line("reward-by-hand", counter.cost());
    for transition in transitions() {
        _ = counter.count(|| chained(&mut rules, &transition, discount));
    }
    line("reward-chain", counter.cost());
    Ok(())
}
