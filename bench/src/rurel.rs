//! rurel; the only exploration that it has, and that its trainer can have, is random actions.

use std::hash::{Hash, Hasher};

use rurel::AgentTrainer;
use rurel::mdp::{Agent, State};
use rurel::strategy::explore::RandomExploration;
use rurel::strategy::learn::QLearning;
use rurel::strategy::terminate::TerminationStrategy;

use crate::{Contender, DISCOUNT, Report, STEP_SIZE, cliff, path_length, run_episodes};

pub const CONTENDER: Contender =
    ("cliff rurel*: rurel 0.6.0, random actions, as it has no other exploration, f64", run);

/// A cell, with the reward for having come there: rurel pays states.
#[derive(Clone)]
struct Cell {
    state: usize,
    reward: f64,
}

impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

impl Eq for Cell {}

impl Hash for Cell {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

impl State for Cell {
    type A = usize;

    fn reward(&self) -> f64 {
        self.reward
    }

    fn actions(&self) -> Vec<usize> {
        vec![0, 1, 2, 3]
    }

    // Spares it the list, as its documentation says.
    fn random_action(&self) -> usize {
        rand::random::<usize>() % 4
    }
}

struct Walker {
    at: Cell,
    length: u64,
}

impl Agent<Cell> for Walker {
    fn current_state(&self) -> &Cell {
        &self.at
    }

    fn take_action(&mut self, action: &usize) {
        let (state, reward) = cliff(self.at.state, *action);
        self.at = Cell { state, reward };
        self.length += 1;
    }
}

struct AtGoal;

impl TerminationStrategy<Cell> for AtGoal {
    fn should_stop(&mut self, cell: &Cell) -> bool {
        cell.state == 47
    }
}

fn run(steps: u64) -> Report {
    let start = Cell { state: 36, reward: 0.0 };
    let mut trainer = AgentTrainer::new();
    let report = run_episodes(steps, || {
        let mut walker = Walker { at: start.clone(), length: 0 };
        let learning = QLearning::new(STEP_SIZE.into(), DISCOUNT.into(), 0.0);
        trainer.train(&mut walker, &learning, &mut AtGoal, &RandomExploration::new());
        walker.length
    });
    let cell = |state| Cell { state, reward: 0.0 };
    let path = path_length(|state| trainer.best_action(&cell(state)).unwrap_or(0));
    let best = trainer.best_action(&start).and_then(|action| trainer.expected_value(&start, &action));
    report.and(&[path.into(), best.unwrap_or(0.0)])
}
