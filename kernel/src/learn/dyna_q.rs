//! Q-learning that also learns from what it remembers.

use super::adjusted::adjustable;
use super::experience::{Experience, Owned};
use super::{Control, QLearning, Suits, TdParameters};
use crate::env::{Discrete, Env};
use crate::error::Error;
use crate::interact::Transition;
use crate::linalg::{Const, Dim, Fits};
use crate::policy::{EpsilonGreedy, Exploration, QTable};
use crate::rng::Rng;
use crate::state::{Identify, Identity, persist_fields};

/// Dyna-Q (Sutton & Barto, section 8.2): a Q-learning step from every transition, then `planning` more from transitions
/// that the model remembers, drawn uniformly from the pairs seen. For worlds that are deterministic.
///
/// Memory: `13 S A` bytes and 72 or less. Cost: `O((1 + planning) A)`; one bounded draw a planning step.
#[derive(Clone, Debug)]
pub struct DynaQ<const S: usize, const A: usize, E = EpsilonGreedy> {
    learner: QLearning<S, A, E>,
    model: Owned<S, A>,
    planning: u32,
}

impl<const S: usize, const A: usize, E: Exploration> DynaQ<S, A, E> {
    /// Not started.
    pub const EMPTY: Self = Self { learner: QLearning::EMPTY, model: Experience::EMPTY, planning: 0 };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts with every value at `initial`, nothing remembered, and so many planning steps a transition.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`], [`Error::NonFinite`].
    pub fn start(
        &mut self,
        parameters: TdParameters,
        exploration: E,
        initial: f32,
        planning: u32,
    ) -> Result<(), Error> {
        self.learner.start(parameters, exploration, initial)?;
        self.model.clear();
        self.planning = planning;
        Ok(())
    }

    /// The action values.
    pub const fn table(&self) -> &QTable<S, A> {
        self.learner.table()
    }

    /// What it remembers.
    pub const fn model(&self) -> &Owned<S, A> {
        &self.model
    }
}

impl<const S: usize, const A: usize, E: Exploration> Control for DynaQ<S, A, E> {
    type Observation = usize;
    type Action = usize;

    fn act(&mut self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        self.learner.act(state, rng)
    }

    fn learn(&mut self, transition: &Transition, rng: &mut (impl Rng + ?Sized)) -> Result<f32, Error> {
        let delta = self.learner.learn(transition, rng)?;
        self.model.keep(transition);
        for _ in 0..self.planning {
            let remembered = self.model.sample(rng)?;
            self.learner.learn(&remembered, rng)?;
        }
        Ok(delta)
    }
}

adjustable!([const S: usize, const A: usize, E] DynaQ<S, A, E> { learner });

impl<const S: usize, const A: usize, E, V, N, M> Suits<V> for DynaQ<S, A, E>
where
    V: Env<ObservationSpace = Discrete<N>, ActionSpace = Discrete<M>>,
    N: Dim,
    M: Dim,
    Const<S>: Fits<N>,
    Const<A>: Fits<M>,
{
}

// The table, then what is remembered.
persist_fields!([const S: usize, const A: usize, E] DynaQ<S, A, E> { learner, model });

/// `"dyna-q"`: states, actions.
impl<const S: usize, const A: usize, E> Identify for DynaQ<S, A, E> {
    fn identity(&self) -> Identity {
        Identity::new("dyna-q", Identity::PLAIN, [S, A, 0])
    }
}
