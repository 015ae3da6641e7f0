//! Contextual bandits: features are seen before an arm is chosen.
//!
//! One learner, three rules over two kinds of estimate:
//!
//! | | shared: features an arm, one estimate | disjoint: one context, an estimate an arm |
//! |---|---|---|
//! | [`Optimistic`] | [`SharedLinUcb`] | [`DisjointLinUcb`] |
//! | [`PosteriorSampling`] | [`SharedLinTs`] | [`DisjointLinTs`] |
//! | [`Explored`] | [`SharedLinear`] | [`DisjointLinear`] |

mod estimates;
mod rule;
#[cfg(test)]
mod tests;

pub use estimates::{Disjoint, Estimates, Shared};
pub use rule::{ContextualRule, Explored, Optimistic, PosteriorSampling};

use super::{Choice, FixedRadius};
use crate::error::Error;
use crate::linalg::{Const, Owned, Ridge, all_finite};
use crate::math::Libm;
use crate::policy::EpsilonGreedy;
use crate::rng::Rng;
use crate::state::{Identify, Identity, Merge, Persist, persist_fields};

/// A learner that sees the context of a round before it chooses an arm. Rewards may come late, in any order, or never: each
/// comes with the context it belongs to.
pub trait ContextualBandit {
    /// The number of arms.
    fn arms(&self) -> usize;

    /// How many numbers a context holds.
    fn context_len(&self) -> usize;

    /// Chooses the arm of this round and says with which probability it did.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::NoArms`]; [`Error::LengthMismatch`] and [`Error::NonFinite`] for the context.
    fn select(&mut self, context: &[f32], rng: &mut (impl Rng + ?Sized)) -> Result<Choice, Error>;

    /// Takes the reward of a choice made earlier.
    ///
    /// # Errors
    /// [`Error::NotSelected`] when every choice has had its reward; as [`learn`](Self::learn). The state is unchanged then.
    fn update(&mut self, context: &[f32], arm: usize, reward: f32) -> Result<(), Error>;

    /// Learns from somebody else's choice: a line of a log.
    ///
    /// # Errors
    /// [`Error::ActionOutOfRange`] for the arm; [`Error::LengthMismatch`] and [`Error::NonFinite`] for context and reward;
    /// what the estimate says. The state is unchanged then.
    fn learn(&mut self, context: &[f32], arm: usize, reward: f32) -> Result<(), Error>;
}

/// Ridge regressions of the reward on features, and a rule that chooses by them.
///
/// Memory: the estimates, the rule and 12 bytes or less. Cost: what the rule says to select; `O(d^2)` to update.
///
/// A request loop whose rewards come late keeps each request's context with its choice:
/// ```
/// use habit::bandit::{ContextualBandit, DisjointLinUcb, FixedRadius, Optimistic};
/// use habit::rng::stream;
/// let mut pages = DisjointLinUcb::<3, 2>::EMPTY;
/// pages.start(1.0, Optimistic(FixedRadius(1.0)))?;
/// let mut rng = stream(7, 0);
/// let (monday, tuesday) = ([1.0, 0.0], [1.0, 1.0]);
/// let first = pages.select(&monday, &mut rng)?;
/// let second = pages.select(&tuesday, &mut rng)?;
/// pages.update(&tuesday, second.arm, 1.0)?;
/// pages.update(&monday, first.arm, 0.0)?;
/// assert!(pages.update(&monday, first.arm, 0.0).is_err(), "both have had their rewards");
/// # Ok::<(), habit::Error>(())
/// ```
// Estimates first: whoever aligns the learner to a cache line aligns the matrices.
#[repr(C)]
#[derive(Debug)]
pub struct ContextualState<E, U> {
    estimates: E,
    rule: Option<U>,
    /// How many rewards were learned from.
    rounds: u32,
    /// How many choices wait for their rewards.
    waiting: u32,
}

/// LinUCB with one estimate for all arms (Li et al. 2010, with hybrid features only; Abbasi-Yadkori, Pál, Szepesvári 2011).
pub type SharedLinUcb<const K: usize, const D: usize, R = FixedRadius> =
    ContextualState<Shared<Const<K>, Owned<D>>, Optimistic<R>>;

/// LinUCB with an estimate an arm (Li et al. 2010, algorithm 1).
pub type DisjointLinUcb<const K: usize, const D: usize, R = FixedRadius> =
    ContextualState<Disjoint<Owned<D>, [Ridge<Owned<D>>; K]>, Optimistic<R>>;

/// Thompson sampling with one estimate for all arms (Agrawal, Goyal 2013).
pub type SharedLinTs<const K: usize, const D: usize, M = Libm> =
    ContextualState<Shared<Const<K>, Owned<D>>, PosteriorSampling<Owned<D>, M>>;

/// Thompson sampling with an estimate an arm.
pub type DisjointLinTs<const K: usize, const D: usize, M = Libm> =
    ContextualState<Disjoint<Owned<D>, [Ridge<Owned<D>>; K]>, PosteriorSampling<Owned<D>, M>>;

/// An exploration, epsilon-greedy unless said otherwise, over the predictions of one estimate for all arms.
pub type SharedLinear<const K: usize, const D: usize, X = EpsilonGreedy> =
    ContextualState<Shared<Const<K>, Owned<D>>, Explored<[f32; K], X>>;

/// An exploration, epsilon-greedy unless said otherwise, over the predictions of an estimate an arm.
pub type DisjointLinear<const K: usize, const D: usize, X = EpsilonGreedy> =
    ContextualState<Disjoint<Owned<D>, [Ridge<Owned<D>>; K]>, Explored<[f32; K], X>>;

impl<const K: usize, const D: usize, U> ContextualState<Shared<Const<K>, Owned<D>>, U> {
    /// Not started.
    pub const EMPTY: Self = Self::new(Shared::new(Const, Ridge::EMPTY));
}

impl<const K: usize, const D: usize, U> ContextualState<Disjoint<Owned<D>, [Ridge<Owned<D>>; K]>, U> {
    /// Not started.
    pub const EMPTY: Self = Self::new(Disjoint::new([const { Ridge::EMPTY }; K]));
}

const _: () = {
    let ridge = 4 * (8 * 8 + 2 * 8);
    assert!(SharedLinUcb::<4, 8>::SIZE == ridge + 16 && DisjointLinUcb::<4, 8>::SIZE == 4 * ridge + 16);
    assert!(SharedLinTs::<4, 8>::SIZE <= ridge + 4 * (8 * 8 + 8) + 16);
    assert!(SharedLinear::<4, 8>::SIZE <= ridge + 4 * 4 + size_of::<EpsilonGreedy>() + 16);
};

impl<E, U> ContextualState<E, U> {
    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();

    /// Over estimates that have not been started.
    pub const fn new(estimates: E) -> Self {
        Self { estimates, rule: None, rounds: 0, waiting: 0 }
    }

    /// What is known of the arms.
    pub const fn estimates(&self) -> &E {
        &self.estimates
    }

    /// How many rewards were learned from.
    pub const fn rounds(&self) -> u32 {
        self.rounds
    }

    /// How many choices wait for their rewards.
    pub const fn waiting(&self) -> u32 {
        self.waiting
    }
}

impl<E: Estimates, U: ContextualRule> ContextualState<E, U> {
    /// Starts knowing nothing, with regularisation `lambda`.
    ///
    /// # Errors
    /// [`Error::NoArms`]; [`Error::ParameterOutOfRange`] for `lambda` or the rule; [`Error::LengthMismatch`] when the rule's
    /// memory does not fit.
    pub fn start(&mut self, lambda: f32, rule: U) -> Result<(), Error> {
        if self.estimates.arms() == 0 || self.estimates.dim() == 0 {
            return Err(Error::NoArms);
        }
        rule.check(&self.estimates)?;
        self.estimates.start(lambda)?;
        (self.rule, self.rounds, self.waiting) = (Some(rule), 0, 0);
        Ok(())
    }

    /// The reward that an arm is thought to pay in a context; NaN for one that is no arm.
    pub fn predict(&self, context: &[f32], arm: usize) -> f32 {
        self.estimates.of(context, arm).map_or(f32::NAN, |(ridge, x)| ridge.predict(x))
    }

    /// The rule.
    pub const fn rule(&self) -> Option<&U> {
        self.rule.as_ref()
    }

    fn check_context(&self, context: &[f32]) -> Result<(), Error> {
        if context.len() != self.estimates.context_len() {
            return Err(Error::LengthMismatch);
        }
        if all_finite(context) { Ok(()) } else { Err(Error::NonFinite) }
    }
}

impl<E: Estimates, U: ContextualRule> ContextualBandit for ContextualState<E, U> {
    fn arms(&self) -> usize {
        self.estimates.arms()
    }

    fn context_len(&self) -> usize {
        self.estimates.context_len()
    }

    #[inline]
    fn select(&mut self, context: &[f32], rng: &mut (impl Rng + ?Sized)) -> Result<Choice, Error> {
        self.check_context(context)?;
        let rule = self.rule.as_mut().ok_or(Error::NotStarted)?;
        let choice = rule.choose(&self.estimates, context, self.rounds, rng)?;
        self.waiting = self.waiting.saturating_add(1);
        Ok(choice)
    }

    #[inline]
    fn update(&mut self, context: &[f32], arm: usize, reward: f32) -> Result<(), Error> {
        let waiting = self.waiting.checked_sub(1).ok_or(Error::NotSelected)?;
        self.learn(context, arm, reward)?;
        self.waiting = waiting;
        Ok(())
    }

    #[inline]
    fn learn(&mut self, context: &[f32], arm: usize, reward: f32) -> Result<(), Error> {
        if self.rule.is_none() {
            return Err(Error::NotStarted);
        }
        self.check_context(context)?;
        let (ridge, x) = self.estimates.of_mut(context, arm).ok_or(Error::ActionOutOfRange)?;
        ridge.update(x, reward)?;
        self.rounds = self.rounds.saturating_add(1);
        Ok(())
    }
}

// The estimates, the number of rewards and that of waiting choices, as `u32`.
persist_fields!([E: Persist, U] ContextualState<E, U> { estimates, rounds, waiting });

/// `"contextual"` around `"shared"` or `"disjoint"`: arms, features, 1 where it can be merged. What is learned is the same
/// under every rule, so one may go on where another stopped.
impl<E: Estimates, U> Identify for ContextualState<E, U> {
    fn identity(&self) -> Identity {
        let mergeable = self.estimates.ridges().iter().all(Ridge::is_mergeable);
        let sizes = [self.estimates.arms(), self.estimates.dim(), usize::from(mergeable)];
        Identity::around("contextual", Identity::new(E::NAME, Identity::PLAIN, sizes))
    }
}

/// What was learned, and the choices that wait.
impl<E: Estimates + Merge, U> Merge for ContextualState<E, U> {
    fn check_merge(&mut self, other: &Self) -> Result<(), Error> {
        self.estimates.check_merge(&other.estimates)
    }

    fn take_in(&mut self, other: &Self) {
        self.estimates.take_in(&other.estimates);
        self.rounds.take_in(&other.rounds);
        self.waiting.take_in(&other.waiting);
    }
}
