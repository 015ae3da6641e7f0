//! Exploration that changes with time.

use super::{Exploration, StateFree};
use crate::error::Error;
use crate::rng::Rng;
use crate::schedule::Schedule;

/// An exploration with one number that says how much.
pub trait Rate {
    /// Sets it.
    ///
    /// # Errors
    /// What the exploration says of a number outside its range; it is unchanged then.
    fn set_rate(&mut self, rate: f32) -> Result<(), Error>;
}

/// Takes the rate from a schedule, whose time is the number of actions drawn so far.
///
/// ```
/// use habit::policy::{EpsilonGreedy, Exploration, Scheduled};
/// use habit::rng::stream;
/// use habit::schedule::Linear;
/// let mut exploration = Scheduled::new(EpsilonGreedy::GREEDY, Linear::new(1.0, 0.0, 100)?)?;
/// let mut rng = stream(0, 0);
/// for _ in 0..100 {
///     exploration.act(0, &[0.0, 1.0], &mut rng)?;
/// }
/// assert_eq!(exploration.rate(), 0.0);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scheduled<E, S> {
    exploration: E,
    /// `None` before it is started, when nothing changes.
    schedule: Option<S>,
    actions: u32,
}

impl<E: Exploration + Rate, S: Schedule> Scheduled<E, S> {
    /// At time 0.
    ///
    /// # Errors
    /// What the exploration says of the schedule's first value.
    pub fn new(mut exploration: E, schedule: S) -> Result<Self, Error> {
        exploration.set_rate(schedule.at(0))?;
        Ok(Self { exploration, schedule: Some(schedule), actions: 0 })
    }

    /// The rate of the next action.
    pub fn rate(&self) -> f32 {
        self.schedule.as_ref().map_or(0.0, |schedule| schedule.at(self.actions))
    }
}

impl<E: StateFree + Rate, S: Schedule> StateFree for Scheduled<E, S> {}

impl<E: Exploration + Rate, S: Schedule> Exploration for Scheduled<E, S> {
    const GREEDY: Self = Self { exploration: E::GREEDY, schedule: None, actions: 0 };

    /// # Errors
    /// Besides the trait's, what the exploration says of a value of the schedule that is outside its range.
    fn draw(&mut self, state: usize, values: &[f32], rng: &mut (impl Rng + ?Sized)) -> Result<(usize, f32), Error> {
        let next = self.actions.saturating_add(1);
        let drawn = self.exploration.draw(state, values, rng)?;
        if let Some(schedule) = &self.schedule {
            self.exploration.set_rate(schedule.at(next))?;
        }
        self.actions = next;
        Ok(drawn)
    }

    fn expected_value(&self, state: usize, values: &[f32]) -> f32 {
        self.exploration.expected_value(state, values)
    }
}
