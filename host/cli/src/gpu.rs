//! `habit gpu`: a machine's adapters, and one of them checked and measured, all in one program that can be carried there.

use std::io::Write;
use std::process::ExitCode;

use habit_gpu::{Context, Options, adapters, bench, block_on, self_check};

use crate::arguments::Gpu;
use crate::failure::{Failure, complain};

/// What a GPU says, when it cannot be used.
pub fn unusable(error: habit_gpu::Error) -> Failure {
    Failure::File(error.to_string())
}

/// Lists the adapters, and checks or measures one of them.
pub fn gpu(arguments: &Gpu, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let found = block_on(adapters());
    if !found.is_empty() {
        writeln!(out, "Adapters")?;
    }
    for adapter in found {
        writeln!(out, "  {adapter}")?;
    }
    let options = Options { name: arguments.adapter.clone(), ..Options::default() };
    let context = block_on(Context::new(&options)).map_err(unusable)?;
    let mut passed = true;
    if arguments.check || !arguments.bench {
        writeln!(out, "\nSelf-check")?;
        let report = block_on(self_check(&context)).map_err(unusable)?;
        for line in report.to_string().lines() {
            writeln!(out, "  {line}")?;
        }
        passed = report.passed();
    }
    if arguments.bench {
        writeln!(out, "\nBench")?;
        out.flush()?;
        let say = |row: &bench::Row| complain(&format!("{}, {} x {}", row.name, row.shape[0], row.shape[1]));
        let report = bench::measure(&context, arguments.greatest, arguments.rounds as usize, say);
        writeln!(out, "{}", block_on(report).map_err(unusable)?)?;
    }
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
