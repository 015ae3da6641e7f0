//! Planning where it changes most.

use super::adjusted::adjustable;
use super::experience::{Experience, Owned};
use super::{Control, QLearning, Suits, TdParameters};
use crate::env::{Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::linalg::{Const, Dim, Fits};
use crate::math::argmax;
use crate::policy::{EpsilonGreedy, Exploration, QTable};
use crate::rng::Rng;
use crate::state::{Identify, Identity, persist_fields};

/// Prioritised sweeping (Sutton & Barto, section 8.4) for worlds that are deterministic: every transition is remembered,
/// its pair gets the priority `|delta|` where that exceeds `theta`, and `planning` times the pair of greatest priority takes
/// a Q-learning step and passes priority on to those that lead to its state.
///
/// Priorities stand in a table beside the values, so that nothing is lost when there are many. Memory: `17 S A` bytes and 72
/// or less. Cost: `O(planning (S A + n A))`, `n` the pairs that lead to a state.
#[derive(Clone, Debug)]
pub struct PrioritizedSweeping<const S: usize, const A: usize, E = EpsilonGreedy> {
    learner: QLearning<S, A, E>,
    model: Owned<S, A>,
    /// 0 where a pair does not wait.
    priorities: [[f32; A]; S],
    planning: u32,
    theta: f32,
}

impl<const S: usize, const A: usize, E: Exploration> PrioritizedSweeping<S, A, E> {
    /// Not started.
    pub const EMPTY: Self = Self {
        learner: QLearning::EMPTY,
        model: Experience::EMPTY,
        priorities: [[0.0; A]; S],
        planning: 0,
        theta: 0.0,
    };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts with every value at `initial`, nothing remembered, so many planning steps a transition and the least priority
    /// that counts.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`], [`Error::NonFinite`];
    /// [`Error::ParameterOutOfRange`] unless `theta` is finite and not negative.
    pub fn start(
        &mut self,
        parameters: TdParameters,
        exploration: E,
        initial: f32,
        planning: u32,
        theta: f32,
    ) -> Result<(), Error> {
        if !(theta >= 0.0 && theta.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        self.learner.start(parameters, exploration, initial)?;
        self.model.clear();
        self.priorities = [[0.0; A]; S];
        (self.planning, self.theta) = (planning, theta);
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

    /// The error of a remembered transition as the values stand.
    fn error(&self, of: &Transition) -> Result<f32, Error> {
        let next = if of.outcome == Outcome::Terminated { 0.0 } else { self.table().greedy(of.next_state)?.1 };
        Ok(of.reward + self.learner.parameters().discount * next - self.table().value(of.state, of.action)?)
    }

    fn prioritise(&mut self, of: &Transition) -> Result<(), Error> {
        let priority = self.error(of)?.abs();
        let place = self.priorities.get_mut(of.state).and_then(|row| row.get_mut(of.action));
        if let Some(place) = place.filter(|_| priority > self.theta) {
            *place = place.max(priority);
        }
        Ok(())
    }

    fn sweep(&mut self, rng: &mut (impl Rng + ?Sized)) -> Result<bool, Error> {
        let waiting = self.priorities.as_flattened_mut();
        let pair = argmax(waiting.len(), |pair| waiting.get(pair).copied().unwrap_or(0.0)).unwrap_or(0);
        match waiting.get_mut(pair) {
            Some(priority) if *priority > 0.0 => *priority = 0.0,
            _ => return Ok(false),
        }
        let (state, action) = (pair / A, pair % A);
        let remembered = self.model.outcome(state, action).ok_or(Error::StateOutOfRange)?;
        self.learner.learn(&remembered, rng)?;
        for index in 0..S * A {
            let leads = self.model.outcome(index / A, index % A);
            if let Some(leads) = leads.filter(|t| t.next_state == state && t.outcome == Outcome::Continue) {
                self.prioritise(&leads)?;
            }
        }
        Ok(true)
    }
}

impl<const S: usize, const A: usize, E: Exploration> Control for PrioritizedSweeping<S, A, E> {
    type Observation = usize;
    type Action = usize;

    fn act(&mut self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        self.learner.act(state, rng)
    }

    fn learn(&mut self, transition: &Transition, rng: &mut (impl Rng + ?Sized)) -> Result<f32, Error> {
        self.table().value(transition.state, transition.action)?;
        let delta = self.error(transition)?;
        if !delta.is_finite() || transition.next_state >= S {
            return Err(if delta.is_finite() { Error::StateOutOfRange } else { Error::NonFinite });
        }
        self.model.keep(transition);
        self.prioritise(transition)?;
        for _ in 0..self.planning {
            if !self.sweep(rng)? {
                break;
            }
        }
        Ok(delta)
    }
}

adjustable!([const S: usize, const A: usize, E] PrioritizedSweeping<S, A, E> { learner });

impl<const S: usize, const A: usize, E, V, N, M> Suits<V> for PrioritizedSweeping<S, A, E>
where
    V: Env<ObservationSpace = Discrete<N>, ActionSpace = Discrete<M>>,
    N: Dim,
    M: Dim,
    Const<S>: Fits<N>,
    Const<A>: Fits<M>,
{
}

// The table, what is remembered, then the priorities.
persist_fields!([const S: usize, const A: usize, E] PrioritizedSweeping<S, A, E> { learner, model, priorities });

/// `"prioritized-sweeping"`: states, actions.
impl<const S: usize, const A: usize, E> Identify for PrioritizedSweeping<S, A, E> {
    fn identity(&self) -> Identity {
        Identity::new("prioritized-sweeping", Identity::PLAIN, [S, A, 0])
    }
}
