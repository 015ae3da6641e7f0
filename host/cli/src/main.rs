//! The `habit` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    habit_cli::run(std::env::args_os())
}
