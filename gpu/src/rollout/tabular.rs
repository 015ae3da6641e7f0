//! Rollouts of finite models, equal to the CPU bit for bit.

use super::{Environment, Lane, Lanes, Policy, Rollout, Tables, ThresholdPolicy, Trajectories};
use crate::context::Context;
use crate::error::Error;

/// Rollouts of one finite model on a device. Making one compiles its shader; keep it.
///
/// ```no_run
/// use habit::env::CliffWalking;
/// use habit_gpu::rollout::{Episode, Lane, TabularRollout, Tables, ThresholdPolicy};
/// use habit_gpu::{Context, Options, block_on};
/// # fn main() -> Result<(), habit_gpu::Error> {
/// let context = block_on(Context::new(&Options::default()))?;
/// let episode = Episode { start: CliffWalking::START, time_limit: Some(100) };
/// let tables = Tables::new(&CliffWalking::new(true), episode)?;
/// let policy = ThresholdPolicy::new(48, 4, &[0.25; 48 * 4])?;
/// let mut lanes = Lane::starting(42, 1024, CliffWalking::START);
/// let rollout = block_on(TabularRollout::new(&context, tables))?;
/// let trajectories = block_on(rollout.run(&policy, &mut lanes, 256))?;
/// assert_eq!(trajectories.rewards.len(), 256 * 1024);
/// # Ok(())
/// # }
/// ```
///
/// A step takes one word for the action and, where the model lists more than one outcome, one for the outcome.
#[derive(Debug)]
pub struct TabularRollout {
    rollout: Rollout,
    tables: Tables,
}

impl TabularRollout {
    /// For a model that has been listed.
    ///
    /// # Errors
    /// [`Error::Driver`], [`Error::Lost`].
    pub async fn new(context: &Context, tables: Tables) -> Result<Self, Error> {
        let environment = Environment::tabular(&tables)?;
        // Stands in until a rollout brings its own.
        let (states, actions) = (tables.states(), tables.actions());
        let policy = ThresholdPolicy::new(states, actions, &vec![1.0; states * actions])?;
        Ok(Self { rollout: Rollout::new(context, environment, Policy::thresholds(&policy)).await?, tables })
    }

    /// The model's tables.
    pub const fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Runs `steps` steps of every lane under `policy`. The lanes move on, so that another call, or
    /// [`cpu::rollout`](super::cpu::rollout), goes on from there.
    ///
    /// # Errors
    /// [`Error::Input`] with `LengthMismatch` for a policy of other sizes than the model's, with `StateOutOfRange` for a
    /// lane outside the model; [`Error::Empty`]; [`Error::TooLarge`]; or what the device reports. The lanes are unchanged
    /// then.
    pub async fn run(&self, policy: &ThresholdPolicy, lanes: &mut [Lane], steps: usize) -> Result<Trajectories, Error> {
        if lanes.iter().any(|lane| lane.state >= self.tables.states()) {
            return Err(habit::Error::StateOutOfRange.into());
        }
        self.rollout.fits_at_once(steps, lanes.len())?;
        let generators: Vec<_> = lanes.iter().map(|lane| lane.rng.clone()).collect();
        let mut moved = Lanes::unborn(&generators, 1);
        for (n, lane) in lanes.iter().enumerate() {
            moved.set(n, &lane.rng, lane.elapsed, &[lane.state as u32])?;
        }
        let batch = self.rollout.run_under(&Policy::thresholds(policy), &mut moved, steps).await?;
        for (n, lane) in lanes.iter_mut().enumerate() {
            let state = moved.state(n).first().map_or(0, |&state| state as usize);
            *lane = Lane { rng: moved.generator(n)?, state, elapsed: moved.elapsed(n).unwrap_or(0) };
        }
        Ok(Trajectories::of(batch))
    }
}
