//! Order statistics of many rows on a device.

use crate::advantage::within::Within;
use crate::compute::{Access, Kernel, ROUNDS_AT_ONCE, Recorder};
use crate::context::{Context, Grid};
use crate::error::Error;
use habit::math::percentile_by;
use std::cell::Cell;

/// The most lanes of a row: a thread reads a number of 256, five times, and looks at it for each of eight ranks.
pub(super) const MOST_LANES: usize = 1 << 18;

const _: () = assert!(MOST_LANES / 256 * (5 * (RANKS + 1)) + 4 * (256 + RANKS) < ROUNDS_AT_ONCE);
/// Ranks that a dispatch finds; the same number stands in the shader.
const RANKS: usize = 8;

/// Percentiles and means of rows of numbers, found on a device. Making one compiles its shader; keep it.
///
/// A percentile is that of [`habit::math::percentile`], to the bit, of the row sorted by [`f32::total_cmp`]: the two numbers
/// it lies between are found exactly, byte by byte, and interpolated on the CPU. A mean rounds. Cost: five reads of each
/// number for up to eight percentiles.
///
/// ```no_run
/// use habit_gpu::sweep::Quantiles;
/// use habit_gpu::{Context, Options, block_on};
/// # fn main() -> Result<(), habit_gpu::Error> {
/// let context = block_on(Context::new(&Options::default()))?;
/// let quantiles = block_on(Quantiles::new(&context))?;
/// let summary = block_on(quantiles.of(&[3.0, 1.0, 2.0, 10.0], 4, &[50.0]))?;
/// assert_eq!((summary.quantile(0, 0), summary.mean(0)), (Some(2.5), Some(4.0)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Quantiles {
    context: Context,
    kernel: Kernel,
}

/// Percentiles and means of some rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    percentiles: usize,
    /// By row, then by percentile.
    quantiles: Vec<f32>,
    means: Vec<f32>,
}

impl Summary {
    /// The `index`-th of the percentiles that were asked for, of a row.
    pub fn quantile(&self, row: usize, index: usize) -> Option<f32> {
        let at = (index < self.percentiles).then(|| row * self.percentiles + index)?;
        self.quantiles.get(at).copied()
    }

    /// The mean of a row.
    pub fn mean(&self, row: usize) -> Option<f32> {
        self.means.get(row).copied()
    }

    /// Number of rows.
    pub const fn rows(&self) -> usize {
        self.means.len()
    }
}

/// Percentiles as places in the order of a row.
#[derive(Clone, Debug)]
pub(super) struct Ranks {
    lanes: usize,
    percents: Vec<f32>,
    /// Of the lower of the two numbers that each lies between.
    ranks: Vec<u32>,
}

impl Ranks {
    /// # Errors
    /// [`Error::Empty`]; [`Error::TooLarge`]; [`Error::Input`] with `ParameterOutOfRange` for a percentage.
    pub(super) fn new(lanes: usize, percents: &[f32]) -> Result<Self, Error> {
        check_lanes(lanes)?;
        let rank = |&percent: &f32| {
            let least = Cell::new(u32::MAX);
            percentile_by(lanes, percent, |place| {
                least.set(least.get().min(place as u32));
                0.0
            })?;
            Ok(least.get())
        };
        let ranks = percents.iter().map(rank).collect::<Result<_, habit::Error>>()?;
        Ok(Self { lanes, percents: percents.into(), ranks })
    }

    /// Words of a row's results: its sum, whether it is not finite, two numbers a rank.
    fn stride(&self) -> usize {
        2 + 2 * self.ranks.len()
    }

    /// Takes in what the shader left of some rows.
    fn read(&self, words: &[u32], summary: &mut Summary) -> Result<(), Error> {
        if words.chunks_exact(self.stride()).any(|row| row[1] != 0) {
            return Err(habit::Error::NonFinite.into());
        }
        summary.percentiles = self.percents.len();
        for row in words.chunks_exact(self.stride()) {
            summary.means.push(f32::from_bits(row[0]) / self.lanes as f32);
            for (index, (&percent, &rank)) in self.percents.iter().zip(&self.ranks).enumerate() {
                let pair = &row[2 + 2 * index..4 + 2 * index];
                let sorted = |place| f32::from_bits(pair[usize::from(place != rank as usize)]);
                summary.quantiles.push(percentile_by(self.lanes, percent, sorted)?);
            }
        }
        Ok(())
    }
}

/// # Errors
/// [`Error::Empty`], [`Error::TooLarge`].
pub(super) fn check_lanes(lanes: usize) -> Result<(), Error> {
    match lanes {
        0 => Err(Error::Empty),
        _ if lanes > MOST_LANES => {
            Err(Error::TooLarge { what: "lanes", asked: lanes as u64, limit: MOST_LANES as u64 })
        }
        _ => Ok(()),
    }
}

impl Quantiles {
    /// On a device.
    ///
    /// # Errors
    /// [`Error::Driver`], [`Error::Lost`].
    pub async fn new(context: &Context) -> Result<Self, Error> {
        let within = Within::of(context);
        let sources = [within.invocation, within.sum, include_str!("wgsl/quantiles.wgsl")];
        let kernel = Kernel::new(context, &sources, "quantiles", &[Access::Read, Access::Write]).await?;
        Ok(Self { context: context.clone(), kernel })
    }

    /// Percentiles, each in `[0, 100]`, and means of rows of `lanes` numbers each, one row after the other.
    ///
    /// # Errors
    /// [`Error::Empty`]; [`Error::TooLarge`] for more than 262 144 lanes, or more numbers than the device takes;
    /// [`Error::Input`] with `LengthMismatch` for a part of a row, with `NonFinite` for a number that is infinite or none,
    /// with `ParameterOutOfRange` for a percentage; or what the device reports.
    pub async fn of(&self, values: &[f32], lanes: usize, percents: &[f32]) -> Result<Summary, Error> {
        let ranks = Ranks::new(lanes, percents)?;
        self.context.bytes(1, values.len(), 4)?;
        if !values.len().is_multiple_of(lanes) {
            return Err(habit::Error::LengthMismatch.into());
        }
        if !values.iter().all(|value| value.is_finite()) {
            return Err(habit::Error::NonFinite.into());
        }
        let rows = values.len() / lanes;
        let mut summary = Summary::default();
        let upload = |recorder: &mut Recorder<'_>| recorder.upload(bytemuck::cast_slice(values));
        self.read(upload, rows, &ranks, &mut summary).await?;
        Ok(summary)
    }

    /// Appends the percentiles of `rows` rows on the device, which `values` gives.
    pub(super) async fn read(
        &self,
        values: impl FnOnce(&mut Recorder<'_>) -> wgpu::Buffer,
        rows: usize,
        ranks: &Ranks,
        summary: &mut Summary,
    ) -> Result<(), Error> {
        let bytes = self.context.bytes(rows, ranks.stride(), 4)?;
        let grid = self.context.grid(rows)?;
        let mut words = vec![0u32; rows * ranks.stride()];
        let record = |recorder: &mut Recorder<'_>| {
            let (values, results) = (values(recorder), recorder.storage(bytes));
            self.record(recorder, &values, rows, ranks, grid, &results);
            vec![results]
        };
        self.context.run(&mut [bytemuck::cast_slice_mut(&mut words)], record).await?;
        ranks.read(&words, summary)
    }

    /// Finds the ranks of rows on the device.
    fn record(
        &self,
        recorder: &mut Recorder<'_>,
        values: &wgpu::Buffer,
        rows: usize,
        ranks: &Ranks,
        grid: Grid,
        results: &wgpu::Buffer,
    ) {
        // Without percentiles there are means.
        for first in (0..ranks.ranks.len().max(1)).step_by(RANKS) {
            let now = &ranks.ranks[first..ranks.ranks.len().min(first + RANKS)];
            let mut words = [0; 8 + RANKS];
            let head = [ranks.lanes, rows, now.len(), first, ranks.stride()];
            for (word, number) in words.iter_mut().zip(head) {
                *word = number as u32;
            }
            words[8..8 + now.len()].copy_from_slice(now);
            let uniform = recorder.uniform(&words);
            recorder.dispatch(&self.kernel, &uniform, &[values, results], grid);
        }
    }
}
