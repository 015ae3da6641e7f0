//! The command line as types, and its faults as one line.

mod boards;
mod evaluate;
mod manual;
mod sweeps;

use std::ffi::OsString;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::available_parallelism;

use clap::builder::RangedI64ValueParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand, ValueEnum};

#[cfg(feature = "monitor")]
pub use boards::Monitor;
pub use boards::{Deploy, Fetch};
pub use evaluate::Evaluate;
pub use manual::{Completions, Manual};
pub use sweeps::{Merge, Shard, Sweep};

use crate::failure::{EXIT_CODES, Failure};
use crate::names::unknown;

/// Reinforcement-learning experiments: list, run and check them.
#[derive(Debug, Parser)]
#[command(name = "habit", version, disable_help_subcommand = true, after_help = format!("{NAMES}\n\n{EXIT_CODES}"))]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const NAMES: &str = "\
An experiment is named by its id (tabular-td.cliff-walking), by the last part of
its id where that is unique (cliff-walking), or together with all others of its
specification (tabular-td).";

const PROGRAM: &str = "\
The file says, a line each:
  dp 1                         the first line
  horizon finite T             or: discounted G, or: average
  states N
  actions A
  sense max                    or: min
  start S
  terminal s v                 worth of a state at the end, or without an action
  p s a s2 probability reward  an outcome of action a in state s
  pt t s a s2 probability reward
                               the same at stage t alone
# begins a comment.";

const LINES: &str = "\
json prints one object a line: samples in the order of seeds, steps and
contenders, then one with the digest and the summary. csv and parquet print the
samples, and the digest on standard error; parquet is for a file or a pipe. With
--gpu samples are over all seeds: the mean and percentiles of each metric,
without a digest.";

// Lines of help are written to fit 80 columns: the feature that wraps them would bring a second terminal library.

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the experiments
    List(List),
    /// Show what an experiment is, measures and claims
    Show(Show),
    /// Run an experiment
    Run(Run),
    /// Run an experiment with several settings, kept on disk
    Sweep(Sweep),
    /// Put shards of a sweep together
    Merge(Merge),
    /// Measure the claims of experiments again
    Claims(Claims),
    /// Tell from a log what another policy would have earned
    Evaluate(Evaluate),
    /// Solve a dynamic program that is written as text
    Solve(Solve),
    /// Send what was learned to a board, which goes on from there
    Deploy(Deploy),
    /// Bring what a board has learned
    Fetch(Fetch),
    /// Plot what a board does as it does it, and record it
    #[cfg(feature = "monitor")]
    Monitor(Monitor),
    /// Print what makes a shell complete the command's words
    Completions(Completions),
    /// Print the manual page of the command, or write all pages
    Manual(Manual),
    /// List the GPU adapters, check one against the kernel, measure it
    #[cfg(feature = "gpu")]
    Gpu(Gpu),
}

/// `habit list`.
#[derive(Debug, Args)]
pub struct List {
    /// Print a table, json, csv or parquet
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub format: Format,
}

/// `habit show`.
#[derive(Debug, Args)]
pub struct Show {
    /// An experiment or a specification
    #[arg(value_name = "ID")]
    pub name: String,
    /// Print a table or json
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub format: ShowFormat,
}

/// `habit solve`.
#[derive(Debug, Args)]
#[command(after_help = format!("{PROGRAM}\n\n{EXIT_CODES}"))]
pub struct Solve {
    /// A file, or - for standard input
    pub file: PathBuf,
    /// Print a table or json
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub format: ShowFormat,
}

/// `habit run`.
#[derive(Debug, Args)]
#[command(after_help = format!("{LINES}\n\n{EXIT_CODES}"))]
pub struct Run {
    /// An experiment, or a specification: all its experiments
    #[arg(value_name = "ID")]
    pub name: String,
    /// First seed
    #[arg(long, value_name = "S", default_value_t = 1, allow_negative_numbers = true)]
    pub seed: u32,
    /// Number of seeds: S, S+1 and so on
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = from_one(), allow_negative_numbers = true)]
    pub seeds: u32,
    /// Length of each run [default: the experiment's]
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    pub steps: Option<u32>,
    /// Set a parameter; repeat it or use commas for more
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// A sample every K steps and after the last
    /// [default: 10 samples in a table, else every step]
    #[arg(long, value_name = "K", value_parser = from_one(), allow_negative_numbers = true, verbatim_doc_comment)]
    pub every: Option<u32>,
    /// Print a table, json, csv or parquet
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub format: Format,
    /// Draw each metric: FILE.svg or FILE.png
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// Keep what was learned, for `habit deploy`
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Seeds at once; changes no result [default: the cores]
    #[arg(long, value_name = "N", value_parser = from_one(), allow_negative_numbers = true)]
    pub threads: Option<u32>,
    /// All seeds at once on a GPU: means and percentiles
    #[cfg(feature = "gpu")]
    #[arg(long, conflicts_with_all = ["plot", "save", "threads"])]
    pub gpu: bool,
    /// The GPU whose line in `habit gpu` contains this
    /// [default: the fastest]
    #[cfg(feature = "gpu")]
    #[arg(long, value_name = "TEXT", requires = "gpu", verbatim_doc_comment)]
    pub adapter: Option<String>,
}

/// `habit claims`.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct Claims {
    /// Experiments or specifications [default: all]
    #[arg(value_name = "ID")]
    pub names: Vec<String>,
    /// First seed of each claim
    #[arg(long, value_name = "S", default_value_t = 1, allow_negative_numbers = true)]
    pub seed: u32,
    /// Measure the claims with long runs too
    #[arg(long)]
    pub full: bool,
    /// Print a table, json, csv or parquet
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub format: Format,
    /// Runs at once; changes no result [default: the cores]
    #[arg(long, value_name = "N", value_parser = from_one(), allow_negative_numbers = true)]
    pub threads: Option<u32>,
}

/// `habit gpu`.
#[cfg(feature = "gpu")]
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct Gpu {
    /// Take the adapter whose line in the list contains this
    /// [default: the fastest]
    #[arg(long, value_name = "TEXT", verbatim_doc_comment)]
    pub adapter: Option<String>,
    /// Check it against the kernel: what is done by default
    #[arg(long)]
    pub check: bool,
    /// Measure it beside this CPU and beside its own copying
    #[arg(long)]
    pub bench: bool,
    /// Measure up to 2^E elements
    #[arg(long, value_name = "E", default_value_t = 18, requires = "bench",
        value_parser = RangedI64ValueParser::<u32>::new().range(10..=24), allow_negative_numbers = true)]
    pub greatest: u32,
    /// Take the median of N rounds
    #[arg(long, value_name = "N", default_value_t = 5, requires = "bench", value_parser = from_one(),
        allow_negative_numbers = true)]
    pub rounds: u32,
}

/// The command line as the library has it, for who describes it in another form.
pub fn definition() -> clap::Command {
    let mut command = <Arguments as clap::CommandFactory>::command();
    command.build();
    command
}

/// The commands, for who names another.
pub const COMMANDS: &[&str] = &[
    "list",
    "show",
    "run",
    "sweep",
    "merge",
    "claims",
    "evaluate",
    "deploy",
    "fetch",
    #[cfg(feature = "monitor")]
    "monitor",
    "completions",
    "manual",
    #[cfg(feature = "gpu")]
    "gpu",
];

fn from_one() -> RangedI64ValueParser<u32> {
    RangedI64ValueParser::new().range(1..=i64::from(u32::MAX))
}

// A comment on a variant would become a paragraph of help.

/// How to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Table,
    Json,
    Csv,
    // What is told as csv is turned into this on its way out.
    #[cfg_attr(not(feature = "parquet"), value(skip), expect(dead_code, reason = "no command line names it"))]
    Parquet,
}

impl Format {
    /// Whether it is rows of columns, for programs.
    pub const fn is_rows(self) -> bool {
        matches!(self, Self::Csv | Self::Parquet)
    }
}

/// How to print one experiment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ShowFormat {
    #[default]
    Table,
    Json,
}

/// As many threads as were asked for, or one for each core.
pub fn threads(asked: Option<u32>) -> NonZeroUsize {
    let asked = asked.and_then(|threads| NonZeroUsize::new(threads as usize));
    asked.or_else(|| available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

/// Reads a command line.
///
/// # Errors
/// A fault, or a request for help or for the version: [`answer`] tells them apart.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Command, clap::Error> {
    Arguments::try_parse_from(words).map(|arguments| arguments.command)
}

/// Prints help or the version, or makes one line of a fault.
///
/// # Errors
/// The fault; what standard output says.
pub fn answer(error: &clap::Error, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = error.render();
            if io::IsTerminal::is_terminal(&io::stdout()) {
                write!(out, "{}", text.ansi())?;
            } else {
                write!(out, "{text}")?;
            }
            Ok(ExitCode::SUCCESS)
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            Err(Failure::Input(format!("say what to do: {} (`habit --help` tells more)", COMMANDS.join(", "))))
        }
        _ => Err(Failure::Input(sentence(error))),
    }
}

/// The first paragraph of the library's answer, with the nearest name or the way on.
fn sentence(error: &clap::Error) -> String {
    if let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) {
        return unknown("command", word, COMMANDS.iter().copied());
    }
    let text = error.render().to_string();
    let lines = text.lines().take_while(|line| !line.trim().is_empty()).map(str::trim);
    let fault = lines.collect::<Vec<_>>().join(" ");
    let fault = fault.trim_start_matches("error: ");
    let nearest = [ContextKind::SuggestedArg, ContextKind::SuggestedValue].into_iter().find_map(|kind| {
        match error.get(kind)? {
            ContextValue::String(name) => Some(name),
            ContextValue::Strings(names) => names.last(),
            _ => None,
        }
    });
    match (nearest, error.kind()) {
        (Some(name), _) => format!("{fault}; did you mean '{name}'?"),
        (None, ErrorKind::MissingRequiredArgument) if fault.contains("<ID>") => {
            format!("{fault}; `habit list` shows the experiments")
        }
        _ => format!("{fault}; `habit --help` tells more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_make_a_valid_command_line() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
