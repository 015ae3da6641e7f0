//! Everything composes: every environment, learner, kind of features and exploration meets others through the same traits.
//! What must not compose does not compile: see the examples of `habit::learn::Suits`.

use std::any::type_name;

use habit::Error;
use habit::env::{
    Acrobot, Action, Blackjack, CartPole, CliffWalking, Env, FrozenLake, GridWorld, MaximisationBias, MountainCar,
    Observation, Pendulum, ShortCorridor, Taxi, TimeLimit, WindyGrid,
};
use habit::learn::{
    ActorCritic, ActorCriticParameters, Control, DoubleQLearning, DynaQ, ExpectedSarsa, MonteCarlo, NStepSarsa,
    NaturalActorCritic, PrioritizedSweeping, QLambda, QLearning, Reinforce, ReinforceParameters, Sarsa, SarsaLambda,
    Suits, TdParameters, TraceKind, run_episode,
};
use habit::policy::features::{Features, Fourier, OneHot, Polynomial, RadialBasis, Raw, TileCoding};
use habit::policy::{
    Boltzmann, EpsilonGreedy, GaussianPolicy, LimitedActions, Scheduled, SoftmaxPolicy, UpperConfidenceBound,
};
use habit::rng::stream;
use habit::schedule::Linear;
use habit::state::Persist;

const PARAMETERS: TdParameters = TdParameters { step_size: 0.01, discount: 0.95 };
const ACTOR_CRITIC: ActorCriticParameters = ActorCriticParameters {
    actor_step_size: 1e-3,
    critic_step_size: 0.01,
    discount: 0.95,
    actor_lambda: 0.5,
    critic_lambda: 0.5,
};
const REINFORCE: ReinforceParameters =
    ReinforceParameters { step_size: 1e-4, baseline_step_size: 1e-3, discount: 0.95, discounted_start: false };

fn explores() -> EpsilonGreedy {
    EpsilonGreedy::new(0.2).unwrap()
}

/// Three episodes of at most 200 steps, after which something has been learned, unless nothing was paid.
fn meet<V, C>(mut env: V, mut agent: C, start: impl FnOnce(&mut C) -> Result<(), Error>)
where
    V: Env,
    C: Control<Observation = Observation<V>, Action = Action<V>> + Suits<V> + Persist,
{
    let pair = format!("{} with {}", type_name::<V>(), type_name::<C>());
    start(&mut agent).unwrap_or_else(|error| panic!("{pair}: {error}"));
    let before = agent.digest();
    let (mut world, mut choices) = (stream(1, 0), stream(1, 1));
    let mut rewarded = false;
    for _ in 0..3 {
        let episode = run_episode(&mut env, &mut agent, 200, &mut world, &mut choices);
        rewarded |= episode.unwrap_or_else(|error| panic!("{pair}: {error}")).reward != 0.0;
    }
    assert!(agent.digest() != before || !rewarded, "{pair} has learned nothing");
}

/// Every environment with numbered states.
macro_rules! tables {
    ($($env:expr, $states:literal, $actions:literal;)*) => {$(
        meet($env, QLearning::<$states, $actions>::EMPTY, |agent| agent.start(PARAMETERS, explores(), 1.0));
        meet($env, SarsaLambda::<OneHot<$states>, $actions, $states>::EMPTY, |agent| {
            agent.start(OneHot, PARAMETERS, TraceKind::Replacing, 0.8, explores())
        });
    )*};
}

#[test]
fn tables_and_traces_meet_every_environment_with_numbered_states() {
    tables! {
        CliffWalking::new(true), 48, 4;
        FrozenLake::<64>::new(true), 64, 4;
        Taxi::new(), 500, 6;
        Blackjack::new(), 704, 2;
        WindyGrid::new(), 70, 4;
        GridWorld::DYNA_MAZE, 54, 4;
    }
}

#[test]
fn every_learner_of_tables_meets_the_frozen_lake() {
    let lake = || FrozenLake::<16>::new(true);
    meet(lake(), Sarsa::<16, 4>::EMPTY, |agent| agent.start(PARAMETERS, explores(), 1.0));
    meet(lake(), ExpectedSarsa::<16, 4>::EMPTY, |agent| agent.start(PARAMETERS, explores(), 1.0));
    meet(lake(), DoubleQLearning::<16, 4>::EMPTY, |agent| agent.start(PARAMETERS, explores(), 1.0));
    meet(lake(), MonteCarlo::<16, 4, 200>::EMPTY, |agent| agent.start(PARAMETERS, explores(), 1.0));
    meet(lake(), DynaQ::<16, 4>::EMPTY, |agent| agent.start(PARAMETERS, explores(), 1.0, 5));
    meet(lake(), PrioritizedSweeping::<16, 4>::EMPTY, |agent| agent.start(PARAMETERS, explores(), 1.0, 5, 1e-4));
}

#[test]
fn every_exploration_meets_tables_and_traces() {
    let cliff = || CliffWalking::new(false);
    let counting = || UpperConfidenceBound::<[[u32; 4]; 48]>::new(1.0, [[0; 4]; 48]);
    meet(cliff(), QLearning::<48, 4, Boltzmann>::EMPTY, |agent| agent.start(PARAMETERS, Boltzmann::new(0.5)?, 0.0));
    meet(cliff(), QLearning::<48, 4, UpperConfidenceBound<[[u32; 4]; 48]>>::EMPTY, |agent| {
        agent.start(PARAMETERS, counting()?, 0.0)
    });
    meet(cliff(), DoubleQLearning::<48, 4, Scheduled<EpsilonGreedy, Linear>>::EMPTY, |agent| {
        agent.start(PARAMETERS, Scheduled::new(explores(), Linear::new(1.0, 0.0, 100)?)?, 0.0)
    });
    meet(MaximisationBias::new(), QLearning::<3, 10, LimitedActions<EpsilonGreedy, [u8; 3]>>::EMPTY, |agent| {
        agent.start(PARAMETERS, LimitedActions::new(explores(), [2, 10, 1]), 1.0)
    });
    meet(cliff(), QLambda::<OneHot<48>, 4, 48, Boltzmann>::EMPTY, |agent| {
        agent.start(OneHot, PARAMETERS, TraceKind::Accumulating, 0.8, Boltzmann::new(0.5)?)
    });
}

/// Every learner that is linear in features, on a pole on a cart.
fn balance<X, const F: usize>(features: X)
where
    X: Features<Observation = [f32; 4], Size = habit::linalg::Const<F>> + Copy,
{
    let cart = || TimeLimit::new(CartPole::new(), CartPole::TIME_LIMIT);
    let kind = TraceKind::Accumulating;
    meet(cart(), SarsaLambda::<X, 2, F>::EMPTY, |a| a.start(features, PARAMETERS, kind, 0.5, explores()));
    meet(cart(), QLambda::<X, 2, F>::EMPTY, |a| a.start(features, PARAMETERS, kind, 0.5, explores()));
    meet(cart(), NStepSarsa::<X, 2, F, 4>::EMPTY, |a| a.start(features, PARAMETERS, 4, explores()));
    let policy = || SoftmaxPolicy::<2, F>::EMPTY;
    meet(cart(), ActorCritic::<_, X, _, F>::new(policy(), [[0.0; F]; 2]), |a| a.start(features, ACTOR_CRITIC));
    let natural = NaturalActorCritic::<_, X, _, F>::new(policy(), [[0.0; F]; 2], [[0.0; F]; 2]);
    meet(cart(), natural, |a| a.start(features, ACTOR_CRITIC));
    meet(cart(), Reinforce::<_, X, F, 200>::new(policy()), |a| a.start(features, REINFORCE));
}

#[test]
fn every_linear_learner_meets_every_kind_of_features() {
    let (low, high) = ([-2.4, -3.0, -0.21, -3.0], [2.4, 3.0, 0.21, 3.0]);
    balance(TileCoding::<4, 2, 4, 324>::new(low, high).unwrap());
    balance(Fourier::<4, 1, 16>::new(low, high).unwrap());
    balance(Polynomial::<4, 1, 16>::new(low, high).unwrap());
    balance(RadialBasis::<4, 2, 16>::new(low, high, 0.5).unwrap());
    balance(Raw::<4, 5>::new(high).unwrap());
}

#[test]
fn linear_learners_meet_every_environment_of_numbers() {
    let kind = TraceKind::Replacing;
    let car = TimeLimit::new(MountainCar::new(), MountainCar::TIME_LIMIT);
    meet(car, SarsaLambda::<TileCoding<2, 8, 8, 648>, 3, 648>::EMPTY, |agent| {
        agent.start(TileCoding::new([-1.2, -0.07], [0.6, 0.07])?, PARAMETERS, kind, 0.9, explores())
    });
    let acrobot = TimeLimit::new(Acrobot::new(), Acrobot::TIME_LIMIT);
    meet(acrobot, QLambda::<Raw<6, 7>, 3, 7>::EMPTY, |agent| {
        let features = Raw::new([1.0, 1.0, 1.0, 1.0, 12.6, 28.3])?;
        agent.start(features, PARAMETERS, TraceKind::Accumulating, 0.9, explores())
    });
    let corridor = Reinforce::<_, Raw<1, 2>, 2, 200>::new(SoftmaxPolicy::<2, 2>::EMPTY);
    meet(ShortCorridor::new(), corridor, |agent| agent.start(Raw::new([1.0])?, REINFORCE));
}

#[test]
fn policies_of_continuous_actions_meet_the_pendulum() {
    let pendulum = || TimeLimit::new(Pendulum::new(), Pendulum::TIME_LIMIT);
    let (policy, weights) = (|| GaussianPolicy::<4>::EMPTY, [[0.0; 4]; 2]);
    let features = Raw::<3, 4>::new([1.0, 1.0, 8.0]).unwrap();
    meet(pendulum(), ActorCritic::<_, Raw<3, 4>, _, 4>::new(policy(), weights), |a| a.start(features, ACTOR_CRITIC));
    let natural = NaturalActorCritic::<_, Raw<3, 4>, _, 4>::new(policy(), weights, weights);
    meet(pendulum(), natural, |a| a.start(features, ACTOR_CRITIC));
    // Its returns are of some hundreds.
    let parameters = ReinforceParameters { step_size: 1e-7, ..REINFORCE };
    meet(pendulum(), Reinforce::<_, Raw<3, 4>, 4, 200>::new(policy()), |a| a.start(features, parameters));
}
