//! On-policy: the next state is worth the action that will be taken.

use super::{Target, TdControl};
use crate::policy::{EpsilonGreedy, Exploration, FixedTable, QTable, QValue};

/// `v(s') = Q(s', a')`, a' the action that will be taken (Sutton & Barto, section 6.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SarsaTarget;

impl Target for SarsaTarget {
    const NAME: &'static str = "sarsa";
    const COMMITS: bool = true;
    const CUTS: bool = false;

    #[inline]
    fn next_value<V: QValue>(
        values: &[V],
        _next_state: usize,
        next_action: usize,
        _exploration: &impl Exploration<V>,
    ) -> V {
        values.get(next_action).copied().unwrap_or(V::ZERO)
    }
}

/// SARSA with epsilon-greedy behaviour unless another exploration is named. [`learn`](super::Control::learn) draws the next action, learns from it, and the
/// next [`act`](super::Control::act) in that state takes it.
pub type Sarsa<const S: usize, const A: usize, E = EpsilonGreedy> = TdControl<SarsaTarget, QTable<S, A>, E>;

/// [`Sarsa`] over integers in units of `2^-SCALE_BITS`, for chips without a unit for floats.
pub type FixedSarsa<const S: usize, const A: usize, I, const SCALE_BITS: u32, E = EpsilonGreedy> =
    TdControl<SarsaTarget, FixedTable<S, A, I, SCALE_BITS>, E>;
