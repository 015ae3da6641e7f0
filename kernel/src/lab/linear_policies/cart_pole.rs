//! Clipped against plain policy gradient: `linear-policies.cart-pole`.

use crate::advantage::Gae;
use crate::env::{CartPole, Env, TimeLimit};
use crate::error::Error;
use crate::interact::{Outcome, RolloutView};
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::learn::{PolicyBatch, PpoClip, ScoreFunction, policy_gradient_step};
use crate::linalg::{Cholesky, dot};
use crate::math::RunningMoments;
use crate::policy::features::{Dense, Features, Raw};
use crate::policy::{SoftmaxPolicy, StochasticPolicy};
use crate::rng::{Generator, stream};
use crate::state::persist_fields;

const LANES: usize = 16;
const STEPS: usize = 256;
const SAMPLES: usize = LANES * STEPS;
const EPOCHS: u32 = 20;
const SCALES: [f32; 4] = [2.4, 2.0, 0.2095, 2.0];
/// 1, the scaled inputs and their squares.
const CRITIC: usize = 9;
/// How the critic's fit is regularised.
const RIDGE: f32 = 1e-3;

type Inputs = Raw<4, 5>;
type Policy = SoftmaxPolicy<2, 5>;
type World = TimeLimit<CartPole>;

/// What an iteration collects. Both contenders use it, one after the other.
#[derive(Debug)]
struct Batch {
    codes: [Dense<5>; SAMPLES],
    actions: [usize; SAMPLES],
    log_probabilities: [f32; SAMPLES],
    rewards: [f32; SAMPLES],
    values: [f32; SAMPLES],
    next_values: [f32; SAMPLES],
    outcomes: [Outcome; SAMPLES],
    advantages: [f32; SAMPLES],
}

impl Batch {
    const EMPTY: Self = Self {
        codes: [Dense([0.0; 5]); SAMPLES],
        actions: [0; SAMPLES],
        log_probabilities: [0.0; SAMPLES],
        rewards: [0.0; SAMPLES],
        values: [0.0; SAMPLES],
        next_values: [0.0; SAMPLES],
        outcomes: [Outcome::Continue; SAMPLES],
        advantages: [0.0; SAMPLES],
    };
}

fn critic_features(Dense([a, b, c, d, _]): &Dense<5>) -> [f32; CRITIC] {
    [1.0, *a, *b, *c, *d, a * a, b * b, c * c, d * d]
}

/// One contender: a policy, a critic, and sixteen worlds that run on from batch to batch.
#[derive(Debug)]
struct Lane {
    policy: Policy,
    critic: [f32; CRITIC],
    worlds: [World; LANES],
    observations: [[f32; 4]; LANES],
    generators: Option<[Generator; LANES + 1]>,
    /// Lengths of the episodes that ended in this iteration.
    finished: RunningMoments,
    length: f32,
}

impl Lane {
    const EMPTY: Self = Self {
        policy: Policy::EMPTY,
        critic: [0.0; CRITIC],
        worlds: [const { TimeLimit::new(CartPole::EMPTY, CartPole::<f32>::TIME_LIMIT) }; LANES],
        observations: [[0.0; 4]; LANES],
        generators: None,
        finished: RunningMoments::EMPTY,
        length: 0.0,
    };

    fn start(&mut self, seed: u32) -> Result<(), Error> {
        self.policy.set(&[0.0; 10])?;
        (self.critic, self.finished, self.length) = ([0.0; CRITIC], RunningMoments::EMPTY, 0.0);
        let mut next = stream(seed, 0);
        let generators = self.generators.insert(core::array::from_fn(|_| {
            let this = next.clone();
            next.jump();
            this
        }));
        for ((world, observation), rng) in self.worlds.iter_mut().zip(&mut self.observations).zip(generators) {
            *world = World::new(CartPole::EMPTY, CartPole::<f32>::TIME_LIMIT);
            *observation = world.reset(rng);
        }
        Ok(())
    }

    /// Step `t` of every world.
    fn collect(&mut self, t: usize, inputs: &Inputs, batch: &mut Batch) -> Result<(), Error> {
        let generators = self.generators.as_mut().ok_or(Error::NotStarted)?;
        let (world_rngs, agent_rng) = generators.split_at_mut(LANES);
        let agent_rng = agent_rng.first_mut().ok_or(Error::NotStarted)?;
        let value = |code: &Dense<5>| dot(&self.critic, &critic_features(code));
        for (lane, ((world, observation), rng)) in
            self.worlds.iter_mut().zip(&mut self.observations).zip(world_rngs).enumerate()
        {
            let index = t * LANES + lane;
            let code = inputs.encode(*observation)?;
            let action = self.policy.act(&code, agent_rng)?;
            let step = world.step(action, rng)?;
            batch.codes[index] = code;
            batch.actions[index] = action;
            batch.log_probabilities[index] = self.policy.log_probability(&code, action)?;
            batch.rewards[index] = step.reward;
            batch.values[index] = value(&code);
            batch.next_values[index] = value(&inputs.encode(step.observation)?);
            batch.outcomes[index] = step.outcome;
            *observation = step.observation;
            if step.outcome.is_over() {
                self.finished.add(f64::from(world.elapsed()));
                *observation = world.reset(rng);
            }
        }
        Ok(())
    }

    /// Advantages by the old critic, the new critic by what they say, and then the advantages standardised.
    fn judge(&mut self, gae: &Gae, batch: &mut Batch) -> Result<(), Error> {
        let Batch { codes, rewards, values, next_values, outcomes, advantages, .. } = batch;
        let rollout = RolloutView::new(STEPS, LANES, rewards, values, next_values, outcomes)?;
        gae.advantages(&rollout, advantages)?;
        let (mut gram, mut factor) = ([0.0; CRITIC * CRITIC], [0.0; CRITIC * CRITIC]);
        let mut right = [0.0; CRITIC];
        gram.iter_mut().step_by(CRITIC + 1).for_each(|entry| *entry = RIDGE);
        for ((code, value), advantage) in codes.iter().zip(values.iter()).zip(advantages.iter()) {
            let x = critic_features(code);
            for (row, x_i) in gram.chunks_exact_mut(CRITIC).zip(&x) {
                row.iter_mut().zip(&x).for_each(|(entry, x_j)| *entry += x_i * x_j);
            }
            right.iter_mut().zip(&x).for_each(|(entry, x_i)| *entry += x_i * (value + advantage));
        }
        Cholesky::of(&gram, CRITIC, &mut factor)?.solve(&mut right)?;
        self.critic = right;
        let mean = advantages.iter().fold(0.0, |sum, a| sum + a) / SAMPLES as f32;
        let variance = advantages.iter().fold(0.0, |sum, a| sum + (a - mean) * (a - mean)) / SAMPLES as f32;
        let deviation = libm::sqrtf(variance) + 1e-8;
        advantages.iter_mut().for_each(|a| *a = (*a - mean) / deviation);
        self.length = self.finished.mean().map_or(CartPole::<f32>::TIME_LIMIT as f32, |mean| mean as f32);
        self.finished = RunningMoments::EMPTY;
        Ok(())
    }
}

persist_fields!([] Lane { policy, critic });

/// Where an iteration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stage {
    /// 0 PPO-clip, 1 actor-critic.
    contender: usize,
    /// Steps collected.
    collected: usize,
    /// Passes over the batch.
    passes: u32,
}

/// The state of `linear-policies.cart-pole`.
#[derive(Debug)]
pub struct CartPoleExperiment {
    lanes: [Lane; 2],
    batch: Batch,
    stage: Stage,
    inputs: Option<Inputs>,
    gae: Option<Gae>,
    clip: Option<PpoClip>,
    step_sizes: [f32; 2],
}

const START: Stage = Stage { contender: 0, collected: 0, passes: 0 };

impl Experiment for CartPoleExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "linear-policies.cart-pole",
        title: "Cart pole",
        room: "learn",
        summary: "A linear policy of ten weights balances a pole. PPO-clip makes twenty passes over every batch and stops \
                  where the policy has moved too far; a plain actor-critic step dares only one. Sixteen poles at a time, \
                  256 steps an iteration.",
        citation: "Schulman, Wolski, Dhariwal, Radford, Klimov, Proximal Policy Optimization Algorithms, 2017, arXiv \
                   1707.06347; Barto, Sutton, Anderson 1983 for the pole",
        step: "iteration",
        steps: Steps { minimum: 1, maximum: 10_000, default: 30, conformance: 1 },
        contenders: &["PPO-clip", "actor-critic"],
        parameters: &[
            Parameter::real("ppo_step_size", "Step size of each of PPO's twenty passes.", [0.01, 2.0], 0.2),
            Parameter::real("actor_critic_step_size", "Step size of the one plain pass.", [0.01, 5.0], 1.0),
            Parameter::real("clip", "How far the ratio of new to old probability may leave 1.", [0.01, 1.0], 0.2),
            Parameter::real("discount", "What a reward is worth one step later (gamma).", [0.9, 1.0], 0.995),
            Parameter::real("lambda", "How far an advantage looks before it trusts the critic.", [0.0, 1.0], 0.98),
        ],
        metrics: &[Metric {
            name: "length",
            unit: "transitions",
            description: "Mean length of the episodes that ended in the iteration; 500, the limit, when none did.",
        }],
        views: &[View::Curve { title: "Length of the episodes", metric: "length" }],
        claims: &[
            Claim::new(
                "PPO-clip balances for at least 250 steps at iteration 30",
                Measure::Value(last("PPO-clip")),
                Requirement::AtLeast(250.0),
                2,
                30,
            ),
            Claim::new(
                "At iteration 30 PPO-clip balances at least 1.5 times as long as one plain pass a batch",
                Measure::Ratio(last("PPO-clip"), last("actor-critic")),
                Requirement::AtLeast(1.5),
                2,
                30,
            ),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        lanes: [Lane::EMPTY; 2],
        batch: Batch::EMPTY,
        stage: START,
        inputs: None,
        gae: None,
        clip: None,
        step_sizes: [0.0; 2],
    };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        self.inputs = Some(Inputs::new(SCALES)?);
        self.gae = Some(Gae::new(real(3)?, real(4)?)?);
        self.clip = Some(PpoClip::new(real(2)?, real(2)?)?);
        self.step_sizes = [real(0)?, real(1)?];
        self.stage = START;
        self.lanes.iter_mut().try_for_each(|lane| lane.start(seed))
    }

    /// A step of the sixteen poles of one contender, or a pass over its batch.
    fn tick(&mut self) -> Result<bool, Error> {
        let Self { lanes, batch, stage, inputs: Some(inputs), gae: Some(gae), clip: Some(clip), step_sizes } = self
        else {
            return Err(Error::NotStarted);
        };
        let (Some(lane), Some(step_size)) = (lanes.get_mut(stage.contender), step_sizes.get(stage.contender)) else {
            return Err(Error::UnknownContender);
        };
        if stage.collected < STEPS {
            lane.collect(stage.collected, inputs, batch)?;
            stage.collected += 1;
            if stage.collected == STEPS {
                lane.judge(gae, batch)?;
            }
            return Ok(false);
        }
        let mut gradient = [0.0; 10];
        let Batch { codes, actions, log_probabilities, advantages, .. } = &*batch;
        let samples = PolicyBatch::new(codes, actions, log_probabilities, advantages)?;
        let passes = if stage.contender == 0 {
            policy_gradient_step(&mut lane.policy, clip, &samples, *step_size, &mut gradient)?;
            EPOCHS
        } else {
            policy_gradient_step(&mut lane.policy, &ScoreFunction, &samples, *step_size, &mut gradient)?;
            1
        };
        stage.passes += 1;
        if stage.passes < passes {
            return Ok(false);
        }
        let complete = stage.contender == 1;
        *stage = if complete { START } else { Stage { contender: 1, ..START } };
        Ok(complete)
    }

    fn metric(&self, contender: usize, _metric: usize) -> f32 {
        self.lanes.get(contender).map_or(f32::NAN, |lane| lane.length)
    }
}

persist_fields!([] CartPoleExperiment { lanes });

const fn last(contender: &'static str) -> Quantity {
    Quantity::mean(contender, "length", 29, 30)
}
