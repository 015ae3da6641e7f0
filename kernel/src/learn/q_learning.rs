//! Off-policy: the next state is worth its best action.

use super::{Target, TdControl};
use crate::policy::{EpsilonGreedy, Exploration, FixedTable, QTable, QValue};

/// `v(s') = max_b Q(s', b)` (Sutton & Barto, section 6.5; Watkins 1989).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QLearningTarget;

impl Target for QLearningTarget {
    const NAME: &'static str = "q-learning";
    const COMMITS: bool = false;
    const CUTS: bool = true;

    #[inline]
    fn next_value<V: QValue>(
        values: &[V],
        next_state: usize,
        _next_action: usize,
        exploration: &impl Exploration<V>,
    ) -> V {
        exploration
            .available(next_state, values)
            .iter()
            .copied()
            .fold(V::LEAST, |best, value| if value > best { value } else { best })
    }
}

/// Q-learning with epsilon-greedy behaviour unless another exploration is named.
///
/// ```
/// use habit::env::CliffWalking;
/// use habit::learn::{QLearning, TdParameters, run_episode};
/// use habit::policy::EpsilonGreedy;
/// use habit::rng::stream;
///
/// let mut agent = QLearning::<48, 4>::EMPTY;
/// agent.start(TdParameters { step_size: 0.5, discount: 1.0 }, EpsilonGreedy::new(0.1)?, 0.0)?;
/// let (mut cliff, mut world, mut choices) = (CliffWalking::new(false), stream(7, 0), stream(7, 1));
/// for _ in 0..500 {
///     run_episode(&mut cliff, &mut agent, u32::MAX, &mut world, &mut choices)?;
/// }
/// assert_eq!(agent.table().greedy(CliffWalking::START)?.1, -13.0);
/// # Ok::<(), habit::Error>(())
/// ```
///
/// A table of another size than the environment does not compile:
///
/// ```compile_fail
/// use habit::env::CliffWalking;
/// use habit::learn::{QLearning, run_episode};
/// use habit::rng::stream;
/// let mut agent = QLearning::<16, 4>::EMPTY;
/// run_episode(&mut CliffWalking::new(false), &mut agent, 100, &mut stream(0, 0), &mut stream(0, 1));
/// ```
pub type QLearning<const S: usize, const A: usize, E = EpsilonGreedy> = TdControl<QLearningTarget, QTable<S, A>, E>;

/// [`QLearning`] over integers in units of `2^-SCALE_BITS`, for chips without a unit for floats.
///
/// ```
/// use habit::env::CliffWalking;
/// use habit::learn::{FixedQLearning, TdParameters, run_episode};
/// use habit::policy::EpsilonGreedy;
/// use habit::rng::stream;
///
/// let mut agent = FixedQLearning::<48, 4, i16, 8>::EMPTY;
/// agent.start(TdParameters { step_size: 0.5, discount: 1.0 }, EpsilonGreedy::new(0.1)?, 0.0)?;
/// let (mut cliff, mut world, mut choices) = (CliffWalking::new(false), stream(7, 0), stream(7, 1));
/// for _ in 0..500 {
///     run_episode(&mut cliff, &mut agent, u32::MAX, &mut world, &mut choices)?;
/// }
/// assert_eq!(agent.table().greedy(CliffWalking::START)?.1.to_f32(), -13.0);
/// # Ok::<(), habit::Error>(())
/// ```
pub type FixedQLearning<const S: usize, const A: usize, I, const SCALE_BITS: u32, E = EpsilonGreedy> =
    TdControl<QLearningTarget, FixedTable<S, A, I, SCALE_BITS>, E>;
