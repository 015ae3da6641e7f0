//! What LinUCB and DynLin-UCB share: fixed arms, a ridge estimate, and a radius around it.

use super::{Radius, arm_vector, count_arms};
use crate::error::Error;
use crate::linalg::{Memory, Mergeable, Ridge, Storage};
use crate::math::argmax;
use crate::state::{Merge, persist_fields};

/// Optimism over fixed arms: the best arm is the one with the greatest upper confidence bound.
#[derive(Debug)]
pub(super) struct Optimism<A, S: Memory, R> {
    arms: A,
    pub(super) ridge: Ridge<S>,
    radius: R,
    pub(super) rounds: u32,
}

impl<A, S: Memory, R> Optimism<A, S, R> {
    pub(super) const fn new(arms: A, ridge: Ridge<S>, radius: R) -> Self {
        Self { arms, ridge, radius, rounds: 0 }
    }
}

impl<A: Storage, S: Memory, R: Radius> Optimism<A, S, R> {
    pub(super) fn start(&mut self, arms: A, radius: R, lambda: f32) -> Result<(), Error> {
        count_arms(&arms, self.ridge.dim())?;
        self.ridge.start(lambda)?;
        self.arms = arms;
        self.radius = radius;
        self.rounds = 0;
        Ok(())
    }

    pub(super) fn half_width(&self, arm: usize) -> f32 {
        self.radius.radius(self.rounds as f32) * self.ridge.uncertainty(arm_vector(&self.arms, self.ridge.dim(), arm))
    }

    pub(super) fn best_arm(&self) -> Result<usize, Error> {
        let (d, radius) = (self.ridge.dim(), self.radius.radius(self.rounds as f32));
        argmax(self.arms(), |arm| {
            let u = arm_vector(&self.arms, d, arm);
            self.ridge.predict(u) + radius * self.ridge.uncertainty(u)
        })
        .ok_or(Error::NoArms)
    }

    pub(super) fn learn(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        self.ridge.update(arm_vector(&self.arms, self.ridge.dim(), arm), reward)
    }
}

impl<A: Storage, S: Memory, R> Optimism<A, S, R> {
    pub(super) fn arms(&self) -> usize {
        self.arms.values().len() / self.ridge.dim().max(1)
    }

    /// As an identity gives them.
    pub(super) fn sizes(&self) -> [usize; 3] {
        [self.arms(), self.ridge.dim(), usize::from(self.ridge.is_mergeable())]
    }
}

/// The regressions, and the rounds; the arms must be the same to the bit.
impl<A: Storage, S: Memory, R> Merge for Optimism<A, Mergeable<S>, R> {
    fn check_merge(&mut self, other: &Self) -> Result<(), Error> {
        let (own, others) = (self.arms.values(), other.arms.values());
        if own.len() != others.len() {
            return Err(Error::OtherDimensions);
        }
        if own.iter().zip(others).any(|(a, b)| a.to_bits() != b.to_bits()) {
            return Err(Error::OtherPrior);
        }
        self.ridge.check_merge(&other.ridge)
    }

    fn take_in(&mut self, other: &Self) {
        self.ridge.take_in(&other.ridge);
        self.rounds.take_in(&other.rounds);
    }
}

persist_fields!([A, S: Memory, R] Optimism<A, S, R> { ridge, rounds });
