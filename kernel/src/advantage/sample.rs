//! Random rollouts for the tests of estimators.

use crate::error::Error;
use crate::interact::{Outcome, RolloutView};
use crate::rng::{Generator, below, gaussian_by_sum};
use std::vec::Vec;

/// `[T][N]` random numbers with about one step in 25 ended.
pub(super) struct Sample {
    lanes: usize,
    numbers: [Vec<f32>; 3],
    pub(super) outcomes: Vec<Outcome>,
}

/// A step of a sample in numbers of double length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) reward: f64,
    pub(super) value: f64,
    pub(super) next_value: f64,
    pub(super) outcome: Outcome,
    pub(super) lane: usize,
}

impl Sample {
    pub(super) fn new(steps: usize, lanes: usize, rng: &mut Generator) -> Self {
        let numbers = core::array::from_fn(|_| (0..steps * lanes).map(|_| gaussian_by_sum(rng)).collect());
        let outcomes = (0..steps * lanes)
            .map(|_| match below(50, rng).unwrap() {
                0 => Outcome::Terminated,
                1 => Outcome::Truncated,
                _ => Outcome::Continue,
            })
            .collect();
        Self { lanes, numbers, outcomes }
    }

    pub(super) fn view(&self) -> RolloutView<'_> {
        let [rewards, values, next_values] = &self.numbers;
        RolloutView::new(self.outcomes.len() / self.lanes, self.lanes, rewards, values, next_values, &self.outcomes)
            .unwrap()
    }

    /// Which tokens were chosen: runs of two or three, of either kind.
    pub(super) fn runs(&self, rng: &mut Generator) -> Vec<bool> {
        let mut acts = std::vec![false; self.lanes];
        let mut flip = |at: usize| {
            let acts = &mut acts[at % self.lanes];
            *acts ^= below(5, rng).unwrap() < 2;
            *acts
        };
        (0..self.outcomes.len()).map(&mut flip).collect()
    }

    /// The rewards, the values or the next values.
    pub(super) fn numbers(&self, which: usize) -> &[f32] {
        &self.numbers[which]
    }

    pub(super) fn numbers_mut(&mut self, which: usize) -> &mut [f32] {
        &mut self.numbers[which]
    }

    /// Every `stride`-th step from `first` to before `end`, as one lane.
    pub(super) fn part(&self, first: usize, end: usize, stride: usize) -> Self {
        fn pick<T: Copy>(all: &[T], first: usize, end: usize, stride: usize) -> Vec<T> {
            all[first..end].iter().step_by(stride).copied().collect()
        }
        Self {
            lanes: 1,
            numbers: self.numbers.each_ref().map(|numbers| pick(numbers, first, end, stride)),
            outcomes: pick(&self.outcomes, first, end, stride),
        }
    }

    /// A lane's steps in order.
    pub(super) fn lane(&self, lane: usize) -> Vec<Entry> {
        (lane..self.outcomes.len())
            .step_by(self.lanes)
            .map(|at| {
                let [reward, value, next_value] = self.numbers.each_ref().map(|numbers| f64::from(numbers[at]));
                Entry { reward, value, next_value, outcome: self.outcomes[at], lane }
            })
            .collect()
    }

    /// What an estimator writes.
    pub(super) fn estimate(&self, estimator: impl Fn(&RolloutView<'_>, &mut [f32]) -> Result<(), Error>) -> Vec<f32> {
        let mut out = std::vec![f32::NAN; self.outcomes.len()];
        estimator(&self.view(), &mut out).unwrap();
        out
    }

    /// Holds an estimator to what all of them refuse, and to nothing for nothing.
    pub(super) fn refuses(mut estimator: impl FnMut(&RolloutView<'_>, &mut [f32]) -> Result<(), Error>) {
        for (lanes, length) in [(1, 0), (1, 5), (2, 7), (3, 4), (6, 12)] {
            let sample = Self::new(6 / lanes, lanes, &mut crate::rng::stream(9, 0));
            let mut out = std::vec![9.0; length];
            assert_eq!(estimator(&sample.view(), &mut out), Err(Error::LengthMismatch));
            assert!(out.iter().all(|&number| number == 9.0));
        }
        for (steps, lanes) in [(0, 0), (0, 3), (3, 0)] {
            let empty = RolloutView::new(steps, lanes, &[], &[], &[], &[]).unwrap();
            assert_eq!(estimator(&empty, &mut []), Ok(()));
            assert_eq!(estimator(&empty, &mut [9.0]), Err(Error::LengthMismatch));
        }
    }
}

/// Compares every step of every lane with a definition: the lane, the step's number.
pub(super) fn compare(sample: &Sample, estimates: &[f32], definition: impl Fn(&[Entry], usize) -> f64) {
    assert_eq!(estimates.len(), sample.outcomes.len());
    for lane in 0..sample.lanes {
        let steps = sample.lane(lane);
        let expected: Vec<f64> = (0..steps.len()).map(|t| definition(&steps, t)).collect();
        let scale = expected.iter().fold(1.0f64, |most, x| most.max(x.abs()));
        for (t, expected) in expected.iter().enumerate() {
            let own = f64::from(estimates[t * sample.lanes + lane]);
            assert!((own - expected).abs() <= 2e-6 * scale, "lane {lane}, step {t}: {own} instead of {expected}");
        }
    }
}
