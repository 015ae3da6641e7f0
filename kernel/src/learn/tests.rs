//! What learners have in common: they find the solution that is known, and a cut changes nothing.

use super::*;
use crate::checkpoint;
use crate::linalg::Const;
use crate::policy::features::{Dense, OneHot};
use crate::policy::{EpsilonGreedy, Features, SoftmaxPolicy};
use crate::rng::{Generator, below, categorical, stream, unit_f32};
use crate::state::Identify;
use std::vec;
use std::vec::Vec;

const STATES: usize = 5;

/// A random chain without actions: `p[s]` holds the probabilities of the next state, the last of them that of the end;
/// `r[s]` the reward of leaving `s`.
struct Chain {
    p: [[f32; STATES + 1]; STATES],
    r: [f32; STATES],
}

impl Chain {
    fn random(rng: &mut Generator) -> Self {
        let p = core::array::from_fn(|_| {
            let weights: [f32; STATES + 1] = core::array::from_fn(|_| 0.05 + unit_f32(rng));
            let sum: f32 = weights.iter().sum();
            weights.map(|w| w / sum)
        });
        Self { p, r: core::array::from_fn(|_| 2.0 * unit_f32(rng) - 1.0) }
    }

    /// A step from `state`; the end is state 0 again, terminated.
    fn step(&self, state: usize, rng: &mut Generator) -> Transition<usize, ()> {
        let next = categorical(&self.p[state], rng).unwrap();
        let (next_state, outcome) = if next == STATES { (0, Outcome::Terminated) } else { (next, Outcome::Continue) };
        Transition { state, action: (), reward: self.r[state], next_state, outcome }
    }

    /// `v = r + gamma P v`, solved in twice the precision.
    fn values(&self, gamma: f64) -> [f64; STATES] {
        let mut rows: Vec<Vec<f64>> = (0..STATES)
            .map(|i| {
                let mut row: Vec<f64> =
                    (0..STATES).map(|j| f64::from(u8::from(i == j)) - gamma * f64::from(self.p[i][j])).collect();
                row.push(f64::from(self.r[i]));
                row
            })
            .collect();
        for i in 0..STATES {
            let pivot = rows[i].clone();
            for row in rows.iter_mut().enumerate().filter(|(j, _)| *j != i).map(|(_, row)| row) {
                let factor = row[i] / pivot[i];
                row.iter_mut().zip(&pivot).for_each(|(x, p)| *x -= factor * p);
            }
        }
        core::array::from_fn(|i| rows[i][STATES] / rows[i][i])
    }
}

fn worst(learner: &impl Prediction<Observation = usize>, values: [f64; STATES]) -> f64 {
    let misses = values.iter().enumerate().map(|(s, v)| (f64::from(learner.value(s).unwrap()) - v).abs());
    misses.fold(0.0, f64::max)
}

fn wander(chain: &Chain, steps: u32, rng: &mut Generator, mut learn: impl FnMut(&Transition<usize, ()>)) {
    let mut state = below(STATES as u32, rng).unwrap() as usize;
    for _ in 0..steps {
        let step = chain.step(state, rng);
        learn(&step);
        state = if step.outcome.is_over() { below(STATES as u32, rng).unwrap() as usize } else { step.next_state };
    }
}

#[test]
fn predictions_reach_the_solution_of_random_chains() {
    let mut rng = stream(2024, 0);
    for _ in 0..3 {
        let chain = Chain::random(&mut rng);
        let values = chain.values(0.9);

        let mut lstd = Lstd::<OneHot<STATES>, STATES>::EMPTY;
        lstd.start(OneHot, 0.9, 1e-1).unwrap();
        let mut counts = [[0.0f32; STATES + 1]; STATES];
        wander(&chain, 5000, &mut rng, |step| {
            lstd.learn(step).unwrap();
            counts[step.state][if step.outcome.is_over() { STATES } else { step.next_state }] += 1.0;
        });
        // It solves the chain that was seen, exactly.
        let seen = counts.map(|row| row.map(|count| count / row.iter().sum::<f32>()));
        let miss = worst(&lstd, Chain { p: seen, r: chain.r }.values(0.9));
        assert!(miss < 0.01, "LSTD: {miss}");

        let parameters = |step_size| TdParameters { step_size, discount: 0.9 };
        let mut td = TdLambda::<OneHot<STATES>, STATES>::EMPTY;
        td.start(OneHot, parameters(0.01), TraceKind::Accumulating, 0.0, 0.0).unwrap();
        let mut traces = TdLambda::<OneHot<STATES>, STATES>::EMPTY;
        traces.start(OneHot, parameters(0.01), TraceKind::Replacing, 0.7, 0.0).unwrap();
        let mut online = TrueOnlineTdLambda::<OneHot<STATES>, STATES>::EMPTY;
        online.start(OneHot, parameters(0.01), 0.7, 0.0).unwrap();
        let mut n_step = NStepTd::<OneHot<STATES>, STATES, 4>::EMPTY;
        n_step.start(OneHot, parameters(0.01), 4, 0.0).unwrap();
        let mut gtd2 = GradientTd::<Gtd2, OneHot<STATES>, STATES>::EMPTY;
        gtd2.start(OneHot, parameters(0.03), 0.1).unwrap();
        let mut tdc = GradientTd::<Tdc, OneHot<STATES>, STATES>::EMPTY;
        tdc.start(OneHot, parameters(0.02), 0.1).unwrap();
        wander(&chain, 60_000, &mut rng, |step| {
            td.learn(step).unwrap();
            traces.learn(step).unwrap();
            online.learn(step).unwrap();
            n_step.learn(step).unwrap();
            gtd2.learn(step).unwrap();
            tdc.learn(step).unwrap();
        });
        for (name, miss) in [
            ("TD(0)", worst(&td, values)),
            ("TD(lambda)", worst(&traces, values)),
            ("true online TD(lambda)", worst(&online, values)),
            ("n-step TD", worst(&n_step, values)),
            ("GTD2", worst(&gtd2, values)),
            ("TDC", worst(&tdc, values)),
        ] {
            assert!(miss < 0.25, "{name}: {miss}");
        }
    }
}

/// Features that hold exact values: the one weight stays 1, so that every bootstrap is exact.
#[derive(Clone, Copy, Debug)]
struct Exact([f32; STATES]);

impl Features for Exact {
    type Observation = usize;
    type Code = Dense<1>;
    type Size = Const<1>;

    fn size(&self) -> Const<1> {
        Const
    }

    fn encode(&self, state: usize) -> Result<Dense<1>, Error> {
        Ok(Dense([*self.0.get(state).ok_or(Error::StateOutOfRange)?]))
    }
}

/// Rewards are made so that the values are exact along the path: every return, however it is cut, is the value.
#[test]
fn cutting_an_episode_anywhere_and_bootstrapping_changes_no_target() {
    let mut rng = stream(7, 0);
    for trial in 0..50 {
        let values: [f32; STATES] = core::array::from_fn(|_| 0.5 + unit_f32(&mut rng));
        let gamma = 0.9;
        let length = 12;
        let path: Vec<usize> = (0..=length).map(|_| below(STATES as u32, &mut rng).unwrap() as usize).collect();
        for cut in 0..length {
            let steps = (0..length).map(|t| {
                let (state, next_state) = (path[t], path[t + 1]);
                let last = t + 1 == length;
                let next_value = if last { 0.0 } else { values[next_state] };
                let outcome = match t {
                    _ if last => Outcome::Terminated,
                    _ if t == cut => Outcome::Truncated,
                    _ => Outcome::Continue,
                };
                Transition { state, action: (), reward: values[state] - gamma * next_value, next_state, outcome }
            });
            let parameters = TdParameters { step_size: 0.5, discount: gamma };
            let mut td = TdLambda::<Exact, 1>::EMPTY;
            td.start(Exact(values), parameters, TraceKind::Accumulating, 0.8, 1.0).unwrap();
            let mut online = TrueOnlineTdLambda::<Exact, 1>::EMPTY;
            online.start(Exact(values), parameters, 0.8, 1.0).unwrap();
            let mut n_step = NStepTd::<Exact, 1, 3>::EMPTY;
            n_step.start(Exact(values), parameters, 3, 1.0).unwrap();
            for step in steps {
                for delta in [td.learn(&step), online.learn(&step), n_step.learn(&step)] {
                    assert!(delta.unwrap().abs() < 1e-4, "trial {trial}, cut after step {cut}: {delta:?}");
                }
            }
        }
    }
}

/// A corridor of six states: right leads on, left back; the end pays 1.
fn corridor(state: usize, action: usize) -> Transition {
    let next_state = if action == 1 { state + 1 } else { state.saturating_sub(1) };
    let over = next_state == 5;
    let outcome = if over { Outcome::Terminated } else { Outcome::Continue };
    Transition { state, action, reward: if over { 1.0 } else { 0.0 }, next_state, outcome }
}

fn walk_corridor(
    agent: &mut impl Control<Observation = usize, Action = usize>,
    episodes: u32,
    rng: &mut Generator,
) -> u32 {
    let mut steps = 0;
    for _ in 0..episodes {
        let mut state = 0;
        loop {
            let action = agent.act(state, rng).unwrap();
            let transition = corridor(state, action);
            agent.learn(&transition, rng).unwrap();
            steps += 1;
            if transition.outcome.is_over() {
                break;
            }
            state = transition.next_state;
        }
    }
    steps
}

#[test]
fn planning_finds_the_way_in_fewer_episodes() {
    let parameters = TdParameters { step_size: 0.5, discount: 0.9 };
    let explores = || EpsilonGreedy::new(0.1).unwrap();
    let mut rng = stream(4, 0);
    let mut plain = QLearning::<6, 2>::EMPTY;
    plain.start(parameters, explores(), 0.0).unwrap();
    let mut dyna = DynaQ::<6, 2>::EMPTY;
    dyna.start(parameters, explores(), 0.0, 100).unwrap();
    let mut sweeping = PrioritizedSweeping::<6, 2>::EMPTY;
    sweeping.start(parameters, explores(), 0.0, 20, 1e-4).unwrap();
    for agent in 0..3 {
        let (first, value) = match agent {
            0 => (walk_corridor(&mut plain, 1, &mut rng), plain.table().value(0, 1)),
            1 => (walk_corridor(&mut dyna, 1, &mut rng), dyna.table().value(0, 1)),
            _ => (walk_corridor(&mut sweeping, 1, &mut rng), sweeping.table().value(0, 1)),
        };
        assert!(first >= 5);
        // One episode carries the reward back one state without a model, to the start with one.
        assert_eq!(value.unwrap() > 0.0, agent > 0, "agent {agent}");
    }
    assert!(!dyna.model().is_empty() && dyna.model().len() <= 10);
    assert_eq!(dyna.model().outcome(4, 1), Some(corridor(4, 1)));
    assert_eq!(dyna.model().outcome(5, 0), None);
    let digest = (dyna.digest_of(), sweeping.digest_of());
    let good = corridor(0, 1);
    for (bad, error) in [
        (Transition { reward: f32::NAN, ..good }, Error::NonFinite),
        (Transition { state: 6, ..good }, Error::StateOutOfRange),
        (Transition { next_state: 6, ..good }, Error::StateOutOfRange),
        (Transition { action: 2, ..good }, Error::ActionOutOfRange),
    ] {
        assert_eq!(dyna.learn(&bad, &mut rng), Err(error));
        assert_eq!(sweeping.learn(&bad, &mut rng), Err(error));
    }
    assert_eq!((dyna.digest_of(), sweeping.digest_of()), digest);
}

/// `digest` without the trait's name in every test.
trait DigestOf {
    fn digest_of(&self) -> u64;
}

impl<T: Identify> DigestOf for T {
    fn digest_of(&self) -> u64 {
        self.digest()
    }
}

/// Whatever is wrong with a transition, it is refused and nothing is learned.
fn refuses<L: Identify + Control<Observation = usize, Action = usize>>(agent: &mut L, rng: &mut Generator) {
    let digest = agent.digest();
    for _ in 0..300 {
        let mut transition = corridor(below(5, rng).unwrap() as usize, below(2, rng).unwrap() as usize);
        let terminated = transition.outcome == Outcome::Terminated;
        match below(4, rng).unwrap() {
            0 => transition.reward = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY][below(3, rng).unwrap() as usize],
            1 => transition.state = 6 + below(1000, rng).unwrap() as usize,
            2 => transition.action = 2 + below(1000, rng).unwrap() as usize,
            // What follows the end is not looked at by every method.
            _ if terminated => continue,
            _ => transition.next_state = 6 + below(1000, rng).unwrap() as usize,
        }
        let refused = agent.learn(&transition, rng);
        // A method that waits for the end of an episode meets a wrong next state there.
        let waits = transition.next_state > 5 && refused.is_ok();
        assert!(refused.is_err() || waits, "{transition:?}");
        assert_eq!(agent.digest(), digest, "{transition:?}");
    }
}

/// Walks 7 episodes, saves, and lets a fresh learner go on beside one that never stopped.
fn resumes<L: Identify + Control<Observation = usize, Action = usize>>(mut start: impl FnMut() -> L) {
    let (mut agent, mut rng) = (start(), stream(9, 0));
    walk_corridor(&mut agent, 7, &mut rng);
    let mut bytes = vec![0; checkpoint::size(&(&mut agent, &mut rng))];
    checkpoint::save(&(&mut agent, &mut rng), &mut bytes).unwrap();
    let (mut again, mut again_rng) = (start(), stream(0, 0));
    checkpoint::load(&mut (&mut again, &mut again_rng), &bytes).unwrap();
    let steps = walk_corridor(&mut agent, 5, &mut rng);
    assert_eq!(walk_corridor(&mut again, 5, &mut again_rng), steps);
    assert_eq!((again.digest(), &again_rng), (agent.digest(), &rng));
    refuses(&mut again, &mut again_rng);
}

#[test]
fn resuming_equals_never_having_stopped_and_what_is_wrong_is_refused() {
    let parameters = TdParameters { step_size: 0.25, discount: 0.9 };
    let explores = || EpsilonGreedy::new(0.3).unwrap();
    resumes(|| {
        let mut agent = DoubleQLearning::<6, 2>::EMPTY;
        agent.start(parameters, explores(), 0.0).unwrap();
        agent
    });
    resumes(|| {
        let mut agent = FixedQLearning::<6, 2, i16, 8>::EMPTY;
        agent.start(parameters, explores(), 0.0).unwrap();
        agent
    });
    resumes(|| {
        let mut agent = FixedSarsa::<6, 2, i32, 16>::EMPTY;
        agent.start(parameters, explores(), 0.0).unwrap();
        agent
    });
    resumes(|| {
        let mut agent = MonteCarlo::<6, 2, 2000>::EMPTY;
        agent.start(parameters, explores(), 0.0).unwrap();
        agent
    });
    resumes(|| {
        let mut agent = DynaQ::<6, 2>::EMPTY;
        agent.start(parameters, explores(), 0.0, 3).unwrap();
        agent
    });
    resumes(|| {
        let mut agent = PrioritizedSweeping::<6, 2>::EMPTY;
        agent.start(parameters, explores(), 0.0, 3, 1e-3).unwrap();
        agent
    });
    resumes(|| {
        let mut agent = SarsaLambda::<OneHot<6>, 2, 6>::EMPTY;
        agent.start(OneHot, parameters, TraceKind::Dutch, 0.8, explores()).unwrap();
        agent
    });
    resumes(|| {
        let mut agent = QLambda::<OneHot<6>, 2, 6>::EMPTY;
        agent.start(OneHot, parameters, TraceKind::Replacing, 0.8, explores()).unwrap();
        agent
    });
    resumes(|| {
        let mut agent = NStepSarsa::<OneHot<6>, 2, 6, 3>::EMPTY;
        agent.start(OneHot, parameters, 3, explores()).unwrap();
        agent
    });
    let actor = ActorCriticParameters {
        actor_step_size: 0.1,
        critic_step_size: 0.1,
        discount: 0.9,
        actor_lambda: 0.5,
        critic_lambda: 0.5,
    };
    resumes(|| {
        let mut agent = ActorCritic::<_, OneHot<6>, _, 6>::new(SoftmaxPolicy::<2, 6>::EMPTY, [[0.0; 6]; 2]);
        agent.start(OneHot, actor).unwrap();
        agent
    });
    resumes(|| {
        let policy = SoftmaxPolicy::<2, 6>::EMPTY;
        let mut agent = NaturalActorCritic::<_, OneHot<6>, _, 6>::new(policy, [[0.0; 6]; 2], [[0.0; 6]; 2]);
        agent.start(OneHot, actor).unwrap();
        agent
    });
    resumes(|| {
        let mut agent = Reinforce::<_, OneHot<6>, 6, 2000>::new(SoftmaxPolicy::<2, 6>::EMPTY);
        let parameters =
            ReinforceParameters { step_size: 0.05, baseline_step_size: 0.1, discount: 0.9, discounted_start: true };
        agent.start(OneHot, parameters).unwrap();
        agent
    });
}

/// What the docs say where an observation is 8 bytes and a code 4.
#[test]
fn learners_are_as_large_as_they_say() {
    const S: usize = 48;
    const A: usize = 4;
    const N: usize = 16;
    type X = OneHot<S>;
    type Softmax = SoftmaxPolicy<A, S>;
    type Weights = [[f32; S]; A];
    const POLICY: usize = Softmax::SIZE;
    const TABLE: usize = 4 * S * A;
    const {
        assert!(DoubleQLearning::<S, A>::SIZE <= 2 * TABLE + 4 * A + 32);
        assert!(MonteCarlo::<S, A, N>::SIZE <= TABLE + 12 * N + 40);
        assert!(DynaQ::<S, A>::SIZE <= 13 * S * A + 72);
        assert!(PrioritizedSweeping::<S, A>::SIZE <= 17 * S * A + 72);
        assert!(NStepSarsa::<X, A, S, N>::SIZE <= TABLE + 12 * N + 4 * A + 8 + 40);
        assert!(NStepTd::<X, S, N>::SIZE <= 4 * S + 12 * N + 40);
        assert!(SarsaLambda::<X, A, S>::SIZE <= 2 * TABLE + 4 * A + 8 + 56);
        assert!(TdLambda::<X, S>::SIZE <= 8 * S + 24);
        assert!(TrueOnlineTdLambda::<X, S>::SIZE <= 8 * S + 28);
        assert!(GradientTd::<Gtd2, X, S>::SIZE <= 8 * S + 20);
        assert!(Lstd::<X, S>::SIZE <= 4 * (S * S + 4 * S) + 8);
        assert!(ActorCritic::<Softmax, X, Weights, S>::SIZE <= POLICY + TABLE + 8 * S + 28);
        assert!(NaturalActorCritic::<Softmax, X, Weights, S>::SIZE <= POLICY + 2 * TABLE + 8 * S + 24);
        assert!(Reinforce::<Softmax, X, S, N>::SIZE <= POLICY + 4 * S + 16 * N + 40);
    }
}
