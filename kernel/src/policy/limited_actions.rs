//! States that do not have every action.

use super::{Exploration, Rate};
use crate::error::Error;
use crate::linalg::Storage;
use crate::rng::Rng;

/// Restricts an exploration to the first `counts[s]` actions of state `s`; the others do not exist: they are never drawn,
/// and no maximum or expectation counts them.
///
/// Memory: one byte a state, an array or the caller's slice.
///
/// ```
/// use habit::policy::{EpsilonGreedy, Exploration, LimitedActions};
/// use habit::rng::stream;
/// let mut exploration = LimitedActions::new(EpsilonGreedy::new(1.0)?, [2u8, 4]);
/// let (values, mut rng) = ([0.0, 1.0, 9.0, 9.0], stream(0, 0));
/// assert!((0..50).all(|_| exploration.act(0, &values, &mut rng).is_ok_and(|action| action < 2)));
/// assert_eq!(exploration.expected_value(0, &values), 0.5);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LimitedActions<E, C> {
    exploration: E,
    /// `None` before it is started, when nothing is restricted.
    counts: Option<C>,
}

impl<E, C: Storage<u8>> LimitedActions<E, C> {
    /// With one count a state.
    pub const fn new(exploration: E, counts: C) -> Self {
        Self { exploration, counts: Some(counts) }
    }
}

impl<E: Rate, C: Storage<u8>> Rate for LimitedActions<E, C> {
    fn set_rate(&mut self, rate: f32) -> Result<(), Error> {
        self.exploration.set_rate(rate)
    }
}

impl<V, E: Exploration<V>, C: Storage<u8>> Exploration<V> for LimitedActions<E, C> {
    const GREEDY: Self = Self { exploration: E::GREEDY, counts: None };

    #[inline]
    fn available<'a>(&self, state: usize, values: &'a [V]) -> &'a [V] {
        let count = self.counts.as_ref().and_then(|counts| counts.values().get(state).copied());
        count.and_then(|count| values.get(..usize::from(count))).unwrap_or(values)
    }

    fn draw(&mut self, state: usize, values: &[V], rng: &mut (impl Rng + ?Sized)) -> Result<(usize, f32), Error> {
        self.exploration.draw(state, self.available(state, values), rng)
    }

    fn expected_value(&self, state: usize, values: &[V]) -> V {
        self.exploration.expected_value(state, self.available(state, values))
    }
}
