//! What there is to imitate, and the reward for it.

use super::STEPS;
use crate::env::{CarrySize, Env, GripCarry};
use crate::error::Error;
use crate::linalg::euclidean_distance;
use crate::reward::learned::{DemonstrationReward, NearestObservationReward, TransportReward};
use crate::rng::stream;

pub(super) const DEMONSTRATIONS: usize = GripCarry::STARTS.len();

/// What is observed of the load while it is held.
const HELD: f32 = 0.3;

/// The demonstrations, as observations, and how far observations are from each other.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) size: CarrySize,
    /// The steps of each demonstration.
    pub(super) lengths: [u16; DEMONSTRATIONS],
    observations: [[u8; STEPS]; DEMONSTRATIONS],
    /// By the difference in the load, then by the difference in cells.
    distances: [[f32; GripCarry::CELLS]; 2],
}

/// What is observed for imitation in a state that the policy sees: the cell, and whether the ball is held, in one byte. A
/// jammed load looks like none.
pub(super) const fn observed(state: usize) -> u8 {
    (state / 3) as u8 | if state % 3 == 1 { 16 } else { 0 }
}

impl Task {
    pub(super) const EMPTY: Self = Self {
        size: CarrySize::Full,
        lengths: [0; DEMONSTRATIONS],
        observations: [[0; STEPS]; DEMONSTRATIONS],
        distances: [[0.0; GripCarry::CELLS]; 2],
    };

    /// Lets the expert show how it is done from each start.
    pub(super) fn start(&mut self, size: CarrySize) -> Result<(), Error> {
        (self.size, self.lengths) = (size, [size.steps() as u16; DEMONSTRATIONS]);
        let last = (size.cells() - 1) as f32;
        for (row, load) in self.distances.iter_mut().zip([0.0, HELD]) {
            for (cells, distance) in row.iter_mut().enumerate() {
                *distance = euclidean_distance(&[cells as f32 / last, load], &[0.0, 0.0]);
            }
        }
        let mut env = GripCarry::new(size);
        // A step of this world takes no word.
        let mut unused = stream(0, 0);
        for (demonstration, start) in self.observations.iter_mut().zip(GripCarry::STARTS) {
            env.reset_to(start)?;
            for place in demonstration.iter_mut().take(size.steps()) {
                *place = observed(env.step(env.expert(), &mut unused)?.observation);
            }
        }
        Ok(())
    }

    /// How far an observation is from a demonstration's.
    #[inline]
    pub(super) fn distance(&self, observation: u8, demonstration: usize, step: usize) -> f32 {
        let shown = self.shown(demonstration, step);
        let cells = usize::from((observation & 15).abs_diff(shown & 15));
        let load = usize::from(((observation ^ shown) >> 4) & 1);
        self.distances[load][cells]
    }

    /// A demonstration's observation at a step.
    #[inline]
    pub(super) fn shown(&self, demonstration: usize, step: usize) -> u8 {
        self.observations.get(demonstration).and_then(|steps| steps.get(step)).copied().unwrap_or(0)
    }
}

/// How a trajectory is compared with a demonstration.
#[derive(Debug)]
pub(super) struct Comparison {
    transport: TransportReward<STEPS>,
    nearest: bool,
}

impl Comparison {
    pub(super) const EMPTY: Self = Self { transport: TransportReward::EMPTY, nearest: false };

    /// By transport, or by the nearest observation.
    pub(super) fn start(&mut self, nearest: bool) -> Result<(), Error> {
        self.nearest = nearest;
        self.transport.start(0.05, 8)
    }
}

impl DemonstrationReward for Comparison {
    fn compare(
        &mut self,
        demonstration: usize,
        cost: impl Fn(usize, usize) -> f32,
        rewards: &mut [f32],
    ) -> Result<(), Error> {
        if self.nearest {
            NearestObservationReward.compare(demonstration, cost, rewards)
        } else {
            self.transport.compare(demonstration, cost, rewards)
        }
    }
}
