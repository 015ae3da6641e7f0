//! Bandits that see nothing before they choose, and judge arms by their means.

use habit::bandit::{ActionValueState, Bandit, Choice, Cumulative, IndexBandit, Ucb};
use habit::error::Error;
use habit::policy::EpsilonGreedy;
use habit::rng::Generator;

use crate::leaked::zeros;
use crate::{Learner, parameter, persisted};

type Numbers = &'static mut [f32];
type Counts = &'static mut [u32];

/// Epsilon-greedy and UCB1.
pub enum Arms {
    /// Not started.
    None,
    /// Kind 0.
    EpsilonGreedy(ActionValueState<Numbers, Counts>),
    /// Kind 1.
    Ucb1(IndexBandit<Cumulative<Counts, Numbers>, Ucb>),
}

impl Learner for Arms {
    const NONE: Self = Self::None;

    fn start(kind: u32, [arms, _]: [usize; 2], parameters: &[f32]) -> Result<Self, Error> {
        let parameter = |index| parameter(parameters, index);
        Ok(match kind {
            0 => {
                let mut bandit = ActionValueState::over(zeros(arms)?, zeros(arms)?)?;
                // Nought stands for the mean of all rewards.
                let step_size = Some(parameter(1)?).filter(|step_size| *step_size != 0.0);
                bandit.start(EpsilonGreedy::new(parameter(0)?)?, step_size, parameter(2)?)?;
                Self::EpsilonGreedy(bandit)
            }
            _ => {
                let mut bandit = IndexBandit::new(Cumulative::over(zeros(arms)?, zeros(arms)?)?);
                bandit.start(Ucb::new(parameter(0)?)?)?;
                Self::Ucb1(bandit)
            }
        })
    }

    fn act(&mut self, _state: usize, _exchange: &[f32], rng: &mut Generator) -> Result<Choice, Error> {
        match self {
            Self::None => Err(Error::NotStarted),
            Self::EpsilonGreedy(bandit) => bandit.select(rng),
            Self::Ucb1(bandit) => bandit.select(rng),
        }
    }

    fn reward(&mut self, arm: usize, reward: f32, _context: &[f32], _replayed: bool) -> Result<(), Error> {
        match self {
            Self::None => Err(Error::NotStarted),
            Self::EpsilonGreedy(bandit) => bandit.update(arm, reward),
            Self::Ucb1(bandit) => bandit.update(arm, reward),
        }
    }

    fn estimate(&self, arm: usize, _second: usize) -> f32 {
        match self {
            Self::None => f32::NAN,
            Self::EpsilonGreedy(bandit) => bandit.values().get(arm).copied().unwrap_or(f32::NAN),
            Self::Ucb1(bandit) => bandit.mean(arm),
        }
    }

    persisted! { drawing: EpsilonGreedy; certain: Ucb1 }
}
