//! A reward that was designed, as a table of few states.

use super::RewardShaping;
use crate::error::Error;
use crate::interact::Transition;
use crate::linalg::{Dim, Storage, all_finite};
use crate::policy::Table;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// The reward `R(s,a)` of at most `B` states with `A` actions each, 0 in all other states: replaces the reward of the
/// environment, whatever rules before have made of it. What a design ships to a device, where it is read by people too.
///
/// Memory: `B (4 A + 2)` bytes and 2 for the number of states, rounded up to a multiple of 4. Cost: `O(B)` a transition.
///
/// ```
/// use habit::interact::{Outcome, Transition};
/// use habit::reward::{RewardShaping, SparseTableReward};
/// let table = SparseTableReward::new([3, 7], [[0.0, 1.0], [-1.0, 2.0]])?;
/// let of = |state, action| Transition { state, action, reward: 5.0, next_state: 0, outcome: Outcome::Continue };
/// assert_eq!(table.shape(&of(7, 1), 5.0, 0.9)?, 2.0);
/// assert_eq!(table.shape(&of(4, 1), 5.0, 0.9)?, 0.0);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SparseTableReward<const B: usize, const A: usize> {
    rewards: [[f32; A]; B],
    /// Ascending, as far as they count.
    states: [u16; B],
    count: u16,
}

impl<const B: usize, const A: usize> SparseTableReward<B, A> {
    /// 0 everywhere.
    pub const EMPTY: Self = Self { rewards: [[0.0; A]; B], states: [0; B], count: 0 };

    /// Bytes: `B (4 A + 2) + 2`, rounded up to a multiple of 4.
    pub const SIZE: usize = size_of::<Self>();

    /// These states with these rewards.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless the states ascend; [`Error::NonFinite`].
    pub fn new(states: [u16; B], rewards: [[f32; A]; B]) -> Result<Self, Error> {
        let table = Self { rewards, states, count: u16::try_from(B).map_err(|_| Error::ParameterOutOfRange)? };
        if !table.ascends() {
            return Err(Error::ParameterOutOfRange);
        }
        if all_finite(rewards.as_flattened()) { Ok(table) } else { Err(Error::NonFinite) }
    }

    /// Takes over the states of a full table whose rewards are not all 0.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for another number of actions; [`Error::BufferTooSmall`] when there are more than `B` such
    /// states; [`Error::StateOutOfRange`] when one of them is not below 65536. The table is unchanged then.
    pub fn start<S: Dim, N: Dim, M: Storage>(&mut self, rewards: &Table<S, N, M>) -> Result<(), Error> {
        if rewards.actions() != A {
            return Err(Error::LengthMismatch);
        }
        let kept = || rewards.rows().enumerate().filter(|(_, row)| row.iter().any(|reward| *reward != 0.0));
        let count = u16::try_from(kept().count()).ok().filter(|count| usize::from(*count) <= B);
        let count = count.ok_or(Error::BufferTooSmall)?;
        if kept().last().is_some_and(|(state, _)| u16::try_from(state).is_err()) {
            return Err(Error::StateOutOfRange);
        }
        *self = Self::EMPTY;
        self.count = count;
        let places = self.states.iter_mut().zip(&mut self.rewards);
        for ((state, row), (place, own)) in kept().zip(places) {
            *place = state as u16;
            own.iter_mut().zip(row).for_each(|(own, reward)| *own = *reward);
        }
        Ok(())
    }

    /// The states whose rewards are in the table, ascending, and those.
    pub fn rows(&self) -> impl Iterator<Item = (usize, &[f32; A])> {
        self.states.iter().map(|state| usize::from(*state)).zip(&self.rewards).take(usize::from(self.count))
    }

    /// `R(s,a)`.
    ///
    /// # Errors
    /// [`Error::ActionOutOfRange`].
    #[inline]
    pub fn reward(&self, state: usize, action: usize) -> Result<f32, Error> {
        if action >= A {
            return Err(Error::ActionOutOfRange);
        }
        let row = self.rows().find(|(own, _)| *own == state);
        Ok(row.and_then(|(_, row)| row.get(action)).copied().unwrap_or(0.0))
    }

    fn ascends(&self) -> bool {
        let states = self.states.iter().take(usize::from(self.count));
        states.clone().zip(states.skip(1)).all(|(state, next)| state < next)
    }
}

impl<const B: usize, const A: usize> RewardShaping for SparseTableReward<B, A> {
    /// A table keeps an optimum of the environment it was designed for, not of every one.
    const PRESERVES_OPTIMUM: bool = false;

    #[inline]
    fn shape(&self, transition: &Transition, _reward: f32, _discount: f32) -> Result<f32, Error> {
        self.reward(transition.state, transition.action)
    }
}

/// The number of states as `u16`, then all `B` states as `u16` and their rewards, 0 past the last: `B (4 A + 2) + 2` bytes.
impl<const B: usize, const A: usize> Persist for SparseTableReward<B, A> {
    fn write(&self, out: &mut impl Write) {
        self.count.write(out);
        self.states.write(out);
        self.rewards.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut states = Self::EMPTY;
        states.count.read(from)?;
        states.states.read(from)?;
        self.rewards.check(from)?;
        if usize::from(states.count) <= B && states.ascends() { Ok(()) } else { Err(Error::Malformed) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.count.read(from)?;
        self.states.read(from)?;
        self.rewards.read(from)
    }
}

/// `"sparse-table-reward"`: states in the table, actions.
impl<const B: usize, const A: usize> Identify for SparseTableReward<B, A> {
    fn identity(&self) -> Identity {
        Identity::new("sparse-table-reward", Identity::PLAIN, [B, A, 0])
    }
}

const _: () = assert!(SparseTableReward::<3, 3>::SIZE == 3 * (4 * 3 + 2) + 2);
const _: () = assert!(SparseTableReward::<4, 2>::SIZE == 4 * (4 * 2 + 2) + 4);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interact::Outcome;
    use crate::policy::QTable;
    use std::vec::Vec;

    fn table() -> QTable<9, 2> {
        let mut table = QTable::EMPTY;
        table.set(2, 1, 1.5).unwrap();
        table.set(8, 0, -2.0).unwrap();
        table
    }

    #[test]
    fn it_is_the_full_table_without_what_is_0() {
        let mut sparse = SparseTableReward::<3, 2>::EMPTY;
        sparse.start(&table()).unwrap();
        assert_eq!(sparse.rows().collect::<Vec<_>>(), [(2, &[0.0, 1.5]), (8, &[-2.0, 0.0])]);
        for state in 0..9 {
            for action in 0..2 {
                let transition = Transition { state, action, reward: 9.0, next_state: 0, outcome: Outcome::Continue };
                assert_eq!(sparse.shape(&transition, 4.0, 0.5), table().value(state, action));
            }
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut sparse = SparseTableReward::<1, 2>::EMPTY;
        assert_eq!(sparse.start(&table()), Err(Error::BufferTooSmall));
        assert_eq!(sparse.start(&QTable::<9, 3>::EMPTY), Err(Error::LengthMismatch));
        assert_eq!(sparse, SparseTableReward::EMPTY);
        assert_eq!(sparse.reward(0, 2), Err(Error::ActionOutOfRange));
        assert_eq!(SparseTableReward::new([3, 3], [[0.0]; 2]), Err(Error::ParameterOutOfRange));
        assert_eq!(SparseTableReward::new([3], [[f32::NAN]]), Err(Error::NonFinite));
    }

    #[test]
    fn it_is_restored_to_the_bit_and_nothing_else_is() {
        struct Sink(Vec<u8>);
        impl Write for Sink {
            fn bytes(&mut self, bytes: &[u8]) {
                self.0.extend_from_slice(bytes);
            }
        }
        let mut sparse = SparseTableReward::<3, 2>::EMPTY;
        sparse.start(&table()).unwrap();
        let mut sink = Sink(Vec::new());
        sparse.write(&mut sink);
        assert_eq!(sink.0.len(), 3 * (4 * 2 + 2) + 2);
        let mut copy = SparseTableReward::<3, 2>::EMPTY;
        copy.restore(&sink.0).unwrap();
        assert_eq!(copy, sparse);
        for (place, byte) in [(0, 4), (2, 9)] {
            let mut bad = sink.0.clone();
            bad[place] = byte;
            assert_eq!(copy.restore(&bad), Err(Error::Malformed));
        }
        assert_eq!(copy, sparse);
    }
}
