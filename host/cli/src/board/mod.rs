//! `habit deploy` and `habit fetch`: what was learned, to a board and back.

mod line;
mod port;
#[cfg(test)]
mod tests;
mod trouble;

use std::fs;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use habit::checkpoint;
use habit::lab::EXPERIMENTS;
use serialport::SerialPort;

use crate::arguments::{Deploy, Fetch};
use crate::failure::Failure;
use crate::seeds::Plan;
use crate::target::Target;
#[cfg(feature = "monitor")]
pub use line::named;
use line::{Line, Patience, digest};
#[cfg(feature = "monitor")]
pub use port::{Lines, open as open_port};
use trouble::Trouble;

const PATIENCE: Patience = Patience { answer: Duration::from_secs(2), attempts: 5 };

/// Sends a checkpoint to a board, which loads it and keeps it.
pub fn deploy(arguments: &Deploy, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let file = arguments.file.display();
    let bytes = fs::read(&arguments.file).map_err(|error| Failure::File(format!("{file} cannot be read: {error}")))?;
    let plan = plan(arguments, &bytes)?;
    let descriptor = plan.descriptor();
    let started = plan.check()?;
    checkpoint::check(&*started, &bytes)
        .map_err(|error| Failure::Input(format!("{file} is no state of {}: {error}", descriptor.id)))?;
    let mut set = String::new();
    // Writing to a string never fails.
    let _ = plan.values.format(descriptor, &mut set);

    let (port, at) = (&arguments.port, |trouble: Trouble| trouble.at(&arguments.port));
    let mut line = open(port)?;
    let held = line.hello().map_err(at)?;
    if !held.iter().any(|id| id == descriptor.id) {
        let held = held.join(", ");
        return Err(Failure::Input(format!("the board at {port} does not hold {}; it holds {held}", descriptor.id)));
    }
    let runs = !arguments.restart && line.is_started().map_err(at)?;
    if runs && (arguments.steps.is_some() || !arguments.set.is_empty()) {
        let sentence = format!("an experiment runs on the board at {port}; --restart gives it up for one set anew");
        return Err(Failure::Input(sentence));
    }
    if !runs {
        line.start(descriptor.id, plan.first_seed, plan.steps, &set).map_err(at)?;
    }
    let loaded = line.put(&bytes).map_err(at)?;
    if loaded["digest"] != digest(&bytes) {
        return Err(Failure::File(format!("the board at {port} has loaded something else: {}", loaded["digest"])));
    }
    if !runs {
        line.resume().map_err(at)?;
    }
    let length = bytes.len();
    let how = if runs { "into the run that was there" } else { "into a new run" };
    let (id, step, digest) = (descriptor.id, &loaded["t"], digest(&bytes));
    writeln!(out, "{id}: {length} bytes kept on the board and loaded {how}, after {step} {}s", descriptor.step)?;
    writeln!(out, "digest {digest}")?;
    Ok(ExitCode::SUCCESS)
}

/// Brings what the experiment on a board has learned.
pub fn fetch(arguments: &Fetch, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let target = Target::new(&arguments.file, "the checkpoint")?;
    let mut line = open(&arguments.port)?;
    let fetched = line.hello().and_then(|_| line.fetch());
    let (bytes, event) = fetched.map_err(|trouble| trouble.at(&arguments.port))?;
    target.write(&bytes)?;
    let (id, step) = experiment(&bytes).map_or(("an experiment that is not known here", "step"), |entry| {
        (EXPERIMENTS[entry].id, EXPERIMENTS[entry].step)
    });
    writeln!(out, "{id}: {} bytes, after {} {step}s", bytes.len(), event["t"])?;
    writeln!(out, "digest {}", digest(&bytes))?;
    Ok(ExitCode::SUCCESS)
}

/// The run that the board does where none runs: the checkpoint's experiment, as it was set.
fn plan(arguments: &Deploy, bytes: &[u8]) -> Result<Plan, Failure> {
    let file = arguments.file.display();
    checkpoint::identity(bytes).map_err(|error| Failure::Input(format!("{file}: {error}")))?;
    let entry = experiment(bytes)
        .ok_or_else(|| Failure::Input(format!("{file} is a checkpoint, but of no experiment that is known here")))?;
    Plan::new(entry, arguments.seed, 1, arguments.steps, &arguments.set)
}

/// The place in the table of the experiment whose checkpoint this is.
fn experiment(bytes: &[u8]) -> Option<usize> {
    let identity = checkpoint::identity(bytes).ok()?;
    EXPERIMENTS.iter().position(|descriptor| descriptor.identity() == identity)
}

fn open(name: &str) -> Result<Line<Box<dyn SerialPort>>, Failure> {
    Ok(Line::new(port::open(name)?, PATIENCE))
}
