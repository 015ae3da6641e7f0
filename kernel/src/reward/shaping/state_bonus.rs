//! Any bonus at all.

use super::potential::finite;
use crate::error::Error;
use crate::interact::Transition;
use crate::reward::RewardShaping;
use crate::state::{Identify, Identity, stateless};

/// Adds what a closure makes of the transition: a bonus for a state, for progress, for an action. Nothing keeps such a bonus
/// from becoming the task: a bonus for each step that gets closer is best collected by going to and fro. Where it can be
/// written as a difference of potentials, write it as a [`Potential`](super::Potential).
///
/// Memory: the closure's.
#[derive(Clone, Copy, Debug)]
pub struct StateBonus<B>(B);

impl<B> StateBonus<B> {
    /// With the bonus of a transition.
    pub const fn new(bonus: B) -> Self {
        Self(bonus)
    }
}

impl<O, A, B: Fn(&Transition<O, A>) -> f32> RewardShaping<O, A> for StateBonus<B> {
    const PRESERVES_OPTIMUM: bool = false;

    /// # Errors
    /// [`Error::NonFinite`] when the bonus is not finite.
    #[inline]
    fn shape(&self, transition: &Transition<O, A>, reward: f32, _discount: f32) -> Result<f32, Error> {
        finite(reward + (self.0)(transition))
    }
}

stateless!([B] StateBonus<B>);

/// `"state-bonus"`.
impl<B> Identify for StateBonus<B> {
    fn identity(&self) -> Identity {
        Identity::new("state-bonus", Identity::PLAIN, [0, 0, 0])
    }
}
