//! What every tabular control method has.

use super::TdParameters;
use crate::error::Error;
use crate::interact::Transition;
use crate::linalg::{Dim, StorageMut};
use crate::policy::{Exploration, Table};
use crate::rng::Rng;

/// Action values, an exploration and the numbers of the method.
#[derive(Clone, Debug)]
pub(super) struct Tabular<Q, E> {
    pub(super) table: Q,
    pub(super) exploration: E,
    pub(super) parameters: TdParameters,
}

impl<Q, E: Exploration> Tabular<Q, E> {
    /// Not started: greedy, with a step size of 0.
    pub(super) const fn new(table: Q) -> Self {
        Self { table, exploration: E::GREEDY, parameters: TdParameters::ZERO }
    }
}

impl<S: Dim, A: Dim, B: StorageMut, E: Exploration> Tabular<Table<S, A, B>, E> {
    /// Starts with every value at `initial`.
    pub(super) fn start(&mut self, parameters: TdParameters, exploration: E, initial: f32) -> Result<(), Error> {
        parameters.check()?;
        self.table.fill(initial)?;
        self.exploration = exploration;
        self.parameters = parameters;
        Ok(())
    }

    /// Starts with the values that are there.
    pub(super) fn resume(&mut self, parameters: TdParameters, exploration: E) -> Result<(), Error> {
        parameters.check()?;
        self.exploration = exploration;
        self.parameters = parameters;
        Ok(())
    }

    #[inline]
    pub(super) fn act(&mut self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        self.exploration.act(state, self.table.row(state)?, rng)
    }

    /// `Q(s,a) += alpha (target - Q(s,a))`; returns the difference.
    #[inline]
    pub(super) fn move_towards(&mut self, state: usize, action: usize, target: f32) -> Result<f32, Error> {
        let value = self.table.value(state, action)?;
        let delta = target - value;
        self.table.set(state, action, value + self.parameters.step_size * delta)?;
        Ok(delta)
    }

    /// Checks what a transition names and brings; returns the value it starts from.
    #[inline]
    pub(super) fn check(&self, transition: &Transition) -> Result<f32, Error> {
        let value = self.table.value(transition.state, transition.action)?;
        if transition.next_state >= self.table.states() {
            return Err(Error::StateOutOfRange);
        }
        if transition.reward.is_finite() { Ok(value) } else { Err(Error::NonFinite) }
    }
}
