//! Whether an adapter keeps the promises of this crate.

mod advantages;
mod environments;
mod sweeps;

use crate::context::{Adapter, Context};
use crate::error::Error;
use crate::rollout::{Episode, Lane, Tables, TabularRollout, ThresholdPolicy, Trajectories, cpu};
use crate::streams::{streams, words};
use habit::env::CliffWalking;
use habit::interact::Outcome;
use habit::rng::Rng;
use std::fmt;

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was compared with the CPU.
    pub name: &'static str,
    /// Whether the device did as it should.
    pub passed: bool,
    /// How much was compared and how it came out, in one clause.
    pub detail: String,
}

/// What [`self_check`] found. Its [`Display`](fmt::Display) is one line for the adapter and one for each check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The adapter that was checked.
    pub adapter: Adapter,
    /// In the order in which they ran.
    pub checks: Vec<Check>,
}

impl Report {
    /// Whether every check passed.
    pub fn passed(&self) -> bool {
        self.checks.iter().all(|check| check.passed)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.adapter)?;
        for Check { name, passed, detail } in &self.checks {
            write!(f, "\n{} {name}: {detail}", if *passed { "pass" } else { "FAIL" })?;
        }
        Ok(())
    }
}

/// Compares the device with the kernel on this CPU: 1 024 000 generator words, rollouts of CliffWalking and its slippery
/// variant, of the physics and of bandits, a training, and every estimator of [`advantage`](crate::advantage), those that
/// are recursions by both paths; quantiles, and sweeps of four learners with 1024 seeds each.
///
/// A result that is wrong is a failed [`Check`] in the report.
///
/// # Errors
/// What the device reports, when a check could not be carried out at all.
pub async fn self_check(context: &Context) -> Result<Report, Error> {
    let mut checks = vec![
        generator_words(context).await?,
        rollouts("rollout of CliffWalking", context, CliffWalking::new(false)).await?,
        rollouts("rollout of slippery CliffWalking", context, CliffWalking::new(true)).await?,
    ];
    checks.extend(environments::checks(context).await?);
    checks.extend(advantages::checks(context).await?);
    checks.extend(sweeps::checks(context).await?);
    Ok(Report { adapter: context.adapter().clone(), checks })
}

async fn generator_words(context: &Context) -> Result<Check, Error> {
    let (lanes, steps) = (1024, 1000);
    let mut device = streams(7, lanes);
    let mut host = device.clone();
    let drawn = words(context, &mut device, steps).await?;
    let expected: Vec<_> = (0..steps).flat_map(|_| host.iter_mut().map(Rng::next_u32).collect::<Vec<_>>()).collect();
    let wrong = differences(&drawn, &expected) + differences(&device, &host);
    Ok(Check { name: "generator words", passed: wrong == 0, detail: equal(wrong, drawn.len(), "words") })
}

async fn rollouts(name: &'static str, context: &Context, model: CliffWalking) -> Result<Check, Error> {
    let (lanes, steps) = (333, 300);
    let episode = Episode { start: CliffWalking::START, time_limit: Some(50) };
    // Drifting to the right along the cliff, so that episodes end in both ways.
    let policy = ThresholdPolicy::new(
        CliffWalking::STATES,
        CliffWalking::ACTIONS,
        [[0.3, 0.5, 0.1, 0.1]; CliffWalking::STATES].as_flattened(),
    )?;
    let mut device = Lane::starting(7, lanes, episode.start);
    let mut host = device.clone();
    let rollout = TabularRollout::new(context, Tables::new(&model, episode)?).await?;
    let found = rollout.run(&policy, &mut device, steps).await?;
    let expected = cpu::rollout(&model, episode, &policy, &mut host, steps)?;
    let wrong = wrong_transitions(&found, &expected) + differences(&device, &host);
    let ends = |outcome| expected.outcomes.iter().filter(|&&found| found == outcome).count();
    let (terminated, truncated) = (ends(Outcome::Terminated), ends(Outcome::Truncated));
    let detail = equal(wrong, steps * lanes, "transitions");
    let detail = format!("{detail}, {terminated} episodes terminated, {truncated} truncated");
    Ok(Check { name, passed: wrong == 0, detail })
}

/// How many entries differ.
fn differences<T: PartialEq>(a: &[T], b: &[T]) -> usize {
    a.iter().zip(b).filter(|(a, b)| a != b).count() + a.len().abs_diff(b.len())
}

fn wrong_transitions(found: &Trajectories, expected: &Trajectories) -> usize {
    let bits = |all: &Trajectories| all.rewards.iter().map(|reward| reward.to_bits()).collect::<Vec<_>>();
    differences(&found.states, &expected.states)
        + differences(&found.actions, &expected.actions)
        + differences(&bits(found), &bits(expected))
        + differences(&found.next_states, &expected.next_states)
        + differences(&found.outcomes, &expected.outcomes)
}

fn equal(wrong: usize, of: usize, what: &str) -> String {
    if wrong == 0 { format!("{of} {what}, all equal") } else { format!("{wrong} differences in {of} {what}") }
}
