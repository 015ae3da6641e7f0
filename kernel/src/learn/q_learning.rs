//! Off-policy: the next state is worth its best action.

use super::{Target, TdControl};
use crate::policy::{Exploration, QTable};

/// `v(s') = max_b Q(s', b)` (Sutton & Barto, section 6.5; Watkins 1989).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QLearningTarget;

impl Target for QLearningTarget {
    const NAME: &'static str = "q-learning";
    const COMMITS: bool = false;

    #[inline]
    fn next_value(values: &[f32], _next_action: usize, _exploration: &impl Exploration) -> f32 {
        values.iter().copied().fold(f32::NEG_INFINITY, f32::max)
    }
}

/// Q-learning with epsilon-greedy behaviour.
///
/// ```
/// use habit::env::{CliffWalking, Env};
/// use habit::interact::Transition;
/// use habit::learn::{Control, QLearning, TdParameters};
/// use habit::rng::stream;
///
/// let mut agent = QLearning::<48, 4>::EMPTY;
/// agent.start(TdParameters { step_size: 0.5, discount: 1.0, epsilon: 0.1 }, 0.0)?;
/// let (mut cliff, mut rng) = (CliffWalking::new(false), stream(7, 0));
/// for _ in 0..500 {
///     let mut state = cliff.reset(&mut rng);
///     loop {
///         let action = agent.act(state, &mut rng)?;
///         let step = cliff.step(action, &mut rng)?;
///         let next_state = step.observation;
///         agent.learn(&Transition { state, action, reward: step.reward, next_state, outcome: step.outcome }, &mut rng)?;
///         if step.outcome.is_over() {
///             break;
///         }
///         state = next_state;
///     }
/// }
/// assert_eq!(agent.table().greedy(CliffWalking::START)?.1, -13.0);
/// # Ok::<(), habit::Error>(())
/// ```
pub type QLearning<const S: usize, const A: usize> = TdControl<QLearningTarget, QTable<S, A>>;
