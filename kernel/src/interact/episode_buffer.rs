//! An episode, kept until it is over.

use crate::error::Error;
use heapless::Vec;

/// One step of an episode: what was seen, what was done, what it brought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample<O, A> {
    /// The observation acted on, or its features.
    pub observation: O,
    /// The action.
    pub action: A,
    /// The reward that followed.
    pub reward: f32,
}

/// Room for an episode of at most `N` steps. Memory: `N` samples and the length.
#[derive(Clone, Debug)]
pub struct EpisodeBuffer<O, A, const N: usize> {
    samples: Vec<Sample<O, A>, N>,
}

impl<O: Copy, A: Copy, const N: usize> EpisodeBuffer<O, A, N> {
    /// No step.
    pub const EMPTY: Self = Self { samples: Vec::new() };

    /// Keeps one more step.
    ///
    /// # Errors
    /// [`Error::EpisodeTooLong`] when there are `N` already.
    #[inline]
    pub fn push(&mut self, sample: Sample<O, A>) -> Result<(), Error> {
        self.samples.push(sample).map_err(|_| Error::EpisodeTooLong)
    }

    /// The steps so far.
    #[inline]
    pub fn samples(&self) -> &[Sample<O, A>] {
        &self.samples
    }

    /// The steps so far, to be rewritten: rewards become returns.
    #[inline]
    pub fn samples_mut(&mut self) -> &mut [Sample<O, A>] {
        &mut self.samples
    }

    /// Forgets every step.
    #[inline]
    pub fn clear(&mut self) {
        self.samples.clear();
    }
}
