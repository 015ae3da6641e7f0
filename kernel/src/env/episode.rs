//! Where an episode of a finite model stands.

use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::model::{self, FiniteModel};
use crate::rng::Rng;
use crate::state::{Persist, Reader, Write};

/// An episode in a world of `S` states that its [`FiniteModel`] describes. 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Episode<const S: usize> {
    state: u32,
    running: bool,
}

impl<const S: usize> Episode<S> {
    /// Before the first episode, standing where that will start.
    pub(super) const fn before(start: usize) -> Self {
        Self { state: start as u32, running: false }
    }

    /// Starts an episode, and says where.
    #[inline]
    pub(super) const fn start(&mut self, state: usize) -> usize {
        *self = Self { state: state as u32, running: true };
        state
    }

    #[inline]
    pub(super) const fn state(self) -> usize {
        self.state as usize
    }

    /// Draws what follows the action from the model: the episode afterwards, and the step.
    #[inline]
    pub(super) fn step(
        self,
        model: &impl FiniteModel,
        action: usize,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<(Self, Step<usize>), Error> {
        if action >= model.actions() {
            return Err(Error::ActionOutOfRange);
        }
        if !self.running {
            return Err(Error::EpisodeOver);
        }
        let drawn = model::sample(model, self.state(), action, rng)?;
        let outcome = Outcome::from_flags(drawn.terminated, false);
        let after = Self { state: drawn.next_state as u32, running: !drawn.terminated };
        Ok((after, Step { observation: drawn.next_state, reward: drawn.reward, outcome }))
    }
}

/// The state as a `u32`, and whether the episode runs: 5 bytes.
impl<const S: usize> Persist for Episode<S> {
    fn write(&self, out: &mut impl Write) {
        self.state.write(out);
        self.running.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut state = 0u32;
        state.read(from)?;
        self.running.check(from)?;
        if (state as usize) < S { Ok(()) } else { Err(Error::Malformed) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.state.read(from)?;
        self.running.read(from)
    }
}
