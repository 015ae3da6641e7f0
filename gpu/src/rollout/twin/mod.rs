//! A rollout held against a CPU, step by step.

mod house;

pub use house::GaussianTestbed;

use super::policies::Kind;
use super::policy::choose;
use super::{Batch, Lanes, Observation, Policy, Rollout};
use crate::error::Error;
use crate::tolerance::Tolerance;
use habit::interact::Outcome;
use habit::rng::{Generator, Rng, below};
use std::fmt;

/// An environment of a rollout on the CPU, in Rust: the same words of state, the same draws in the same order.
pub trait Twin {
    /// The words of the state that an episode starts in.
    ///
    /// # Errors
    /// What the environment refuses.
    fn start(&self, rng: &mut Generator) -> Result<Vec<u32>, habit::Error>;

    /// Takes an action: the state's words move on. Gives the reward and whether the episode terminated.
    ///
    /// # Errors
    /// What the environment refuses.
    fn act(&self, state: &mut [u32], action: usize, rng: &mut Generator) -> Result<(f32, bool), habit::Error>;

    /// What is seen of a state, one word a number.
    fn see(&self, state: &[u32]) -> Vec<u32>;

    /// Whether a word of the state is a number that rounds; the others must be equal to the bit.
    fn rounds(&self, _word: usize) -> bool {
        true
    }

    /// How far apart two numbers of the state are, where that is not their difference: angles, say.
    fn distance(&self, _word: usize, a: f32, b: f32) -> f32 {
        (a - b).abs()
    }

    /// How far a state is from one that ends an episode, or from one that does not. Within the tolerance of a state, a
    /// device may decide otherwise.
    fn margin(&self, _state: &[u32]) -> f32 {
        f32::INFINITY
    }
}

/// What [`compare`] found. Its [`Display`](fmt::Display) is one clause.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Steps compared.
    pub steps: usize,
    /// Differences in what must be equal: streams, integers, actions and outcomes.
    pub differences: usize,
    /// Decisions that fell otherwise within the tolerance of a boundary.
    pub close_calls: usize,
    /// Episodes that ended: terminated, truncated.
    pub ends: [usize; 2],
    /// Of the numbers that round.
    pub tolerance: Tolerance,
}

impl Comparison {
    /// Whether nothing differs that must not, and every number is within its tolerance.
    pub fn holds(&self) -> bool {
        self.differences == 0 && self.tolerance.holds()
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { steps, differences, close_calls, ends: [terminated, truncated], tolerance } = self;
        match differences {
            0 => write!(f, "{steps} steps, streams and decisions equal")?,
            _ => write!(f, "{differences} differences in {steps} steps")?,
        }
        if *close_calls > 0 {
            write!(f, " but for {close_calls} at an edge")?;
        }
        write!(f, ", {terminated} episodes terminated, {truncated} truncated; {tolerance}")
    }
}

fn number(word: u32) -> f32 {
    f32::from_bits(word)
}

/// Runs `steps` steps of `count` lanes on the device, one at a time, each also on the CPU from the device's own state before
/// it: what rounds differs a little and would soon differ much. Then all of them at once, which must leave the same bits.
/// A test of an environment of one's own is this call.
///
/// ```no_run
/// use habit::env::CartPole;
/// use habit_gpu::rollout::{Environment, Policy, Rollout, compare};
/// use habit_gpu::{Context, Options, block_on};
/// # fn main() -> Result<(), habit_gpu::Error> {
/// let context = block_on(Context::new(&Options::default()))?;
/// let rollout = block_on(Rollout::new(&context, Environment::cart_pole()?, Policy::uniform()))?;
/// let found = block_on(compare(&rollout, &CartPole::new(), 1, 100, 50))?;
/// assert!(found.holds(), "{found}");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`Rollout::run`]; [`Error::Input`] with `ParameterOutOfRange` for a user's own policy, and with what the twin refuses.
pub async fn compare(
    rollout: &Rollout,
    twin: &impl Twin,
    seed: u32,
    count: usize,
    steps: usize,
) -> Result<Comparison, Error> {
    let mut found = Comparison::default();
    let mut lanes = rollout.start(seed, count)?;
    let mut whole = lanes.clone();
    let together = rollout.run(&mut whole, steps).await?;
    for step in 0..steps {
        let before = lanes.clone();
        let batch = rollout.run(&mut lanes, 1).await?;
        for lane in 0..count {
            found.step(rollout, twin, &before, &lanes, &batch, lane)?;
            found.equal(batch.observation(0, lane) == together.observation(step, lane));
            found.equal(batch.next_observation(0, lane) == together.next_observation(step, lane));
        }
        let of = step * count..(step + 1) * count;
        found.equal(batch.actions() == &together.actions()[of.clone()]);
        found.equal(batch.outcomes() == &together.outcomes()[of.clone()]);
        let bits = |numbers: &[f32]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
        found.equal(bits(batch.rewards()) == bits(&together.rewards()[of.clone()]));
        let logarithms = together.log_probabilities().get(of).unwrap_or_default();
        found.equal(bits(batch.log_probabilities()) == bits(logarithms));
    }
    for lane in 0..count {
        let of = |lanes: &Lanes| (lanes.generator(lane), lanes.elapsed(lane), lanes.state(lane));
        found.equal(of(&lanes) == of(&whole));
    }
    Ok(found)
}

impl Comparison {
    fn equal(&mut self, equal: bool) {
        self.differences += usize::from(!equal);
    }

    /// One step of one lane.
    fn step(
        &mut self,
        rollout: &Rollout,
        twin: &impl Twin,
        before: &Lanes,
        after: &Lanes,
        batch: &Batch,
        lane: usize,
    ) -> Result<(), Error> {
        self.steps += 1;
        let mut rng = before.generator(lane)?;
        let numbers = matches!(rollout.environment().observation(), Observation::Numbers(_));
        let mut state = match before.elapsed(lane) {
            Some(_) => before.state(lane),
            None => twin.start(&mut rng)?,
        };
        let observation = batch.observation(0, lane);
        let scale = scale_of(twin, &state, &[]);
        let apart = |_, a: f32, b: f32| (a - b).abs();
        self.words(|_| numbers, &observation, &twin.see(&state), scale, apart);
        let (action, outcome) = (batch.actions()[lane] as usize, batch.outcomes()[lane]);
        let logarithm = batch.log_probabilities().get(lane).copied();
        self.choice(rollout, &observation, action, logarithm, &mut rng)?;

        let old = state.clone();
        let (reward, terminated) = twin.act(&mut state, action, &mut rng)?;
        let scale = scale_of(twin, &old, &state);
        let elapsed = before.elapsed(lane).unwrap_or(0) + 1;
        let truncated = rollout.environment().time_limit().is_some_and(|limit| elapsed >= limit);
        let expected = Outcome::from_flags(terminated, truncated);
        self.tolerance.compare(batch.rewards()[lane], reward, reward.abs().max(scale));
        if outcome != expected {
            let close = twin.margin(&state) <= 1e-5 * scale + 1e-6;
            self.close_calls += usize::from(close);
            self.equal(close);
            // The reward of such a step may be another one too, and what follows is another episode.
            return Ok(());
        }
        match outcome {
            Outcome::Continue => {}
            Outcome::Terminated => self.ends[0] += 1,
            Outcome::Truncated => self.ends[1] += 1,
        }
        let next = batch.next_observation(0, lane);
        self.words(|_| numbers, &next, &twin.see(&state), scale, apart);
        let earned = before.earned(lane) + batch.rewards()[lane];
        if outcome.is_over() {
            state = twin.start(&mut rng)?;
            let end = batch.ends().iter().find(|end| end.lane == lane);
            self.equal(end.is_some_and(|end| (end.step, end.length) == (0, elapsed)));
            self.tolerance.compare(end.map_or(f32::NAN, |end| end.earned), earned, earned.abs());
        }
        self.tolerance.compare(after.earned(lane), if outcome.is_over() { 0.0 } else { earned }, earned.abs());
        let found = after.state(lane);
        self.words(|word| twin.rounds(word), &found, &state, scale, |word, a, b| twin.distance(word, a, b));
        self.equal(after.generator(lane)? == rng);
        self.equal(after.elapsed(lane) == Some(if outcome.is_over() { 0 } else { elapsed }));
        Ok(())
    }

    fn words(
        &mut self,
        rounds: impl Fn(usize) -> bool,
        found: &[u32],
        expected: &[u32],
        scale: f32,
        distance: impl Fn(usize, f32, f32) -> f32,
    ) {
        self.equal(found.len() == expected.len());
        for (word, (&found, &expected)) in found.iter().zip(expected).enumerate() {
            if rounds(word) {
                let (found, expected) = (number(found), number(expected));
                self.tolerance.compare(distance(word, found, expected), 0.0, scale.max(expected.abs()));
            } else {
                self.equal(found == expected);
            }
        }
    }

    /// The house's policies choose on the CPU, from what the device observed.
    fn choice(
        &mut self,
        rollout: &Rollout,
        observation: &[u32],
        action: usize,
        logarithm: Option<f32>,
        rng: &mut Generator,
    ) -> Result<(), Error> {
        let policy = rollout.policy();
        match policy.kind() {
            Kind::Own => return Err(habit::Error::ParameterOutOfRange.into()),
            Kind::Uniform => {
                let expected = below(rollout.environment().actions() as u32, rng)?;
                self.equal(action == expected as usize);
            }
            Kind::Thresholds(_, actions) => {
                let state = observation.first().map_or(0, |&state| state as usize);
                let row = &policy.words()[state * actions..(state + 1) * actions];
                self.equal(action == choose(row, rng.next_u32()));
            }
            Kind::Softmax(of, actions) => {
                let logits = logits(policy, of, actions, observation);
                let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                let shares: Vec<f64> = logits.iter().map(|logit| f64::from(logit - greatest).exp()).collect();
                let sum: f64 = shares.iter().sum();
                let word = (f64::from(rng.next_u32()) + 0.5) / 4_294_967_296.0;
                let (low, high) =
                    (shares[..action].iter().sum::<f64>() / sum, shares[..=action].iter().sum::<f64>() / sum);
                // Where each probability is within the tolerance of its own, so are their running sums.
                let slack = 2e-6 * actions as f64;
                self.equal(low - slack <= word && word < high + slack);
                self.close_calls += usize::from(word < low || word >= high);
                let expected = f64::from(logits[action] - greatest) - sum.ln();
                let terms = logits[action].abs() + greatest.abs() + sum.ln() as f32;
                self.tolerance.compare(logarithm.unwrap_or(f32::NAN), expected as f32, terms);
            }
        }
        Ok(())
    }
}

/// The sum of the magnitudes of a state's numbers before and after: in physics each enters into the other.
fn scale_of(twin: &impl Twin, before: &[u32], after: &[u32]) -> f32 {
    let all = before.iter().enumerate().chain(after.iter().enumerate());
    all.filter(|(word, _)| twin.rounds(*word)).map(|(_, &bits)| number(bits).abs()).sum()
}

/// Of a softmax policy of the house, in `f32` as the device computes them.
fn logits(policy: &Policy, of: Observation, actions: usize, observation: &[u32]) -> Vec<f32> {
    let words = policy.words();
    let row = |a: usize| match of {
        Observation::Numbers(count) => {
            let weights = &words[count + a * (count + 1)..][..=count];
            let inputs = observation.iter().zip(words).map(|(&input, &scale)| number(input) * number(scale));
            inputs.zip(weights).map(|(input, &weight)| input * number(weight)).sum::<f32>() + number(weights[count])
        }
        Observation::Index(states) => {
            number(words[1 + a * states + observation.first().map_or(0, |&state| state as usize)])
        }
        Observation::Nothing => number(words[1 + a]),
    };
    (0..actions).map(row).collect()
}
