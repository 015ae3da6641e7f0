//! Learners: an action and an update each.

use super::counter::{Cost, Counter};
use habit::Error;
use habit::bandit::{Bandit, Confidence, DynLinUcbState, FixedRadius, LinUcbState, SystemBounds};
use habit::env::{Action, CliffWalking, Env, MountainCar, Observation};
use habit::interact::Transition;
use habit::learn::{Control, FixedQLearning, QLearning, SarsaLambda, TdParameters, TraceKind};
use habit::linalg::{Owned, Ridge};
use habit::math::{Libm, Math, Micromath};
use habit::policy::EpsilonGreedy;
use habit::policy::features::TileCoding;
use habit::rng::{Generator, Rng, gaussian_by_sum, stream};

/// Updates of a table.
const STEPS: u32 = 20_000;
/// Updates of the others.
const FEW_STEPS: u32 = 2_000;
/// Updates more, before and after, in which bounded draws look whether they must be repeated.
const RARE_STEPS: u32 = 400;

const PARAMETERS: TdParameters = TdParameters { step_size: 0.1, discount: 0.95 };

/// The arms of the bandits, all of length 1.
static ARMS: [[f32; 8]; 4] = [
    [0.5, 0.5, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0],
    [0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.5],
    [0.5, 0.0, 0.5, 0.0, 0.5, 0.0, 0.5, 0.0],
    [0.353_553_4; 8],
];

/// What they are told.
const BOUNDS: SystemBounds = SystemBounds {
    spectral_radius: 0.5,
    transient_gain: 1.0,
    feedthrough_norm: 0.5,
    output_norm: 0.1,
    input_norm: 0.5,
    arm_norm: 1.0,
    noise: 0.05,
};

/// A generator whose next words are put in. With 0 an epsilon-greedy policy explores, with the greatest word it does not; a 0
/// after either is where a bounded draw looks whether it must be repeated.
struct Rigged {
    generator: Generator,
    words: [Option<u32>; 2],
}

impl rand_core::TryRng for Rigged {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let [first, second] = &mut self.words;
        Ok(first.take().or_else(|| second.take()).unwrap_or_else(|| self.generator.next_u32()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(self.generator.next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.generator.fill_bytes(bytes);
        Ok(())
    }
}

/// One step of an episode, of which acting and learning are counted.
fn step<V, C>(
    counter: &mut Counter,
    env: &mut V,
    agent: &mut C,
    state: Observation<V>,
    world: &mut Generator,
    choices: &mut impl Rng,
) -> Result<Observation<V>, Error>
where
    V: Env,
    C: Control<Observation = Observation<V>, Action = Action<V>>,
{
    let action = counter.add(|| agent.act(state, choices))?;
    let answer = env.step(action, world)?;
    let (reward, next_state, outcome) = (answer.reward, answer.observation, answer.outcome);
    let transition = Transition { state, action, reward, next_state, outcome };
    counter.add(|| agent.learn(&transition, choices))?;
    Ok(if outcome.is_over() { env.reset(world) } else { next_state })
}

fn control<V, C>(counter: &mut Counter, mut env: V, agent: &mut C, steps: u32) -> Result<Cost, Error>
where
    V: Env,
    C: Control<Observation = Observation<V>, Action = Action<V>>,
{
    let (mut world, mut choices) = (stream(1, 0), stream(1, 1));
    let mut rigged = Rigged { generator: stream(1, 2), words: [None; 2] };
    let mut state = env.reset(&mut world);
    for index in 0..steps + 2 * RARE_STEPS {
        if (RARE_STEPS..RARE_STEPS + steps).contains(&index) {
            state = step(counter, &mut env, agent, state, &mut world, &mut choices)?;
            counter.end();
        } else {
            rigged.words = [Some(if index % 2 == 0 { 0 } else { u32::MAX }), Some(0)];
            state = step(counter, &mut env, agent, state, &mut world, &mut rigged)?;
            counter.end_of_a_rare_one();
        }
    }
    Ok(counter.cost())
}

fn bandit(counter: &mut Counter, bandit: &mut impl Bandit) -> Result<Cost, Error> {
    let (mut world, mut choices) = (stream(1, 0), stream(1, 1));
    for _ in 0..FEW_STEPS {
        let arm = counter.add(|| bandit.select(&mut choices))?.arm;
        let reward = 0.25 * arm as f32 + 0.1 * gaussian_by_sum(&mut world);
        counter.add(|| bandit.update(arm, reward))?;
        counter.end();
    }
    Ok(counter.cost())
}

fn confidence<M: Math>() -> Result<Confidence<M>, Error> {
    let constants = [BOUNDS.transient(), BOUNDS.bias(), BOUNDS.variance()];
    Confidence::new(constants, BOUNDS.arm_norm, 8, 1.0, 100_000)
}

fn lin_ucb<M: Math>(counter: &mut Counter) -> Result<Cost, Error> {
    let mut learner = LinUcbState::new(&ARMS, Ridge::<Owned<8>>::EMPTY, Confidence::<M>::ZERO);
    learner.start(&ARMS, confidence()?, 1.0)?;
    bandit(counter, &mut learner)
}

fn dyn_lin_ucb<M: Math>(counter: &mut Counter) -> Result<Cost, Error> {
    let mut learner = DynLinUcbState::new(&ARMS, Ridge::<Owned<8>>::EMPTY, Confidence::<M>::ZERO);
    learner.start(&ARMS, confidence()?, 1.0, BOUNDS.spectral_radius)?;
    bandit(counter, &mut learner)
}

pub fn report(counter: &mut Counter, line: &mut impl FnMut(&str, Cost)) -> Result<(), Error> {
    let explores = EpsilonGreedy::new(0.1)?;
    let cliff = CliffWalking::new(false);
    let mut agent = QLearning::<48, 4>::EMPTY;
    agent.start(PARAMETERS, explores, 0.0)?;
    line("q_learning", control(counter, cliff, &mut agent, STEPS)?);
    let mut agent = FixedQLearning::<48, 4, i16, 8>::EMPTY;
    agent.start(PARAMETERS, explores, 0.0)?;
    line("fixed_q_learning", control(counter, cliff, &mut agent, STEPS)?);
    let mut agent = FixedQLearning::<48, 4, i32, 16>::EMPTY;
    agent.start(PARAMETERS, explores, 0.0)?;
    line("fixed_q_learning_32", control(counter, cliff, &mut agent, STEPS)?);
    let mut agent = SarsaLambda::<TileCoding<2, 4, 8, 200>, 3, 200>::EMPTY;
    let tiles = TileCoding::new([-1.2, -0.07], [0.6, 0.07])?;
    agent.start(tiles, PARAMETERS, TraceKind::Replacing, 0.9, explores)?;
    line("sarsa_lambda", control(counter, MountainCar::<f32>::new(), &mut agent, FEW_STEPS)?);
    let mut learner = LinUcbState::new(&ARMS, Ridge::<Owned<8>>::EMPTY, FixedRadius(0.0));
    learner.start(&ARMS, FixedRadius(0.5), 1.0)?;
    line("lin_ucb_fixed_radius", bandit(counter, &mut learner)?);
    line("lin_ucb", lin_ucb::<Libm>(counter)?);
    line("lin_ucb_micromath", lin_ucb::<Micromath>(counter)?);
    line("dyn_lin_ucb", dyn_lin_ucb::<Libm>(counter)?);
    line("dyn_lin_ucb_micromath", dyn_lin_ucb::<Micromath>(counter)?);
    Ok(())
}
