//! Lines from the kernel.

use super::{KERNEL, VERSION};
use crate::lab::{Descriptor, EXPERIMENTS, Run};
use crate::math::{Libm, Math, RunningMoments};
use core::fmt::{Display, Result, Write};

/// Writes the sample of one contender after the last complete step, as one line.
///
/// # Errors
/// What `out` says.
pub fn write_sample(run: &Run, contender: usize, out: &mut impl Write) -> Result {
    let Some((descriptor, name)) = run.descriptor().and_then(|d| Some((d, d.contenders.get(contender)?))) else {
        return Ok(());
    };
    write!(out, r#"{{"t":{},"seed":{},"contender":"{name}""#, run.step(), run.seed())?;
    for (index, metric) in descriptor.metrics.iter().enumerate() {
        write!(out, r#","{}":"#, metric.name)?;
        let value = run.metric(contender, index);
        number(value.is_finite().then_some(value), out)?;
    }
    out.write_str("}\n")
}

/// Writes the end of a run over one or several seeds, as one line: its digest, and the mean, the standard error of the mean
/// and the number of seeds of every metric, which `statistic` gives by contender and metric. Seeds without a value do not
/// count.
///
/// # Errors
/// What `out` says.
pub fn write_done(
    descriptor: &Descriptor,
    digest: u64,
    mut statistic: impl FnMut(usize, usize) -> RunningMoments,
    out: &mut impl Write,
) -> Result {
    write!(out, r#"{{"done":true,"digest":"{digest:016x}","id":"{}","summary":{{"#, descriptor.id)?;
    for (contender, name) in descriptor.contenders.iter().enumerate() {
        write!(out, r#"{}"{name}":{{"#, separator(contender))?;
        for (index, metric) in descriptor.metrics.iter().enumerate() {
            let moments = statistic(contender, index);
            write!(out, r#"{}"{}":{{"mean":"#, separator(index), metric.name)?;
            number(moments.mean(), out)?;
            out.write_str(r#","se":"#)?;
            number(moments.standard_error(), out)?;
            write!(out, r#","n":{}}}"#, moments.count())?;
        }
        out.write_str("}")?;
    }
    out.write_str("}}\n")
}

pub(super) fn write_hello(out: &mut impl Write) -> Result {
    let numerics = Libm::NUMERICS;
    write!(
        out,
        r#"{{"event":"hello","protocol":{VERSION},"kernel":"{KERNEL}","numerics":"{numerics}","experiments":["#
    )?;
    for (index, descriptor) in EXPERIMENTS.iter().enumerate() {
        write!(out, r#"{}"{}""#, separator(index), descriptor.id)?;
    }
    write!(out, r#"],"state_bytes":{}}}"#, size_of::<Run>())?;
    out.write_str("\n")
}

pub(super) fn write_started(run: &Run, every: u32, out: &mut impl Write) -> Result {
    let Some(descriptor) = run.descriptor() else { return Ok(()) };
    let (id, seed, steps) = (descriptor.id, run.seed(), run.steps());
    write!(out, r#"{{"event":"started","id":"{id}","seed":{seed},"steps":{steps},"every":{every},"set":""#)?;
    run.values().format(descriptor, out)?;
    out.write_str("\"}\n")
}

/// An event with one number.
pub(super) fn write_number_event(event: &str, key: &str, value: u32, out: &mut impl Write) -> Result {
    writeln!(out, r#"{{"event":"{event}","{key}":{value}}}"#)
}

/// An event with the digest of what is learned.
pub(super) fn write_digest(event: &str, run: &Run, digest: u64, out: &mut impl Write) -> Result {
    writeln!(out, r#"{{"event":"{event}","t":{},"digest":"{digest:016x}"}}"#, run.step())
}

pub(super) fn write_stopped(out: &mut impl Write) -> Result {
    out.write_str("{\"event\":\"stopped\"}\n")
}

/// A number, `null` where there is none.
fn number(value: Option<impl Display>, out: &mut impl Write) -> Result {
    match value {
        Some(value) => write!(out, "{value}"),
        None => out.write_str("null"),
    }
}

const fn separator(index: usize) -> &'static str {
    if index == 0 { "" } else { "," }
}
