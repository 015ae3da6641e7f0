//! A model of a deterministic world, learned from what was seen.

use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::linalg::StorageMut;
use crate::rng::{Rng, below};
use crate::state::{Persist, Reader, Write};

/// The last outcome seen of every pair of state and action, and the pairs in the order in which they were first seen.
///
/// Memory: `9 S A` bytes and 12.
#[derive(Clone, Debug)]
pub struct Experience<W, F, U> {
    next_states: W,
    /// The pairs seen, the first `count` of them.
    pairs: W,
    rewards: F,
    /// Bit 0: seen; bit 1: terminated.
    flags: U,
    actions: usize,
    count: u32,
}

/// [`Experience`] of constant size.
pub(super) type Owned<const S: usize, const A: usize> = Experience<[[u16; A]; S], [[f32; A]; S], [[u8; A]; S]>;

const SEEN: u8 = 1;
const TERMINATED: u8 = 2;

impl<const S: usize, const A: usize> Owned<S, A> {
    /// Nothing was seen.
    pub(super) const EMPTY: Self = {
        assert!(S * A <= 65_536, "a pair is kept in 16 bits");
        Self {
            next_states: [[0; A]; S],
            pairs: [[0; A]; S],
            rewards: [[0.0; A]; S],
            flags: [[0; A]; S],
            actions: A,
            count: 0,
        }
    };
}

impl<W: StorageMut<u16>, F: StorageMut, U: StorageMut<u8>> Experience<W, F, U> {
    pub(super) fn clear(&mut self) {
        self.next_states.values_mut().fill(0);
        self.pairs.values_mut().fill(0);
        self.rewards.values_mut().fill(0.0);
        self.flags.values_mut().fill(0);
        self.count = 0;
    }

    /// How many pairs were seen.
    pub const fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether nothing was seen.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// What is believed to follow an action; `None` where it was never seen.
    pub fn outcome(&self, state: usize, action: usize) -> Option<Transition> {
        if action >= self.actions {
            return None;
        }
        let pair = state * self.actions + action;
        let flags = *self.flags.values().get(pair)?;
        if flags & SEEN == 0 {
            return None;
        }
        Some(Transition {
            state,
            action,
            reward: *self.rewards.values().get(pair)?,
            next_state: usize::from(*self.next_states.values().get(pair)?),
            outcome: if flags & TERMINATED == 0 { Outcome::Continue } else { Outcome::Terminated },
        })
    }

    /// The same by the number of the pair, its state's row by row.
    fn outcome_of(&self, pair: u16) -> Option<Transition> {
        let (pair, actions) = (usize::from(pair), self.actions.max(1));
        self.outcome(pair / actions, pair % actions)
    }

    /// Every pair that was seen, in the order in which it was first seen.
    pub fn seen(&self) -> impl Iterator<Item = Transition> {
        let pairs = self.pairs.values().iter().take(self.len());
        pairs.filter_map(|pair| self.outcome_of(*pair))
    }

    /// One of the pairs that were seen, each alike. Takes one bounded draw.
    pub(super) fn sample(&self, rng: &mut (impl Rng + ?Sized)) -> Result<Transition, Error> {
        let pair = self.pairs.values().get(below(self.count, rng)? as usize).ok_or(Error::EmptyRange)?;
        self.outcome_of(*pair).ok_or(Error::StateOutOfRange)
    }

    /// Keeps what followed; its sizes were checked.
    pub(super) fn keep(&mut self, transition: &Transition) {
        let pair = transition.state * self.actions + transition.action;
        let Some(flags) = self.flags.values_mut().get_mut(pair) else { return };
        let free = self.pairs.values_mut().get_mut(self.count as usize);
        if let Some(free) = free.filter(|_| *flags & SEEN == 0) {
            *free = pair as u16;
            self.count += 1;
        }
        *flags = if transition.outcome == Outcome::Terminated { SEEN | TERMINATED } else { SEEN };
        if let Some(reward) = self.rewards.values_mut().get_mut(pair) {
            *reward = transition.reward;
        }
        if let Some(next_state) = self.next_states.values_mut().get_mut(pair) {
            *next_state = transition.next_state as u16;
        }
    }
}

/// The number of pairs seen as `u32`; then, for each pair in the order of first sight, the pair and its next state as
/// `u16`, its reward, and a byte: 1, or 3 when it terminated. `4 + 9 n` bytes.
impl<W: StorageMut<u16>, F: StorageMut, U: StorageMut<u8>> Persist for Experience<W, F, U> {
    fn write(&self, out: &mut impl Write) {
        self.count.write(out);
        for seen in self.seen() {
            out.bytes(&((seen.state * self.actions + seen.action) as u16).to_le_bytes());
            out.bytes(&(seen.next_state as u16).to_le_bytes());
            seen.reward.write(out);
            out.bytes(&[if seen.outcome == Outcome::Terminated { SEEN | TERMINATED } else { SEEN }]);
        }
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut count = 0u32;
        count.read(from)?;
        let pairs = self.flags.values().len();
        if count as usize > pairs {
            return Err(Error::Malformed);
        }
        for _ in 0..count {
            let (pair, next_state) = read_words(from)?;
            0f32.check(from)?;
            let fits = usize::from(pair) < pairs && usize::from(next_state) < pairs / self.actions.max(1);
            let flags = from.take(1)?;
            if !fits || !(flags == [SEEN] || flags == [SEEN | TERMINATED]) {
                return Err(Error::Malformed);
            }
        }
        Ok(())
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.clear();
        let mut count = 0u32;
        count.read(from)?;
        for _ in 0..count {
            let (pair, next_state) = read_words(from)?;
            let mut reward = 0.0f32;
            reward.read(from)?;
            let outcome = if from.take(1)? == [SEEN | TERMINATED] { Outcome::Terminated } else { Outcome::Continue };
            let actions = self.actions.max(1);
            let (state, action) = (usize::from(pair) / actions, usize::from(pair) % actions);
            self.keep(&Transition { state, action, reward, next_state: usize::from(next_state), outcome });
        }
        Ok(())
    }
}

fn read_words(from: &mut Reader<'_>) -> Result<(u16, u16), Error> {
    match *from.take(4)? {
        [a, b, c, d] => Ok((u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]))),
        _ => Err(Error::Truncated),
    }
}
