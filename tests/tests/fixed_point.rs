//! Tables of integers beside the table of floats: what both would do after they have learned from the same transitions.

use habit::env::{CliffWalking, Discrete, Env, FrozenLake, Taxi};
use habit::interact::{Outcome, Transition};
use habit::learn::{Control, FixedQLearning, QLearning, TdParameters, run_episode};
use habit::linalg::Const;
use habit::math::FixedInteger;
use habit::policy::EpsilonGreedy;
use habit::rng::stream;

const SEEDS: u32 = 3;

/// How far two tables agree on the states that were visited.
#[derive(Clone, Copy, Debug, Default)]
struct Agreement {
    states: u32,
    same: u32,
    /// By how much less the float table values what the integers prefer, where they prefer another action.
    gap: f32,
    /// The greatest difference of two values.
    error: f32,
}

struct World<V> {
    env: V,
    /// Steps of an episode.
    limit: u32,
    episodes: u32,
    parameters: TdParameters,
    epsilon: f32,
}

impl<V, const S: usize, const A: usize> World<V>
where
    V: Env<ObservationSpace = Discrete<Const<S>>, ActionSpace = Discrete<Const<A>>> + Clone,
{
    /// The float learner acts; both learn from what follows.
    fn compare<I: FixedInteger, const B: u32>(&self) -> Agreement {
        let mut agreement = Agreement::default();
        for seed in 0..SEEDS {
            let (mut env, mut world, mut choices) = (self.env.clone(), stream(seed, 0), stream(seed, 1));
            let mut floats = Box::new(QLearning::<S, A>::EMPTY);
            let mut integers = Box::new(FixedQLearning::<S, A, I, B>::EMPTY);
            let explores = EpsilonGreedy::new(self.epsilon).expect("a probability");
            floats.start(self.parameters, explores, 0.0).expect("good parameters");
            integers.start(self.parameters, explores, 0.0).expect("good parameters");
            let mut visited = [false; S];
            for _ in 0..self.episodes {
                let mut state = env.reset(&mut world);
                for t in 1..=self.limit {
                    visited[state] = true;
                    let action = floats.act(state, &mut choices).expect("a state");
                    let step = env.step(action, &mut world).expect("an action");
                    let cut = step.outcome == Outcome::Continue && t == self.limit;
                    let outcome = if cut { Outcome::Truncated } else { step.outcome };
                    let next_state = step.observation;
                    let transition = Transition { state, action, reward: step.reward, next_state, outcome };
                    floats.learn(&transition, &mut choices).expect("a transition");
                    integers.learn(&transition, &mut choices).expect("a transition");
                    state = next_state;
                    if outcome.is_over() {
                        break;
                    }
                }
            }
            for state in (0..S).filter(|&state| visited[state]) {
                let (expected, best) = floats.table().greedy(state).expect("a state");
                let (chosen, _) = integers.table().greedy(state).expect("a state");
                let row = floats.table().row(state).expect("a state");
                agreement.states += 1;
                agreement.same += u32::from(chosen == expected);
                agreement.gap = agreement.gap.max(best - row[chosen]);
                for (float, integer) in row.iter().zip(integers.table().row(state).expect("a state")) {
                    agreement.error = agreement.error.max((float - integer.to_f32()).abs());
                }
            }
        }
        agreement
    }

    /// Compares both types with the floats; in so many of a hundred visited states the greedy action must be the same, and where
    /// it is not, the floats hold the two for equal but for three units.
    fn agree<const B16: u32, const B32: u32>(&self, name: &str, least: [f64; 2]) {
        let both = [self.compare::<i16, B16>(), self.compare::<i32, B32>()];
        for ((agreement, least), (integer, scale)) in both.iter().zip(least).zip([("i16", B16), ("i32", B32)]) {
            let share = 100.0 * f64::from(agreement.same) / f64::from(agreement.states);
            let text = format!("{name}, {integer} with {scale} bits: {share:.2} % of {agreement:?}");
            println!("{text}");
            assert!(share >= least, "{text}");
            assert!(agreement.gap * (1u32 << scale) as f32 <= 3.0, "{text}");
        }
    }
}

#[test]
fn a_slippery_lake_is_crossed_alike() {
    let parameters = TdParameters { step_size: 0.1, discount: 0.95 };
    let env = FrozenLake::<16>::new(true);
    let lake = World { env, limit: 100, episodes: 5000, parameters, epsilon: 0.1 };
    lake.agree::<14, 28>("FrozenLake 4 x 4", [99.0; 2]);
    let parameters = TdParameters { step_size: 0.1, discount: 0.99 };
    let env = FrozenLake::<64>::new(true);
    let lake = World { env, limit: 200, episodes: 5000, parameters, epsilon: 0.3 };
    // Not learned to the end: what far states are worth is a few units.
    lake.agree::<14, 28>("FrozenLake 8 x 8", [96.0, 98.0]);
}

#[test]
fn a_taxi_is_driven_alike() {
    let parameters = TdParameters { step_size: 0.1, discount: 0.9 };
    let taxi = World { env: Taxi::new(), limit: 200, episodes: 3000, parameters, epsilon: 0.1 };
    taxi.agree::<10, 20>("Taxi", [99.0; 2]);
}

/// Many ways along the cliff are equally long: floats tell them apart by their rounding, and integers by theirs.
#[test]
fn beside_the_cliff_they_differ_where_ways_are_worth_the_same() {
    let parameters = TdParameters { step_size: 0.5, discount: 1.0 };
    let cliff = World { env: CliffWalking::new(false), limit: 1000, episodes: 500, parameters, epsilon: 0.1 };
    cliff.agree::<8, 20>("CliffWalking", [85.0, 95.0]);
}

/// Left to itself a learner meets other transitions as soon as one choice differs; what it comes to is as good.
#[test]
fn left_to_themselves_they_find_the_shortest_way() {
    fn way<I: FixedInteger, const B: u32>(seed: u32) -> usize {
        let mut agent = FixedQLearning::<48, 4, I, B>::EMPTY;
        let explores = EpsilonGreedy::new(0.1).expect("a probability");
        agent.start(TdParameters { step_size: 0.5, discount: 1.0 }, explores, 0.0).expect("good parameters");
        let (mut cliff, mut world, mut choices) = (CliffWalking::new(false), stream(seed, 0), stream(seed, 1));
        for _ in 0..500 {
            run_episode(&mut cliff, &mut agent, u32::MAX, &mut world, &mut choices).expect("an episode");
        }
        let mut state = cliff.reset(&mut world);
        let step = |_: &usize| {
            let (action, _) = agent.table().greedy(state).expect("a state");
            let step = cliff.step(action, &mut world).expect("an action");
            state = step.observation;
            step.outcome.is_over()
        };
        (1..100).find(step).unwrap_or(100)
    }
    for seed in 0..20 {
        assert_eq!((way::<i16, 8>(seed), way::<i32, 20>(seed)), (13, 13), "seed {seed}");
    }
}
