//! Starts the real `habit` and looks at what it prints, writes and returns.

mod bad_input;
mod board;
mod claims;
mod evaluate;
mod gpu;
mod learned;
mod list_and_show;
mod manual;
#[cfg(all(target_os = "linux", feature = "monitor"))]
mod monitor;
mod names;
#[cfg(feature = "parquet")]
mod parquet;
mod plot;
mod run;
mod save;
mod solve;
mod sweep;

use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// What a command came to.
struct Answer {
    code: i32,
    out: String,
    err: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {}", self.out))
    }

    fn json_lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }
}

fn command(line: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_habit"));
    command.args(line).stdin(Stdio::null());
    command
}

/// Runs `habit` with these words.
fn habit(line: &[&str]) -> Answer {
    command(line).output().unwrap().into()
}

/// Runs `habit` with these words, which must be fine, and returns what it printed.
fn printed(line: &[&str]) -> Answer {
    let answer = habit(line);
    assert_eq!(answer.code, 0, "{line:?}: {}", answer.err);
    answer
}

#[test]
fn help_tells_the_exit_codes() {
    for line in [
        &["--help"][..],
        &["run", "--help"],
        &["claims", "-h"],
        &["evaluate", "--help"],
        &["deploy", "-h"],
        &["fetch", "-h"],
        &["completions", "-h"],
        &["sweep", "-h"],
        &["merge", "-h"],
        &["solve", "-h"],
        &["manual", "-h"],
        #[cfg(feature = "monitor")]
        &["monitor", "-h"],
    ] {
        let help = printed(line).out;
        assert!(help.contains("1  a claim does not hold") && help.contains("2  wrong input or usage"), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
    }
    assert!(printed(&["--version"]).out.starts_with("habit "));
}
