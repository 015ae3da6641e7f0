//! Cuts episodes that take too long.

use super::{Action, Env, Observation};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::rng::Rng;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// Gymnasium's `TimeLimit`: the episode is truncated with its step number `limit`, unless that terminates it.
///
/// Takes the words that the environment inside takes. 8 bytes more than it.
///
/// ```
/// use habit::env::{CliffWalking, Env, TimeLimit};
/// use habit::interact::Outcome;
/// use habit::rng::stream;
/// let (mut cliff, mut rng) = (TimeLimit::new(CliffWalking::new(false), 2), stream(1, 0));
/// cliff.reset(&mut rng);
/// assert_eq!(cliff.step(0, &mut rng)?.outcome, Outcome::Continue);
/// assert_eq!(cliff.step(0, &mut rng)?.outcome, Outcome::Truncated);
/// assert_eq!(cliff.step(0, &mut rng), Err(habit::Error::EpisodeOver));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeLimit<E> {
    env: E,
    limit: u32,
    elapsed: u32,
}

impl<E> TimeLimit<E> {
    /// With a limit of at least 1; 0 cuts nothing.
    pub const fn new(env: E, limit: u32) -> Self {
        Self { env, limit, elapsed: 0 }
    }

    /// The environment inside.
    pub const fn env(&self) -> &E {
        &self.env
    }

    /// Steps of the episode so far.
    pub const fn elapsed(&self) -> u32 {
        self.elapsed
    }

    const fn is_reached(&self) -> bool {
        self.limit != 0 && self.elapsed >= self.limit
    }
}

impl<E: Env> Env for TimeLimit<E> {
    type ObservationSpace = E::ObservationSpace;
    type ActionSpace = E::ActionSpace;

    fn observation_space(&self) -> Self::ObservationSpace {
        self.env.observation_space()
    }

    fn action_space(&self) -> Self::ActionSpace {
        self.env.action_space()
    }

    #[inline]
    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> Observation<Self> {
        self.elapsed = 0;
        self.env.reset(rng)
    }

    #[inline]
    fn step(&mut self, action: Action<Self>, rng: &mut (impl Rng + ?Sized)) -> Result<Step<Observation<Self>>, Error> {
        if self.is_reached() {
            return Err(Error::EpisodeOver);
        }
        let mut step = self.env.step(action, rng)?;
        self.elapsed = self.elapsed.saturating_add(1);
        if step.outcome == Outcome::Continue && self.is_reached() {
            step.outcome = Outcome::Truncated;
        }
        Ok(step)
    }
}

/// The environment inside, then the steps so far as a `u32`.
impl<E: Persist> Persist for TimeLimit<E> {
    fn write(&self, out: &mut impl Write) {
        self.env.write(out);
        self.elapsed.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.env.check(from)?;
        let mut elapsed = 0u32;
        elapsed.read(from)?;
        if self.limit != 0 && elapsed > self.limit { Err(Error::Malformed) } else { Ok(()) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.env.read(from)?;
        self.elapsed.read(from)
    }
}

/// `"time-limit"` around what is inside.
impl<E: Identify> Identify for TimeLimit<E> {
    fn identity(&self) -> Identity {
        Identity::around("time-limit", self.env.identity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::CliffWalking;
    use crate::rng::stream;

    #[test]
    fn a_terminal_state_at_the_limit_is_terminal() {
        for (limit, last) in [(12, Outcome::Truncated), (13, Outcome::Terminated), (0, Outcome::Terminated)] {
            let (mut cliff, mut rng) = (TimeLimit::new(CliffWalking::new(false), limit), stream(0, 0));
            assert_eq!(cliff.step(0, &mut rng), Err(Error::EpisodeOver));
            for _ in 0..2 {
                cliff.reset(&mut rng);
                let path = [&[0][..], &[1; 11], &[2]].concat();
                let steps: std::vec::Vec<_> = path.iter().map_while(|&a| cliff.step(a, &mut rng).ok()).collect();
                assert!(steps.iter().rev().skip(1).all(|step| step.outcome == Outcome::Continue));
                assert_eq!(steps.last().map(|step| step.outcome), Some(last));
                assert_eq!(cliff.elapsed(), steps.len() as u32);
                assert_eq!(cliff.step(0, &mut rng), Err(Error::EpisodeOver));
            }
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut cliff, mut rng) = (TimeLimit::new(CliffWalking::new(true), 5), stream(0, 0));
        cliff.reset(&mut rng);
        cliff.step(1, &mut rng).unwrap();
        let before = (cliff, rng.clone());
        assert_eq!(cliff.step(4, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!(cliff.restore(&[0, 0, 0, 0, 1, 6, 0, 0, 0]), Err(Error::Malformed));
        assert_eq!(cliff.restore(&[48, 0, 0, 0, 1, 1, 0, 0, 0]), Err(Error::Malformed));
        assert_eq!((cliff, rng), before);
        assert_eq!(cliff.restore(&[7, 0, 0, 0, 1, 4, 0, 0, 0]), Ok(()));
        assert_eq!((cliff.env().state(), cliff.elapsed()), (7, 4));
    }
}
