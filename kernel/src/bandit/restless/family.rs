//! What makes a joint action feasible.

use crate::error::Error;

/// The most arms that are enumerated.
pub const MAX_ARMS: usize = 16;

/// A level for each of up to [`MAX_ARMS`] arms; 0 beyond the last. Compares lexicographically.
pub type Levels = [u8; MAX_ARMS];

/// A rule that says which joint actions are feasible, in an order that makes each a successor of the one before.
pub trait Family {
    /// The number of arms, `J`.
    fn arms(&self) -> usize;

    /// The number of levels, `L`.
    fn levels(&self) -> usize;

    /// Whether the rule's numbers make sense.
    ///
    /// # Errors
    /// What the rule says.
    fn check(&self) -> Result<(), Error>;

    /// The lexicographically smallest feasible action after this one, or the smallest of all. Levels beyond the last arm are
    /// 0.
    fn next(&self, after: Option<&Levels>) -> Option<Levels>;
}

/// A list of your own, in any order and with repetitions: `arms` levels an action, one action after the other.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// The number of arms, `J`.
    pub arms: usize,
    /// The number of levels, `L`.
    pub levels: usize,
    /// `J` levels an action.
    pub actions: &'a [u8],
}

impl Family for Listed<'_> {
    fn arms(&self) -> usize {
        self.arms
    }

    fn levels(&self) -> usize {
        self.levels
    }

    /// # Errors
    /// [`Error::LengthMismatch`] when the last action is incomplete; [`Error::ActionOutOfRange`] for a level.
    fn check(&self) -> Result<(), Error> {
        if !self.actions.len().is_multiple_of(self.arms.max(1)) {
            return Err(Error::LengthMismatch);
        }
        let known = self.actions.iter().all(|level| usize::from(*level) < self.levels);
        if known { Ok(()) } else { Err(Error::ActionOutOfRange) }
    }

    fn next(&self, after: Option<&Levels>) -> Option<Levels> {
        let actions = self.actions.chunks_exact(self.arms.max(1));
        smallest(after, actions.map(|action| levels_by(|arm| action.get(arm).copied().unwrap_or(0))))
    }
}

/// Levels from a rule for each arm.
pub(super) fn levels_by(level: impl FnMut(usize) -> u8) -> Levels {
    core::array::from_fn(level)
}

/// The smallest of these that is greater than `after`.
pub(super) fn smallest(after: Option<&Levels>, of: impl Iterator<Item = Levels>) -> Option<Levels> {
    of.filter(|levels| after.is_none_or(|after| levels > after)).min()
}

/// A set of arms: bit `j` is arm `j`.
pub(super) type Arms = u16;

/// The next action on arms that are on or off whose set of arms that are on is feasible. Cost: at most `2^J` questions.
pub(super) fn next_on_off(arms: usize, after: Option<&Levels>, feasible: impl Fn(Arms) -> bool) -> Option<Levels> {
    // As a number, arm 0 is the most significant bit: numbers grow as actions do.
    let number = |levels: &Levels| levels.iter().take(arms).fold(0u32, |number, level| 2 * number + u32::from(*level));
    let set =
        |number: u32| (0..arms).fold(0, |set: Arms, arm| set | (((number >> (arms - 1 - arm)) & 1) as Arms) << arm);
    if arms > MAX_ARMS {
        return None;
    }
    let found = (after.map_or(0, |after| number(after) + 1)..1 << arms).map(set).find(|set| feasible(*set))?;
    Some(levels_by(|arm| u8::from(contains(found, arm))))
}

/// Whether an arm is in a set.
#[inline]
pub(super) fn contains(set: Arms, arm: usize) -> bool {
    set.checked_shr(arm as u32).is_some_and(|bits| bits & 1 == 1)
}
