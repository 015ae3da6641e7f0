//! Which seeds a sweep runs, for how long, and how its curves are read.

use super::curves::Curves;
use super::quantiles::{Quantiles, Ranks, Summary, check_lanes};
use crate::compute::{BYTES_AT_ONCE, ROUNDS_AT_ONCE, Recorder, steps_at_once};
use crate::context::{Context, Grid};
use crate::error::Error;
use crate::streams::to_words;
use habit::rng::stream;
use std::ops::Range;

/// Invocations of a workgroup; the same number stands in the shaders.
const WIDTH: usize = 64;
/// Rows of a lane that its two generators take.
pub(super) const GENERATOR_ROWS: usize = 8;

/// What a bucket of steps shows of a metric that every step has anew, as a reward; a metric that adds up, as regret, is always
/// shown as it is at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bucket {
    /// Its last step: what `habit run` shows.
    #[default]
    Last,
    /// The mean over its steps.
    Mean,
}

/// Which seeds, how many steps, and where the curves are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The first seed; the others follow it.
    pub first_seed: u32,
    /// How many seeds: lanes.
    pub seeds: u32,
    /// The length of each run: plays of a bandit, episodes of a tabular learner.
    pub steps: u32,
    /// Steps of a bucket; the last one may have fewer.
    pub every: u32,
    /// What a bucket shows.
    pub bucket: Bucket,
}

impl Plan {
    /// The steps that the buckets end with, counted from 1.
    pub fn ends(&self) -> Vec<u32> {
        let mut ends: Vec<_> = (1..=self.steps / self.every.max(1)).map(|bucket| bucket * self.every).collect();
        if ends.last() != Some(&self.steps) {
            ends.push(self.steps);
        }
        ends
    }

    /// Bytes of so many words a lane, each read and written, and of the curves: written once and read five times, of which
    /// once would do.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn traffic(&self, words: usize, metrics: usize) -> [u64; 2] {
        let curves = metrics as u64 * u64::from(self.steps.div_ceil(self.every.max(1)));
        let lanes = 4 * u64::from(self.seeds);
        [6, 2].map(|times| lanes * (2 * words as u64 + times * curves))
    }
}

/// A plan that has been checked against the device.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) plan: Plan,
    pub(super) lanes: usize,
    pub(super) ends: Vec<u32>,
    /// Buckets that the curves have room for.
    buckets_at_once: usize,
    /// Steps of a dispatch.
    pub(super) steps_at_once: usize,
    pub(super) grid: Grid,
    curve_bytes: u64,
    /// Rows of a lane.
    rows: usize,
}

/// What a sweep needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needs {
    /// Rows of a lane.
    pub(super) rows: usize,
    /// Metrics of a bucket.
    pub(super) metrics: usize,
    /// At most so many rounds of loops a step,
    pub(super) rounds: usize,
    /// and a dispatch besides.
    pub(super) rounds_besides: usize,
    /// Bytes of the curves from which on they are read in parts; one bucket must fit.
    pub(super) bytes: u64,
}

impl Work {
    /// # Errors
    /// [`Error::Empty`] without seeds, steps or steps of a bucket; [`Error::TooLarge`] for too many lanes or buckets;
    /// [`Error::Input`] with `ParameterOutOfRange` for seeds past the last.
    pub(super) fn new(context: &Context, plan: &Plan, needs: Needs) -> Result<Self, Error> {
        let Needs { rows, metrics, rounds, rounds_besides, bytes } = needs;
        let lanes = plan.seeds as usize;
        check_lanes(lanes)?;
        if plan.steps == 0 || plan.every == 0 {
            return Err(Error::Empty);
        }
        if plan.first_seed.checked_add(plan.seeds - 1).is_none() {
            return Err(habit::Error::ParameterOutOfRange.into());
        }
        context.bytes(rows, lanes, 4)?;
        let bucket = context.bytes(metrics, lanes, 4)?;
        let buckets = plan.steps.div_ceil(plan.every) as usize;
        // What comes back, a number a bucket, is no more than a device takes either.
        context.bytes(metrics, buckets, 4)?;
        let buckets_at_once = ((bytes.min(context.limits().buffer_bytes) / bucket) as usize).clamp(1, buckets);
        Ok(Self {
            plan: *plan,
            lanes,
            ends: plan.ends(),
            buckets_at_once,
            steps_at_once: steps_at_once(lanes).min(ROUNDS_AT_ONCE.saturating_sub(rounds_besides) / rounds).max(1),
            grid: context.grid(lanes.div_ceil(WIDTH))?,
            curve_bytes: context.bytes(metrics * buckets_at_once, lanes, 4)?,
            rows,
        })
    }

    /// The buckets in the parts that the curves have room for.
    pub(super) fn parts(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let (all, at_once) = (self.ends.len(), self.buckets_at_once);
        (0..all).step_by(at_once).map(move |first| first..all.min(first + at_once))
    }

    /// The curves of a part.
    pub(super) fn curves(&self, recorder: &Recorder<'_>) -> wgpu::Buffer {
        recorder.storage(self.curve_bytes)
    }

    /// Rows of lanes: each one's generators, then 0. Cost: 128 generator steps a lane.
    pub(super) fn lane_words(&self) -> Vec<u32> {
        let mut words = vec![0; self.rows * self.lanes];
        for lane in 0..self.lanes {
            let mut generator = stream(self.plan.first_seed + lane as u32, 0);
            let world = to_words(&generator);
            generator.jump();
            for (row, word) in world.into_iter().chain(to_words(&generator)).enumerate() {
                words[row * self.lanes + lane] = word;
            }
        }
        words
    }
}

/// What is wanted of the curves.
pub(super) enum Wanted<'a> {
    /// Percentiles.
    Summary { quantiles: &'a Quantiles, ranks: Ranks, summary: Summary },
    /// Every lane's numbers, row by row.
    Lanes(Vec<f32>),
}

impl<'a> Wanted<'a> {
    /// Nothing taken in yet.
    ///
    /// # Errors
    /// As [`Ranks::new`].
    pub(super) fn percentiles(quantiles: &'a Quantiles, plan: &Plan, percents: &[f32]) -> Result<Self, Error> {
        let ranks = Ranks::new(plan.seeds as usize, percents)?;
        Ok(Self::Summary { quantiles, ranks, summary: Summary::default() })
    }

    /// The percentiles that were taken in.
    pub(super) fn curves(self, ends: Vec<u32>, metrics: usize) -> Curves {
        let summary = if let Self::Summary { summary, .. } = self { summary } else { Summary::default() };
        Curves { ends, metrics, summary }
    }

    /// The lanes that were taken in.
    pub(super) fn lanes(self) -> Vec<f32> {
        if let Self::Lanes(all) = self { all } else { Vec::new() }
    }

    /// Takes in as many rows of the curves.
    pub(super) async fn take(
        &mut self,
        context: &Context,
        curves: &wgpu::Buffer,
        rows: usize,
        lanes: usize,
    ) -> Result<(), Error> {
        match self {
            Self::Summary { quantiles, ranks, summary } => {
                quantiles.read(|_| curves.clone(), rows, ranks, summary).await
            }
            Self::Lanes(all) => {
                let begin = all.len();
                all.resize(begin + rows * lanes, 0.0);
                let mut outputs = [bytemuck::cast_slice_mut(&mut all[begin..])];
                context.run(&mut outputs, |_| vec![curves.clone()]).await
            }
        }
    }
}

/// Bytes of the curves from which on they are read in parts.
pub(super) const CURVE_BYTES: u64 = BYTES_AT_ONCE;

/// The numbers that both shaders take, in the order in which they stand there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parameters {
    pub(super) lanes: u32,
    pub(super) steps: u32,
    pub(super) total: u32,
    pub(super) every: u32,
    pub(super) first_bucket: u32,
    pub(super) averages: u32,
    pub(super) taken: u32,
    pub(super) until: u32,
    pub(super) counter: u32,
    pub(super) explores: u64,
    pub(super) time_limit: u32,
    pub(super) epsilon: f32,
    pub(super) step_size: f32,
    pub(super) discount: f32,
    pub(super) initial: f32,
    pub(super) baseline: u32,
}

impl Parameters {
    /// Of a part of a sweep.
    pub(super) fn of(work: &Work, part: &Range<usize>) -> Self {
        Self {
            lanes: work.lanes as u32,
            total: work.plan.steps,
            every: work.plan.every,
            first_bucket: part.start as u32,
            averages: u32::from(work.plan.bucket == Bucket::Mean),
            ..Self::default()
        }
    }

    pub(super) fn words(&self) -> [u32; 18] {
        let Self { lanes, steps, total, every, first_bucket, averages, taken, until, counter, time_limit, .. } = *self;
        let Self { explores, epsilon, step_size, discount, initial, baseline, .. } = *self;
        let [epsilon, step_size, discount, initial] = [epsilon, step_size, discount, initial].map(f32::to_bits);
        [
            lanes,
            steps,
            total,
            every,
            first_bucket,
            averages,
            taken,
            until,
            counter,
            explores as u32,
            (explores >> 32) as u32,
            time_limit,
            epsilon,
            step_size,
            discount,
            initial,
            baseline,
            0,
        ]
    }
}
