//! How many turns a worker may take.

use crate::error::Error;
use crate::math::{heap_sort_by, is_in_unit_interval};
use crate::state::{Identify, Identity, Persist, Reader, Write, persist_fields};

/// No limit, or no extension that is left.
const NONE: u32 = u32::MAX;

/// What a worker is told before a turn. What remains counts the turn that is about to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnDecision {
    /// Take the turn; so many remain, `None` without a limit.
    Go {
        /// Turns, this one included.
        remaining: Option<u32>,
    },
    /// Take the turn: the limit has just been raised, for the only time.
    Extend {
        /// Turns, this one included.
        remaining: u32,
    },
    /// The budget is spent.
    Stop,
}

/// A limit on the turns of a worker that stops when it believes it is done (a solver, a retry loop, an agent): without one,
/// fixed, or raised once when it is needed (Gao, Peng, "More with Less: An Empirical Study of Turn-Control Strategies for
/// Efficient Coding Agents", 2025, arXiv 2510.16786). A worker that knows what remains finishes sooner; the extension costs
/// nothing where it is not reached.
///
/// The limits are percentiles of what earlier tasks took ([`percentile_turns`]); the paper recommends the 75th as a fixed
/// limit, and the 50th raised to the 75th. A gate grants the extension only to a worker that has lately made progress
/// ([`RecentProgress`]).
///
/// Memory: 16 bytes. Cost: a few comparisons a turn.
///
/// ```
/// use habit::schedule::{TurnBudget, TurnDecision};
/// let mut budget = TurnBudget::dynamic(2, 4)?;
/// assert_eq!(budget.begin_turn(1.0), TurnDecision::Go { remaining: Some(2) });
/// assert_eq!(budget.begin_turn(1.0), TurnDecision::Go { remaining: Some(1) });
/// assert_eq!(budget.begin_turn(1.0), TurnDecision::Extend { remaining: 2 });
/// assert_eq!(budget.begin_turn(1.0), TurnDecision::Go { remaining: Some(1) });
/// assert_eq!(budget.begin_turn(1.0), TurnDecision::Stop);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TurnBudget {
    limit: u32,
    /// The limit after the extension; [`NONE`] without one, and once it is granted.
    extended: u32,
    used: u32,
    /// The least recent progress that an extension is granted for.
    gate: f32,
}

impl TurnBudget {
    /// Never stops anyone.
    pub const UNLIMITED: Self = Self { limit: NONE, extended: NONE, used: 0, gate: 0.0 };

    /// Bytes: 16.
    pub const SIZE: usize = size_of::<Self>();

    /// At most `limit` turns.
    ///
    /// # Errors
    /// [`Error::EmptyBudget`] for none.
    pub const fn fixed(limit: u32) -> Result<Self, Error> {
        if limit == 0 { Err(Error::EmptyBudget) } else { Ok(Self { limit, ..Self::UNLIMITED }) }
    }

    /// At most `initial` turns, and `extended` for a worker that is not done by then. The same number twice never extends.
    ///
    /// # Errors
    /// [`Error::EmptyBudget`] for no turn; [`Error::ExtensionOutOfRange`] for less after the extension than before.
    pub const fn dynamic(initial: u32, extended: u32) -> Result<Self, Error> {
        if initial == 0 {
            return Err(Error::EmptyBudget);
        }
        if extended < initial {
            return Err(Error::ExtensionOutOfRange);
        }
        let extended = if extended == initial { NONE } else { extended };
        Ok(Self { limit: initial, extended, ..Self::UNLIMITED })
    }

    /// The same, with an extension only for recent progress of `gate` or more, from 0 to 1.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`].
    pub const fn gated(self, gate: f32) -> Result<Self, Error> {
        if is_in_unit_interval(gate) { Ok(Self { gate, ..self }) } else { Err(Error::ParameterOutOfRange) }
    }

    /// Asks for a turn. `recent_progress`, from 0 to 1, matters only where an extension is gated; progress that is no number
    /// is none. Once it has said stop it goes on to, unless a gate opens.
    pub fn begin_turn(&mut self, recent_progress: f32) -> TurnDecision {
        let mut raised = false;
        if self.limit != NONE && self.used >= self.limit {
            if self.extended == NONE || !(self.gate <= 0.0 || recent_progress >= self.gate) {
                return TurnDecision::Stop;
            }
            (self.limit, self.extended, raised) = (self.extended, NONE, true);
        }
        let remaining = (self.limit != NONE).then(|| self.limit - self.used);
        self.used = self.used.saturating_add(1);
        match remaining {
            Some(remaining) if raised => TurnDecision::Extend { remaining },
            _ => TurnDecision::Go { remaining },
        }
    }

    /// Turns that were taken.
    pub const fn used(&self) -> u32 {
        self.used
    }

    /// The present limit.
    pub const fn limit(&self) -> Option<u32> {
        if self.limit == NONE { None } else { Some(self.limit) }
    }
}

const _: () = assert!(TurnBudget::SIZE == 16);

/// The limit, the limit after an extension (`ffffffff` for none), turns that were taken.
impl Persist for TurnBudget {
    fn write(&self, out: &mut impl Write) {
        [self.limit, self.extended, self.used].write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut words = [0; 3];
        words.read(from)?;
        let [limit, extended, used] = words;
        // What lets nobody begin, takes turns back, or has been overdrawn was never written.
        if limit == 0 || extended <= limit && limit != NONE && extended != NONE || used > limit {
            return Err(Error::Malformed);
        }
        Ok(())
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut words = [0; 3];
        words.read(from)?;
        [self.limit, self.extended, self.used] = words;
        Ok(())
    }
}

/// `"turn-budget"`.
impl Identify for TurnBudget {
    fn identity(&self) -> Identity {
        Identity::new("turn-budget", Identity::PLAIN, [0, 0, 0])
    }
}

/// In which of the last turns, five at most, a worker made progress. 2 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecentProgress {
    /// A bit a turn, the last one lowest.
    turns: u8,
    count: u8,
}

impl RecentProgress {
    /// Turns that are remembered.
    pub const WINDOW: u8 = 5;

    /// Before the first turn.
    pub const EMPTY: Self = Self { turns: 0, count: 0 };

    /// Remembers whether a turn made progress, or had nothing left to do.
    pub const fn note(&mut self, progressed: bool) {
        self.turns = (self.turns << 1 | progressed as u8) & ((1 << Self::WINDOW) - 1);
        if self.count < Self::WINDOW {
            self.count += 1;
        }
    }

    /// The share of the remembered turns that made progress; 1 before the first.
    pub fn share(self) -> f32 {
        if self.count == 0 { 1.0 } else { self.turns.count_ones() as f32 / f32::from(self.count) }
    }
}

persist_fields!([] RecentProgress { turns, count });

/// A percentile of the turns that earlier tasks took, without interpolation: the one at `floor(q (n - 1))` when they are in
/// ascending order, which they are afterwards. `q` from 0 to 1. In place; cost `O(n log n)` comparisons.
///
/// ```
/// use habit::schedule::percentile_turns;
/// let mut turns = [9, 1, 4, 7];
/// assert_eq!([0.25, 0.5, 0.75].map(|q| percentile_turns(&mut turns, q)), [Ok(1), Ok(4), Ok(7)]);
/// ```
///
/// # Errors
/// [`Error::EmptyRange`] without any; [`Error::ParameterOutOfRange`]: nothing is moved then.
pub fn percentile_turns(turns: &mut [u32], q: f32) -> Result<u32, Error> {
    let last = turns.len().checked_sub(1).ok_or(Error::EmptyRange)?;
    if !is_in_unit_interval(q) {
        return Err(Error::ParameterOutOfRange);
    }
    heap_sort_by(turns, |one, other| one < other);
    turns.get((q * last as f32) as usize).copied().ok_or(Error::EmptyRange)
}

/// The same of a histogram, `counts[n]` being how many tasks took `n` turns: for more tasks than there is room for.
///
/// ```
/// use habit::schedule::percentile_of_counts;
/// let mut counts = [0; 10];
/// [9, 1, 4, 7].iter().for_each(|turns: &usize| counts[*turns] += 1);
/// assert_eq!([0.25, 0.5, 0.75].map(|q| percentile_of_counts(&counts, q)), [Ok(1), Ok(4), Ok(7)]);
/// ```
///
/// # Errors
/// As [`percentile_turns`].
pub fn percentile_of_counts(counts: &[u32], q: f32) -> Result<u32, Error> {
    let all = counts.iter().fold(0, |sum: u32, count| sum.saturating_add(*count));
    let last = all.checked_sub(1).ok_or(Error::EmptyRange)?;
    if !is_in_unit_interval(q) {
        return Err(Error::ParameterOutOfRange);
    }
    let rank = (q * last as f32) as u32;
    let mut below: u32 = 0;
    for (turns, count) in counts.iter().enumerate() {
        below = below.saturating_add(*count);
        if below > rank {
            return Ok(turns as u32);
        }
    }
    Err(Error::EmptyRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decisions(budget: &mut TurnBudget, progress: f32, count: usize) -> std::vec::Vec<TurnDecision> {
        (0..count).map(|_| budget.begin_turn(progress)).collect()
    }

    #[test]
    fn a_fixed_limit_counts_down_and_stops_for_good() {
        let mut budget = TurnBudget::fixed(2).unwrap();
        let go = |remaining| TurnDecision::Go { remaining: Some(remaining) };
        assert_eq!(decisions(&mut budget, 1.0, 4), [go(2), go(1), TurnDecision::Stop, TurnDecision::Stop]);
        assert_eq!((budget.used(), budget.limit()), (2, Some(2)));
        let mut free = TurnBudget::UNLIMITED;
        assert_eq!(decisions(&mut free, 0.0, 2), [TurnDecision::Go { remaining: None }; 2]);
    }

    #[test]
    fn an_extension_is_granted_once_and_only_for_progress() {
        let gated = TurnBudget::dynamic(1, 3).and_then(|budget| budget.gated(0.2)).unwrap();
        let (mut stuck, mut busy, mut lost) = (gated, gated, gated);
        assert_eq!(decisions(&mut stuck, 0.19, 2)[1], TurnDecision::Stop);
        assert_eq!(decisions(&mut busy, 0.2, 2)[1], TurnDecision::Extend { remaining: 2 });
        assert_eq!(decisions(&mut busy, 0.2, 2)[1], TurnDecision::Stop);
        assert_eq!(decisions(&mut lost, f32::NAN, 2)[1], TurnDecision::Stop);
        // Who was refused may ask again when there is progress.
        assert_eq!(stuck.begin_turn(1.0), TurnDecision::Extend { remaining: 2 });
        let mut level = TurnBudget::dynamic(1, 1).unwrap();
        assert_eq!(decisions(&mut level, 1.0, 2)[1], TurnDecision::Stop);
    }

    #[test]
    fn recent_progress_is_that_of_the_last_five_turns() {
        let mut recent = RecentProgress::EMPTY;
        assert_eq!(recent.share(), 1.0);
        for (progressed, share) in
            [(false, 0.0), (true, 0.5), (true, 2.0 / 3.0), (true, 0.75), (true, 0.8), (true, 1.0)]
        {
            recent.note(progressed);
            assert_eq!(recent.share(), share);
        }
    }

    #[test]
    fn a_state_resumes_and_a_bad_one_is_refused() {
        let mut budget = TurnBudget::dynamic(2, 4).unwrap();
        budget.begin_turn(1.0);
        let bytes = |words: [u32; 3]| words.map(u32::to_le_bytes).concat();
        let mut other = TurnBudget::dynamic(2, 4).unwrap();
        other.restore(&bytes([2, 4, 1])).unwrap();
        assert_eq!(other, budget);
        for bad in [[0, 4, 0], [4, 2, 0], [2, 4, 3]] {
            assert_eq!(other.restore(&bytes(bad)), Err(Error::Malformed));
        }
        assert_eq!(other, budget);
    }

    #[test]
    fn bad_input_is_refused() {
        assert_eq!(TurnBudget::fixed(0), Err(Error::EmptyBudget));
        assert_eq!(TurnBudget::dynamic(0, 3), Err(Error::EmptyBudget));
        assert_eq!(TurnBudget::dynamic(3, 2), Err(Error::ExtensionOutOfRange));
        for gate in [-0.1, 1.1, f32::NAN] {
            assert_eq!(TurnBudget::UNLIMITED.gated(gate), Err(Error::ParameterOutOfRange));
            assert_eq!(percentile_turns(&mut [2, 1], gate), Err(Error::ParameterOutOfRange));
        }
        assert_eq!(percentile_turns(&mut [], 0.5), Err(Error::EmptyRange));
    }
}
