//! Progress by milestones: `milestone-potential-critic`.

use super::batch_lane::{BatchLane, tick_batches};
use super::{Claim, Descriptor, Experiment, Measure, Metric, Parameter, Quantity, Requirement, Steps, Values, View};
use crate::advantage::{BlendedAdvantage, TabularCritic};
use crate::env::{MilestoneChain, TimeLimit};
use crate::error::Error;
use crate::interact::{Outcome, RolloutView, Transition};
use crate::learn::{AdvantageWeighting, RegressionPolicyUpdate, Surrogate};
use crate::reward::RewardShaping;
use crate::reward::credit::{LearnedPotential, MilestoneProgress};
use crate::state::persist_fields;

const STATES: usize = MilestoneChain::STATES;
/// States in which something is done.
const ACTING: usize = MilestoneChain::END;
const ACTIONS: usize = MilestoneChain::ACTIONS;
const HORIZON: usize = MilestoneChain::STEPS as usize;
/// Episodes of a phase, and passes over them.
const EPISODES: usize = 48;
const PASSES: u32 = 4;

const STEP_SIZE: f32 = 0.5;
const POTENTIAL_STEP_SIZE: f32 = 0.5;
const VALUE_STEP_SIZE: f32 = 0.3;
const MOST_WEIGHT: f32 = 20.0;
/// The least probability that a logarithm is taken of.
const FLOOR: f32 = 1e-12;

/// Before the first batch.
const NONE: [f32; 4] = [f32::NAN; 4];

const CONTENDERS: [&str; 4] = ["MiRA", "no potential", "one step", "AWR"];

/// How a contender makes a policy from a phase.
#[derive(Clone, Copy, Debug)]
enum Rule {
    /// Squared-error regression on a blended advantage.
    Regression(RegressionPolicyUpdate, BlendedAdvantage),
    /// Imitation, weighted by the advantage of the outcome.
    Weighting(AdvantageWeighting),
}

/// What a state-action pair came to in a phase: the sum of its advantages, or of its weights, and their number.
type Pairs = [[(f32, u16); ACTIONS]; ACTING];

#[derive(Debug)]
struct Lane {
    batch: BatchLane<MilestoneChain, ACTING, ACTIONS, EPISODES, { EPISODES * HORIZON }>,
    potential: LearnedPotential<TabularCritic<STATES>>,
    value: TabularCritic<STATES>,
    rule: Option<Rule>,
    /// In the order of the metrics; of the last complete batch.
    figures: [f32; 4],
}

impl Lane {
    const EMPTY: Self = Self {
        batch: BatchLane::new(TimeLimit::new(MilestoneChain::new(), MilestoneChain::STEPS)),
        potential: LearnedPotential::new(TabularCritic::EMPTY),
        value: TabularCritic::EMPTY,
        rule: None,
        figures: NONE,
    };

    fn start(&mut self, seed: u32, weight: f32, rule: Rule) -> Result<(), Error> {
        self.potential.set_weight(weight)?;
        self.potential.critic_mut().start(POTENTIAL_STEP_SIZE)?;
        self.value.start(VALUE_STEP_SIZE)?;
        (self.rule, self.figures) = (Some(rule), NONE);
        self.batch.start(seed);
        Ok(())
    }

    /// Labels every state with progress and outcome, and fits both critics. Returns the mean progress of an episode.
    fn fit(&mut self) -> Result<f32, Error> {
        let (mut milestones, mut labels) =
            (MilestoneProgress::<{ MilestoneChain::MILESTONES }>::EMPTY, [0.0; HORIZON + 1]);
        let mut progress = 0.0;
        for (visits, end) in self.batch.episodes() {
            let states = || visits.iter().map(|visit| visit.state()).chain([end.state()]);
            milestones.clear();
            for (t, state) in states().enumerate() {
                // None is passed by: positions rise one by one.
                if state == (milestones.confirmed().len() + 1) * MilestoneChain::SPACING {
                    milestones.confirm(t)?;
                }
            }
            let labels = labels.get_mut(..visits.len() + 1).ok_or(Error::LengthMismatch)?;
            milestones.labels(labels)?;
            for (state, label) in states().zip(&*labels) {
                self.potential.critic_mut().add(state, *label)?;
                self.value.add(state, end.reward)?;
            }
            progress += labels.last().copied().unwrap_or(0.0);
        }
        self.potential.critic_mut().fit()?;
        self.value.fit()?;
        Ok(progress / EPISODES as f32)
    }

    /// Sums up what every pair came to. Returns it with the mean shaped return of an episode.
    fn judge(&self, rule: &Rule, discount: f32) -> Result<(Pairs, f32), Error> {
        let mut pairs = [[(0.0, 0); ACTIONS]; ACTING];
        let (mut rewards, mut values, mut next_values) = ([0.0; HORIZON], [0.0; HORIZON], [0.0; HORIZON]);
        let (mut outcomes, mut advantages) = ([Outcome::Continue; HORIZON], [0.0; HORIZON]);
        let mut shaped = 0.0;
        for (visits, end) in self.batch.episodes() {
            let next_states = visits.iter().skip(1).map(|visit| visit.state()).chain([end.state()]);
            let length = visits.len();
            for ((t, visit), next_state) in visits.iter().enumerate().zip(next_states) {
                let (outcome, reward) =
                    if t + 1 == length { (end.outcome, end.reward) } else { (Outcome::Continue, 0.0) };
                let transition =
                    Transition { state: visit.state(), action: visit.action(), reward, next_state, outcome };
                rewards[t] = self.potential.shape(&transition, reward, discount)?;
                shaped += rewards[t];
                values[t] = self.value.value(visit.state())?;
                next_values[t] = self.value.value(next_state)?;
                outcomes[t] = outcome;
            }
            let episode = RolloutView::trajectory(
                &rewards[..length],
                &values[..length],
                &next_values[..length],
                &outcomes[..length],
            )?;
            match rule {
                Rule::Regression(_, blend) => {
                    blend.advantages(&episode, &[end.reward], &mut advantages[..length])?;
                }
                Rule::Weighting(weighting) => {
                    for (weight, value) in advantages.iter_mut().zip(episode.values()) {
                        *weight = weighting.weight(end.reward - value);
                    }
                }
            }
            for (visit, advantage) in visits.iter().zip(&advantages) {
                let (sum, count) = &mut pairs[visit.state()][visit.action()];
                *sum += advantage;
                *count += 1;
            }
        }
        Ok((pairs, shaped / EPISODES as f32))
    }

    /// One pass: the mean over each state's samples of the factor of `grad log pi`. That of a regression is linear in the
    /// advantage, so a pair's samples have one by their mean.
    fn pass(&mut self, rule: &Rule, pairs: &Pairs, reference: &[[f32; ACTIONS]; ACTING]) -> Result<(), Error> {
        let mut weights = [[0.0; ACTIONS]; ACTING];
        for (state, row) in pairs.iter().enumerate() {
            let samples = row.iter().map(|(_, count)| f32::from(*count)).sum::<f32>();
            let policy = self.batch.distribution(state)?;
            for (action, (sum, count)) in row.iter().enumerate().filter(|(_, (_, count))| *count > 0) {
                let (count, ratio) =
                    (f32::from(*count), policy[action].max(FLOOR) / reference[state][action].max(FLOOR));
                let factor = match rule {
                    Rule::Regression(update, _) => update.factor(ratio, sum / count),
                    Rule::Weighting(_) => sum / count,
                };
                weights[state][action] = factor * (count / samples);
            }
        }
        self.batch.ascend(&weights, STEP_SIZE)
    }

    /// One phase.
    fn learn(&mut self, discount: f32) -> Result<(), Error> {
        let rule = self.rule.ok_or(Error::NotStarted)?;
        let progress = self.fit()?;
        let (pairs, shaped) = self.judge(&rule, discount)?;
        let mut reference = [[0.0; ACTIONS]; ACTING];
        for (state, row) in reference.iter_mut().enumerate() {
            *row = self.batch.distribution(state)?;
        }
        (0..PASSES).try_for_each(|_| self.pass(&rule, &pairs, &reference))?;
        let success = self.batch.mean(|(_, end)| end.reward);
        self.figures = [success, shaped, progress, self.batch.length()];
        Ok(())
    }
}

persist_fields!([] Lane { batch, potential, value });

/// The state of `milestone-potential-critic`.
#[derive(Debug)]
pub struct MilestonePotentialCriticExperiment {
    lanes: [Lane; 4],
    discount: f32,
}

impl Experiment for MilestonePotentialCriticExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "milestone-potential-critic",
        title: "Milestones and a potential critic",
        room: "reward",
        summary: "Sixteen right actions in a row, and only the end pays: by chance it is never reached. Milestones on the way can \
                  be checked; a critic learns progress from them, its differences are added to the reward, and the end is \
                  found. Without them nothing is learned. Looking one step ahead alone does at least as well here: with \
                  tables the published collapse without the outcome's part of the advantage does not show.",
        citation: "Wang, Gooding, Hartmann, Riva, Grefenstette, A Subgoal-driven Framework for Improving Long-Horizon LLM Agents, \
                   2026, arXiv 2603.19685",
        step: "phase",
        steps: Steps { minimum: 1, maximum: 1000, default: PHASES, conformance: 3 },
        contenders: &CONTENDERS,
        parameters: &[
            Parameter::real("potential_weight", "What a unit of progress is worth (lambda).", [0.0, 10.0], 1.0),
            Parameter::real("discount", "Of the next state's progress (gamma).", [0.5, 1.0], 0.99),
            Parameter::real("blend", "Weight of the one-step part of the advantage (w).", [0.0, 1.0], 0.5),
            Parameter::real("beta", "What a unit of log ratio is worth.", [0.1, 10.0], 1.0),
        ],
        metrics: &[
            Metric {
                name: "success",
                unit: "",
                description: "Share of the phase's episodes that arrive: the raw reward.",
            },
            Metric { name: "shaped", unit: "reward", description: "Mean sum of the shaped rewards." },
            Metric { name: "progress", unit: "", description: "Mean share of the milestones that are reached." },
            Metric { name: "length", unit: "steps", description: "Mean number of steps of an episode." },
        ],
        views: &[
            View::Curve { title: "Success: the raw reward", metric: "success" },
            View::Curve { title: "Shaped reward", metric: "shaped" },
            View::Curve { title: "Milestones reached", metric: "progress" },
            View::Curve { title: "Length", metric: "length" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self { lanes: [Lane::EMPTY; 4], discount: 0.0 };

    fn start(&mut self, seed: u32, _steps: u32, values: &Values) -> Result<(), Error> {
        let real = |index| values.real(&Self::DESCRIPTOR, index).ok_or(Error::ParameterOutOfRange);
        let (weight, beta) = (real(0)?, real(3)?);
        let regression = |blend| -> Result<Rule, Error> {
            Ok(Rule::Regression(RegressionPolicyUpdate::new(beta)?, BlendedAdvantage::new(blend)?))
        };
        let rules = [
            (weight, regression(real(2)?)?),
            (0.0, regression(real(2)?)?),
            (weight, regression(1.0)?),
            (0.0, Rule::Weighting(AdvantageWeighting::new(beta, MOST_WEIGHT)?)),
        ];
        self.discount = real(1)?;
        self.lanes.iter_mut().zip(rules).try_for_each(|(lane, (weight, rule))| lane.start(seed, weight, rule))
    }

    fn tick(&mut self) -> Result<bool, Error> {
        let full = tick_batches!(self.lanes, |lane| lane.batch.tick(|_, _, _| {}));
        if full {
            self.lanes.iter_mut().try_for_each(|lane| lane.learn(self.discount))?;
        }
        Ok(full)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        self.lanes.get(contender).and_then(|lane| lane.figures.get(metric)).copied().unwrap_or(f32::NAN)
    }
}

persist_fields!([] MilestonePotentialCriticExperiment { lanes });

const SEEDS: u32 = 20;
const PHASES: u32 = 60;

/// The mean success over the last 10 of 60 phases.
const fn late(contender: &'static str) -> Quantity {
    Quantity::mean(contender, "success", 50, PHASES)
}

const fn claim(sentence: &'static str, measure: Measure, required: Requirement) -> Claim {
    Claim::new(sentence, measure, required, SEEDS, PHASES)
}

const CLAIMS: &[Claim] = &[
    claim(
        "With milestones at least 0.85 of the episodes arrive in the end",
        Measure::Value(late("MiRA")),
        Requirement::AtLeast(0.85),
    ),
    claim(
        "Without the potential at most 0.1 of the episodes arrive",
        Measure::Value(late("no potential")),
        Requirement::AtMost(0.1),
    ),
    Claim::new(
        "Without the potential at most 0.1 of the episodes arrive, over 200 seeds: now and then one finds the end by chance",
        Measure::Value(late("no potential")),
        Requirement::AtMost(0.1),
        200,
        PHASES,
    ),
    claim(
        "With milestones at least 0.5 more of the episodes arrive than with advantage-weighted regression",
        Measure::Difference(late("MiRA"), late("AWR")),
        Requirement::AtLeast(0.5),
    ),
    claim(
        "The published collapse without the outcome's part does not show: one step does at least as well",
        Measure::Difference(late("one step"), late("MiRA")),
        Requirement::AtLeast(0.0),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::{PolicyBatch, policy_gradient_step};
    use crate::policy::features::OneHot;
    use crate::policy::{Features, SoftmaxPolicy, StochasticPolicy};
    use std::boxed::Box;

    #[test]
    fn a_pass_over_pairs_is_the_mean_over_the_samples_of_a_state() {
        let regression = RegressionPolicyUpdate::new(0.8).unwrap();
        let rule = Rule::Regression(regression, BlendedAdvantage::new(0.5).unwrap());
        let mut lane = Box::new(Lane::EMPTY);
        lane.start(1, 1.0, rule).unwrap();
        let mut pairs: Pairs = [[(0.0, 0); ACTIONS]; ACTING];
        (pairs[3][1], pairs[3][2]) = ((0.2 + 0.6, 2), (-0.4, 1));

        let codes = [OneHot::<ACTING>.encode(3).unwrap(); 3];
        let mut policy = SoftmaxPolicy::<ACTIONS, ACTING>::EMPTY;
        let old = [policy.log_probability(&codes[0], 1).unwrap(); 3];
        let batch = PolicyBatch::new(&codes, &[1, 1, 2], &old, &[0.2, 0.6, -0.4]).unwrap();
        for _ in 0..PASSES {
            lane.pass(&rule, &pairs, &[[0.25; ACTIONS]; ACTING]).unwrap();
            policy_gradient_step(&mut policy, &regression, &batch, STEP_SIZE, &mut [0.0; ACTIONS * ACTING]).unwrap();
        }
        let moved = lane.batch.policy.parameters().iter().zip(policy.parameters());
        assert!(moved.clone().all(|(own, expected)| (own - expected).abs() < 1e-6));
        assert!(moved.map(|(own, _)| own.abs()).sum::<f32>() > 0.1);
    }
}
