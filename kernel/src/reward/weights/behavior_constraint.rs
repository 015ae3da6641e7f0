//! How often something may happen, or must.

use crate::error::Error;
use crate::linalg::Storage;
use crate::math::is_in_unit_interval;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// On which side of its threshold a rate is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `J <= d`: kind +1.
    AtMost,
    /// `J >= d`: kind -1.
    AtLeast,
}

impl Bound {
    /// `kind`: 1, or -1.
    #[inline]
    pub const fn sign(self) -> f32 {
        match self {
            Self::AtMost => 1.0,
            Self::AtLeast => -1.0,
        }
    }
}

/// What a rate is a share of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Of all steps.
    Steps,
    /// Of all episodes: for what happens at most once in each, such as success.
    Episodes,
}

/// A requirement on behaviour as a rate that an engineer can write down: "in at most 2 % of the steps". 8 bytes.
///
/// ```
/// use habit::reward::weights::BehaviorConstraint;
/// let quiet = BehaviorConstraint::at_most(0.02)?;
/// let success = BehaviorConstraint::at_least(0.9)?.of_episodes();
/// assert!(quiet.is_met(0.02) && !success.is_met(0.8));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BehaviorConstraint {
    threshold: f32,
    bound: Bound,
    of: Share,
}

impl BehaviorConstraint {
    /// What every behaviour meets.
    pub const NOTHING: Self = Self { threshold: 1.0, bound: Bound::AtMost, of: Share::Steps };

    /// In at most this share of the steps.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless the threshold is between 0 and 1.
    pub const fn at_most(threshold: f32) -> Result<Self, Error> {
        Self::new(threshold, Bound::AtMost)
    }

    /// In at least this share of the steps.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless the threshold is between 0 and 1.
    pub const fn at_least(threshold: f32) -> Result<Self, Error> {
        Self::new(threshold, Bound::AtLeast)
    }

    const fn new(threshold: f32, bound: Bound) -> Result<Self, Error> {
        if !is_in_unit_interval(threshold) {
            return Err(Error::ParameterOutOfRange);
        }
        Ok(Self { threshold, bound, of: Share::Steps })
    }

    /// The same of episodes.
    pub const fn of_episodes(self) -> Self {
        Self { of: Share::Episodes, ..self }
    }

    /// `d`.
    pub const fn threshold(self) -> f32 {
        self.threshold
    }

    /// On which side of it a rate is to be.
    pub const fn bound(self) -> Bound {
        self.bound
    }

    /// What its rate is a share of.
    pub const fn share(self) -> Share {
        self.of
    }

    /// `kind (J - d)`: how far a rate is on the wrong side; not above 0 where it is on the right one.
    #[inline]
    pub fn violation(self, rate: f32) -> f32 {
        self.bound.sign() * (rate - self.threshold)
    }

    /// Whether a rate is on the right side.
    pub fn is_met(self, rate: f32) -> bool {
        self.violation(rate) <= 0.0
    }
}

/// Whether there is a rate a constraint, each a share.
pub(super) fn check_rates(constraints: &impl Storage<BehaviorConstraint>, rates: &[f32]) -> Result<(), Error> {
    if rates.len() != constraints.values().len() {
        return Err(Error::LengthMismatch);
    }
    if rates.iter().any(|rate| !rate.is_finite()) {
        return Err(Error::NonFinite);
    }
    if rates.iter().all(|rate| is_in_unit_interval(*rate)) { Ok(()) } else { Err(Error::ParameterOutOfRange) }
}

/// How often each of `K` indicators was on in a batch of steps.
///
/// Memory: `4 K + 8` bytes. Cost of a step: O(K). At most 32 indicators: each is one bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConstraintCounts<const K: usize> {
    counts: [u32; K],
    steps: u32,
    episodes: u32,
}

const _: () = assert!(ConstraintCounts::<3>::SIZE == 4 * 3 + 8);

impl<const K: usize> ConstraintCounts<K> {
    /// Of no step.
    pub const EMPTY: Self = {
        assert!(K <= 32, "an indicator is one bit of 32");
        Self { counts: [0; K], steps: 0, episodes: 0 }
    };

    /// Bytes: `4 K + 8`.
    pub const SIZE: usize = size_of::<Self>();

    /// Counts a step from a state that is not terminal: bit `k` of `active` is indicator `k`, `over` whether the episode
    /// ends with it.
    pub fn note(&mut self, active: u32, over: bool) {
        for (index, count) in self.counts.iter_mut().enumerate() {
            *count = count.saturating_add((active >> (index as u32 & 31)) & 1);
        }
        self.steps = self.steps.saturating_add(1);
        self.episodes = self.episodes.saturating_add(u32::from(over));
    }

    /// How many steps were counted.
    pub const fn steps(&self) -> u32 {
        self.steps
    }

    /// `J`: the share of the steps, or of the episodes that have ended, in which each indicator was on; at most 1.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] where there was no step, or no episode has ended that a constraint is about.
    pub fn rates(&self, constraints: &[BehaviorConstraint; K]) -> Result<[f32; K], Error> {
        let of = |constraint: &BehaviorConstraint| match constraint.of {
            Share::Steps => self.steps,
            Share::Episodes => self.episodes,
        };
        if self.steps == 0 || constraints.iter().any(|constraint| of(constraint) == 0) {
            return Err(Error::EmptyRange);
        }
        let mut rates = [0.0; K];
        for ((rate, count), constraint) in rates.iter_mut().zip(&self.counts).zip(constraints) {
            *rate = (*count as f32 / of(constraint) as f32).min(1.0);
        }
        Ok(rates)
    }
}

/// The counts, the steps, then the episodes, `u32` each: `4 K + 8` bytes.
impl<const K: usize> Persist for ConstraintCounts<K> {
    fn write(&self, out: &mut impl Write) {
        self.counts.write(out);
        self.steps.write(out);
        self.episodes.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut read = Self::EMPTY;
        read.read(from)?;
        let most = read.counts.iter().copied().fold(read.episodes, u32::max);
        if most <= read.steps { Ok(()) } else { Err(Error::Malformed) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.counts.read(from)?;
        self.steps.read(from)?;
        self.episodes.read(from)
    }
}

/// `"constraint-counts"`: constraints.
impl<const K: usize> Identify for ConstraintCounts<K> {
    fn identity(&self) -> Identity {
        Identity::new("constraint-counts", Identity::PLAIN, [K, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_shares_of_steps_or_of_episodes() {
        let constraints =
            [BehaviorConstraint::at_most(0.1).unwrap(), BehaviorConstraint::at_least(0.9).unwrap().of_episodes()];
        let mut counts = ConstraintCounts::<2>::EMPTY;
        assert_eq!(counts.rates(&constraints), Err(Error::EmptyRange));
        counts.note(0b01, false);
        assert_eq!(counts.rates(&constraints), Err(Error::EmptyRange));
        for (active, over) in [(0b00, false), (0b10, true), (0b101, true)] {
            counts.note(active, over);
        }
        assert_eq!(counts.rates(&constraints), Ok([0.5, 0.5]));
        let mut other = ConstraintCounts::<2>::EMPTY;
        assert_eq!(other.restore(&[2u32, 1, 4, 2].map(u32::to_le_bytes).concat()), Ok(()));
        assert_eq!(other, counts);
        assert_eq!(other.restore(&[5u32, 1, 4, 2].map(u32::to_le_bytes).concat()), Err(Error::Malformed));
    }

    #[test]
    fn a_threshold_is_a_share() {
        for bad in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
            assert_eq!(BehaviorConstraint::at_most(bad), Err(Error::ParameterOutOfRange));
            assert_eq!(BehaviorConstraint::at_least(bad), Err(Error::ParameterOutOfRange));
        }
        let constraint = BehaviorConstraint::at_least(0.75).unwrap();
        assert_eq!((constraint.violation(0.5), constraint.is_met(0.75)), (0.25, true));
        assert_eq!(size_of::<BehaviorConstraint>(), 8);
    }
}
