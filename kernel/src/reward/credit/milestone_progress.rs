//! Progress from milestones that can be checked.

use crate::error::Error;
use crate::linalg::{Storage, StorageMut};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// Labels the states `s_0..s_T` of a trajectory with progress (Wang et al. 2026, MiRA): 0 at first, `k / K` where the `k`-th of
/// `K` milestones was confirmed, linear in between, and flat after the last confirmation. Of several confirmations at one
/// state the last one counts; one at state 0 sets its label.
///
/// Memory: `2 K + 2` bytes. Cost: `O(1)` a confirmation, `O(T + K)` for the labels.
#[derive(Clone, Debug)]
pub struct MilestoneProgressState<B: StorageMut<u16>> {
    /// The state at which each was confirmed, never falling.
    confirmed: B,
    count: u16,
}

/// [`MilestoneProgressState`] of `K` milestones in an array.
///
/// ```
/// use habit::reward::credit::MilestoneProgress;
/// let mut progress = MilestoneProgress::<4>::EMPTY;
/// progress.confirm(2)?;
/// progress.confirm(3)?;
/// let mut labels = [0.0; 5];
/// progress.labels(&mut labels)?;
/// assert_eq!(labels, [0.0, 0.125, 0.25, 0.5, 0.5]);
/// # Ok::<(), habit::Error>(())
/// ```
pub type MilestoneProgress<const K: usize> = MilestoneProgressState<[u16; K]>;

const _: () = assert!(size_of::<MilestoneProgress<4>>() == 2 * 4 + 2);

impl<const K: usize> MilestoneProgress<K> {
    /// Nothing confirmed.
    pub const EMPTY: Self = Self { confirmed: [0; K], count: 0 };
}

impl<B: StorageMut<u16>> MilestoneProgressState<B> {
    /// Over the caller's memory, a number a milestone; nothing confirmed.
    pub const fn over(confirmed: B) -> Self {
        Self { confirmed, count: 0 }
    }

    /// Begins a trajectory: nothing is confirmed.
    pub const fn clear(&mut self) {
        self.count = 0;
    }

    /// The next milestone is confirmed at state `s_index`.
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`] when all are; [`Error::OutOfOrder`] before the last confirmation;
    /// [`Error::StateOutOfRange`] above 65535.
    pub fn confirm(&mut self, index: usize) -> Result<(), Error> {
        let index = u16::try_from(index).map_err(|_| Error::StateOutOfRange)?;
        if self.confirmed().last().is_some_and(|last| *last > index) {
            return Err(Error::OutOfOrder);
        }
        *self.confirmed.values_mut().get_mut(usize::from(self.count)).ok_or(Error::BufferTooSmall)? = index;
        self.count += 1;
        Ok(())
    }

    /// The state at which each milestone was confirmed, in order.
    pub fn confirmed(&self) -> &[u16] {
        let all = self.confirmed.values();
        all.get(..usize::from(self.count)).unwrap_or(all)
    }

    /// Writes the label of every state: `T + 1` of them.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] when there are no milestones, or no step; [`Error::StateOutOfRange`] when a milestone was
    /// confirmed after the last state. Nothing is written then.
    pub fn labels(&self, out: &mut [f32]) -> Result<(), Error> {
        let (confirmed, milestones) = (self.confirmed(), self.confirmed.values().len());
        if milestones == 0 || out.len() < 2 {
            return Err(Error::EmptyRange);
        }
        if confirmed.last().is_some_and(|last| usize::from(*last) >= out.len()) {
            return Err(Error::StateOutOfRange);
        }
        let (mut from, mut label) = (0, 0.0);
        for (k, &index) in confirmed.iter().enumerate() {
            if confirmed.get(k + 1) == Some(&index) {
                continue;
            }
            let (to, reached) = (usize::from(index), (k + 1) as f32 / milestones as f32);
            let span = to - from;
            for (t, out) in out.iter_mut().skip(from).take(span + 1).enumerate() {
                *out = if t == span { reached } else { label + (reached - label) * (t as f32 / span as f32) };
            }
            (from, label) = (to, reached);
        }
        out.iter_mut().skip(from).for_each(|out| *out = label);
        Ok(())
    }
}

/// How many were confirmed, then the state of each, `u16` all of them: `2 K + 2` bytes.
impl<B: StorageMut<u16>> Persist for MilestoneProgressState<B> {
    fn write(&self, out: &mut impl Write) {
        self.count.write(out);
        let beyond = self.confirmed.values().len() - self.confirmed().len();
        self.confirmed().write(out);
        // What lies beyond is left over from other trajectories.
        (0..beyond).for_each(|_| 0u16.write(out));
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut count = 0u16;
        count.read(from)?;
        if usize::from(count) > self.confirmed.values().len() {
            return Err(Error::Malformed);
        }
        let mut before = 0;
        for place in 0..self.confirmed.values().len() {
            let mut index = 0u16;
            index.read(from)?;
            let fits = if place < usize::from(count) { index >= before } else { index == 0 };
            if !fits {
                return Err(Error::Malformed);
            }
            before = index;
        }
        Ok(())
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.count.read(from)?;
        self.confirmed.values_mut().read(from)
    }
}

/// `"milestone-progress"`: milestones.
impl<B: StorageMut<u16>> Identify for MilestoneProgressState<B> {
    fn identity(&self) -> Identity {
        Identity::new("milestone-progress", Identity::PLAIN, [Storage::values(&self.confirmed).len(), 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels<const K: usize, const N: usize>(confirmed: &[usize]) -> [f32; N] {
        let (mut progress, mut out) = (MilestoneProgress::<K>::EMPTY, [9.0; N]);
        confirmed.iter().for_each(|index| progress.confirm(*index).unwrap());
        progress.labels(&mut out).unwrap();
        out
    }

    #[test]
    fn the_worked_example_comes_out() {
        let expected = [0.0, 0.083_333, 0.166_667, 0.25, 0.333_333, 0.416_667, 0.5, 0.5, 0.5];
        assert!(labels::<4, 9>(&[3, 6]).iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn the_last_of_several_at_one_state_counts_and_the_first_state_may_have_some() {
        assert_eq!(labels::<4, 5>(&[2, 2]), [0.0, 0.25, 0.5, 0.5, 0.5]);
        assert_eq!(labels::<4, 4>(&[0, 0, 2]), [0.5, 0.625, 0.75, 0.75]);
        assert_eq!(labels::<2, 3>(&[]), [0.0; 3]);
        assert_eq!(labels::<1, 3>(&[2]), [0.0, 0.5, 1.0]);
    }

    #[test]
    fn a_view_agrees_and_a_saved_trajectory_goes_on() {
        let (mut owner, mut memory) = (MilestoneProgress::<3>::EMPTY, [9u16; 3]);
        let mut view = MilestoneProgressState::over(&mut memory[..]);
        owner.confirm(1).unwrap();
        view.confirm(1).unwrap();
        assert_eq!(owner.digest(), view.digest());
        assert_eq!(owner.restore(&[2, 0, 4, 0, 5, 0, 0, 0]), Ok(()));
        assert_eq!(owner.confirmed(), [4, 5]);
        for bad in [[4, 0, 1, 0, 2, 0, 3, 0], [2, 0, 5, 0, 4, 0, 0, 0], [1, 0, 4, 0, 1, 0, 0, 0]] {
            assert_eq!(owner.restore(&bad), Err(Error::Malformed));
        }
        assert_eq!(owner.confirmed(), [4, 5]);
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut progress = MilestoneProgress::<2>::EMPTY;
        progress.confirm(3).unwrap();
        assert_eq!(progress.confirm(2), Err(Error::OutOfOrder));
        assert_eq!(progress.confirm(65_536), Err(Error::StateOutOfRange));
        progress.confirm(3).unwrap();
        assert_eq!(progress.confirm(4), Err(Error::BufferTooSmall));
        let mut out = [9.0; 3];
        assert_eq!(progress.labels(&mut out), Err(Error::StateOutOfRange));
        assert_eq!(progress.labels(&mut out[..1]), Err(Error::EmptyRange));
        let mut none = MilestoneProgress::<0>::EMPTY;
        assert_eq!(none.labels(&mut out), Err(Error::EmptyRange));
        assert_eq!(none.confirm(0), Err(Error::BufferTooSmall));
        assert_eq!((out, progress.confirmed()), ([9.0; 3], &[3, 3][..]));
        progress.clear();
        assert_eq!(progress.labels(&mut out), Ok(()));
    }
}
