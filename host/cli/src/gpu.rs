//! `habit gpu`.

use std::io::Write;
use std::process::ExitCode;

use habit_gpu::{Context, Options, adapters, block_on, self_check};

use crate::arguments::Gpu;
use crate::failure::Failure;

/// Lists the adapters, and checks one of them against the kernel.
pub fn gpu(arguments: &Gpu, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let unusable = |error: habit_gpu::Error| Failure::File(error.to_string());
    let found = block_on(adapters());
    if !found.is_empty() {
        writeln!(out, "Adapters")?;
    }
    for adapter in found {
        writeln!(out, "  {adapter}")?;
    }
    let options = Options { name: arguments.adapter.clone(), ..Options::default() };
    let context = block_on(Context::new(&options)).map_err(unusable)?;
    writeln!(out, "\nSelf-check")?;
    let report = block_on(self_check(&context)).map_err(unusable)?;
    for line in report.to_string().lines() {
        writeln!(out, "  {line}")?;
    }
    Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
