//! GAE over the tokens that were chosen, and over turns of them.

use super::recursion::{Estimator, Plan, Recursion};
use super::{Path, bytes_of};
use crate::compute::Recorder;
use crate::context::Context;
use crate::error::Error;
use habit::advantage;
use habit::interact::RolloutView;

/// [`habit::advantage::MaskedGae`] on a device.
pub type MaskedGae = Recursion<advantage::MaskedGae>;

/// [`habit::advantage::TurnGae`] on a device: a recursion backwards that gives the advantage of each turn at its start, and
/// one forwards that hands it on to the turn's tokens. Making one compiles its shaders; keep it.
///
/// The second pass reads outcomes, actions and, at the starts, advantages.
#[derive(Debug)]
pub struct TurnGae {
    context: Context,
    turns: Recursion<advantage::TurnGae>,
    fill: Recursion<Fill>,
}

impl Estimator for advantage::MaskedGae {
    const SOURCE: &'static str = concat!(
        "const TURNS = false;\nfn follows_action(at: u32) -> bool { return false; }\n",
        include_str!("tokens.wgsl")
    );
    const INPUTS: usize = 5;
    const OUTPUTS: usize = 1;

    fn settings(&self) -> [f32; 4] {
        [self.discount(), self.discount() * self.lambda(), 0.0, 0.0]
    }
}

impl Estimator for advantage::TurnGae {
    const SOURCE: &'static str =
        concat!("const TURNS = true;\n", include_str!("turns.wgsl"), include_str!("tokens.wgsl"));
    const INPUTS: usize = 5;
    const OUTPUTS: usize = 1;

    fn settings(&self) -> [f32; 4] {
        [self.discount(), self.discount() * self.lambda(), 0.0, 0.0]
    }
}

/// What is at the start of a turn, to all of it.
#[derive(Debug)]
struct Fill;

impl Estimator for Fill {
    const SOURCE: &'static str = concat!(include_str!("turns.wgsl"), include_str!("turn_fill.wgsl"));
    const INPUTS: usize = 2;
    const OUTPUTS: usize = 1;

    fn settings(&self) -> [f32; 4] {
        [0.0; 4]
    }
}

impl MaskedGae {
    /// Writes `A_t` of every token and lane, in the rollout's order; `actions` tells which tokens the policy chose.
    ///
    /// # Errors
    /// [`Error::Input`] with `LengthMismatch` unless both slices are as long as the rollout; [`Error::Empty`];
    /// [`Error::TooLarge`]; or what the device reports. Nothing is written then.
    pub async fn advantages(
        &self,
        rollout: &RolloutView<'_>,
        actions: &[bool],
        advantages: &mut [f32],
    ) -> Result<(), Error> {
        check(rollout, actions, advantages)?;
        let plan = self.plan(rollout.steps(), rollout.lanes())?;
        let record = |recorder: &mut Recorder<'_>, arrays: &[&wgpu::Buffer]| self.record(recorder, &plan, 1, arrays);
        run(self.context(), rollout, actions, advantages, record).await
    }
}

impl TurnGae {
    /// With the discount and lambda of `estimator`.
    ///
    /// # Errors
    /// [`Error::Driver`], [`Error::Lost`].
    pub async fn new(context: &Context, estimator: advantage::TurnGae) -> Result<Self, Error> {
        Ok(Self {
            context: context.clone(),
            turns: Recursion::new(context, estimator).await?,
            fill: Recursion::new(context, Fill).await?,
        })
    }

    /// From now on both passes go by this path; as [`Recursion::set_path`].
    pub const fn set_path(&mut self, path: Option<Path>) {
        self.turns.set_path(path);
        self.fill.set_path(path);
    }

    /// Writes the advantage of its turn for every token and lane, in the rollout's order; `actions` tells which tokens the
    /// policy chose.
    ///
    /// # Errors
    /// As [`MaskedGae`]'s.
    pub async fn advantages(
        &self,
        rollout: &RolloutView<'_>,
        actions: &[bool],
        advantages: &mut [f32],
    ) -> Result<(), Error> {
        check(rollout, actions, advantages)?;
        let plan = self.plan(rollout.steps(), rollout.lanes())?;
        let record = |recorder: &mut Recorder<'_>, arrays: &[&wgpu::Buffer]| self.record(recorder, &plan, arrays);
        run(&self.context, rollout, actions, advantages, record).await
    }

    /// How a shape is to be worked on.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::TooLarge`].
    pub(crate) fn plan(&self, steps: usize, lanes: usize) -> Result<Plan, Error> {
        self.turns.plan(steps, lanes)
    }

    /// Records the estimator over arrays on the device: rewards, values, next values, outcomes, actions and advantages.
    pub(crate) fn record(&self, recorder: &mut Recorder<'_>, plan: &Plan, arrays: &[&wgpu::Buffer]) {
        self.turns.record(recorder, plan, 1, arrays);
        self.fill.record(recorder, plan, 1, &arrays[3..]);
    }
}

/// Refuses slices that do not fit.
fn check(rollout: &RolloutView<'_>, actions: &[bool], advantages: &[f32]) -> Result<(), habit::Error> {
    let fits = actions.len() == rollout.len() && advantages.len() == rollout.len();
    if fits { Ok(()) } else { Err(habit::Error::LengthMismatch) }
}

/// Brings the inputs to the device, records and fetches the advantages.
async fn run(
    context: &Context,
    rollout: &RolloutView<'_>,
    actions: &[bool],
    advantages: &mut [f32],
    record: impl FnOnce(&mut Recorder<'_>, &[&wgpu::Buffer]),
) -> Result<(), Error> {
    let outcomes = bytes_of(rollout.outcomes());
    let actions: Vec<_> = actions.iter().map(|&action| u8::from(action)).collect();
    let record = |recorder: &mut Recorder<'_>| {
        let inputs = [rollout.rewards(), rollout.values(), rollout.next_values()];
        let [rewards, values, next_values] = inputs.map(|numbers| recorder.upload(bytemuck::cast_slice(numbers)));
        let [outcomes, actions] = [&outcomes, &actions].map(|bytes| recorder.upload(bytes));
        let advantages = recorder.storage(rewards.size());
        record(recorder, &[&rewards, &values, &next_values, &outcomes, &actions, &advantages]);
        vec![advantages]
    };
    context.run(&mut [bytemuck::cast_slice_mut(advantages)], record).await
}
