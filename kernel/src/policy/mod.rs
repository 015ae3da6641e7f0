//! Policies: what to do, and how to explore.
//!
//! | piece | what it is |
//! |---|---|
//! | [`QTable`], [`QView`] | action values of a finite environment, owned or over the caller's slice |
//! | [`FixedTable`], [`FixedView`] | the same as integers with a scale |
//! | [`QValue`], [`QValues`] | what a value is kept as; a table of them |
//! | [`features`] | what a linear function sees of an observation |
//! | [`Exploration`] | how actions are drawn from a row of values |
//! | [`EpsilonGreedy`] | Sutton & Barto, section 2.2 |
//! | [`Boltzmann`] | softmax of the values; Sutton & Barto, section 13.1 |
//! | [`UpperConfidenceBound`] | Sutton & Barto, section 2.7 |
//! | [`LimitedActions`] | states that do not have every action |
//! | [`Scheduled`] | epsilon or temperature by a schedule |
//! | [`StochasticPolicy`]: [`SoftmaxPolicy`], [`GaussianPolicy`] | policies with a gradient, linear in features |
//!
//! An optimistic start (section 2.6) is a learner's initial value.

mod boltzmann;
mod epsilon_greedy;
pub mod features;
mod gaussian;
mod limited_actions;
mod q_table;
mod q_value;
mod scheduled;
mod softmax;
mod upper_confidence_bound;

pub use boltzmann::Boltzmann;
pub use epsilon_greedy::EpsilonGreedy;
pub use features::{Code, Features};
pub use gaussian::{GaussianPolicy, GaussianState};
pub use limited_actions::LimitedActions;
pub use q_table::{FixedTable, FixedView, QTable, QValues, QView, Table};
pub use q_value::QValue;
pub use scheduled::{Rate, Scheduled};
pub use softmax::{SoftmaxPolicy, SoftmaxState};
pub use upper_confidence_bound::UpperConfidenceBound;

use crate::error::Error;
use crate::interact::Element;
use crate::linalg::Dim;
use crate::rng::Rng;

/// How actions are drawn from the values of a state, and what that is worth. `V` is what the values are kept as.
pub trait Exploration<V = f32> {
    /// Explores as little as it can: what a learner holds before it is started.
    const GREEDY: Self;

    /// Draws an action and says with which probability it did. `values` holds one finite number an action; `state` is
    /// theirs, for those who count visits.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] when there is no action; [`Error::NonFinite`] when no value is a number.
    fn draw(&mut self, state: usize, values: &[V], rng: &mut (impl Rng + ?Sized)) -> Result<(usize, f32), Error>;

    /// Draws an action.
    ///
    /// # Errors
    /// As [`draw`](Self::draw).
    #[inline]
    fn act(&mut self, state: usize, values: &[V], rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        self.draw(state, values, rng).map(|(action, _)| action)
    }

    /// The values of the actions that the state has: the first of the row, or all.
    #[inline]
    fn available<'a>(&self, _state: usize, values: &'a [V]) -> &'a [V] {
        values
    }

    /// `sum_a pi(a) values[a]`, with the exact distribution that [`draw`](Self::draw) would draw from next.
    fn expected_value(&self, state: usize, values: &[V]) -> V;
}

/// An [`Exploration`] that does not look at the state: fit for linear functions, where states have no number.
pub trait StateFree: Exploration {}

/// A policy with a gradient: everything that a policy-gradient method asks of it.
pub trait StochasticPolicy {
    /// What it does.
    type Action: Element;

    /// The type of the number of features that its weights are made for.
    type Size: Dim;

    /// Draws an action for the features of a state.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when features or weights lead to no distribution; no word is taken then.
    fn act(&mut self, code: &impl Code, rng: &mut (impl Rng + ?Sized)) -> Result<Self::Action, Error>;

    /// `log pi(a|s)`.
    ///
    /// # Errors
    /// [`Error::NonFinite`], [`Error::ActionOutOfRange`].
    fn log_probability(&mut self, code: &impl Code, action: Self::Action) -> Result<f32, Error>;

    /// `gradient += weight * grad log pi(a|s)`; the gradient has the shape of [`parameters`](Self::parameters).
    ///
    /// # Errors
    /// [`Error::NonFinite`], [`Error::ActionOutOfRange`], [`Error::LengthMismatch`]; the gradient is unchanged then.
    fn add_score(
        &mut self,
        code: &impl Code,
        action: Self::Action,
        weight: f32,
        gradient: &mut [f32],
    ) -> Result<(), Error>;

    /// `theta += weight * grad log pi(a|s)`, without a buffer for the gradient.
    ///
    /// # Errors
    /// [`Error::NonFinite`], [`Error::ActionOutOfRange`]; the weights are unchanged then.
    fn step(&mut self, code: &impl Code, action: Self::Action, weight: f32) -> Result<(), Error>;

    /// `theta`.
    fn parameters(&self) -> &[f32];

    /// `theta += scale * direction`.
    ///
    /// # Errors
    /// [`Error::NonFinite`] when that leads to a weight that is not finite, [`Error::LengthMismatch`]; the weights are
    /// unchanged then.
    fn add(&mut self, scale: f32, direction: &[f32]) -> Result<(), Error>;
}
