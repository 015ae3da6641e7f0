//! Appointments: each arm needs a worker at a time that suits both.

use super::family::{Family, Levels, contains, next_on_off};
use crate::allocate::Matching;
use crate::error::Error;

/// The most pairs of a worker and a slot.
const MAX_PAIRS: usize = 32;

/// Each arm that is on needs a worker of its own in a slot that both have: a set of arms is feasible when all of them can be
/// matched to different pairs of a worker and a slot. Slots are bits. Levels: off, on.
///
/// Cost: a [`Matching`] of at most 32 pairs a set, O(32^3).
#[derive(Clone, Copy, Debug)]
pub struct ScheduleSet<'a> {
    /// When each arm can be worked on.
    pub arm_slots: &'a [u32],
    /// When each worker is there; at most 32 slots of all workers together.
    pub worker_slots: &'a [u32],
}

impl ScheduleSet<'_> {
    /// The slots of all pairs of a worker and a slot, as bits.
    fn pairs(&self) -> impl Iterator<Item = u32> {
        self.worker_slots
            .iter()
            .flat_map(|slots| (0..u32::BITS).map(move |slot| slots & (1 << slot)))
            .filter(|bit| *bit != 0)
    }
}

impl Family for ScheduleSet<'_> {
    fn arms(&self) -> usize {
        self.arm_slots.len()
    }

    fn levels(&self) -> usize {
        2
    }

    /// # Errors
    /// [`Error::ParameterOutOfRange`] for more than 32 pairs of a worker and a slot.
    fn check(&self) -> Result<(), Error> {
        if self.pairs().count() > MAX_PAIRS { Err(Error::ParameterOutOfRange) } else { Ok(()) }
    }

    fn next(&self, after: Option<&Levels>) -> Option<Levels> {
        let (mut pairs, mut count) = ([0; MAX_PAIRS], 0);
        for (place, pair) in pairs.iter_mut().zip(self.pairs()) {
            (*place, count) = (pair, count + 1);
        }
        let suits = |arm: usize, pair: usize| {
            let slots = self.arm_slots.get(arm).copied().unwrap_or(0);
            if pairs.get(pair).is_some_and(|pair| slots & pair != 0) { 1.0 } else { 0.0 }
        };
        next_on_off(self.arm_slots.len(), after, |set| {
            let weight = |arm, pair| if contains(set, arm) { suits(arm, pair) } else { 0.0 };
            let mut matching = Matching::<MAX_PAIRS>::EMPTY;
            let matched = matching.solve(self.arm_slots.len(), count, weight);
            matched.is_ok_and(|matched| matched as u32 == set.count_ones())
        })
    }
}
