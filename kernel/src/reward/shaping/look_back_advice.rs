//! Advice about actions, given after they were taken.

use super::PotentialFunction;
use super::potential::{check_discount, finite};
use crate::error::Error;
use crate::interact::Transition;
use crate::reward::RewardShaping;
use crate::state::{Identify, Identity, persist_fields};

/// Look-back advice (Wiewiora, Cottrell, Elkan 2003): adds `Phi(s_t,a_t) - Phi(s_{t-1},a_{t-1}) / gamma`; at the first step of
/// an episode the second term is 0. Keeps optimal policies optimal by experience, with on-policy learners.
///
/// Memory: the potential's and 4 bytes. Cost: an evaluation of it and a division.
#[derive(Clone, Copy, Debug)]
pub struct LookBackAdvice<P> {
    potential: P,
    /// `Phi(s_{t-1},a_{t-1})`; 0 before the first step of an episode.
    before: f32,
}

impl<P> LookBackAdvice<P> {
    /// Before an episode, with `Phi` of pairs of state and action.
    pub const fn new(potential: P) -> Self {
        Self { potential, before: 0.0 }
    }

    /// `Phi`.
    pub const fn potential(&self) -> &P {
        &self.potential
    }
}

impl<O: Copy, A: Copy, P: PotentialFunction<(O, A)>> RewardShaping<O, A> for LookBackAdvice<P> {
    const PRESERVES_OPTIMUM: bool = false;

    /// # Errors
    /// [`Error::DiscountOutOfRange`] outside `(0, 1]`; what the potential says.
    #[inline]
    fn shape(&self, transition: &Transition<O, A>, reward: f32, discount: f32) -> Result<f32, Error> {
        check_discount(discount)?;
        let own = self.potential.at((transition.state, transition.action))?;
        finite(reward + (own - self.before / discount))
    }

    #[inline]
    fn note(&mut self, transition: &Transition<O, A>, _reward: f32, _discount: f32) {
        let own = self.potential.at((transition.state, transition.action));
        self.before = if transition.outcome.is_over() { 0.0 } else { own.unwrap_or(0.0) };
    }
}

// `Phi` of the step before.
persist_fields!([P] LookBackAdvice<P> { before });

/// `"look-back-advice"`.
impl<P> Identify for LookBackAdvice<P> {
    fn identity(&self) -> Identity {
        Identity::new("look-back-advice", Identity::PLAIN, [0, 0, 0])
    }
}
