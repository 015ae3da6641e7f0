//! Dynamical linear bandits: `dynlin-ucb`.

use super::pick::pick;
use super::{
    Claim, Descriptor, Experiment, Kind, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View,
};
use crate::bandit::{
    Ar2, Ar2Parameters, Bandit, Confidence, DLinUcb, DynLinUcb, Epochs, Exp3, Hold, LinUcb, SystemBounds,
    exploration_rate,
};
use crate::env::{Env, LinearDynamicalBandit, LinearSystem};
use crate::error::Error;
use crate::linalg::dot;
use crate::math::{CompensatedSum, Libm, Math};
use crate::rng::{Generator, stream};
use crate::state::persist_fields;

const ARMS: usize = 6;
const D: usize = 3;

/// The vertices of `{u in [0,1]^3, sum u = 1.5}`, in the published order.
static ACTIONS: [[f32; D]; ARMS] =
    [[0.0, 0.5, 1.0], [0.0, 1.0, 0.5], [0.5, 0.0, 1.0], [0.5, 1.0, 0.0], [1.0, 0.0, 0.5], [1.0, 0.5, 0.0]];

static SYSTEMS: [LinearSystem<3, D>; 2] = [LinearSystem::SYNTHETIC, LinearSystem::ADVERTISING];

/// One contender: its bandit, its own system, its own copies of the generators.
#[derive(Debug)]
struct Lane<B> {
    bandit: B,
    system: LinearDynamicalBandit<3, D, ARMS>,
    system_rng: Option<Generator>,
    bandit_rng: Option<Generator>,
    regret: CompensatedSum,
    reward: CompensatedSum,
    rounds: u32,
    plays: [u32; ARMS],
}

impl<B> Lane<B> {
    const fn new(bandit: B) -> Self {
        Self {
            bandit,
            system: LinearDynamicalBandit::new(&SYSTEMS[0], &ACTIONS, 0.0),
            system_rng: None,
            bandit_rng: None,
            regret: CompensatedSum::EMPTY,
            reward: CompensatedSum::EMPTY,
            rounds: 0,
            plays: [0; ARMS],
        }
    }
}

impl<B: Bandit> Lane<B> {
    fn start(&mut self, setting: &Setting, start: impl FnOnce(&mut B) -> Result<(), Error>) -> Result<(), Error> {
        start(&mut self.bandit)?;
        self.system = LinearDynamicalBandit::new(setting.system, &ACTIONS, setting.bounds.noise);
        self.system_rng = Some(stream(setting.seed, 0));
        self.bandit_rng = Some(stream(setting.seed, 1));
        (self.regret, self.reward) = (CompensatedSum::EMPTY, CompensatedSum::EMPTY);
        (self.rounds, self.plays) = (0, [0; ARMS]);
        Ok(())
    }

    /// One round; `shortfall` is what each arm loses against the best one when it is held.
    fn round(&mut self, shortfall: &[f32; ARMS]) -> Result<(), Error> {
        let (Some(system_rng), Some(bandit_rng)) = (&mut self.system_rng, &mut self.bandit_rng) else {
            return Err(Error::NotStarted);
        };
        let arm = self.bandit.select(bandit_rng)?.arm;
        let reward = self.system.step(arm, system_rng)?.reward;
        self.bandit.update(arm, reward)?;
        self.regret.add(shortfall.get(arm).copied().ok_or(Error::ActionOutOfRange)?);
        self.reward.add(reward);
        self.rounds += 1;
        if let Some(plays) = self.plays.get_mut(arm) {
            *plays += 1;
        }
        Ok(())
    }

    fn metric(&self, metric: usize) -> f32 {
        match metric {
            0 => self.regret.value(),
            1 => self.reward.value() / self.rounds as f32,
            _ => f32::NAN,
        }
    }

    /// Fills the view of the arms: `estimate` gives an arm's estimate and half-width.
    fn arms(&self, held_values: &[f32; ARMS], out: &mut [f32], estimate: impl Fn(&B, usize) -> (f32, f32)) {
        for (arm, (out, value)) in out.chunks_exact_mut(4).zip(held_values).enumerate() {
            let (estimate, half_width) = estimate(&self.bandit, arm);
            out.copy_from_slice(&[estimate, half_width, self.plays[arm] as f32, *value]);
        }
    }
}

/// What a run is set to, derived once.
struct Setting {
    seed: u32,
    system: &'static LinearSystem<3, D>,
    bounds: SystemBounds,
    horizon: u32,
    lambda: f32,
}

impl Setting {
    /// The confidence radius with the transient term or without.
    fn confidence(&self, transient: bool) -> Result<Confidence, Error> {
        let c1 = if transient { self.bounds.transient() } else { 0.0 };
        let constants = [c1, self.bounds.bias(), self.bounds.variance()];
        Confidence::new(constants, self.bounds.arm_norm, D, self.lambda, self.horizon)
    }

    /// Starts Exp3 for choices that are held `rounds` rounds each.
    fn exp3(&self, bandit: &mut Exp3<ARMS>, rounds: u32) -> Result<(), Error> {
        let choices = self.horizon as f32 / rounds as f32;
        let reach = 2.0 * self.bounds.reward();
        bandit.start(exploration_rate::<Libm>(ARMS, 2.0 * choices / 3.0), -reach, reach)
    }

    /// `k = ceil(ln m_T / ln(1 / rho_bar))`, `m_T` the number of DynLin-UCB's epochs within the horizon; at least 1.
    fn hold(&self) -> Result<u32, Error> {
        let epochs = Epochs::new(self.bounds.spectral_radius)?.within(self.horizon) as f32;
        let rounds = libm::ceilf(Libm::ln(epochs) / Libm::ln(1.0 / self.bounds.spectral_radius));
        Ok((rounds as u32).max(1))
    }
}

/// The state of `dynlin-ucb`.
#[derive(Debug)]
pub struct DynLinUcbExperiment {
    dyn_lin_ucb: Lane<DynLinUcb<'static, ARMS, D>>,
    lin_ucb: Lane<LinUcb<'static, ARMS, D>>,
    d_lin_ucb: Lane<DLinUcb<'static, ARMS, D>>,
    exp3: Lane<Exp3<ARMS>>,
    exp3_k: Lane<Hold<Exp3<ARMS>>>,
    ar2: Lane<Ar2<ARMS>>,
    /// `J(u) = <h, u>` of each arm.
    held_values: [f32; ARMS],
    shortfall: [f32; ARMS],
}

impl Experiment for DynLinUcbExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "dynlin-ucb",
        title: "Dynamical linear bandit",
        room: "bandit",
        summary: "Six arms drive a hidden linear system, so an arm pays off over many rounds and only one noisy number is \
                  seen. DynLin-UCB holds each arm until the system has settled; bandits that credit a reward to the last \
                  arm alone lock on to the wrong one.",
        citation: "Mussi, Metelli, Restelli, Dynamical Linear Bandits, ICML 2023 (PMLR 202), arXiv 2211.08997",
        step: "round",
        steps: Steps { minimum: 2, maximum: 10_000_000, default: 30_000, conformance: 1000 },
        contenders: &["DynLin-UCB", "Lin-UCB", "D-LinUCB", "Exp3", "Exp3-k", "AR2"],
        parameters: &[
            Parameter {
                name: "system",
                unit: "",
                description: "The hidden system: the published synthetic one, or the one identified from advertising data.",
                kind: Kind::Choice { options: &["synthetic", "advertising"], default: 0 },
            },
            Parameter {
                name: "sigma",
                unit: "reward",
                description: "Standard deviation of the noise on the reward and on each hidden state.",
                kind: Kind::Real { minimum: 0.0001, maximum: 0.2, default: Some(0.01), derived: "" },
            },
            Parameter {
                name: "rho_bar",
                unit: "",
                description: "The bound on the system's spectral radius that the learners are told.",
                kind: Kind::Real {
                    minimum: 0.0,
                    maximum: 0.95,
                    default: None,
                    derived: "the system's spectral radius",
                },
            },
        ],
        metrics: &[
            Metric {
                name: "regret",
                unit: "reward",
                description: "Cumulative regret: what holding the best arm would have earned more, in expectation.",
            },
            Metric { name: "reward", unit: "reward", description: "Mean reward a round so far." },
        ],
        views: &[
            View::Curve { title: "Cumulative regret", metric: "regret" },
            View::Curve { title: "Mean reward so far", metric: "reward" },
            View::Arms {
                title: "Arms",
                arms: &["(0, .5, 1)", "(0, 1, .5)", "(.5, 0, 1)", "(.5, 1, 0)", "(1, 0, .5)", "(1, .5, 0)"],
            },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        dyn_lin_ucb: Lane::new(DynLinUcb::EMPTY),
        lin_ucb: Lane::new(LinUcb::EMPTY),
        d_lin_ucb: Lane::new(DLinUcb::EMPTY),
        exp3: Lane::new(Exp3::EMPTY),
        exp3_k: Lane::new(Hold::new(Exp3::EMPTY)),
        ar2: Lane::new(Ar2::EMPTY),
        held_values: [0.0; ARMS],
        shortfall: [0.0; ARMS],
    };

    fn start(&mut self, seed: u32, steps: u32, values: &Values) -> Result<(), Error> {
        let system = SYSTEMS.get(values.choice(&Self::DESCRIPTOR, 0)).ok_or(Error::UnknownChoice)?;
        let norm = |x: &[f32; 3]| libm::sqrtf(dot(x, x));
        let bounds = SystemBounds {
            spectral_radius: values.real(&Self::DESCRIPTOR, 2).unwrap_or(system.spectral_radius),
            transient_gain: system.transient_gain,
            feedthrough_norm: norm(&system.feedthrough),
            output_norm: norm(&system.output),
            input_norm: system.input_norm,
            arm_norm: ACTIONS.iter().map(norm).fold(0.0, f32::max),
            noise: values.real(&Self::DESCRIPTOR, 1).ok_or(Error::ParameterOutOfRange)?,
        };
        bounds.check()?;
        let setting = Setting { seed, system, bounds, horizon: steps, lambda: Libm::ln(steps as f32) };
        let h = system.markov_parameter();
        self.held_values = ACTIONS.map(|u| dot(&h, &u));
        let best = self.held_values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        self.shortfall = self.held_values.map(|value| best - value);

        let (with_transient, without) = (setting.confidence(true)?, setting.confidence(false)?);
        let hold = setting.hold()?;
        let ar2 = Ar2Parameters { decay: system.spectral_radius, noise: bounds.noise, horizon: steps };
        self.dyn_lin_ucb
            .start(&setting, |bandit| bandit.start(&ACTIONS, with_transient, setting.lambda, bounds.spectral_radius))?;
        self.lin_ucb.start(&setting, |bandit| bandit.start(&ACTIONS, without, setting.lambda))?;
        self.d_lin_ucb.start(&setting, |bandit| bandit.start(&ACTIONS, without, setting.lambda, 1.0 / steps as f32))?;
        self.exp3.start(&setting, |bandit| setting.exp3(bandit, 1))?;
        self.exp3_k.start(&setting, |bandit| bandit.start(hold, |inner| setting.exp3(inner, hold)))?;
        self.ar2.start(&setting, |bandit| bandit.start(ar2))
    }

    fn tick(&mut self) -> Result<bool, Error> {
        self.dyn_lin_ucb.round(&self.shortfall)?;
        self.lin_ucb.round(&self.shortfall)?;
        self.d_lin_ucb.round(&self.shortfall)?;
        self.exp3.round(&self.shortfall)?;
        self.exp3_k.round(&self.shortfall)?;
        self.ar2.round(&self.shortfall)?;
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        pick!(
            contender,
            [&self.dyn_lin_ucb, &self.lin_ucb, &self.d_lin_ucb, &self.exp3, &self.exp3_k, &self.ar2],
            |lane| lane.metric(metric),
            f32::NAN
        )
    }

    fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<(), Error> {
        if view != 2 {
            return Ok(());
        }
        let (values, nothing) = (&self.held_values, f32::NAN);
        match contender {
            0 => self.dyn_lin_ucb.arms(values, out, |bandit, arm| {
                (dot(bandit.ridge().estimate(), &ACTIONS[arm]), bandit.half_width(arm))
            }),
            1 => self.lin_ucb.arms(values, out, |bandit, arm| {
                (dot(bandit.ridge().estimate(), &ACTIONS[arm]), bandit.half_width(arm))
            }),
            2 => self.d_lin_ucb.arms(values, out, |bandit, arm| (dot(bandit.estimate(), &ACTIONS[arm]), nothing)),
            3 => self.exp3.arms(values, out, |_, _| (nothing, nothing)),
            4 => self.exp3_k.arms(values, out, |_, _| (nothing, nothing)),
            _ => self.ar2.arms(values, out, |bandit, arm| (bandit.predictions()[arm], nothing)),
        }
        Ok(())
    }
}

persist_fields!([] DynLinUcbExperiment { dyn_lin_ucb.bandit, lin_ucb.bandit, d_lin_ucb.bandit, exp3.bandit, exp3_k.bandit, ar2.bandit });

/// A contender's regret over a window of rounds.
const fn regret(contender: &'static str, from: u32, to: u32, set: &'static str) -> Quantity {
    Quantity::growth(contender, "regret", from, to).with(set)
}

/// DynLin-UCB's regret after so many rounds, set as said, against another contender's, set as said.
const fn compared(
    sentence: &'static str,
    set: &'static str,
    (other, other_set): (&'static str, &'static str),
    required: Requirement,
    steps: u32,
) -> Claim {
    Claim {
        sentence,
        measure: Measure::Ratio(regret("DynLin-UCB", 0, steps, set), regret(other, 0, steps, other_set)),
        required,
        seeds: if steps > 100_000 { 8 } else { 20 },
        steps,
        full: steps > 100_000,
    }
}

/// DynLin-UCB's regret after 30 000 rounds as a fraction of another contender's.
const fn fraction(sentence: &'static str, of: &'static str, limit: f32, set: &'static str) -> Claim {
    compared(sentence, set, (of, set), Requirement::Below(limit), 30_000)
}

const CLAIMS: &[Claim] = &[
    fraction("DynLin-UCB's regret is less than half of Lin-UCB's", "Lin-UCB", 0.5, ""),
    fraction("DynLin-UCB's regret is less than 0.7 of D-LinUCB's", "D-LinUCB", 0.7, ""),
    fraction("DynLin-UCB's regret is less than 0.4 of Exp3's", "Exp3", 0.4, ""),
    fraction("DynLin-UCB's regret is less than 0.45 of Exp3-k's", "Exp3-k", 0.45, ""),
    fraction("DynLin-UCB's regret is less than 0.3 of AR2's", "AR2", 0.3, ""),
    Claim {
        sentence: "DynLin-UCB's regret in the second half is less than half of that in the first",
        measure: Measure::Ratio(regret("DynLin-UCB", 15_000, 30_000, ""), regret("DynLin-UCB", 0, 15_000, "")),
        required: Requirement::Below(0.5),
        seeds: 20,
        steps: 30_000,
        full: false,
    },
    fraction(
        "On the advertising system DynLin-UCB's regret is less than 0.7 of Lin-UCB's",
        "Lin-UCB",
        0.7,
        "system=advertising",
    ),
    compared(
        "Doubling rho_bar costs DynLin-UCB less than 2.5 times the regret",
        "rho_bar=0.4",
        ("DynLin-UCB", ""),
        Requirement::Below(2.5),
        30_000,
    ),
    compared(
        "With rho_bar doubled DynLin-UCB still beats D-LinUCB, the best of the others",
        "rho_bar=0.4",
        ("D-LinUCB", ""),
        Requirement::Below(1.0),
        30_000,
    ),
    compared(
        "Told that the system has no memory, DynLin-UCB pays more than when told the truth",
        "rho_bar=0",
        ("DynLin-UCB", ""),
        Requirement::Above(1.0),
        30_000,
    ),
    compared(
        "With little noise DynLin-UCB's regret stays below Lin-UCB's",
        "sigma=0.001",
        ("Lin-UCB", "sigma=0.001"),
        Requirement::Below(1.0),
        100_000,
    ),
    compared(
        "With much noise Lin-UCB is freed from its lock-in and its regret is the smaller one",
        "sigma=0.1",
        ("Lin-UCB", "sigma=0.1"),
        Requirement::Above(1.0),
        100_000,
    ),
    compared(
        "Over 400 000 rounds DynLin-UCB's regret stays below Lin-UCB's",
        "",
        ("Lin-UCB", ""),
        Requirement::Below(1.0),
        400_000,
    ),
    compared(
        "Over 400 000 rounds DynLin-UCB's regret stays below D-LinUCB's",
        "",
        ("D-LinUCB", ""),
        Requirement::Below(1.0),
        400_000,
    ),
    compared(
        "Over 400 000 rounds DynLin-UCB's regret stays below Exp3-k's",
        "",
        ("Exp3-k", ""),
        Requirement::Below(1.0),
        400_000,
    ),
    compared(
        "Over 400 000 rounds on the advertising system DynLin-UCB's regret stays below Lin-UCB's",
        "system=advertising",
        ("Lin-UCB", "system=advertising"),
        Requirement::Below(1.0),
        400_000,
    ),
];
