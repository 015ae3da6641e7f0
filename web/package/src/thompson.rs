//! Bandits that play an arm as often as it is likely to be the best.

use habit::bandit::{Bandit, Choice, Cumulative, ThompsonBetaState, ThompsonGaussianState};
use habit::error::Error;
use habit::rng::Generator;

use crate::leaked::zeros;
use crate::{Learner, parameter, persisted};

type Numbers = &'static mut [f32];
type Counts = &'static mut [u32];

/// Thompson sampling for rewards of 0 or 1, and for rewards with normal noise.
pub enum Thompson {
    /// Not started.
    None,
    /// Kind 0.
    Beta(ThompsonBetaState<Counts>),
    /// Kind 1.
    Gaussian(ThompsonGaussianState<Cumulative<Counts, Numbers>>),
}

impl Learner for Thompson {
    const NONE: Self = Self::None;

    fn start(kind: u32, [arms, _]: [usize; 2], parameters: &[f32]) -> Result<Self, Error> {
        if kind == 0 {
            let mut bandit = ThompsonBetaState::new(zeros(arms)?, zeros(arms)?);
            bandit.start()?;
            return Ok(Self::Beta(bandit));
        }
        let mut bandit = ThompsonGaussianState::new(Cumulative::over(zeros(arms)?, zeros(arms)?)?);
        bandit.start(parameter(parameters, 0)?)?;
        Ok(Self::Gaussian(bandit))
    }

    fn act(&mut self, _state: usize, _exchange: &[f32], rng: &mut Generator) -> Result<Choice, Error> {
        match self {
            Self::None => Err(Error::NotStarted),
            Self::Beta(bandit) => bandit.select(rng),
            Self::Gaussian(bandit) => bandit.select(rng),
        }
    }

    fn reward(&mut self, arm: usize, reward: f32, _context: &[f32], _replayed: bool) -> Result<(), Error> {
        match self {
            Self::None => Err(Error::NotStarted),
            Self::Beta(bandit) => bandit.update(arm, reward),
            Self::Gaussian(bandit) => bandit.update(arm, reward),
        }
    }

    fn estimate(&self, arm: usize, _second: usize) -> f32 {
        match self {
            Self::None => f32::NAN,
            Self::Beta(bandit) => bandit.mean(arm),
            Self::Gaussian(bandit) => bandit.mean(arm),
        }
    }

    persisted! { drawing: Beta Gaussian; certain: }
}
