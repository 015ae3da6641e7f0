//! A policy that must be random: `linear-policies.corridor`.

use crate::env::ShortCorridor;
use crate::error::Error;
use crate::lab::episode_lane::{EpisodeLane, tick_episodes};
use crate::lab::pick::pick;
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::learn::{Reinforce, ReinforceParameters};
use crate::math::{Libm, Math};
use crate::policy::features::Polynomial;
use crate::policy::{SoftmaxPolicy, StochasticPolicy};
use crate::state::persist_fields;

/// The one feature, which is always 1: nothing is seen of the state.
type Constant = Polynomial<1, 0, 1>;
/// An episode that is longer is cut. With the settings of the specification one in some 10^11 is; with others the policy may
/// never arrive.
const CAP: u32 = 1024;

type Agent = Reinforce<SoftmaxPolicy<2, 1>, Constant, 1, { CAP as usize }>;

/// The state of `linear-policies.corridor`.
#[derive(Debug)]
pub struct CorridorExperiment {
    plain: EpisodeLane<ShortCorridor, Agent>,
    baseline: EpisodeLane<ShortCorridor, Agent>,
}

impl Experiment for CorridorExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "linear-policies.corridor",
        title: "Short corridor",
        room: "learn",
        summary: "Three cells that look alike, one of them with left and right switched: only a policy that goes right with \
                  probability 0.59 does well. REINFORCE finds it from episodes alone, and sooner when a baseline tells it \
                  how good an episode was.",
        citation: "Sutton & Barto, Reinforcement Learning: An Introduction, 2nd ed., 2018, example 13.1 and figures 13.1-13.2",
        step: "episode",
        steps: Steps { minimum: 1, maximum: 100_000, default: 600, conformance: 20 },
        contenders: &["REINFORCE", "REINFORCE with baseline"],
        parameters: &[
            Parameter::real("step_size", "Step size of REINFORCE (alpha).", [0.00001, 0.001], 1.0 / 8192.0),
            Parameter::real(
                "baseline_policy_step_size",
                "Step size of the policy with baseline.",
                [0.0001, 0.01],
                1.0 / 512.0,
            ),
            Parameter::real("baseline_step_size", "Step size of the baseline (alpha_w).", [0.001, 0.1], 1.0 / 64.0),
            Parameter::real("start", "Weight of right at the start; left has minus that.", [-1.5, 1.5], 1.47),
        ],
        metrics: &[
            Metric { name: "return", unit: "reward", description: "Sum of the rewards of the episode." },
            Metric { name: "right", unit: "", description: "Probability of going right after the episode." },
        ],
        views: &[
            View::Curve { title: "Return of each episode", metric: "return" },
            View::Curve { title: "Probability of going right", metric: "right" },
        ],
        claims: &[
            Claim::new(
                "REINFORCE earns at least -18 over the last 100 of 600 episodes",
                Measure::Value(late("REINFORCE")),
                Requirement::AtLeast(-18.0),
                6,
                600,
            ),
            Claim::new(
                "With a baseline it earns at least -13",
                Measure::Value(late("REINFORCE with baseline")),
                Requirement::AtLeast(-13.0),
                6,
                600,
            ),
            Claim::new(
                "With a baseline it earns more than without at equal episodes",
                Measure::Difference(late("REINFORCE with baseline"), late("REINFORCE")),
                Requirement::Above(0.0),
                6,
                600,
            ),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        plain: EpisodeLane::new(ShortCorridor::new(), Agent::new(SoftmaxPolicy::EMPTY)),
        baseline: EpisodeLane::new(ShortCorridor::new(), Agent::new(SoftmaxPolicy::EMPTY)),
    };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let constant = Constant::new([0.0], [2.0])?;
        let right = real(3)?;
        let plain =
            ReinforceParameters { step_size: real(0)?, baseline_step_size: 0.0, discount: 1.0, discounted_start: true };
        let baseline = ReinforceParameters { step_size: real(1)?, baseline_step_size: real(2)?, ..plain };
        for (lane, parameters) in [(&mut self.plain, plain), (&mut self.baseline, baseline)] {
            lane.agent.policy_mut().set(&[-right, right])?;
            lane.agent.start(constant, parameters)?;
            lane.start(seed);
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        tick_episodes!(CAP, [self.plain, self.baseline])
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        let of = |lane: &EpisodeLane<ShortCorridor, Agent>| match (metric, lane.agent.policy().parameters()) {
            (0, _) => lane.episode.reward,
            (1, [left, right]) => 1.0 / (1.0 + Libm::exp(left - right)),
            _ => f32::NAN,
        };
        pick!(contender, [&self.plain, &self.baseline], |lane| of(lane), f32::NAN)
    }
}

persist_fields!([] CorridorExperiment { plain.agent, baseline.agent });

/// The mean return of the last 100 of 600 episodes.
const fn late(contender: &'static str) -> Quantity {
    Quantity::mean(contender, "return", 500, 600)
}
