//! The next state is worth what the policy expects of it.

use super::{Target, TdControl};
use crate::policy::{EpsilonGreedy, Exploration, FixedTable, QTable, QValue};

/// `v(s') = sum_b pi(b|s') Q(s', b)` (Sutton & Barto, section 6.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpectedSarsaTarget;

impl Target for ExpectedSarsaTarget {
    const NAME: &'static str = "expected-sarsa";
    const COMMITS: bool = false;
    const CUTS: bool = false;

    #[inline]
    fn next_value<V: QValue>(
        values: &[V],
        next_state: usize,
        _next_action: usize,
        exploration: &impl Exploration<V>,
    ) -> V {
        exploration.expected_value(next_state, values)
    }
}

/// Expected SARSA with epsilon-greedy behaviour unless another exploration is named.
pub type ExpectedSarsa<const S: usize, const A: usize, E = EpsilonGreedy> =
    TdControl<ExpectedSarsaTarget, QTable<S, A>, E>;

/// [`ExpectedSarsa`] over integers in units of `2^-SCALE_BITS`, for chips without a unit for floats.
pub type FixedExpectedSarsa<const S: usize, const A: usize, I, const SCALE_BITS: u32, E = EpsilonGreedy> =
    TdControl<ExpectedSarsaTarget, FixedTable<S, A, I, SCALE_BITS>, E>;
