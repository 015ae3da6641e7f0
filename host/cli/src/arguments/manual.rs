//! The commands that describe the command.

use std::path::PathBuf;

use clap::Args;

use crate::failure::EXIT_CODES;

const COMPLETED: &str = "\
For example:
  habit completions bash > ~/.local/share/bash-completion/completions/habit
  habit completions zsh > ~/.zfunc/_habit
  habit completions fish > ~/.config/fish/completions/habit.fish";

const PAGES: &str = "\
For example:
  habit manual run | man -l -
  habit manual --out ~/.local/share/man/man1";

/// `habit completions`.
#[derive(Debug, Args)]
#[command(after_help = format!("{COMPLETED}\n\n{EXIT_CODES}"))]
pub struct Completions {
    /// bash, zsh, fish, powershell or elvish
    #[arg(value_name = "SHELL", hide_possible_values = true)]
    pub shell: clap_complete::Shell,
}

/// `habit manual`.
#[derive(Debug, Args)]
#[command(after_help = format!("{PAGES}\n\n{EXIT_CODES}"))]
pub struct Manual {
    /// A command, such as run [default: the page of them all]
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
    /// Write every page into this folder instead
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    pub out: Option<PathBuf>,
}
