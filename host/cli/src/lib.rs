//! The `habit` command: lists, shows and runs the experiments of [`habit::lab`], measures their claims again, and evaluates
//! policies on logs.
//!
//! | file | what it is |
//! |---|---|
//! | `arguments` | the command line as types, and its faults as one line |
//! | `failure` | why a command stops, and the exit code |
//! | `names` | experiments by what a user calls them, and the nearest name to an unknown one |
//! | `settings` | parameters from `--set`, and those in force |
//! | `list`, `show`, `run`, `check`, `evaluate`, `solve`, `gpu` | the commands |
//! | `board` | the commands for boards: lines over a serial port, and what goes wrong there |
//! | `monitor` | the plot of what a board does, and its recording |
//! | `seeds` | a run over several seeds, in parallel |
//! | `gpu_run` | a run over many seeds on a GPU |
//! | `sweep` | settings and seeds on disk, in parts, shards and together |
//! | [`claims`] | the measurement of claims, which the tests repeat |
//! | `in_order`, `drive` | what both are made of: jobs whose results come in order, and one run of one seed |
//! | `chart` | a picture |
//! | `target` | the file that a picture or a checkpoint is put into |
//! | `manual` | completions for shells and manual pages, from the same types as the command line |
//! | `parquet` | csv on its way out as Parquet |
//! | `csv`, `figures`, `table`, `progress` | output |

mod arguments;
mod board;
mod chart;
mod check;
pub mod claims;
mod csv;
mod drive;
mod evaluate;
mod failure;
mod figures;
#[cfg(feature = "gpu")]
mod gpu;
#[cfg(feature = "gpu")]
mod gpu_run;
mod in_order;
mod list;
mod manual;
#[cfg(feature = "monitor")]
mod monitor;
mod names;
#[cfg(feature = "parquet")]
mod parquet;
mod progress;
mod run;
mod seeds;
mod settings;
mod show;
mod solve;
mod sweep;
mod table;
mod target;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use arguments::Command;
use failure::Failure;

/// Does what a command line says, with the program's name as its first word, and returns the exit code that
/// `habit --help` documents.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut out = io::stdout().lock();
    match obey(words, &mut out).and_then(|code| out.flush().map(|()| code).map_err(Failure::from)) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

fn obey(words: impl IntoIterator<Item = OsString>, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let command = match arguments::read(words) {
        Ok(command) => command,
        Err(error) => return arguments::answer(&error, out),
    };
    #[cfg(feature = "parquet")]
    if let Some(kind) = parquet::columns(&command) {
        return parquet::through(out, kind, |csv| do_it(command, csv));
    }
    do_it(command, out)
}

fn do_it(command: Command, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    match command {
        Command::List(arguments) => list::list(&arguments, out),
        Command::Show(arguments) => show::show(&arguments, out),
        Command::Run(arguments) => run::run(&arguments, out),
        Command::Claims(arguments) => check::check(&arguments, out),
        Command::Evaluate(arguments) => evaluate::evaluate(&arguments, out),
        Command::Solve(arguments) => solve::solve(&arguments, out),
        Command::Deploy(arguments) => board::deploy(&arguments, out),
        Command::Fetch(arguments) => board::fetch(&arguments, out),
        #[cfg(feature = "monitor")]
        Command::Monitor(arguments) => monitor::monitor(&arguments, out),
        Command::Sweep(arguments) => sweep::sweep(&arguments, out),
        Command::Merge(arguments) => sweep::merge(&arguments, out),
        Command::Completions(arguments) => manual::completions(&arguments, out),
        Command::Manual(arguments) => manual::manual(&arguments, out),
        #[cfg(feature = "gpu")]
        Command::Gpu(arguments) => gpu::gpu(&arguments, out),
    }
}
