//! A front that bends inwards, where no weighted sum stays: `dynamic-reward-weighting.inward-front`.

use super::{CITATION, fill_front, sigmoid};
use crate::error::Error;
use crate::lab::{Claim, Descriptor, Experiment, Measure, Metric, Quantity, Requirement, Steps, Values, View};
use crate::reward::weights::{
    FixedWeights, HypervolumeFactor, HypervolumeGradientWeights, InfluenceParameters, InfluenceWeights, WeightRule,
};
use crate::state::{Persist, persist_fields};

const STARTS: [f32; 5] = [-1.5, -0.4, 0.05, 0.7, 1.5];
/// Fixed weights of the first objective: from 0 to 1 in as many steps.
const SWEEP: usize = 20;
const STEP_SIZE: f32 = 4.0;
const RATIO: f32 = 1.0;
/// Points of the front that can be reached, in the view: `p` from 0 to 1 in as many steps.
const REACHABLE: usize = 20;
/// Of the view: the most policies that a contender has, and the front.
const POINTS: usize = (SWEEP + 1) * STARTS.len() + REACHABLE + 1;

/// The policy: one logit `u` of doing the first thing, `p = sigmoid(u)`, in three decisions alike.
#[derive(Clone, Copy, Debug)]
struct Point {
    u: f32,
}

impl Point {
    const ZERO: Self = Self { u: 0.0 };

    /// `J1 = p^3`, `J2 = (1 - p)^3`.
    fn returns(self) -> [f32; 2] {
        [self.u, -self.u].map(|u| {
            let p = sigmoid(u);
            p * p * p
        })
    }

    /// Of both by `u`.
    fn gradients(self) -> [f32; 2] {
        let [a, b] = self.returns();
        [3.0 * a * sigmoid(-self.u), -3.0 * b * sigmoid(self.u)]
    }

    fn ascend(&mut self, rule: &impl WeightRule, factor: f32) -> Result<(), Error> {
        self.u += STEP_SIZE * factor * rule.scalarise(&self.gradients())?;
        Ok(())
    }

    /// The lesser of the two returns: 0 at either extreme.
    fn least(self) -> f32 {
        let [a, b] = self.returns();
        a.min(b)
    }
}

persist_fields!([] Point { u });

/// A point on its way under a rule.
#[derive(Debug)]
struct Walker<R> {
    point: Point,
    rule: R,
}

persist_fields!([R: Persist] Walker<R> { point, rule });

/// The state of `dynamic-reward-weighting.inward-front`.
#[derive(Debug)]
pub struct InwardFrontExperiment {
    fixed: [[Point; STARTS.len()]; SWEEP + 1],
    equal: FixedWeights<2>,
    amplified: [Walker<HypervolumeFactor<2, 64>>; STARTS.len()],
    influence: [Walker<InfluenceWeights<2>>; STARTS.len()],
    gradient: [Walker<HypervolumeGradientWeights<2>>; STARTS.len()],
}

impl InwardFrontExperiment {
    /// Calls back with every policy of a contender, the weight of its first objective and its factor.
    fn each(&self, contender: usize, mut of: impl FnMut(Point, f32, f32)) {
        let first = |weights: &[f32]| weights.first().copied().unwrap_or(f32::NAN);
        match contender {
            0 => {
                for (index, points) in self.fixed.iter().enumerate() {
                    points.iter().for_each(|point| of(*point, index as f32 / SWEEP as f32, 1.0));
                }
            }
            1 => self.amplified.iter().for_each(|walker| of(walker.point, 0.5, walker.rule.factor())),
            2 => self.influence.iter().for_each(|walker| of(walker.point, first(walker.rule.weights()), 1.0)),
            3 => self.gradient.iter().for_each(|walker| of(walker.point, first(walker.rule.weights()), 1.0)),
            _ => {}
        }
    }
}

impl Experiment for InwardFrontExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "dynamic-reward-weighting.inward-front",
        title: "A front that bends inwards",
        room: "reward",
        summary: "One probability, three decisions: all of one kind earn the first objective, all of the other kind the \
                  second. Every weighted sum ends at an extreme, and so do rules that only speed training up; weights that \
                  make the product of both the objective hold the middle from wherever they start.",
        citation: CITATION,
        step: "step",
        steps: Steps { minimum: 1, maximum: 10_000, default: 1000, conformance: 10 },
        contenders: &["fixed", "hypervolume", "influence", "hypervolume gradient"],
        parameters: &[],
        metrics: &[
            Metric {
                name: "best",
                unit: "",
                description: "The lesser return, of the policy that is best by it: over five starts, and all fixed weights.",
            },
            Metric { name: "worst", unit: "", description: "The lesser return, of the policy that is worst by it." },
            Metric { name: "weight", unit: "", description: "Weight of the first objective; mean of all policies." },
            Metric {
                name: "factor",
                unit: "",
                description: "What the reward is multiplied by next; mean of all policies.",
            },
            Metric {
                name: "hypervolume",
                unit: "",
                description: "Volume below the point of a policy, the product of its returns; mean of all policies.",
            },
        ],
        views: &[
            View::Front { title: "Policies on the front", axes: ["first return", "second return"], points: POINTS },
            View::Curve { title: "Lesser return of the best policy", metric: "best" },
            View::Curve { title: "Lesser return of the worst policy", metric: "worst" },
            View::Curve { title: "Product of the returns", metric: "hypervolume" },
            View::Curve { title: "Weight of the first objective", metric: "weight" },
            View::Curve { title: "Factor of the reward", metric: "factor" },
        ],
        claims: CLAIMS,
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        fixed: [[Point::ZERO; STARTS.len()]; SWEEP + 1],
        equal: FixedWeights::EMPTY,
        amplified: [const { Walker { point: Point::ZERO, rule: HypervolumeFactor::EMPTY } }; STARTS.len()],
        influence: [const { Walker { point: Point::ZERO, rule: InfluenceWeights::EMPTY } }; STARTS.len()],
        gradient: [const { Walker { point: Point::ZERO, rule: HypervolumeGradientWeights::EMPTY } }; STARTS.len()],
    };

    fn start(&mut self, _seed: u32, _steps: u32, _values: &Values) -> Result<(), Error> {
        self.equal.start(&[0.5, 0.5])?;
        self.fixed = [STARTS.map(|u| Point { u }); SWEEP + 1];
        let parameters = InfluenceParameters { step_size: RATIO, regularisation: 1.0, period: 1, minimum: 0.0 };
        for (walker, u) in self.amplified.iter_mut().zip(STARTS) {
            walker.point = Point { u };
            walker.rule.start(&[0.0, 0.0])?;
        }
        for (walker, u) in self.influence.iter_mut().zip(STARTS) {
            walker.point = Point { u };
            walker.rule.start(&[0.5, 0.5], parameters)?;
        }
        for (walker, u) in self.gradient.iter_mut().zip(STARTS) {
            walker.point = Point { u };
            walker.rule.start(&[0.0, 0.0])?;
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        let mut rule = FixedWeights::<2>::EMPTY;
        for (index, points) in self.fixed.iter_mut().enumerate() {
            let weight = index as f32 / SWEEP as f32;
            rule.start(&[weight, 1.0 - weight])?;
            points.iter_mut().try_for_each(|point| point.ascend(&rule, 1.0))?;
        }
        for Walker { point, rule } in &mut self.amplified {
            point.ascend(&self.equal, rule.factor())?;
            rule.update(&point.returns())?;
        }
        for Walker { point, rule } in &mut self.influence {
            let [a, b] = point.gradients();
            rule.update(&[a * a, a * b, a * b, b * b])?;
            point.ascend(rule, 1.0)?;
        }
        for Walker { point, rule } in &mut self.gradient {
            rule.update(&point.returns())?;
            point.ascend(rule, 1.0)?;
        }
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        let (mut best, mut worst, mut sums, mut count) = (f32::NEG_INFINITY, f32::INFINITY, [0.0; 3], 0.0);
        self.each(contender, |point, weight, factor| {
            let [a, b] = point.returns();
            (best, worst) = (point.least().max(best), point.least().min(worst));
            sums.iter_mut().zip([weight, factor, a * b]).for_each(|(sum, x)| *sum += x);
            count += 1.0;
        });
        match metric {
            0 => best,
            1 => worst,
            2..=4 => sums[metric - 2] / count,
            _ => f32::NAN,
        }
    }

    fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<(), Error> {
        if view != 0 {
            return Ok(());
        }
        let (mut policies, mut count) = ([[f32::NAN; 4]; POINTS], 0);
        self.each(contender, |point, weight, _| {
            let [a, b] = point.returns();
            policies.iter_mut().skip(count).take(1).for_each(|policy| *policy = [a, b, weight, 1.0 - weight]);
            count += 1;
        });
        let front = (0..=REACHABLE).map(|index| {
            let p = index as f32 / REACHABLE as f32;
            [p * p * p, (1.0 - p) * (1.0 - p) * (1.0 - p)]
        });
        fill_front(policies.into_iter().take(count), front, out)
    }
}

persist_fields!([] InwardFrontExperiment { fixed, amplified, influence, gradient });

const STEPS: u32 = 1000;

/// The claim on what a contender has in the end; nothing is left to chance.
const fn end(sentence: &'static str, contender: &'static str, metric: &'static str, required: Requirement) -> Claim {
    Claim::new(sentence, Measure::Value(Quantity::mean(contender, metric, STEPS - 1, STEPS)), required, 1, STEPS)
}

const CLAIMS: &[Claim] = &[
    end("The best of 21 fixed weights from five starts ends below 1e-4", "fixed", "best", Requirement::Below(1e-4)),
    end(
        "The hypervolume's gradient ends within 0.002 of 0.125 from its best start",
        "hypervolume gradient",
        "best",
        Requirement::Within(0.123, 0.127),
    ),
    end(
        "The hypervolume's gradient ends within 0.002 of 0.125 from its worst start",
        "hypervolume gradient",
        "worst",
        Requirement::Within(0.123, 0.127),
    ),
    end("The factor ends at an extreme from every start", "hypervolume", "best", Requirement::Below(1e-3)),
    end("Influence weights end at an extreme from every start", "influence", "best", Requirement::Below(1e-3)),
];
