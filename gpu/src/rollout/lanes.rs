//! Environments in the middle of their lives.

use crate::streams::{take_words, to_words};
use habit::Error;
use habit::rng::Generator;

/// Rows of words before those of the state: the generator's four, the elapsed steps, what they earned, the ends.
const STATE: usize = 7;
const ELAPSED: usize = 4;
const EARNED: usize = 5;
pub(crate) const ENDS: usize = 6;
/// Elapsed steps before the first episode; the same number stands in the shader.
const UNBORN: u32 = u32::MAX;

/// The lanes of a rollout with their streams: whoever takes them over, CPU or GPU, goes on with the same words. `4 (7 + S)`
/// bytes a lane whose state has `S` words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lanes {
    count: usize,
    state_words: usize,
    /// A row of lanes a word.
    words: Vec<u32>,
}

impl Lanes {
    /// Rows that lanes with such a state have.
    pub(crate) const fn rows(state_words: usize) -> usize {
        STATE + state_words
    }

    /// Before their first episodes, a stream each.
    pub(crate) fn unborn(streams: &[Generator], state_words: usize) -> Self {
        let count = streams.len();
        let mut lanes = Self { count, state_words, words: vec![0; Self::rows(state_words) * count] };
        for (lane, stream) in streams.iter().enumerate() {
            lanes.put(lane, &to_words(stream));
            lanes.words[ELAPSED * count + lane] = UNBORN;
        }
        lanes
    }

    fn put(&mut self, lane: usize, words: &[u32]) {
        for (row, word) in words.iter().enumerate() {
            self.words[row * self.count + lane] = *word;
        }
    }

    /// Number of lanes.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Words of a lane's state.
    pub const fn state_words(&self) -> usize {
        self.state_words
    }

    /// The stream of a lane.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`] past the last lane.
    pub fn generator(&self, lane: usize) -> Result<Generator, Error> {
        let words: [u32; 4] = std::array::from_fn(|row| self.word(row, lane));
        let mut generator = habit::rng::stream(0, 0);
        take_words(&mut generator, &words).map_err(|_| Error::StateOutOfRange)?;
        Ok(generator)
    }

    /// Steps that a lane has taken in its episode; `None` before its first one and past the last lane.
    pub fn elapsed(&self, lane: usize) -> Option<u32> {
        let elapsed = if lane < self.count { self.word(ELAPSED, lane) } else { UNBORN };
        (elapsed != UNBORN).then_some(elapsed)
    }

    /// The sum of the rewards of a lane's episode so far; 0 before the first one and past the last lane.
    pub fn earned(&self, lane: usize) -> f32 {
        f32::from_bits(self.word(EARNED, lane))
    }

    /// The words of a lane's state; all 0 before its first episode, none past the last lane.
    pub fn state(&self, lane: usize) -> Vec<u32> {
        let rows = if lane < self.count { STATE..STATE + self.state_words } else { 0..0 };
        rows.map(|row| self.word(row, lane)).collect()
    }

    /// Puts a lane into the middle of an episode that has earned nothing yet.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`] past the last lane; [`Error::LengthMismatch`] for a state of other words;
    /// [`Error::ParameterOutOfRange`] for 2^32 - 1 elapsed steps. Nothing is changed then.
    pub fn set(&mut self, lane: usize, generator: &Generator, elapsed: u32, state: &[u32]) -> Result<(), Error> {
        if lane >= self.count {
            return Err(Error::StateOutOfRange);
        }
        if state.len() != self.state_words {
            return Err(Error::LengthMismatch);
        }
        if elapsed == UNBORN {
            return Err(Error::ParameterOutOfRange);
        }
        self.put(lane, &to_words(generator));
        self.words[ELAPSED * self.count + lane] = elapsed;
        self.words[EARNED * self.count + lane] = 0;
        for (row, word) in (STATE..).zip(state) {
            self.words[row * self.count + lane] = *word;
        }
        Ok(())
    }

    /// Episodes that ended in a lane in the rollout before.
    pub(crate) fn ends(&self, lane: usize) -> usize {
        self.word(ENDS, lane) as usize
    }

    fn word(&self, row: usize, lane: usize) -> u32 {
        if lane < self.count { self.words.get(row * self.count + lane).copied().unwrap_or(0) } else { 0 }
    }

    pub(crate) fn words(&self) -> &[u32] {
        &self.words
    }

    pub(crate) fn words_mut(&mut self) -> &mut [u32] {
        &mut self.words
    }
}
