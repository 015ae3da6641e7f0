//! Rewards by design, on the line with a key.

#[cfg(feature = "explicable-reward-design-adaptive")]
mod adaptive;
#[cfg(feature = "explicable-reward-design-q-learning")]
mod q_learning;

#[cfg(feature = "explicable-reward-design-adaptive")]
pub use adaptive::AdaptiveExperiment;
#[cfg(feature = "explicable-reward-design-q-learning")]
pub use q_learning::QLearningExperiment;

use crate::env::LineKey;
use crate::error::Error;
use crate::model::expected_reward;
use crate::plan::RewardDesigner;
use crate::policy::QTable;

/// Six cells.
type Line = LineKey<STATES>;
type Designer = RewardDesigner<STATES, ACTIONS, 5>;
type Rewards = QTable<STATES, ACTIONS>;

const STATES: usize = 13;
const ACTIONS: usize = LineKey::<STATES>::ACTIONS;

/// Steps after which an episode is cut.
const LIMIT: u32 = 20;

const DISCOUNT: f32 = 0.95;
const HORIZONS: [u16; 5] = [1, 4, 8, 16, 32];
const R_MAX: f32 = 10.0;

const CITATION: &str = "Devidze, Radanovic, Kamalaruban, Singla, Explicable reward design for reinforcement learning agents, \
                        NeurIPS 2021; Devidze, Kamalaruban, Singla, Informativeness of reward functions in reinforcement \
                        learning, AAMAS 2024";

/// The line's own rewards.
fn fill_original(rewards: &mut Rewards) -> Result<(), Error> {
    for state in 0..STATES {
        for action in 0..ACTIONS {
            rewards.set(state, action, expected_reward(&Line::new(), state, action)?)?;
        }
    }
    Ok(())
}
