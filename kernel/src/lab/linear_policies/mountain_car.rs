//! Out of the valley with tiles and cosines: `linear-policies.mountain-car`.

use crate::env::MountainCar;
use crate::error::Error;
use crate::lab::episode_lane::{EpisodeLane, tick_episodes};
use crate::lab::pick::pick;
use crate::lab::{
    Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::learn::{SarsaLambda, TdParameters, TraceKind};
use crate::policy::EpsilonGreedy;
use crate::policy::features::{Fourier, TileCoding};
use crate::state::persist_fields;

const ACTIONS: usize = MountainCar::<f32>::ACTIONS;
const LOW: [f32; 2] = [-1.2, -0.07];
const HIGH: [f32; 2] = [0.6, 0.07];
/// The specification's cap; an episode that reaches it is truncated.
const CAP: u32 = 3000;

type Tiles = TileCoding<2, 8, 8, 648>;
type Cosines = Fourier<2, 3, 16>;
type Lane<C> = EpisodeLane<MountainCar, C>;

/// The state of `linear-policies.mountain-car`.
#[derive(Debug)]
pub struct MountainCarExperiment {
    traces: Lane<SarsaLambda<Tiles, ACTIONS, 648>>,
    one_step: Lane<SarsaLambda<Tiles, ACTIONS, 648>>,
    fourier: Lane<SarsaLambda<Cosines, ACTIONS, 16>>,
}

impl Experiment for MountainCarExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "linear-policies.mountain-car",
        title: "Mountain car",
        room: "learn",
        summary: "A car too weak for its hill must first back away from the goal. SARSA(lambda) learns it over tiles, with \
                  traces and without, and over the sixteen cosines of a Fourier basis: a few hundred weights in all.",
        citation: "Sutton & Barto, Reinforcement Learning: An Introduction, 2nd ed., 2018, example 10.1 and section 12.7; \
                   Konidaris, Osentoski, Thomas, Value Function Approximation in Reinforcement Learning using the Fourier \
                   Basis, AAAI 2011",
        step: "episode",
        steps: Steps { minimum: 1, maximum: 100_000, default: 60, conformance: 1 },
        contenders: &["tiles lambda=0.9", "tiles lambda=0", "Fourier lambda=0.9"],
        parameters: &[
            Parameter::real("tile_step_size", "Step size of the tiles together (alpha).", [0.01, 1.0], 0.5),
            Parameter::real("fourier_step_size", "Step size of the cosines (alpha).", [0.0001, 0.05], 0.005),
            Parameter::real("epsilon", "Probability of a random action.", [0.0, 1.0], 0.0),
        ],
        metrics: &[Metric {
            name: "length",
            unit: "transitions",
            description: "Transitions in the episode; it is cut after 3000.",
        }],
        views: &[View::Curve { title: "Length of each episode", metric: "length" }],
        claims: &[
            Claim::new(
                "Over tiles with traces the last ten of 60 episodes take at most 180 transitions",
                Measure::Value(late("tiles lambda=0.9")),
                Requirement::AtMost(180.0),
                2,
                60,
            ),
            Claim::new(
                "Over tiles with traces the first episode takes at least three times as long as the last ten",
                Measure::Ratio(Quantity::mean("tiles lambda=0.9", "length", 0, 1), late("tiles lambda=0.9")),
                Requirement::AtLeast(3.0),
                2,
                60,
            ),
            Claim::new(
                "Over tiles without traces the last ten of 60 episodes take at most 190 transitions",
                Measure::Value(late("tiles lambda=0")),
                Requirement::AtMost(190.0),
                2,
                60,
            ),
            Claim::new(
                "Over cosines the last ten of 60 episodes take at most 190 transitions",
                Measure::Value(late("Fourier lambda=0.9")),
                Requirement::AtMost(190.0),
                2,
                60,
            ),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        traces: EpisodeLane::new(MountainCar::EMPTY, SarsaLambda::EMPTY),
        one_step: EpisodeLane::new(MountainCar::EMPTY, SarsaLambda::EMPTY),
        fourier: EpisodeLane::new(MountainCar::EMPTY, SarsaLambda::EMPTY),
    };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let (tiles, cosines) = (Tiles::new(LOW, HIGH)?, Cosines::new(LOW, HIGH)?);
        let parameters = |step_size| TdParameters { step_size, discount: 1.0 };
        let (over_tiles, over_cosines) = (parameters(real(0)?), parameters(real(1)?));
        let exploration = EpsilonGreedy::new(real(2)?)?;
        self.traces.agent.start(tiles, over_tiles, TraceKind::Replacing, 0.9, exploration)?;
        self.one_step.agent.start(tiles, over_tiles, TraceKind::Replacing, 0.0, exploration)?;
        self.fourier.agent.start(cosines, over_cosines, TraceKind::Accumulating, 0.9, exploration)?;
        self.traces.start(seed);
        self.one_step.start(seed);
        self.fourier.start(seed);
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        tick_episodes!(CAP, [self.traces, self.one_step, self.fourier])
    }

    fn metric(&self, contender: usize, _metric: usize) -> f32 {
        pick!(contender, [&self.traces, &self.one_step, &self.fourier], |lane| lane.episode.length as f32, f32::NAN)
    }
}

persist_fields!([] MountainCarExperiment { traces.agent, one_step.agent, fourier.agent });

/// The mean length of the last ten of 60 episodes.
const fn late(contender: &'static str) -> Quantity {
    Quantity::mean(contender, "length", 50, 60)
}
