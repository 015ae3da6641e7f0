//! Trains on a host and writes what was learned as constants, for a board that acts and need not learn.
//!
//! ```sh
//! cargo run --release -p habit --example policy_for_a_board > cliff_policy.rs
//! ```
//!
//! The policy is a byte a state in flash, and no code of the kernel's. A board that is to go on learning takes the values
//! instead (`QTable::copy_from`), or a checkpoint, which also says what it is and whether it is whole
//! ([`checkpoint`](habit::checkpoint)).

use std::fmt::Write;

use habit::Error;
use habit::env::CliffWalking;
use habit::learn::{QLearning, TdParameters, run_episode};
use habit::policy::EpsilonGreedy;
use habit::rng::stream;

const STATES: usize = CliffWalking::STATES;
const ACTIONS: usize = CliffWalking::ACTIONS;

/// Trains, and returns the constants as the text of a file.
fn constants() -> Result<String, Error> {
    let mut agent = QLearning::<STATES, ACTIONS>::EMPTY;
    agent.start(TdParameters { step_size: 0.5, discount: 1.0 }, EpsilonGreedy::new(0.1)?, 0.0)?;
    let (mut cliff, mut world, mut choices) = (CliffWalking::new(false), stream(7, 0), stream(7, 1));
    for _ in 0..500 {
        run_episode(&mut cliff, &mut agent, u32::MAX, &mut world, &mut choices)?;
    }
    let mut text =
        String::from("// What a Q-learning agent does on the cliff. Made by the example `policy_for_a_board`.\n\n");
    let mut policy = String::new();
    for state in 0..STATES {
        let separator = if state % 12 == 0 { "\n    " } else { " " };
        // Writing to a `String` does not fail.
        let _ = write!(policy, "{separator}{},", agent.table().greedy(state)?.0);
    }
    let _ = writeln!(text, "/// The action of every state: up 0, right 1, down 2, left 3.");
    let _ = writeln!(text, "#[rustfmt::skip]\npub static POLICY: [u8; {STATES}] = [{policy}\n];\n");
    let _ = writeln!(text, "/// The values behind it, row by row.\n#[rustfmt::skip]");
    let _ = writeln!(text, "pub static VALUES: [f32; {}] = [", STATES * ACTIONS);
    for row in agent.table().rows() {
        // Shortest decimals that read back to the same bits.
        let row: Vec<_> = row.iter().map(|value| format!("{value:?},")).collect();
        let _ = writeln!(text, "    {}", row.join(" "));
    }
    text.push_str("];\n");
    Ok(text)
}

fn main() -> Result<(), Error> {
    print!("{}", constants()?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use habit::env::Env;
    use habit::interact::Outcome;
    use habit::policy::QTable;

    // As a board would.
    include!("cliff_policy.in");

    #[test]
    fn the_constants_are_those_that_training_gives() {
        assert_eq!(constants().unwrap(), include_str!("cliff_policy.in"), "write examples/cliff_policy.in anew");
    }

    #[test]
    fn the_policy_in_flash_walks_to_the_goal() {
        let (mut cliff, mut rng) = (CliffWalking::new(false), stream(0, 0));
        let mut state = cliff.reset(&mut rng);
        for _ in 0..12 {
            let step = cliff.step(POLICY[state].into(), &mut rng).unwrap();
            assert_eq!((step.reward, step.outcome), (-1.0, Outcome::Continue));
            state = step.observation;
        }
        assert_eq!(cliff.step(POLICY[state].into(), &mut rng).unwrap().outcome, Outcome::Terminated);
    }

    #[test]
    fn the_values_make_the_same_policy() {
        let mut table = QTable::<STATES, ACTIONS>::EMPTY;
        table.copy_from(&VALUES).unwrap();
        assert!((0..STATES).all(|state| table.greedy(state).unwrap().0 == usize::from(POLICY[state])));
    }
}
