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

/// Writes [`Env`](super::Env) for a world with an `episode` over its own [`FiniteModel`], from its sizes and where an
/// episode starts.
macro_rules! episodes_of_model {
    ([$($generics:tt)*] $type:ty, $states:expr, $actions:expr, |$world:ident, $rng:ident| $start:expr) => {
        impl<$($generics)*> $crate::env::Env for $type {
            type ObservationSpace = $crate::env::Discrete<$crate::linalg::Const<{ $states }>>;
            type ActionSpace = $crate::env::Discrete<$crate::linalg::Const<{ $actions }>>;

            fn observation_space(&self) -> Self::ObservationSpace {
                $crate::env::Discrete($crate::linalg::Const)
            }

            fn action_space(&self) -> Self::ActionSpace {
                $crate::env::Discrete($crate::linalg::Const)
            }

            #[inline]
            fn reset(&mut self, $rng: &mut (impl $crate::rng::Rng + ?Sized)) -> usize {
                let $world = self;
                let start = $start;
                $world.episode.start(start)
            }

            #[inline]
            fn step(
                &mut self,
                action: usize,
                rng: &mut (impl $crate::rng::Rng + ?Sized),
            ) -> Result<$crate::interact::Step<usize>, $crate::error::Error> {
                let (episode, step) = self.episode.step(self, action, rng)?;
                self.episode = episode;
                Ok(step)
            }
        }
    };
}
pub(super) use episodes_of_model;
