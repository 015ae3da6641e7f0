//! Rewards from demonstrations made of observations.

use crate::error::Error;

/// How much a trajectory of observations resembles a demonstration made of observations, step by step: no action of the
/// demonstration is known.
pub trait DemonstrationReward {
    /// Writes a reward a step of the trajectory: minus a share of the distance between the two. The demonstration has
    /// `demonstration` steps; `cost(i, j)` is the distance, at least 0, of the trajectory's step `i` and the demonstration's
    /// step `j`.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] when either has no step; [`Error::LengthMismatch`] when either has more than there is memory
    /// for; [`Error::NonFinite`] for a distance; [`Error::ParameterOutOfRange`] for one below 0. The rewards hold nothing of
    /// use then.
    fn compare(
        &mut self,
        demonstration: usize,
        cost: impl Fn(usize, usize) -> f32,
        rewards: &mut [f32],
    ) -> Result<(), Error>;
}

/// A distance that is one.
pub(super) fn checked(distance: f32) -> Result<f32, Error> {
    if !distance.is_finite() {
        return Err(Error::NonFinite);
    }
    if distance < 0.0 { Err(Error::ParameterOutOfRange) } else { Ok(distance) }
}

/// The rewards of a trajectory against the demonstration that gives it the most in all, the first of equals (Liu et al.
/// 2024): there is more than one good way. Memory: the rule's and `8 T` bytes of scratch. Cost: a comparison a demonstration.
#[derive(Clone, Debug)]
pub struct BestDemonstration<C, const T: usize> {
    rule: C,
    best: [f32; T],
    other: [f32; T],
}

impl<C, const T: usize> BestDemonstration<C, T> {
    /// By this rule.
    pub const fn new(rule: C) -> Self {
        Self { rule, best: [0.0; T], other: [0.0; T] }
    }

    /// The rule.
    pub const fn rule(&self) -> &C {
        &self.rule
    }

    /// The rule, to be started.
    pub const fn rule_mut(&mut self) -> &mut C {
        &mut self.rule
    }
}

impl<C: DemonstrationReward, const T: usize> BestDemonstration<C, T> {
    /// A reward a step of a trajectory of `steps` steps, and which demonstration gave it; `lengths` are the demonstrations'.
    /// `cost(d, i, j)` is the distance of the trajectory's step `i` and step `j` of demonstration `d`.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] without a demonstration or a step; [`Error::LengthMismatch`] for more steps than there is memory
    /// for; what the rule says.
    pub fn rewards(
        &mut self,
        steps: usize,
        lengths: &[u16],
        cost: impl Fn(usize, usize, usize) -> f32,
    ) -> Result<(&mut [f32], usize), Error> {
        let mut found: Option<(usize, f32)> = None;
        for (index, length) in lengths.iter().enumerate() {
            let other = self.other.get_mut(..steps).ok_or(Error::LengthMismatch)?;
            self.rule.compare(usize::from(*length), |i, j| cost(index, i, j), other)?;
            let total = other.iter().sum::<f32>();
            if found.is_none_or(|(_, greatest)| total > greatest) {
                found = Some((index, total));
                core::mem::swap(&mut self.best, &mut self.other);
            }
        }
        let (index, _) = found.ok_or(Error::EmptyRange)?;
        Ok((self.best.get_mut(..steps).ok_or(Error::LengthMismatch)?, index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reward::learned::NearestObservationReward;

    #[test]
    fn the_one_that_gives_most_counts_and_the_first_of_equals() {
        let mut best = BestDemonstration::<_, 4>::new(NearestObservationReward);
        let trajectory = [1.0f32, 2.0];
        let demonstrations = [[0.0f32, 0.0], [1.0, 2.5], [2.5, 1.0]];
        let cost = |d: usize, i: usize, j: usize| {
            let demonstrations: &[[f32; 2]; 3] = &demonstrations;
            (trajectory[i] - demonstrations[d][j]).abs()
        };
        assert_eq!(best.rewards(2, &[2, 2, 2], cost), Ok((&mut [0.0, -0.25][..], 1)));
        assert_eq!(best.rewards(2, &[2], cost), Ok((&mut [-0.5, -1.0][..], 0)));
        assert_eq!(best.rewards(2, &[], cost), Err(Error::EmptyRange));
        assert_eq!(best.rewards(2, &[2, 0], cost), Err(Error::EmptyRange));
        assert_eq!(best.rewards(0, &[2], cost), Err(Error::EmptyRange));
        assert_eq!(best.rewards(5, &[2], cost), Err(Error::LengthMismatch));
        assert_eq!(best.rewards(2, &[2], |_, _, _| f32::NAN), Err(Error::NonFinite));
    }
}
