//! Work that has to fit into the hours of workers.

use super::family::{Arms, Family, Levels, MAX_ARMS, contains, next_on_off};
use crate::error::Error;

/// Each arm that is on is done by one worker and takes up its cost there: a set of arms is feasible when they can be dealt
/// out so that no worker does more than it can. Levels: off, on.
///
/// Cost: a set of `n` arms tries at most `W^n` ways for `W` workers; workers that have the same left count once.
#[derive(Clone, Copy, Debug)]
pub struct CapacitySet<'a> {
    /// What each arm takes up.
    pub costs: &'a [u32],
    /// What each worker can do, of at most [`MAX_ARMS`] workers.
    pub capacities: &'a [u32],
}

/// Whether the arms from `arm` on fit into what is left of the workers. As deep as there are arms.
fn fits(costs: &[u32], set: Arms, arm: usize, left: &mut [u32]) -> bool {
    let Some(cost) = costs.get(arm) else { return true };
    if !contains(set, arm) {
        return fits(costs, set, arm + 1, left);
    }
    for worker in 0..left.len() {
        let (before, rest) = left.split_at_mut(worker);
        let Some(own) = rest.first_mut() else { continue };
        if *own < *cost || before.contains(own) {
            continue;
        }
        *own -= cost;
        let found = fits(costs, set, arm + 1, left);
        if let Some(own) = left.get_mut(worker) {
            *own += cost;
        }
        if found {
            return true;
        }
    }
    false
}

impl Family for CapacitySet<'_> {
    fn arms(&self) -> usize {
        self.costs.len()
    }

    fn levels(&self) -> usize {
        2
    }

    /// # Errors
    /// [`Error::ParameterOutOfRange`] for too many workers.
    fn check(&self) -> Result<(), Error> {
        if self.capacities.len() > MAX_ARMS { Err(Error::ParameterOutOfRange) } else { Ok(()) }
    }

    fn next(&self, after: Option<&Levels>) -> Option<Levels> {
        let left: [u32; MAX_ARMS] = core::array::from_fn(|worker| self.capacities.get(worker).copied().unwrap_or(0));
        next_on_off(self.costs.len(), after, |set| {
            let mut left = left;
            fits(self.costs, set, 0, left.get_mut(..self.capacities.len()).unwrap_or_default())
        })
    }
}
