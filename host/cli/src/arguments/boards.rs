//! The commands for boards.

use std::path::PathBuf;

use clap::Args;

#[cfg(feature = "monitor")]
use super::from_one;
use crate::failure::EXIT_CODES;

const DEPLOYED: &str = "\
The board must hold the experiment and have storage, where the checkpoint is
kept. A run of the experiment that is on its way there takes over what was
learned and goes on; where none is, one is started. Parameters are not part of a
checkpoint: set them as they were.";

#[cfg(feature = "monitor")]
const WATCHED: &str = "\
On a terminal: a panel a metric, a line a contender, with the newest values. Tab
shows the next metric where not all fit; q, Esc or Ctrl-C ends it.
Elsewhere, or with --lines: the lines of the board as they come, and on standard
error what is none and when the port goes and comes.

A port that goes away is waited for. Nothing is said to the board but a
greeting, and with --run a question whether anything runs there.

FILE.jsonl keeps every line of the board as it came. FILE.csv keeps samples, a
row a value: t,seed,contender,metric,value. What is in the file stays; only a
last line that was cut off is taken away.";

/// `habit deploy`.
#[derive(Debug, Args)]
#[command(after_help = format!("{DEPLOYED}\n\n{EXIT_CODES}"))]
pub struct Deploy {
    /// A checkpoint: from `habit run --save` or `habit fetch`
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The board's serial port, such as /dev/ttyACM0 or COM3
    #[arg(long)]
    pub port: String,
    /// Give up what runs there for a new run
    #[arg(long)]
    pub restart: bool,
    /// Seed of a new run
    #[arg(long, value_name = "S", default_value_t = 1, allow_negative_numbers = true)]
    pub seed: u32,
    /// Length of a new run [default: the experiment's]
    #[arg(long, value_name = "T", allow_negative_numbers = true)]
    pub steps: Option<u32>,
    /// Set a parameter of a new run, as for `habit run`
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
}

/// `habit fetch`.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct Fetch {
    /// Where to put the checkpoint; kept as it is if that fails
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The board's serial port, such as /dev/ttyACM0 or COM3
    #[arg(long)]
    pub port: String,
}

/// `habit monitor`.
#[cfg(feature = "monitor")]
#[derive(Debug, Args)]
#[command(after_help = format!("{WATCHED}\n\n{EXIT_CODES}"))]
pub struct Monitor {
    /// The board's serial port, such as /dev/ttyACM0 or COM3
    #[arg(value_name = "PORT")]
    pub port: String,
    /// Add what comes to FILE.jsonl or FILE.csv
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// End when a run ends
    #[arg(long)]
    pub once: bool,
    /// Print lines on a terminal too
    #[arg(long)]
    pub lines: bool,
    /// Start this experiment whenever nothing runs there
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    /// Seed of that run
    #[arg(long, value_name = "S", default_value_t = 1, requires = "run", allow_negative_numbers = true)]
    pub seed: u32,
    /// Length of that run [default: the experiment's]
    #[arg(long, value_name = "T", requires = "run", allow_negative_numbers = true)]
    pub steps: Option<u32>,
    /// A sample every K steps of that run [default: 1]
    #[arg(long, value_name = "K", requires = "run", value_parser = from_one(), allow_negative_numbers = true)]
    pub every: Option<u32>,
    /// Set a parameter of that run, as for `habit run`
    #[arg(long, value_name = "NAME=VALUE", requires = "run")]
    pub set: Vec<String>,
}
