//! An environment of one's own: a shop orders goods in the evening, sells them by day, and pays for what it keeps.
//!
//! ```sh
//! cargo run --release -p habit --example custom_environment
//! ```

use habit::Error;
use habit::env::{Discrete, Env, TimeLimit};
use habit::interact::{Outcome, Step};
use habit::learn::{QLearning, TdParameters, run_episode};
use habit::linalg::Const;
use habit::policy::EpsilonGreedy;
use habit::rng::{Rng, below, stream};

/// The shelf holds so many.
const CAPACITY: usize = 8;
/// A state for each number of goods on the shelf, from 0 on.
const STATES: usize = CAPACITY + 1;
/// An action for each number that can be ordered, from 0 on.
const ORDERS: usize = 5;
/// Of a season.
const DAYS: u32 = 20;

/// The shop. Its business never ends by itself, so nothing here terminates: `TimeLimit` cuts it, and learners know the
/// difference.
struct Shop {
    stock: usize,
}

impl Env for Shop {
    type ObservationSpace = Discrete<Const<STATES>>;
    type ActionSpace = Discrete<Const<ORDERS>>;

    fn observation_space(&self) -> Self::ObservationSpace {
        Discrete(Const)
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Const)
    }

    /// A season begins with what is left of the last one: anything.
    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> usize {
        // There is something to choose from, so this does not fail.
        self.stock = below(STATES as u32, rng).map_or(0, |stock| stock as usize);
        self.stock
    }

    /// A delivery costs 1 and each of its goods 1; what the shelf does not hold is lost. From 0 to 4 are asked for, all
    /// alike, and each one sold pays 3. What is left over costs 0.25 a night.
    fn step(&mut self, order: usize, rng: &mut (impl Rng + ?Sized)) -> Result<Step<usize>, Error> {
        // Check first, then act: a rejected call changes nothing and takes no random number.
        if order >= ORDERS {
            return Err(Error::ActionOutOfRange);
        }
        let on_the_shelf = (self.stock + order).min(CAPACITY);
        let sold = on_the_shelf.min(below(5, rng)? as usize);
        self.stock = on_the_shelf - sold;
        let delivery = if order > 0 { 1.0 } else { 0.0 };
        let reward = 3.0 * sold as f32 - order as f32 - delivery - 0.25 * self.stock as f32;
        Ok(Step { observation: self.stock, reward, outcome: Outcome::Continue })
    }
}

/// Learns, and returns what to order for every stock.
fn learned() -> Result<[usize; STATES], Error> {
    // The sizes are part of the types: a table of another size than the shop's does not compile.
    let mut shop = TimeLimit::new(Shop { stock: 0 }, DAYS);
    let mut agent = QLearning::<STATES, ORDERS>::EMPTY;
    // Two generators, so that what the agent draws does not change what customers want.
    let (mut customers, mut choices) = (stream(1, 0), stream(1, 1));
    agent.start(TdParameters { step_size: 0.1, discount: 0.9 }, EpsilonGreedy::new(0.5)?, 0.0)?;
    for round in 0..20_000u16 {
        // Large steps learn fast and small ones are exact.
        agent.set_parameters(TdParameters { step_size: 20.0 / (100.0 + f32::from(round)), discount: 0.9 })?;
        run_episode(&mut shop, &mut agent, u32::MAX, &mut customers, &mut choices)?;
    }
    let mut orders = [0; STATES];
    for (stock, order) in orders.iter_mut().enumerate() {
        *order = agent.table().greedy(stock)?.0;
    }
    Ok(orders)
}

fn main() -> Result<(), Error> {
    for (stock, order) in learned()?.into_iter().enumerate() {
        println!("{stock} on the shelf: order {order}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shop_orders_when_its_shelf_is_empty_and_not_when_it_is_full() {
        let orders = learned().unwrap();
        assert!(orders[0] >= 3 && orders[5..] == [0; 4], "{orders:?}");
        assert!(orders.is_sorted_by(|less, more| less >= more), "{orders:?}");
    }

    #[test]
    fn a_rejected_order_changes_nothing() {
        let (mut shop, mut rng) = (Shop { stock: 3 }, stream(2, 0));
        assert_eq!(shop.step(ORDERS, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!((shop.stock, rng), (3, stream(2, 0)));
    }
}
