//! A task that pays only at its end, with and without a hint on the way: a lake of 64 cells, 10 of them holes.
//!
//! The hint is a potential, how near the goal is. Shaping by the difference of potentials leaves the best policy the best,
//! whatever the potential (Ng, Harada, Russell 1999): a wrong hint costs time, not the task.
//!
//! ```sh
//! cargo run --release -p habit --example shape_a_sparse_task
//! ```

use habit::Error;
use habit::env::FrozenLake;
use habit::learn::{Control, QLearning, Shaped, Suits, TdParameters, run_episode};
use habit::policy::EpsilonGreedy;
use habit::reward::shaping::Potential;
use habit::rng::stream;

type Lake = FrozenLake<64>;
type Agent = QLearning<64, 4>;

const EPISODES: u32 = 500;

/// How near a cell is to the goal, which lies in the last row and column: 0 in the far corner, 1 at the goal. Where an
/// episode terminates the potential counts as 0, so whoever drowns gives back what the way there has brought.
fn nearness(cell: usize) -> f32 {
    (cell / Lake::SIDE + cell % Lake::SIDE) as f32 / 14.0
}

fn started() -> Result<Agent, Error> {
    let mut agent = Agent::EMPTY;
    agent.start(TdParameters { step_size: 0.5, discount: 0.99 }, EpsilonGreedy::new(0.1)?, 0.0)?;
    Ok(agent)
}

/// Trains, and returns how many episodes reached the goal. The return counts what the lake pays: nobody is rewarded for
/// potentials.
fn goals<A>(mut agent: A, seed: u32) -> Result<u32, Error>
where
    A: Control<Observation = usize, Action = usize> + Suits<Lake>,
{
    let (mut lake, mut world, mut choices) = (Lake::new(false), stream(seed, 0), stream(seed, 1));
    let mut goals = 0;
    for _ in 0..EPISODES {
        let episode = run_episode(&mut lake, &mut agent, Lake::TIME_LIMIT, &mut world, &mut choices)?;
        goals += u32::from(episode.reward > 0.0);
    }
    Ok(goals)
}

fn compare(seed: u32) -> Result<[u32; 2], Error> {
    Ok([goals(started()?, seed)?, goals(Shaped::new(started()?, Potential::new(nearness)), seed)?])
}

fn main() -> Result<(), Error> {
    println!("of {EPISODES} episodes reached the goal");
    for seed in 0..5 {
        let [plain, shaped] = compare(seed)?;
        println!("seed {seed}: {plain:3} without a hint, {shaped:3} with one");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_finds_the_goal_much_earlier() {
        for seed in 0..5 {
            let [plain, shaped] = compare(seed).unwrap();
            assert!(shaped > 250 && shaped > 2 * plain, "seed {seed}: {plain} and {shaped}");
        }
    }
}
