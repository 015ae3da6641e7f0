//! Learners of action values in a table.

use habit::bandit::Choice;
use habit::error::Error;
use habit::interact::Transition;
use habit::learn::{Control, ExpectedSarsaTarget, QLearningTarget, SarsaTarget, Target, TdControl, TdParameters};
use habit::policy::{EpsilonGreedy, QView};
use habit::rng::Generator;

use crate::{Learner, leaked, persisted};

type Agent<T> = TdControl<T, QView<'static>>;

/// Q-learning, Sarsa and Expected Sarsa, epsilon-greedy.
pub enum Tabular {
    /// Not started.
    None,
    /// Kind 0.
    QLearning(Agent<QLearningTarget>),
    /// Kind 1.
    Sarsa(Agent<SarsaTarget>),
    /// Kind 2.
    ExpectedSarsa(Agent<ExpectedSarsaTarget>),
}

fn agent<T: Target>([states, actions]: [usize; 2], parameters: &[f32]) -> Result<Agent<T>, Error> {
    let &[step_size, discount, epsilon, initial] = parameters else { return Err(Error::LengthMismatch) };
    let table = QView::over(states, actions, leaked::zeros(leaked::product(states, actions)?)?)?;
    let mut agent = TdControl::over(table);
    agent.start(TdParameters { step_size, discount }, EpsilonGreedy::new(epsilon)?, initial)?;
    Ok(agent)
}

impl Learner for Tabular {
    const NONE: Self = Self::None;

    fn start(kind: u32, sizes: [usize; 2], parameters: &[f32]) -> Result<Self, Error> {
        Ok(match kind {
            0 => Self::QLearning(agent(sizes, parameters)?),
            1 => Self::Sarsa(agent(sizes, parameters)?),
            _ => Self::ExpectedSarsa(agent(sizes, parameters)?),
        })
    }

    #[inline]
    fn act(&mut self, state: usize, _exchange: &[f32], rng: &mut Generator) -> Result<Choice, Error> {
        let action = match self {
            Self::None => Err(Error::NotStarted),
            Self::QLearning(agent) => agent.act(state, rng),
            Self::Sarsa(agent) => agent.act(state, rng),
            Self::ExpectedSarsa(agent) => agent.act(state, rng),
        };
        action.map(Choice::sampled)
    }

    #[inline]
    fn learn(&mut self, transition: &Transition, rng: &mut Generator) -> Result<(), Error> {
        let moved = match self {
            Self::None => Err(Error::NotStarted),
            Self::QLearning(agent) => agent.learn(transition, rng),
            Self::Sarsa(agent) => agent.learn(transition, rng),
            Self::ExpectedSarsa(agent) => agent.learn(transition, rng),
        };
        moved.map(|_| ())
    }

    fn estimate(&self, state: usize, action: usize) -> f32 {
        let table = match self {
            Self::None => return f32::NAN,
            Self::QLearning(agent) => agent.table(),
            Self::Sarsa(agent) => agent.table(),
            Self::ExpectedSarsa(agent) => agent.table(),
        };
        table.value(state, action).unwrap_or(f32::NAN)
    }

    persisted! { drawing: QLearning Sarsa ExpectedSarsa; certain: }
}
