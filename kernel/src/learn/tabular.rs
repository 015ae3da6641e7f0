//! What every tabular control method has.

use super::TdParameters;
use crate::error::Error;
use crate::interact::Transition;
use crate::linalg::{Dim, StorageMut};
use crate::policy::{Exploration, QValue, QValues, Table};
use crate::rng::Rng;

/// Action values, an exploration and the numbers of the method.
#[derive(Clone, Debug)]
pub(super) struct Tabular<Q: QValues, E> {
    pub(super) table: Q,
    pub(super) exploration: E,
    pub(super) parameters: TdParameters<<Q::Value as QValue>::Share>,
}

impl<Q: QValues, E: Exploration<Q::Value>> Tabular<Q, E> {
    /// Not started: greedy, with a step size of 0.
    pub(super) const fn new(table: Q) -> Self {
        Self { table, exploration: E::GREEDY, parameters: TdParameters::ZERO }
    }
}

impl<S: Dim, A: Dim, B: StorageMut<V>, V: QValue, E: Exploration<V>> Tabular<Table<S, A, B, V>, E> {
    /// Starts with every value at `initial`.
    pub(super) fn start(&mut self, parameters: TdParameters, exploration: E, initial: f32) -> Result<(), Error> {
        let parameters = TdParameters::checked(parameters)?;
        self.table.fill(V::from_f32(initial)?)?;
        self.exploration = exploration;
        self.parameters = parameters;
        Ok(())
    }

    /// Starts with the values that are there.
    pub(super) fn resume(&mut self, parameters: TdParameters, exploration: E) -> Result<(), Error> {
        self.parameters = TdParameters::checked(parameters)?;
        self.exploration = exploration;
        Ok(())
    }

    #[inline]
    pub(super) fn act(&mut self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        self.exploration.act(state, self.table.row(state)?, rng)
    }

    /// `Q(s,a) += alpha (target - Q(s,a))`; returns the difference.
    #[inline]
    pub(super) fn move_towards(&mut self, state: usize, action: usize, target: V) -> Result<f32, Error> {
        let (value, delta) = self.table.value(state, action)?.towards(target, self.parameters.step_size);
        self.table.set(state, action, value)?;
        Ok(delta)
    }

    /// Checks what a transition names and brings; returns its reward.
    #[inline]
    pub(super) fn check(&self, transition: &Transition) -> Result<V, Error> {
        self.table.value(transition.state, transition.action)?;
        if transition.next_state >= self.table.states() {
            return Err(Error::StateOutOfRange);
        }
        V::from_f32(transition.reward)
    }
}
