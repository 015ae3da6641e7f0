//! Learners that predict a random walk.

use crate::env::{Env, RandomWalk};
use crate::error::Error;
use crate::interact::Transition;
use crate::lab::{Metric, View};
use crate::learn::Prediction;
use crate::rng::{Generator, stream};
use crate::state::{Persist, persist_fields};

/// What the error counts as once the values have diverged.
pub(super) const DIVERGED: f32 = 9.0;

pub(super) const METRICS: &[Metric] = &[Metric {
    name: "error",
    unit: "",
    description: "Root of the mean squared error over the states; 9 once the values have diverged.",
}];

pub(super) const VIEWS: &[View] = &[View::Curve { title: "Error of the values", metric: "error" }];

/// One contender: its learner, its own walk, its own copy of the generator.
#[derive(Debug)]
pub(super) struct WalkLane<L, const N: usize> {
    walk: RandomWalk<N>,
    learner: L,
    rng: Option<Generator>,
    state: usize,
    over: bool,
    diverged: bool,
}

impl<L, const N: usize> WalkLane<L, N> {
    pub(super) const fn new(walk: RandomWalk<N>, learner: L) -> Self {
        Self { walk, learner, rng: None, state: 0, over: true, diverged: false }
    }
}

impl<L: Prediction<Observation = usize>, const N: usize> WalkLane<L, N> {
    fn start(&mut self, seed: u32) {
        self.rng = Some(stream(seed, 0));
        (self.over, self.diverged) = (true, false);
    }

    /// One step of the walk; whether it has left. All lanes of a seed walk alike.
    fn tick(&mut self) -> Result<bool, Error> {
        let rng = self.rng.as_mut().ok_or(Error::NotStarted)?;
        if self.over {
            self.state = self.walk.reset(rng);
        }
        let step = self.walk.step(0, rng)?;
        let (state, reward, next_state, outcome) = (self.state, step.reward, step.observation, step.outcome);
        if !self.diverged {
            match self.learner.learn(&Transition { state, action: (), reward, next_state, outcome }) {
                Ok(_) => {}
                // A step size that is too large is what the experiment is about.
                Err(Error::NonFinite) => self.diverged = true,
                Err(error) => return Err(error),
            }
        }
        self.state = next_state;
        self.over = outcome.is_over();
        Ok(self.over)
    }

    /// The root of the mean squared error over the states.
    fn error(&self) -> f32 {
        let squares = (0..N).fold(0.0, |sum, state| {
            let miss = self.learner.value(state).unwrap_or(f32::INFINITY) - self.walk.true_value(state);
            sum + miss * miss
        });
        let error = libm::sqrtf(squares / N as f32);
        if self.diverged || error.is_nan() { DIVERGED } else { error.min(DIVERGED) }
    }
}

persist_fields!([L: Persist, const N: usize] WalkLane<L, N> { learner });

/// Contenders of one type on the same walks.
#[derive(Debug)]
pub(super) struct Walks<L, const N: usize, const K: usize>(pub(super) [WalkLane<L, N>; K]);

impl<L: Prediction<Observation = usize>, const N: usize, const K: usize> Walks<L, N, K> {
    /// Lets `start` start each learner by its number, and all walks from the beginning.
    pub(super) fn start(&mut self, seed: u32, start: impl Fn(&mut L, usize) -> Result<(), Error>) -> Result<(), Error> {
        for (index, lane) in self.0.iter_mut().enumerate() {
            start(&mut lane.learner, index)?;
            lane.start(seed);
        }
        Ok(())
    }

    /// One step of every walk; whether they have left, which they do together.
    pub(super) fn tick(&mut self) -> Result<bool, Error> {
        self.0.iter_mut().try_fold(true, |over, lane| Ok(lane.tick()? && over))
    }

    /// A contender's error.
    pub(super) fn error(&self, contender: usize) -> f32 {
        self.0.get(contender).map_or(f32::NAN, WalkLane::error)
    }
}

persist_fields!([L: Persist, const N: usize, const K: usize] Walks<L, N, K> { 0 });
