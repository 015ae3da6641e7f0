//! What the best policy for the horizon earns: backward induction over the joint states.

use super::lane::Table;
use super::{ARMS, Actions, Arms, HORIZON, STATES};
use crate::error::Error;
use crate::state::{Persist, Reader, Write};

/// How many joint states there are.
const JOINT: usize = STATES.pow(ARMS as u32);

/// How many joint states a step may lead to: each arm rises or falls.
const NEXT: usize = 1 << ARMS;

/// `V_t(s) = max_{x in X} sum_j E r_j + E V_{t+1}(s')`, from `V_20 = 0` back, a share of the states at a time: 8 KB.
#[derive(Debug)]
pub(super) struct Optimum {
    /// Of the stage that is complete.
    values: [f32; JOINT],
    /// Of the stage before it, as far as it is known.
    earlier: [f32; JOINT],
    known: usize,
    stages: u32,
}

/// The joint state of a number, arm 0 first, and the numbers of the states it may lead to: bit `4 - j` of a place says
/// whether arm `j` rises.
fn neighbours(number: usize) -> ([u8; ARMS], [usize; NEXT]) {
    let (mut states, mut next, mut rest, mut weight) = ([0; ARMS], [0; NEXT], number, 1);
    for (bit, place) in states.iter_mut().rev().enumerate() {
        let state = rest % STATES;
        *place = state as u8;
        for (bits, next) in next.iter_mut().enumerate() {
            let rises = (bits >> bit) & 1 == 1;
            *next += weight * if rises { (state + 1).min(STATES - 1) } else { state.saturating_sub(1) };
        }
        (rest, weight) = (rest / STATES, weight * STATES);
    }
    (states, next)
}

impl Optimum {
    pub(super) const EMPTY: Self = Self { values: [0.0; JOINT], earlier: [0.0; JOINT], known: 0, stages: 0 };

    /// Begins anew.
    pub(super) fn start(&mut self) {
        self.values.fill(0.0);
        self.earlier.fill(0.0);
        (self.known, self.stages) = (0, 0);
    }

    /// Computes the next states' values, such a share of them that a stage takes an episode; nothing once all stages are
    /// there. `myopic` holds the expected rewards.
    pub(super) fn advance(&mut self, actions: &Actions, arms: &Arms, myopic: &Table) {
        if self.stages == HORIZON {
            return;
        }
        for number in self.known..(self.known + JOINT.div_ceil(HORIZON as usize)).min(JOINT) {
            let (states, next) = neighbours(number);
            let next = next.map(|number| self.values.get(number).copied().unwrap_or(0.0));
            let worth = |action: &[u8]| {
                let (mut expected, mut half, mut reward) = (next, NEXT / 2, 0.0);
                for ((arm, level), (index, state)) in arms.iter().zip(action).zip(states.iter().enumerate()) {
                    let up = arm.up(usize::from(*level));
                    let (fallen, risen) = expected.split_at_mut(half);
                    fallen.iter_mut().zip(risen).for_each(|(fallen, risen)| *fallen += up * (*risen - *fallen));
                    half /= 2;
                    reward += myopic.value(index, *state, *level);
                }
                reward + expected[0]
            };
            let best = actions.iter().map(worth).fold(f32::NEG_INFINITY, f32::max);
            if let Some(place) = self.earlier.get_mut(number) {
                *place = best;
            }
            self.known = number + 1;
        }
        if self.known == JOINT {
            self.values.copy_from_slice(&self.earlier);
            (self.known, self.stages) = (0, self.stages + 1);
        }
    }

    /// The mean reward a step of an episode whose arms start in state 0 or 1, either as likely; NaN before all stages are
    /// there.
    pub(super) fn reward(&self) -> f32 {
        if self.stages < HORIZON {
            return f32::NAN;
        }
        let number = |bits: usize| (0..ARMS).fold(0, |number, arm| STATES * number + ((bits >> arm) & 1));
        let values = (0..NEXT).map(|bits| self.values.get(number(bits)).copied().unwrap_or(f32::NAN));
        values.fold(0.0, |sum, value| sum + value) / NEXT as f32 / HORIZON as f32
    }
}

/// The values of the stage that is complete, and how many are; the one after it begins anew.
impl Persist for Optimum {
    fn write(&self, out: &mut impl Write) {
        self.values.write(out);
        self.stages.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.values.check(from)?;
        let mut stages = 0u32;
        stages.read(from)?;
        if stages > HORIZON { Err(Error::Malformed) } else { Ok(()) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.values.read(from)?;
        self.stages.read(from)?;
        self.known = 0;
        Ok(())
    }
}
