//! Prints what every target must print: `id digest` for each experiment that is compiled in, run with seed 1, all
//! parameters at their defaults and the steps that its descriptor asks for; then `name digest` for each function of
//! `determinism.md`.

#![cfg_attr(target_os = "none", no_std, no_main)]

#[cfg(target_os = "none")]
mod emulated;
mod functions;

use core::fmt::Write;
use functions::FUNCTIONS;
use habit::Error;
use habit::lab::{EXPERIMENTS, Run, Values, fold_digests};

/// Writes all lines, and says what went wrong in the first that could not be had; what `out` says is its own affair.
fn report(run: &mut Run, out: &mut impl Write) -> Result<(), (&'static str, Error)> {
    for (entry, descriptor) in EXPERIMENTS.iter().enumerate() {
        let digest = digest(run, entry, descriptor.steps.conformance).map_err(|error| (descriptor.id, error))?;
        let _ = writeln!(out, "{} {digest:016x}", descriptor.id);
    }
    for (name, function) in FUNCTIONS {
        let _ = writeln!(out, "{name} {:016x}", function());
    }
    Ok(())
}

fn digest(run: &mut Run, entry: usize, steps: u32) -> Result<u64, Error> {
    run.start(entry, 1, steps, &Values::DEFAULTS)?;
    while !run.is_over() {
        run.finish_step()?;
    }
    Ok(fold_digests([run.digest()]))
}

#[cfg(not(target_os = "none"))]
fn main() -> Result<(), String> {
    let (mut run, mut out) = (Box::new(Run::EMPTY), String::new());
    let outcome = report(&mut run, &mut out).map_err(|(id, error)| format!("{id}: {error}"));
    print!("{out}");
    outcome
}
