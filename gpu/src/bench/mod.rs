//! How fast an adapter is, beside the kernel on this CPU and beside its own copying.

mod cases;
mod clock;
mod sweeps;

pub use clock::Clock;

use crate::compute::Recorder;
use crate::context::{Adapter, Context};
use crate::error::Error;
use std::fmt;

/// How long a measurement lasts at least, in seconds, and how often it is done again at most.
const LEAST_SECONDS: f64 = 0.01;
const MOST_RUNS: usize = 1000;
/// Bytes that are copied to measure the bandwidth.
const COPIED: u64 = 64 << 20;

/// One computation at one size.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What was computed.
    pub name: &'static str,
    /// Steps and lanes, or groups and their size.
    pub shape: [usize; 2],
    /// Dispatches that it took.
    pub dispatches: usize,
    /// Bytes of the device's memory that were read and written, by the plan of the work.
    pub moved: u64,
    /// The least: each input read and each output written once.
    pub minimum: u64,
    /// Seconds on the device, the inputs being there and the outputs staying.
    pub device: f64,
    /// Seconds of the kernel on one thread of this CPU.
    pub host: f64,
}

/// What [`measure`] found. Its [`Display`](fmt::Display) is a table in Markdown.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The adapter that was measured.
    pub adapter: Adapter,
    /// Whether its shaders used subgroup operations.
    pub subgroups: bool,
    /// What time is.
    pub clock: Clock,
    /// Bytes that it reads and writes in a second when it copies 64 MiB.
    pub copy: f64,
    /// In the order in which they were measured.
    pub rows: Vec<Row>,
}

impl Row {
    /// Elements, one for each step and lane.
    pub const fn elements(&self) -> usize {
        self.shape[0] * self.shape[1]
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Adapter: {}, subgroup operations: {}.", self.adapter, if self.subgroups { "yes" } else { "no" })?;
        writeln!(f, "{} The adapter copies {:.2} GB/s, read and written.\n", self.clock, self.copy / 1e9)?;
        writeln!(
            f,
            "| computation | shape | dispatches | bytes, of the least | ns an element | rate, of copying's | rate, of the CPU's |"
        )?;
        write!(f, "|---|---|---|---|---|---|---|")?;
        for row in &self.rows {
            let [steps, lanes] = row.shape;
            let moved = row.moved as f64 / row.minimum as f64;
            let copying = row.minimum as f64 / row.device / self.copy;
            let nanoseconds = 1e9 * row.device / row.elements() as f64;
            let (name, dispatches, cpu) = (row.name, row.dispatches, row.host / row.device);
            write!(
                f,
                "\n| {name} | {steps} x {lanes} | {dispatches} | {moved:.2} | {nanoseconds:.3} | {copying:.3} | {cpu:.3} |"
            )?;
        }
        Ok(())
    }
}

/// A computation that can be measured.
struct Case {
    name: &'static str,
    shape: [usize; 2],
    moved: u64,
    minimum: u64,
    device: Device,
    host: Box<dyn FnMut() -> Result<(), Error>>,
}

enum Device {
    /// Over arrays on the device.
    Recorded(Box<dyn Fn(&mut Recorder<'_>)>),
    /// A call with all its transfers, and how many dispatches it takes.
    Whole(usize, Box<dyn FnMut() -> Result<(), Error>>),
}

/// Measures every computation at 2^10, 2^12, .. 2^`greatest` elements: the median of `rounds` rounds, in each of which the
/// device and the CPU take turns. `say` is told of each row when it is there.
///
/// # Errors
/// What the device reports.
pub async fn measure(
    context: &Context,
    greatest: u32,
    rounds: usize,
    mut say: impl FnMut(&Row),
) -> Result<Report, Error> {
    let clock = Clock::of(context);
    let copy = bandwidth(context, clock, rounds).await?;
    let mut rows = Vec::new();
    for exponent in (10..=greatest).step_by(2) {
        for make in cases::ALL {
            let mut case = make(context, 1 << exponent).await?;
            let row = case.measure(context, clock, rounds).await?;
            say(&row);
            rows.push(row);
        }
    }
    Ok(Report { adapter: context.adapter().clone(), subgroups: context.subgroups(), clock, copy, rows })
}

async fn bandwidth(context: &Context, clock: Clock, rounds: usize) -> Result<f64, Error> {
    let [source, target] = [(); 2].map(|()| context.recorder().storage(COPIED));
    let mut seconds = Vec::new();
    for _ in 0..=rounds {
        seconds.push(context.time(clock, |recorder| recorder.copy(&source, &target)).await?);
    }
    // The first fills the arrays.
    Ok(2.0 * COPIED as f64 / median(&mut seconds[1..]))
}

impl Case {
    async fn measure(&mut self, context: &Context, clock: Clock, rounds: usize) -> Result<Row, Error> {
        let mut dispatches = 0;
        let (mut device_runs, mut host_runs) = (1, 1);
        let (mut device, mut host) = (Vec::new(), Vec::new());
        // The first round fills arrays and caches, the second tells how often to run.
        for round in 0..rounds + 2 {
            let seconds = match &mut self.device {
                Device::Recorded(record) => {
                    let record = |recorder: &mut Recorder<'_>| {
                        (0..device_runs).for_each(|_| record(recorder));
                        dispatches = recorder.dispatches() / device_runs;
                    };
                    context.time(clock, record).await?
                }
                Device::Whole(count, call) => {
                    dispatches = *count;
                    time(clock, device_runs, call)?
                }
            };
            device.push(seconds / device_runs as f64);
            host.push(time(clock, host_runs, &mut self.host)? / host_runs as f64);
            if round == 1 {
                let runs = |seconds: f64| ((LEAST_SECONDS / seconds) as usize).clamp(1, MOST_RUNS);
                (device_runs, host_runs) = (runs(device[1]), runs(host[1]));
            }
        }
        let Self { name, shape, moved, minimum, .. } = *self;
        let (device, host) = (median(&mut device[2..]), median(&mut host[2..]));
        Ok(Row { name, shape, dispatches, moved, minimum, device, host })
    }
}

/// Seconds of so many calls.
fn time(clock: Clock, runs: usize, call: &mut dyn FnMut() -> Result<(), Error>) -> Result<f64, Error> {
    clock.time(|| (0..runs).try_for_each(|_| call()))
}

/// Of at least one number; the higher of two.
fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
