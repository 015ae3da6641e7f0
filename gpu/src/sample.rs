//! Random steps, for checks and measurements.

use habit::interact::{Outcome, RolloutView};
use habit::rng::{self, Rng};

/// Steps of lanes; about one in 25 ends an episode, and about two in three are actions among observations.
pub(crate) struct Sample {
    /// Steps and lanes.
    pub(crate) shape: [usize; 2],
    /// Rewards, values, next values; logarithms of two policies' probabilities.
    pub(crate) numbers: [Vec<f32>; 5],
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) actions: Vec<bool>,
}

impl Sample {
    /// The same each time; numbers begin again after `period`.
    pub(crate) fn new(shape: [usize; 2], period: usize) -> Self {
        let mut rng = rng::stream(7, 0);
        let count = shape[0] * shape[1];
        let numbers = std::array::from_fn(|_| {
            let drawn: Vec<_> = (0..period.min(count)).map(|_| rng::gaussian_by_sum(&mut rng)).collect();
            drawn.into_iter().cycle().take(count).collect()
        });
        let outcome = |_| match rng.next_u32() % 50 {
            0 => Outcome::Terminated,
            1 => Outcome::Truncated,
            _ => Outcome::Continue,
        };
        let outcomes = (0..count).map(outcome).collect();
        let actions = (0..count).map(|_| !rng.next_u32().is_multiple_of(3)).collect();
        Self { shape, numbers, outcomes, actions }
    }

    pub(crate) fn view(&self) -> Result<RolloutView<'_>, habit::Error> {
        let ([steps, lanes], [rewards, values, next_values, ..]) = (self.shape, &self.numbers);
        RolloutView::new(steps, lanes, rewards, values, next_values, &self.outcomes)
    }

    /// A number for each step and lane.
    pub(crate) fn zeros(&self) -> Vec<f32> {
        vec![0.0; self.outcomes.len()]
    }
}
