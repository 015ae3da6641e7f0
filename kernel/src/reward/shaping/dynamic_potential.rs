//! A potential that changes while it is used.

use super::PotentialFunction;
use super::potential::{check_discount, finite, next_potential};
use crate::error::Error;
use crate::interact::Transition;
use crate::reward::RewardShaping;
use crate::state::{Identify, Identity, persist_fields};

/// [`Potential`](super::Potential) with a `Phi` that moves (Devlin, Kudenko 2012): adds `gamma Phi(s', t+1) - Phi(s, t)`. What
/// a state was worth when it was reached is kept and is what is taken off when it is left, however `Phi` has moved in
/// between: so the sum over an episode still telescopes, and every optimal policy stays optimal. Move it through
/// [`potential_mut`](Self::potential_mut).
///
/// Memory: the potential's and 8 bytes. Cost: two evaluations of it a step, three at the start of an episode.
#[derive(Clone, Copy, Debug)]
pub struct DynamicPotential<P> {
    potential: P,
    /// `Phi` of the present state as it was when that was reached; `None` before the first step of an episode.
    kept: Option<f32>,
}

impl<P> DynamicPotential<P> {
    /// Before an episode.
    pub const fn new(potential: P) -> Self {
        Self { potential, kept: None }
    }

    /// `Phi`.
    pub const fn potential(&self) -> &P {
        &self.potential
    }

    /// `Phi`, to be moved.
    pub const fn potential_mut(&mut self) -> &mut P {
        &mut self.potential
    }
}

impl<O: Copy, A, P: PotentialFunction<O>> RewardShaping<O, A> for DynamicPotential<P> {
    const PRESERVES_OPTIMUM: bool = true;

    /// # Errors
    /// [`Error::DiscountOutOfRange`] outside `(0, 1]`; what the potential says.
    #[inline]
    fn shape(&self, transition: &Transition<O, A>, reward: f32, discount: f32) -> Result<f32, Error> {
        check_discount(discount)?;
        let before = match self.kept {
            Some(kept) => kept,
            None => self.potential.at(transition.state)?,
        };
        finite(reward + (discount * next_potential(&self.potential, transition)? - before))
    }

    #[inline]
    fn note(&mut self, transition: &Transition<O, A>, _reward: f32, _discount: f32) {
        let over = transition.outcome.is_over();
        self.kept = if over { None } else { self.potential.at(transition.next_state).ok() };
    }
}

// What is kept.
persist_fields!([P] DynamicPotential<P> { kept });

/// `"dynamic-potential"`.
impl<P> Identify for DynamicPotential<P> {
    fn identity(&self) -> Identity {
        Identity::new("dynamic-potential", Identity::PLAIN, [0, 0, 0])
    }
}
