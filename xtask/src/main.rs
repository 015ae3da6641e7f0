//! Developer tasks. `cargo xtask lab` builds and serves the page, `cargo xtask package` builds the package for other people's pages,
//! `cargo xtask test` runs every test, `cargo xtask bench` compares with other libraries, or counts what learners cost a chip,
//! `cargo xtask firmware` builds images for boards,
//! `cargo xtask flash` puts one on a board and `cargo xtask install-c` installs the C interface.
//!
//! This program drives cargo, npm, node, a C compiler and Python; it holds no algorithm. Every error is one line on standard error.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

mod bench;
mod c_library;
mod cards;
mod counts;
mod firmware;
mod lab;
mod package;
mod process;
mod provision;
mod serve;
mod stages;
mod test;
mod wasm;
mod wheel;

/// Developer tasks.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds the lab, serves it and prints its address
    Lab {
        /// Leave the browser alone
        #[arg(long)]
        no_open: bool,
        /// Where to listen; the next free port is taken when this one is not free
        #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..))]
        port: u16,
        /// Write the site to target/lab/ and exit
        #[arg(long)]
        build_only: bool,
    },
    /// Builds the lab and the package for other people's pages into target/npm/
    Package {
        /// Take the site in target/lab/ as it is
        #[arg(long)]
        no_lab: bool,
    },
    /// Times the kernel and its peers in turn and prints ratios, or counts what learners cost a chip
    Bench {
        /// What to measure
        subject: bench::Subject,
        /// How often everyone runs
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u8).range(5..))]
        rounds: u8,
        /// Write what `firmware` counts to tests/instructions.toml
        #[arg(long)]
        record: bool,
    },
    /// Builds every image for boards into target/firmware/, and writes sizes.json there
    Firmware {
        /// Images to build; all, and sizes.json, when none is named
        #[arg(value_name = "IMAGE")]
        images: Vec<String>,
    },
    /// Builds an image, says what it takes, and puts it on the board that is plugged in
    Flash {
        /// The board; with `-bandits` behind its name, where it has that image too
        board: String,
        /// The folder of the board's drive; looked for when not said
        #[arg(long, value_name = "FOLDER")]
        drive: Option<PathBuf>,
    },
    /// Builds the C interface and installs header, libraries, CMake package and pkg-config file
    InstallC {
        /// Below which folder: `include/` and `lib/` are made there
        #[arg(long, value_name = "FOLDER")]
        prefix: PathBuf,
        /// For a chip, thumbv6m-none-eabi say: the static library alone, made for size
        #[arg(long)]
        target: Option<String>,
        /// With the functions that run the kernel's experiments
        #[arg(long)]
        experiments: bool,
    },
    /// Installs what is missing and runs the tests
    Test {
        /// Stages to run, in this order; all when none is named
        #[arg(value_name = "STAGE", value_parser = stages::names())]
        stages: Vec<String>,
        /// Measure claims with long runs too
        #[arg(long)]
        full: bool,
    },
}

/// Where everything is.
struct House {
    /// The workspace.
    root: PathBuf,
    /// What cargo builds into.
    target: PathBuf,
}

impl House {
    fn find() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let root = root.canonicalize().unwrap_or(root);
        // Relative to where the user stands, as cargo reads it.
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let target = std::path::absolute(&target).unwrap_or(target);
        Self { root, target }
    }
}

/// Says in one line what is wrong with the command line; help and version are what was asked for.
fn refuse(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        error.exit();
    }
    eprintln!("{}; `cargo xtask --help` tells more", one_line(&error.to_string()));
    ExitCode::from(2)
}

/// What clap says in paragraphs, without what it says every time.
fn one_line(text: &str) -> String {
    let told = text.split("\n\n").filter(|part| !part.starts_with("Usage:") && !part.starts_with("For more"));
    let parts = told.map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    parts.map(|part| part.replacen("tip: ", "", 1)).collect::<Vec<_>>().join("; ")
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    let house = House::find();
    let outcome = match arguments.task {
        Task::Lab { no_open, port, build_only } => lab::build(&house).and_then(|site| {
            if build_only {
                println!("The site is in {}", site.display());
                return Ok(ExitCode::SUCCESS);
            }
            serve::serve(&site, port, !no_open).map(|()| ExitCode::SUCCESS)
        }),
        Task::Package { no_lab } => {
            let site = if no_lab { Ok(house.target.join("lab")) } else { lab::build(&house) };
            let built = site.and_then(|site| package::build(&house, &site));
            built.and_then(|package| package::pack(&package)).map(|()| {
                println!("The package is in {}", house.target.join("npm").display());
                ExitCode::SUCCESS
            })
        }
        Task::Bench { subject, rounds, record } => {
            bench::bench(&house, subject, rounds.into(), record).map(|()| ExitCode::SUCCESS)
        }
        Task::Firmware { images } if images.is_empty() => firmware::build_all(&house).map(|()| ExitCode::SUCCESS),
        Task::Firmware { images } => {
            let mut images = images.iter();
            images.try_for_each(|name| firmware::build_one(&house, name).map(|_| ())).map(|()| ExitCode::SUCCESS)
        }
        Task::Flash { board, drive } => firmware::flash(&house, &board, drive.as_deref()).map(|()| ExitCode::SUCCESS),
        Task::InstallC { prefix, target, experiments } => {
            let wanted = c_library::Wanted { prefix: &prefix, target: target.as_deref(), experiments };
            c_library::install(&house, &wanted).map(|()| ExitCode::SUCCESS)
        }
        Task::Test { stages, full } => Ok(test::run(&house, &stages, full)),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_command_line_is_answered_in_one_line() {
        for (line, says) in [
            ("test kernl", "a similar value exists: 'kernel'"),
            ("lab --port 0", "0 is not in 1..=65535"),
            ("bench", "<SUBJECT>"),
            ("tset", "'test'"),
        ] {
            let words = std::iter::once("xtask").chain(line.split(' '));
            let error = Arguments::try_parse_from(words).err().expect("refused");
            let said = one_line(&error.to_string());
            assert!(said.starts_with("error: ") && said.contains(says) && !said.contains(['\n', '\t']), "{said}");
        }
    }
}
