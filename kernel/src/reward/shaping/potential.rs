//! A heuristic that cannot corrupt the task.

use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::reward::RewardShaping;
use crate::state::{Identify, Identity, stateless};

/// `Phi`: how promising a state is, or a pair of state and action where `Of` is a pair. A closure is one, and so is a table
/// in an array or a slice, by the number of the state or by the numbers of state and action.
pub trait PotentialFunction<Of = usize> {
    /// `Phi` of what is asked for.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`], [`Error::ActionOutOfRange`]; [`Error::NonFinite`]: what is not finite is no potential.
    fn at(&self, of: Of) -> Result<f32, Error>;
}

impl<Of, P: Fn(Of) -> f32> PotentialFunction<Of> for P {
    #[inline]
    fn at(&self, of: Of) -> Result<f32, Error> {
        finite(self(of))
    }
}

impl PotentialFunction for [f32] {
    #[inline]
    fn at(&self, state: usize) -> Result<f32, Error> {
        finite(*self.get(state).ok_or(Error::StateOutOfRange)?)
    }
}

impl<const S: usize> PotentialFunction for [f32; S] {
    #[inline]
    fn at(&self, state: usize) -> Result<f32, Error> {
        self[..].at(state)
    }
}

impl PotentialFunction for &[f32] {
    #[inline]
    fn at(&self, state: usize) -> Result<f32, Error> {
        (**self).at(state)
    }
}

impl<const A: usize> PotentialFunction<(usize, usize)> for [[f32; A]] {
    #[inline]
    fn at(&self, (state, action): (usize, usize)) -> Result<f32, Error> {
        let row = self.get(state).ok_or(Error::StateOutOfRange)?;
        finite(*row.get(action).ok_or(Error::ActionOutOfRange)?)
    }
}

impl<const S: usize, const A: usize> PotentialFunction<(usize, usize)> for [[f32; A]; S] {
    #[inline]
    fn at(&self, pair: (usize, usize)) -> Result<f32, Error> {
        self[..].at(pair)
    }
}

impl<const A: usize> PotentialFunction<(usize, usize)> for &[[f32; A]] {
    #[inline]
    fn at(&self, pair: (usize, usize)) -> Result<f32, Error> {
        (**self).at(pair)
    }
}

pub(super) fn finite(value: f32) -> Result<f32, Error> {
    if value.is_finite() { Ok(value) } else { Err(Error::NonFinite) }
}

/// A potential is a part of a return only where the return counts what comes later.
pub(super) fn check_discount(discount: f32) -> Result<(), Error> {
    if discount > 0.0 && discount <= 1.0 { Ok(()) } else { Err(Error::DiscountOutOfRange) }
}

/// `Phi` of the next state as it counts: 0 where it is terminal.
pub(super) fn next_potential<O: Copy, A>(
    potential: &impl PotentialFunction<O>,
    transition: &Transition<O, A>,
) -> Result<f32, Error> {
    if transition.outcome == Outcome::Terminated { Ok(0.0) } else { potential.at(transition.next_state) }
}

/// Potential-based shaping (Ng, Harada, Russell 1999): adds `F = gamma Phi(s') - Phi(s)`, `Phi` of a terminal state being 0.
/// Every optimal policy stays optimal, and `Q'* = Q* - Phi(s)`; the discounted sum of `F` over an episode that terminates is
/// `-Phi(s_0)`; and Q-learning from 0 learns at every step what it would learn without, started at `Q_0(s,a) = Phi(s)`, less
/// `Phi(s)` (Wiewiora 2003).
///
/// Memory: the potential's, none for a closure that captures nothing. Cost: two evaluations of it.
#[derive(Clone, Copy, Debug)]
pub struct Potential<P>(P);

impl<P> Potential<P> {
    /// With `Phi`.
    pub const fn new(potential: P) -> Self {
        Self(potential)
    }

    /// `Phi`.
    pub const fn potential(&self) -> &P {
        &self.0
    }
}

impl<O: Copy, A, P: PotentialFunction<O>> RewardShaping<O, A> for Potential<P> {
    const PRESERVES_OPTIMUM: bool = true;

    /// # Errors
    /// [`Error::DiscountOutOfRange`] outside `(0, 1]`; what the potential says.
    #[inline]
    fn shape(&self, transition: &Transition<O, A>, reward: f32, discount: f32) -> Result<f32, Error> {
        check_discount(discount)?;
        let (before, after) = (self.0.at(transition.state)?, next_potential(&self.0, transition)?);
        finite(reward + (discount * after - before))
    }
}

stateless!([P] Potential<P>);

/// `"potential"`.
impl<P> Identify for Potential<P> {
    fn identity(&self) -> Identity {
        Identity::new("potential", Identity::PLAIN, [0, 0, 0])
    }
}
