//! One experiment at work, with its seed, its length and its digest.

use super::{Descriptor, EXPERIMENTS, Runner, Values};
use crate::error::Error;
use crate::math::{Libm, Math};
use crate::state::{Digest, Identify, Identity, Persist, Reader, Write};

/// A run of one experiment with one seed. Made [`EMPTY`](Self::EMPTY) in its place and started there.
#[derive(Debug)]
pub struct Run {
    runner: Runner,
    entry: usize,
    seed: u32,
    step: u32,
    steps: u32,
    values: Values,
}

/// What a tick has completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    /// The present step goes on.
    Within,
    /// A step is complete.
    Step,
    /// The last step is complete.
    Over,
}

impl Run {
    /// Nothing is running.
    pub const EMPTY: Self =
        Self { runner: Runner::Idle, entry: 0, seed: 0, step: 0, steps: 0, values: Values::DEFAULTS };

    /// Starts the experiment at `entry` of [`EXPERIMENTS`]; what ran before is given up.
    ///
    /// # Errors
    /// [`Error::UnknownExperiment`], [`Error::StepsOutOfRange`], and what [`Experiment::check`](super::Experiment::check)
    /// says: what ran before goes on.
    pub fn start(&mut self, entry: usize, seed: u32, steps: u32, values: &Values) -> Result<(), Error> {
        let limits = EXPERIMENTS.get(entry).ok_or(Error::UnknownExperiment)?.steps;
        if !(limits.minimum..=limits.maximum).contains(&steps) {
            return Err(Error::StepsOutOfRange);
        }
        Runner::check(entry, steps, values)?;
        (self.entry, self.seed, self.step, self.steps, self.values) = (entry, seed, 0, steps, *values);
        self.runner.start(entry, seed, steps, values)
    }

    /// Gives the run up.
    pub fn stop(&mut self) {
        self.runner.stop();
    }

    /// The descriptor of what runs.
    pub fn descriptor(&self) -> Option<&'static Descriptor> {
        if matches!(self.runner, Runner::Idle) { None } else { EXPERIMENTS.get(self.entry) }
    }

    /// The seed.
    pub const fn seed(&self) -> u32 {
        self.seed
    }

    /// The number of complete steps.
    pub const fn step(&self) -> u32 {
        self.step
    }

    /// The length of the run.
    pub const fn steps(&self) -> u32 {
        self.steps
    }

    /// The values it was started with.
    pub const fn values(&self) -> &Values {
        &self.values
    }

    /// Whether the last step is complete.
    pub const fn is_over(&self) -> bool {
        self.step >= self.steps
    }

    /// Whether the last complete step is to be shown when every `every`-th is; the last of the run always is.
    pub const fn is_due(&self, every: u32) -> bool {
        self.step.is_multiple_of(every) || self.is_over()
    }

    /// Starts the same run again.
    ///
    /// # Errors
    /// [`Error::NotStarted`].
    pub fn restart(&mut self) -> Result<(), Error> {
        if self.descriptor().is_none() {
            return Err(Error::NotStarted);
        }
        let values = self.values;
        self.start(self.entry, self.seed, self.steps, &values)
    }

    /// Does the smallest bounded piece of work.
    ///
    /// # Errors
    /// [`Error::NotStarted`], [`Error::RunOver`]; what a learner says, after which the run cannot go on.
    pub fn tick(&mut self) -> Result<Tick, Error> {
        if self.descriptor().is_none() {
            return Err(Error::NotStarted);
        }
        if self.is_over() {
            return Err(Error::RunOver);
        }
        if !self.runner.tick()? {
            return Ok(Tick::Within);
        }
        self.step += 1;
        Ok(if self.is_over() { Tick::Over } else { Tick::Step })
    }

    /// Works until the present step is complete. Cost: as many ticks as the step takes.
    ///
    /// # Errors
    /// As [`tick`](Self::tick).
    pub fn finish_step(&mut self) -> Result<(), Error> {
        while self.tick()? == Tick::Within {}
        Ok(())
    }

    /// A contender's metric as of the last complete step; NaN where it has no value.
    pub fn metric(&self, contender: usize, metric: usize) -> f32 {
        if self.step == 0 { f32::NAN } else { self.runner.metric(contender, metric) }
    }

    /// Fills a view of one contender and returns how many numbers it took.
    ///
    /// # Errors
    /// [`Error::NotStarted`], [`Error::UnknownView`], [`Error::UnknownContender`], [`Error::BufferTooSmall`].
    pub fn view(&self, view: usize, contender: usize, out: &mut [f32]) -> Result<usize, Error> {
        let descriptor = self.descriptor().ok_or(Error::NotStarted)?;
        let length = descriptor.views.get(view).ok_or(Error::UnknownView)?.len();
        if contender >= descriptor.contenders.len() {
            return Err(Error::UnknownContender);
        }
        self.runner.view(view, contender, out.get_mut(..length).ok_or(Error::BufferTooSmall)?)?;
        Ok(length)
    }

    /// The digest of this seed: FNV-1a 64 over the learned state of the contenders in table order.
    pub fn digest(&self) -> u64 {
        let mut digest = Digest::new();
        self.runner.write(&mut digest);
        digest.value()
    }
}

/// The learned state of the contenders in table order, which the digest runs over. Reading it back leaves all else as it is:
/// environments, generators and the number of steps go on from where they are.
impl Persist for Run {
    fn write(&self, out: &mut impl Write) {
        self.runner.write(out);
    }

    /// Also [`Error::NotStarted`].
    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.runner.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.runner.read(from)
    }
}

/// What a run is that was not started.
const OF_NOTHING: Identity = Identity::around("experiment", Identity::new("", Libm::NUMERICS, [0; 3]));

/// As [`Descriptor::identity`].
impl Identify for Run {
    fn identity(&self) -> Identity {
        self.descriptor().map_or(OF_NOTHING, Descriptor::identity)
    }
}

/// The digest of a run over several seeds: FNV-1a 64 over the little-endian bytes of each seed's digest, in seed order.
pub fn fold_digests(seeds: impl IntoIterator<Item = u64>) -> u64 {
    let mut digest = Digest::new();
    for seed in seeds {
        digest.bytes(&seed.to_le_bytes());
    }
    digest.value()
}
