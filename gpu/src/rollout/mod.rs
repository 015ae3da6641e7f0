//! Batched rollouts of finite models, equal to the CPU bit for bit.
//!
//! | piece | what it is |
//! |---|---|
//! | [`ThresholdPolicy`] | a policy as integer thresholds |
//! | [`Tables`], [`Episode`] | a finite model as integer thresholds, and how its episodes start and are cut |
//! | [`Lane`], [`Trajectories`] | what a rollout starts from and what it leaves |
//! | [`TabularRollout`] | the rollout on a device |
//! | [`cpu::rollout`] | the same on a CPU |
//!
//! A step takes one word for the action and, where the model lists more than one outcome, one for the outcome.
//! Gymnasium's semantics: an episode that terminates or reaches its time limit is recorded with its true next state, and
//! the lane's next step is taken in the start state.

pub mod cpu;
mod policy;
mod tables;
mod trajectories;

pub use policy::ThresholdPolicy;
pub use tables::{Episode, Tables};
pub use trajectories::{Lane, Trajectories};

use crate::compute::{Access, Kernel, Recorder, STEPS_AT_ONCE};
use crate::context::Context;
use crate::error::Error;
use crate::streams::{XOSHIRO, take_words, to_words};
use habit::interact::Outcome;

/// Invocations of a workgroup; the same number stands in the shader.
const WIDTH: u32 = 64;
/// Words of a lane in the shader.
const LANE_WORDS: usize = 8;

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
#[derive(Debug)]
pub struct TabularRollout {
    context: Context,
    kernel: Kernel,
    tables: Tables,
}

impl TabularRollout {
    /// For a model that has been listed.
    ///
    /// # Errors
    /// [`Error::Driver`], [`Error::Lost`].
    pub async fn new(context: &Context, tables: Tables) -> Result<Self, Error> {
        let mut accesses = vec![Access::Read; 2];
        accesses.extend([Access::Write; 6]);
        let kernel = Kernel::new(context, &[XOSHIRO, include_str!("rollout.wgsl")], "rollout", &accesses).await?;
        Ok(Self { context: context.clone(), kernel, tables })
    }

    /// The model's tables.
    pub const fn tables(&self) -> &Tables {
        &self.tables
    }

    /// Runs `steps` steps of every lane under `policy`. The lanes move on, so that another call, or
    /// [`cpu::rollout`], goes on from there.
    ///
    /// # Errors
    /// [`Error::Input`] with `LengthMismatch` for a policy of other sizes than the model's, with `StateOutOfRange` for a
    /// lane outside the model; [`Error::Empty`]; [`Error::TooLarge`]; or what the device reports. The lanes are unchanged
    /// then.
    pub async fn run(&self, policy: &ThresholdPolicy, lanes: &mut [Lane], steps: usize) -> Result<Trajectories, Error> {
        let tables = &self.tables;
        if (policy.states(), policy.actions()) != (tables.states(), tables.actions()) {
            return Err(habit::Error::LengthMismatch.into());
        }
        if lanes.iter().any(|lane| lane.state >= tables.states()) {
            return Err(habit::Error::StateOutOfRange.into());
        }
        let bytes = self.context.bytes(steps, lanes.len(), 4)?;
        self.context.bytes(LANE_WORDS, lanes.len(), 4)?;
        self.context.bytes(1, tables.outcomes().len(), 4)?;
        let integers = [policy.rows(), tables.starts()].concat();
        self.context.bytes(1, integers.len(), 4)?;
        let groups = self.context.workgroups(lanes.len(), WIDTH)?;

        let mut all = Trajectories::filled(steps, lanes.len());
        let mut codes = vec![0u8; steps * lanes.len()];
        let before: Vec<u32> = lanes.iter().flat_map(lane_words).collect();
        let mut after = before.clone();
        let mut outputs = [
            bytemuck::cast_slice_mut(&mut all.states),
            bytemuck::cast_slice_mut(&mut all.actions),
            bytemuck::cast_slice_mut(&mut all.rewards),
            bytemuck::cast_slice_mut(&mut all.next_states),
            &mut codes[..],
            bytemuck::cast_slice_mut(&mut after),
        ];
        let record = |recorder: &mut Recorder<'_>| {
            let tables = recorder.upload(bytemuck::cast_slice(&integers));
            let outcomes = recorder.upload(bytemuck::cast_slice(self.tables.outcomes()));
            let lane_states = recorder.upload(bytemuck::cast_slice(&before));
            let [states, actions, rewards, next_states] = std::array::from_fn(|_| recorder.storage(bytes));
            let codes = recorder.storage(bytes / 4);
            let buffers = [&tables, &outcomes, &lane_states, &states, &actions, &rewards, &next_states, &codes];
            for taken in (0..steps).step_by(STEPS_AT_ONCE) {
                let uniform = recorder.uniform(&[
                    STEPS_AT_ONCE.min(steps - taken) as u32,
                    taken as u32,
                    lanes.len() as u32,
                    policy.actions() as u32,
                    policy.rows().len() as u32,
                    self.tables.episode().start as u32,
                    self.tables.episode().time_limit.unwrap_or(0),
                ]);
                recorder.dispatch(&self.kernel, &uniform, &buffers, [groups, 1]);
            }
            vec![states, actions, rewards, next_states, codes, lane_states]
        };
        self.context.run(&mut outputs, record).await?;
        for (outcome, code) in all.outcomes.iter_mut().zip(codes) {
            *outcome = Outcome::from_flags(code == Outcome::Terminated as u8, code == Outcome::Truncated as u8);
        }
        for (lane, words) in lanes.iter_mut().zip(after.chunks_exact(LANE_WORDS)) {
            take_words(&mut lane.rng, &words[..4])?;
            (lane.state, lane.elapsed) = (words[4] as usize, words[5]);
        }
        Ok(all)
    }
}

/// A lane as the shader has it.
fn lane_words(lane: &Lane) -> [u32; LANE_WORDS] {
    let [a, b, c, d] = to_words(&lane.rng);
    [a, b, c, d, lane.state as u32, lane.elapsed, 0, 0]
}
