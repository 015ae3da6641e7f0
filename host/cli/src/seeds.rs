//! A run over several seeds, in parallel, with the same samples, statistics and digest whatever the number of threads.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use habit::lab::{Descriptor, EXPERIMENTS, Run, Values, fold_digests};
use habit::math::RunningMoments;
use habit::{Error, checkpoint};

use crate::drive::{Job, drive};
use crate::failure::Failure;
use crate::in_order::{Outbox, in_order};
use crate::settings;

/// Text goes out when it is this long,
const CHUNK: usize = 32 * 1024;
/// or this old when a sample comes.
const PATIENCE: Duration = Duration::from_millis(100);

/// What to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The experiment's place in the table.
    pub entry: usize,
    /// The first seed; the others follow it.
    pub first_seed: u32,
    /// How many seeds.
    pub seeds: u32,
    /// The length of each run.
    pub steps: u32,
    /// The parameters.
    pub values: Values,
}

/// Appends the samples of every contender after a step.
pub type Sample = fn(&Run, &mut String);

/// What is wanted while it runs.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Lines, every so many steps.
    pub lines: Option<(u32, Sample)>,
    /// One [`Curve`] for each of these intervals.
    pub curves: &'a [u32],
    /// The checkpoint of the last seed.
    pub checkpoint: bool,
    /// At most so many threads.
    pub threads: NonZeroUsize,
}

/// Every metric of every contender at some steps, over the seeds.
#[derive(Debug)]
pub struct Curve {
    /// The steps.
    pub steps: Vec<u32>,
    /// By step, then by contender, then by metric.
    moments: Vec<RunningMoments>,
    contenders: usize,
    metrics: usize,
}

/// What a run over several seeds came to.
#[derive(Debug)]
pub struct Outcome {
    /// Of all seeds, in seed order.
    pub digest: u64,
    /// At the last step alone.
    pub last: Curve,
    /// As wanted.
    pub curves: Vec<Curve>,
    /// As wanted.
    pub checkpoint: Option<Vec<u8>>,
}

/// What a thread tells of one seed.
enum Message {
    Lines(String),
    Over { text: String, digest: u64, last: Vec<f32>, curves: Vec<Vec<f32>>, checkpoint: Option<Vec<u8>> },
    Failed { seed: u32, step: u32, error: Error },
}

impl Plan {
    /// An experiment by its place, with what `--steps` and `--set` say.
    ///
    /// # Errors
    /// One sentence that says what is possible.
    pub fn new(entry: usize, first_seed: u32, seeds: u32, steps: Option<u32>, set: &[String]) -> Result<Self, Failure> {
        let descriptor = &EXPERIMENTS[entry];
        let values = settings::parse(descriptor, set).map_err(Failure::Input)?;
        Ok(Self { entry, first_seed, seeds, steps: steps.unwrap_or(descriptor.steps.default), values })
    }

    /// The experiment.
    pub fn descriptor(&self) -> &'static Descriptor {
        &EXPERIMENTS[self.entry]
    }

    /// The last seed.
    pub const fn last_seed(&self) -> u32 {
        self.first_seed + (self.seeds - 1)
    }

    /// Starts the first seed, for who asks it something: what is refused is refused before anything is done.
    ///
    /// # Errors
    /// One sentence that says what is possible.
    pub fn check(&self) -> Result<Box<Run>, Failure> {
        let descriptor = self.descriptor();
        if self.first_seed.checked_add(self.seeds - 1).is_none() {
            let sentence = format!(
                "seeds end at {}: --seed {} leaves room for at most --seeds {}",
                u32::MAX,
                self.first_seed,
                u64::from(u32::MAX - self.first_seed) + 1,
            );
            return Err(Failure::Input(sentence));
        }
        let limits = descriptor.steps;
        let mut run = Box::new(Run::EMPTY);
        run.start(self.entry, self.first_seed, self.steps, &self.values).map_err(|error| {
            Failure::Input(match error {
                Error::StepsOutOfRange => format!(
                    "{} runs for {} to {} {}s, not {}: set --steps",
                    descriptor.id, limits.minimum, limits.maximum, descriptor.step, self.steps
                ),
                Error::ParameterOutOfRange => {
                    format!("these parameters do not go together: see `habit show {}`", descriptor.id)
                }
                error => format!("{} cannot be run so: {error}", descriptor.id),
            })
        })?;
        Ok(run)
    }

    /// What is said of a learner that fails.
    pub fn broke_off(&self, seed: u32, step: u32, error: Error) -> Failure {
        let descriptor = self.descriptor();
        Failure::Input(format!(
            "{} broke off with seed {seed} in {} {step}: {error}; other parameters may do",
            descriptor.id, descriptor.step
        ))
    }

    /// Runs every seed and gives the lines, in seed order, to `write`.
    ///
    /// # Errors
    /// What `write` says; what a learner says, with the seed and the step.
    pub fn run(
        &self,
        wanted: Wanted<'_>,
        progress: &(dyn Fn(u64) + Sync),
        mut write: impl FnMut(&str) -> Result<(), Failure>,
    ) -> Result<Outcome, Failure> {
        let (mut digests, mut checkpoint) = (Vec::new(), None);
        let mut last = self.curve(self.steps);
        let mut curves: Vec<_> = wanted.curves.iter().map(|interval| self.curve(*interval)).collect();
        let take = |message| match message {
            Message::Lines(text) => write(&text),
            Message::Over { text, digest, last: numbers, curves: all, checkpoint: bytes } => {
                digests.push(digest);
                checkpoint = bytes;
                last.add(&numbers);
                curves.iter_mut().zip(all).for_each(|(curve, numbers)| curve.add(&numbers));
                write(&text)
            }
            Message::Failed { seed, step, error } => Err(self.broke_off(seed, step, error)),
        };
        let no_thread = |error| Failure::File(format!("cannot start a thread: {error}"));
        in_order(
            self.seeds as usize,
            wanted.threads,
            |index, outbox| self.run_seed(self.first_seed + index as u32, wanted, progress, outbox),
            take,
            no_thread,
        )?;
        Ok(Outcome { digest: fold_digests(digests), last, curves, checkpoint })
    }

    fn run_seed(&self, seed: u32, wanted: Wanted<'_>, progress: &(dyn Fn(u64) + Sync), outbox: &Outbox<'_, Message>) {
        let mut curves = vec![Vec::new(); wanted.curves.len()];
        let mut text = String::new();
        let mut sent = Instant::now();
        let job = Job { entry: self.entry, seed, steps: self.steps, values: &self.values };
        let over = drive(job, progress, |run| {
            for (curve, interval) in curves.iter_mut().zip(wanted.curves) {
                if run.is_due(*interval) {
                    self.read(run, curve);
                }
            }
            if let Some((_, sample)) = wanted.lines.filter(|(every, _)| run.is_due(*every)) {
                sample(run, &mut text);
                if text.len() >= CHUNK || sent.elapsed() >= PATIENCE {
                    sent = Instant::now();
                    outbox.send(Message::Lines(std::mem::take(&mut text)))?;
                }
            }
            if outbox.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        // A message that nobody wants any more is no loss.
        let _ = match over {
            Err((error, step)) => outbox.send(Message::Failed { seed, step, error }),
            Ok(None) => ControlFlow::Break(()),
            Ok(Some(run)) => {
                let mut last = Vec::new();
                self.read(&run, &mut last);
                let checkpoint = wanted.checkpoint.then(|| checkpoint_of(&run));
                outbox.send(Message::Over { text, digest: run.digest(), last, curves, checkpoint })
            }
        };
    }

    /// Appends every metric of every contender.
    fn read(&self, run: &Run, out: &mut Vec<f32>) {
        let descriptor = self.descriptor();
        for contender in 0..descriptor.contenders.len() {
            out.extend((0..descriptor.metrics.len()).map(|metric| run.metric(contender, metric)));
        }
    }

    /// An empty curve of every `interval`-th step and the last.
    fn curve(&self, interval: u32) -> Curve {
        let (contenders, metrics) = (self.descriptor().contenders.len(), self.descriptor().metrics.len());
        let mut steps: Vec<_> = (1..=self.steps / interval).map(|index| index * interval).collect();
        if steps.last() != Some(&self.steps) {
            steps.push(self.steps);
        }
        let moments = vec![RunningMoments::EMPTY; steps.len() * contenders * metrics];
        Curve { steps, moments, contenders, metrics }
    }
}

/// What a board's `save` keeps.
fn checkpoint_of(run: &Run) -> Vec<u8> {
    let mut bytes = vec![0; checkpoint::size(run)];
    // It has the room that it asked for.
    let _ = checkpoint::save(run, &mut bytes);
    bytes
}

impl Curve {
    /// Takes in one seed. A metric without a value does not count.
    fn add(&mut self, numbers: &[f32]) {
        for (moments, number) in self.moments.iter_mut().zip(numbers).filter(|(_, number)| number.is_finite()) {
            moments.add(f64::from(*number));
        }
    }

    /// What a metric of a contender is over the seeds, at the `index`-th of the steps.
    pub fn at(&self, index: usize, contender: usize, metric: usize) -> RunningMoments {
        let place = (index * self.contenders + contender) * self.metrics + metric;
        self.moments.get(place).copied().unwrap_or(RunningMoments::EMPTY)
    }
}
