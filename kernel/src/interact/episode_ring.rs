//! The newest episodes.

use crate::error::Error;
use crate::state::{Persist, Reader, Write};
use heapless::Deque;

/// The newest episodes: at most `N`, and at most `L` steps in all, the one that is going on included. Where room is missing
/// the oldest episodes are forgotten, so short episodes leave room for more of them.
///
/// Memory: `L` steps, `4 N` bytes and some words.
///
/// ```
/// use habit::interact::EpisodeRing;
/// let mut ring = EpisodeRing::<u8, 2, 4>::EMPTY;
/// for episode in [&[1, 2][..], &[3], &[4, 5]] {
///     for step in episode {
///         ring.push(*step)?;
///     }
///     ring.close()?;
/// }
/// assert_eq!(ring.len(), 2);
/// assert!(ring.newest(1).flat_map(|episode| episode.iter()).eq(&[4, 5]));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct EpisodeRing<T, const N: usize, const L: usize> {
    steps: Deque<T, L>,
    /// For each episode how many steps there have been when it was over, modulo 2^32.
    ends: Deque<u32, N>,
    /// How many steps have been forgotten, modulo 2^32.
    forgotten: u32,
}

/// The steps of one episode, in one piece or in two.
#[derive(Clone, Copy, Debug)]
pub struct EpisodeSteps<'a, T> {
    head: &'a [T],
    tail: &'a [T],
}

impl<'a, T> EpisodeSteps<'a, T> {
    /// An episode in one piece.
    pub const fn new(steps: &'a [T]) -> Self {
        Self { head: steps, tail: &[] }
    }

    /// The number of steps.
    pub const fn len(&self) -> usize {
        self.head.len() + self.tail.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The steps, from the first to the last or back.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &'a T> + Clone + use<'a, T> {
        self.head.iter().chain(self.tail)
    }
}

impl<T, const N: usize, const L: usize> EpisodeRing<T, N, L> {
    /// No episode.
    pub const EMPTY: Self = {
        assert!(N > 0 && L > 0, "there is room for an episode");
        Self { steps: Deque::new(), ends: Deque::new(), forgotten: 0 }
    };

    /// Episodes that are over.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether no episode is over.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Steps of the episode that is going on.
    pub fn going_on(&self) -> usize {
        let over = self.ends.back().map_or(0, |end| end.wrapping_sub(self.forgotten));
        self.steps.len().saturating_sub(over as usize)
    }

    /// Adds a step to the episode that is going on.
    ///
    /// # Errors
    /// [`Error::EpisodeTooLong`] when it has `L` already.
    pub fn push(&mut self, step: T) -> Result<(), Error> {
        if self.steps.is_full() && !self.forget() {
            return Err(Error::EpisodeTooLong);
        }
        self.steps.push_back(step).map_err(|_| Error::EpisodeTooLong)
    }

    /// The episode that is going on is over.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] when it has no step.
    pub fn close(&mut self) -> Result<(), Error> {
        if self.going_on() == 0 {
            return Err(Error::EmptyRange);
        }
        if self.ends.is_full() {
            self.forget();
        }
        let end = self.forgotten.wrapping_add(self.steps.len() as u32);
        self.ends.push_back(end).map_err(|_| Error::BufferTooSmall)
    }

    /// Forgets the episode that is going on.
    pub fn give_up(&mut self) {
        for _ in 0..self.going_on() {
            self.steps.pop_back();
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.steps.clear();
        self.ends.clear();
        self.forgotten = 0;
    }

    /// Forgets the oldest episode, if one is over.
    fn forget(&mut self) -> bool {
        let Some(end) = self.ends.pop_front() else { return false };
        for _ in 0..end.wrapping_sub(self.forgotten) {
            self.steps.pop_front();
        }
        self.forgotten = end;
        true
    }

    /// An episode that is over, from the oldest on.
    pub fn episode(&self, index: usize) -> Option<EpisodeSteps<'_, T>> {
        let before = index.checked_sub(1).map_or(Some(&self.forgotten), |before| self.ends.get(before))?;
        let from = before.wrapping_sub(self.forgotten) as usize;
        let to = self.ends.get(index)?.wrapping_sub(self.forgotten) as usize;
        Some(self.between(from, to))
    }

    /// The newest episodes that are over, at most so many, from the oldest of them on.
    pub fn newest(&self, count: usize) -> impl Iterator<Item = EpisodeSteps<'_, T>> + Clone {
        (self.len().saturating_sub(count)..self.len()).filter_map(|index| self.episode(index))
    }

    /// The steps so far of the episode that is going on.
    pub fn present(&self) -> EpisodeSteps<'_, T> {
        self.between(self.steps.len().saturating_sub(self.going_on()), self.steps.len())
    }

    fn between(&self, from: usize, to: usize) -> EpisodeSteps<'_, T> {
        let (head, tail) = self.steps.as_slices();
        let first = head.len();
        EpisodeSteps {
            head: head.get(from.min(first)..to.min(first)).unwrap_or(&[]),
            tail: tail.get(from.saturating_sub(first)..to.saturating_sub(first)).unwrap_or(&[]),
        }
    }
}

impl<T: Persist + Default, const N: usize, const L: usize> EpisodeRing<T, N, L> {
    /// Checks the bytes, and every step by `fits`.
    pub(crate) fn check_that(from: &mut Reader<'_>, fits: impl Fn(&T) -> bool) -> Result<(), Error> {
        let (mut episodes, mut steps) = (0u32, 0usize);
        episodes.read(from)?;
        if episodes as usize > N {
            return Err(Error::Malformed);
        }
        for index in 0..=episodes {
            let mut length = 0u32;
            length.read(from)?;
            steps = steps.saturating_add(length as usize);
            if steps > L || (length == 0 && index < episodes) {
                return Err(Error::Malformed);
            }
        }
        for _ in 0..steps {
            let mut step = T::default();
            step.check(&mut from.clone())?;
            step.read(from)?;
            if !fits(&step) {
                return Err(Error::Malformed);
            }
        }
        Ok(())
    }
}

/// How many episodes are over, `u32`; the length of each and of the one that is going on, `u32`; the steps of all.
impl<T: Persist + Default, const N: usize, const L: usize> Persist for EpisodeRing<T, N, L> {
    fn write(&self, out: &mut impl Write) {
        (self.len() as u32).write(out);
        for episode in self.newest(N) {
            (episode.len() as u32).write(out);
        }
        (self.going_on() as u32).write(out);
        self.between(0, self.steps.len()).iter().for_each(|step| step.write(out));
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        Self::check_that(from, |_| true)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        let (mut episodes, mut steps, mut length) = (0u32, 0u32, 0u32);
        self.clear();
        episodes.read(from)?;
        for _ in 0..episodes {
            length.read(from)?;
            steps = steps.wrapping_add(length);
            self.ends.push_back(steps).map_err(|_| Error::Malformed)?;
        }
        length.read(from)?;
        for _ in 0..steps.wrapping_add(length) {
            let mut step = T::default();
            step.read(from)?;
            self.steps.push_back(step).map_err(|_| Error::Malformed)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    type Ring = EpisodeRing<u8, 3, 8>;

    fn push(ring: &mut Ring, steps: core::ops::Range<u8>) {
        steps.for_each(|step| ring.push(step).unwrap());
        ring.close().unwrap();
    }

    fn episodes(ring: &Ring) -> Vec<Vec<u8>> {
        ring.newest(3).map(|episode| episode.iter().copied().collect()).collect()
    }

    #[test]
    fn the_oldest_make_room() {
        let mut ring = Ring::EMPTY;
        // As many as there is room for episodes, then as many as there is room for steps, round the end of the memory.
        for start in [0, 10, 20, 30] {
            push(&mut ring, start..start + 1);
        }
        assert_eq!(episodes(&ring), [[10], [20], [30]]);
        push(&mut ring, 40..47);
        assert_eq!(episodes(&ring), [&[30][..], &[40, 41, 42, 43, 44, 45, 46]]);
        push(&mut ring, 50..53);
        assert_eq!(episodes(&ring), [[50, 51, 52]]);
        for seed in 0..40 {
            push(&mut ring, seed..seed + 1 + seed % 5);
            let kept = episodes(&ring);
            assert!(kept.iter().map(Vec::len).sum::<usize>() <= 8 && kept.len() <= 3);
            assert_eq!(*kept.last().unwrap(), (seed..seed + 1 + seed % 5).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_episode_that_goes_on_is_none_yet() {
        let mut ring = Ring::EMPTY;
        push(&mut ring, 0..2);
        ring.push(9).unwrap();
        assert_eq!((ring.len(), ring.going_on(), episodes(&ring)), (1, 1, std::vec![std::vec![0, 1]]));
        assert!(ring.present().iter().eq(&[9]));
        ring.give_up();
        assert_eq!((ring.going_on(), ring.close()), (0, Err(Error::EmptyRange)));
        (0..8).for_each(|step| ring.push(step).unwrap());
        assert_eq!((ring.push(8), ring.going_on(), ring.len()), (Err(Error::EpisodeTooLong), 8, 0));
        assert!(ring.episode(0).is_none());
    }

    #[test]
    fn bytes_bring_it_back() {
        let mut ring = Ring::EMPTY;
        [0..5, 5..7, 7..9].into_iter().for_each(|steps| push(&mut ring, steps));
        ring.push(9).unwrap();
        let mut bytes = Vec::new();
        struct Out<'a>(&'a mut Vec<u8>);
        impl Write for Out<'_> {
            fn bytes(&mut self, bytes: &[u8]) {
                self.0.extend_from_slice(bytes);
            }
        }
        ring.write(&mut Out(&mut bytes));
        let mut other = Ring::EMPTY;
        other.restore(&bytes).unwrap();
        assert_eq!((episodes(&other), other.going_on()), (episodes(&ring), 1));
        push(&mut ring, 10..14);
        push(&mut other, 10..14);
        assert_eq!(episodes(&other), episodes(&ring));
        let digest = other.digest();
        // Too many episodes, an empty one, too many steps, too few bytes.
        for (index, value) in [(0, 4), (4, 0), (4, 9)] {
            let mut bad = bytes.clone();
            bad[index] = value;
            assert_eq!(other.restore(&bad), Err(Error::Malformed));
        }
        assert_eq!(other.restore(&bytes[..bytes.len() - 1]), Err(Error::Truncated));
        assert_eq!(other.digest(), digest);
    }
}
