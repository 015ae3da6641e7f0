//! A progress bar on a terminal; nothing where standard error is none.

use std::io::{IsTerminal, stderr, stdout};

use indicatif::{ProgressBar, ProgressStyle};

/// How far a command has come.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar of `total` steps. `lines` says whether the command prints while it works: a bar among lines on the same
    /// terminal helps nobody.
    pub fn new(what: &str, total: u64, lines: bool) -> Self {
        if !stderr().is_terminal() || (lines && stdout().is_terminal()) {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(total);
        let template = "{prefix} [{wide_bar}] {percent:>3} %, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(what.to_owned());
        Self(bar)
    }

    /// So many more steps are done.
    pub fn add(&self, steps: u64) {
        self.0.inc(steps);
    }
}

/// Whatever ends the command takes the bar off the terminal.
impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
