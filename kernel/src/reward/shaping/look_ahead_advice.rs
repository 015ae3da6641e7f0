//! Advice about actions, given before they are taken.

use super::PotentialFunction;
use super::potential::{check_discount, finite};
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::reward::RewardShaping;
use crate::state::{Identify, Identity, stateless};

/// Look-ahead advice (Wiewiora, Cottrell, Elkan 2003): adds `gamma Phi(s',a') - Phi(s,a)`, `Phi` of a terminal state being 0.
/// Its transitions name two actions, the one taken and `a'`, the one that the learner's target uses in the next state; after
/// a terminated step the second is not looked at.
///
/// Optimal policies stay optimal only when the learner acts by `Q(s,a) + Phi(s,a)` and its target chooses `a'` by the same
/// sum: what [`Advised`](crate::learn::Advised) does.
///
/// Memory: the potential's. Cost: two evaluations of it.
#[derive(Clone, Copy, Debug)]
pub struct LookAheadAdvice<P>(P);

impl<P> LookAheadAdvice<P> {
    /// With `Phi` of pairs of state and action.
    pub const fn new(potential: P) -> Self {
        Self(potential)
    }

    /// `Phi`.
    pub const fn potential(&self) -> &P {
        &self.0
    }
}

impl<O: Copy, A: Copy, P: PotentialFunction<(O, A)>> RewardShaping<O, [A; 2]> for LookAheadAdvice<P> {
    const PRESERVES_OPTIMUM: bool = true;

    /// # Errors
    /// [`Error::DiscountOutOfRange`] outside `(0, 1]`; what the potential says.
    #[inline]
    fn shape(&self, transition: &Transition<O, [A; 2]>, reward: f32, discount: f32) -> Result<f32, Error> {
        check_discount(discount)?;
        let [action, next_action] = transition.action;
        let after = match transition.outcome {
            Outcome::Terminated => 0.0,
            _ => self.0.at((transition.next_state, next_action))?,
        };
        finite(reward + (discount * after - self.0.at((transition.state, action))?))
    }
}

stateless!([P] LookAheadAdvice<P>);

/// `"look-ahead-advice"`.
impl<P> Identify for LookAheadAdvice<P> {
    fn identity(&self) -> Identity {
        Identity::new("look-ahead-advice", Identity::PLAIN, [0, 0, 0])
    }
}
