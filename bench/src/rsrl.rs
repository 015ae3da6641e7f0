//! rsrl, a library of learners; its own cliff has other rewards, so that it walks on ours.

use std::convert::Infallible;

use ndarray::Ix2;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use rsrl::control::td::QLearning;
use rsrl::domains::{Observation, Transition};
use rsrl::fa::StateActionUpdate;
use rsrl::fa::tabular::DenseQTable;
use rsrl::policies::{EpsilonGreedy, Greedy, Policy, Random};
use rsrl::{Enumerable, Function, Handler, Shared, make_shared};

use crate::{Contender, DISCOUNT, EPSILON, Report, SEED, STEP_SIZE, cliff, path_length, run_episodes};

pub const CONTENDER: Contender = ("cliff rsrl: rsrl 0.8.1, QLearning on a DenseQTable, f64", run);

/// Its table has no step size.
struct Stepped(Shared<DenseQTable>);

impl<'a> Function<(&'a usize,)> for Stepped {
    type Output = Vec<f64>;

    fn evaluate(&self, state: (&'a usize,)) -> Vec<f64> {
        self.0.evaluate(state)
    }
}

impl Enumerable<(&usize,)> for Stepped {}

impl<'a> Handler<StateActionUpdate<&'a usize, usize, f64>> for Stepped {
    type Response = ();
    type Error = Infallible;

    fn handle(&mut self, update: StateActionUpdate<&'a usize, usize, f64>) -> Result<(), Infallible> {
        let error = f64::from(STEP_SIZE) * update.error;
        self.0.borrow_mut().handle(StateActionUpdate { error, ..update }).ok();
        Ok(())
    }
}

fn run(steps: u64) -> Report {
    let mut rng = SmallRng::seed_from_u64(SEED.into());
    let table = make_shared(DenseQTable::zeros(Ix2(48, 4)));
    let policy = EpsilonGreedy::new(Greedy::new(table.clone()), Random::new(4), EPSILON.into());
    let mut agent = QLearning { q_func: Stepped(table.clone()), gamma: DISCOUNT.into() };
    let report = run_episodes(steps, || {
        let (mut state, mut length) = (36, 0);
        while state != 47 {
            let action = policy.sample(&mut rng, &state);
            let (next, reward) = cliff(state, action);
            let to = if next == 47 { Observation::Terminal(next) } else { Observation::Full(next) };
            agent.handle(&Transition { from: Observation::Full(state), action, reward, to }).ok();
            (state, length) = (next, length + 1);
        }
        length
    });
    let path = path_length(|state| table.find_max((&state,)).0);
    report.and(&[path.into(), table.find_max((&36usize,)).1])
}
