//! The same advantages by steps in another grouping: `advantage-estimators.scan`.

use super::GAE;
use crate::advantage::{AffinePair, Gae, suffix_scan};
use crate::error::Error;
use crate::interact::{Outcome, RolloutView};
use crate::lab::{Claim, Descriptor, Experiment, Measure, Metric, Quantity, Requirement, Steps, Values, View};
use crate::math::Scalar;
use crate::rng::{Generator, below, gaussian_by_sum, stream};
use crate::state::{Persist, Reader, Write};

/// Steps of a buffer.
const LENGTH: usize = 1000;
const DISCOUNT: f32 = 0.99;
const LAMBDA: f32 = 0.95;

/// Buffers that the claims are measured over.
const BUFFERS: u32 = 200;

/// The state of `advantage-estimators.scan`.
#[derive(Debug)]
pub struct ScanExperiment {
    rng: Option<Generator>,
    rewards: [f32; LENGTH],
    values: [f32; LENGTH],
    next_values: [f32; LENGTH],
    outcomes: [Outcome; LENGTH],
    advantages: [f32; LENGTH],
    single: [AffinePair; LENGTH],
    double: [AffinePair<f64>; LENGTH],
    /// Of this buffer, and the greatest so far, in single and in double length.
    errors: [f32; 2],
    greatest: [f32; 2],
}

impl ScanExperiment {
    /// Numbers of N(0, 1); one step in 50 terminated, one in 50 truncated.
    fn draw(&mut self) -> Result<(), Error> {
        let rng = self.rng.as_mut().ok_or(Error::NotStarted)?;
        for numbers in [&mut self.rewards, &mut self.values, &mut self.next_values] {
            numbers.iter_mut().for_each(|number| *number = gaussian_by_sum(rng));
        }
        for outcome in &mut self.outcomes {
            *outcome = match below(50, rng)? {
                0 => Outcome::Terminated,
                1 => Outcome::Truncated,
                _ => Outcome::Continue,
            };
        }
        Ok(())
    }
}

/// The advantages of the buffer, by recursion and by both scans, all in single length; the greatest errors so far.
impl Persist for ScanExperiment {
    fn write(&self, out: &mut impl Write) {
        self.advantages.write(out);
        self.single.iter().for_each(|pair| pair.offset.write(out));
        self.double.iter().for_each(|pair| (pair.offset as f32).write(out));
        self.greatest.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        [&self.advantages; 3].into_iter().try_for_each(|advantages| advantages.check(from))?;
        self.greatest.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.advantages.read(from)?;
        self.single.iter_mut().try_for_each(|pair| pair.offset.read(from))?;
        for pair in &mut self.double {
            let mut offset = 0.0f32;
            offset.read(from)?;
            pair.offset = f64::from(offset);
        }
        self.greatest.read(from)
    }
}

/// The greatest difference of scan and recursion, divided by the greatest advantage, or by 1. `sequential` is told the number
/// of a step and what the recursion makes of it.
fn difference<S: Scalar>(
    rollout: &RolloutView<'_>,
    pairs: &mut [AffinePair<S>],
    sequential: impl Fn(usize, S) -> S,
) -> f32 {
    let discount = S::of(f64::from(DISCOUNT));
    let decay = discount * S::of(f64::from(LAMBDA));
    let pair = |t: usize| {
        let outcome = rollout.outcomes()[t];
        let beyond = if outcome == Outcome::Terminated { 0.0 } else { rollout.next_values()[t] };
        let [reward, value, beyond] = [rollout.rewards()[t], rollout.values()[t], beyond].map(S::from);
        AffinePair {
            factor: if outcome.is_over() { S::ZERO } else { decay },
            offset: reward + discount * beyond - value,
        }
    };
    pairs.iter_mut().enumerate().for_each(|(t, slot)| *slot = pair(t));
    suffix_scan(pairs);
    let size = |x: S| if x < S::ZERO { -x } else { x };
    let (mut x, mut error, mut scale) = (S::ZERO, S::ZERO, S::of(1.0));
    for (t, scanned) in pairs.iter().enumerate().rev() {
        x = pair(t).apply(x);
        let advantage = sequential(t, x);
        let own = size(scanned.offset - advantage);
        error = if own > error { own } else { error };
        scale = if size(advantage) > scale { size(advantage) } else { scale };
    }
    (error / scale).to_f32()
}

impl Experiment for ScanExperiment {
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "advantage-estimators.scan",
        title: "Advantages in any grouping",
        room: "advantage",
        summary: "GAE of random buffers with ends anywhere, step after step and by composing steps two, four, eight at a time, \
                  as a GPU does. Composition is associative, so only the rounding differs.",
        citation: GAE,
        step: "buffer",
        steps: Steps { minimum: 1, maximum: 10_000, default: BUFFERS, conformance: 1 },
        contenders: &["f32", "f64"],
        parameters: &[],
        metrics: &[
            Metric {
                name: "error",
                unit: "",
                description: "The greatest difference in the buffer, divided by the greatest advantage, or by 1.",
            },
            Metric { name: "greatest", unit: "", description: "The greatest error so far." },
        ],
        views: &[
            View::Curve { title: "Error", metric: "error" },
            View::Curve { title: "Greatest error", metric: "greatest" },
        ],
        claims: &[
            below_limit("In double length scan and recursion differ by less than 1e-12", "f64", 1e-12),
            below_limit("In single length scan and recursion differ by less than 1e-5", "f32", 1e-5),
        ],
        state_bytes: size_of::<Self>(),
    };

    const EMPTY: Self = Self {
        rng: None,
        rewards: [0.0; LENGTH],
        values: [0.0; LENGTH],
        next_values: [0.0; LENGTH],
        outcomes: [Outcome::Continue; LENGTH],
        advantages: [0.0; LENGTH],
        single: [AffinePair { factor: 0.0, offset: 0.0 }; LENGTH],
        double: [AffinePair { factor: 0.0, offset: 0.0 }; LENGTH],
        errors: [0.0; 2],
        greatest: [0.0; 2],
    };

    fn start(&mut self, seed: u32, _steps: u32, _values: &Values) -> Result<(), Error> {
        self.rng = Some(stream(seed, 0));
        (self.errors, self.greatest) = ([0.0; 2], [0.0; 2]);
        Ok(())
    }

    fn tick(&mut self) -> Result<bool, Error> {
        self.draw()?;
        let Self { rewards, values, next_values, outcomes, advantages, single, double, .. } = self;
        let rollout = RolloutView::trajectory(rewards, values, next_values, outcomes)?;
        Gae::new(DISCOUNT, LAMBDA)?.advantages(&rollout, advantages)?;
        self.errors = [difference(&rollout, single, |t, _| advantages[t]), difference(&rollout, double, |_, x| x)];
        for (greatest, error) in self.greatest.iter_mut().zip(self.errors) {
            *greatest = greatest.max(error);
        }
        Ok(true)
    }

    fn metric(&self, contender: usize, metric: usize) -> f32 {
        let of = if metric == 0 { &self.errors } else { &self.greatest };
        of.get(contender).copied().unwrap_or(f32::NAN)
    }
}

const fn below_limit(sentence: &'static str, contender: &'static str, limit: f32) -> Claim {
    let greatest = Quantity::mean(contender, "greatest", BUFFERS - 1, BUFFERS);
    Claim::new(sentence, Measure::Value(greatest), Requirement::Below(limit), 1, BUFFERS)
}
