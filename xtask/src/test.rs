//! Runs stages, counts tests, and says at the end what failed.

use std::process::ExitCode;
use std::time::Instant;

use crate::House;
use crate::counts::{Counts, read};
use crate::process::{line, watch};
use crate::provision::ensure;
use crate::stages::{Check, STAGES, Stage};

/// Runs the stages named, or all; `full` with the long runs. The last line of the output is `N passed, N failed`.
pub fn run(house: &House, names: &[String], full: bool) -> ExitCode {
    let wanted = |stage: &&Stage| names.is_empty() || names.iter().any(|name| name == stage.name);
    let mut total = Counts::default();
    let mut failures = Vec::new();
    for stage in STAGES.iter().filter(wanted) {
        println!("\n== {} ==", stage.name);
        let start = Instant::now();
        let counts = run_stage(house, stage, full, &mut failures);
        let seconds = start.elapsed().as_secs_f64();
        println!("== {}: {} passed, {} failed, {seconds:.1} s ==", stage.name, counts.passed, counts.failed);
        total.passed += counts.passed;
        total.failed += counts.failed;
    }
    if !failures.is_empty() {
        println!("\nFailed:");
    }
    for failure in &failures {
        println!("  {failure}");
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_stage(house: &House, stage: &Stage, full: bool, failures: &mut Vec<String>) -> Counts {
    let prepared = stage.needs.iter().try_for_each(|need| ensure(house, *need));
    let checks = match prepared.and_then(|()| (stage.checks)(house)) {
        Ok(checks) => checks,
        Err(error) => {
            println!("{error}");
            failures.push(format!("{}: {error}", stage.name));
            return Counts { passed: 0, failed: 1 };
        }
    };
    let mut counts = Counts::default();
    for mut check in checks {
        if full {
            check.command.env("HABIT_FULL", "1");
        }
        let found = run_check(check, stage.name, failures);
        counts.passed += found.passed;
        counts.failed += found.failed;
    }
    counts
}

fn run_check(mut check: Check, stage: &str, failures: &mut Vec<String>) -> Counts {
    println!("\n-- {}", check.name);
    let (success, text) = watch(&mut check.command).unwrap_or_else(|error| {
        println!("{error}");
        (false, String::new())
    });
    let counts = read(check.format, success, &text);
    if counts.failed > 0 {
        failures.push(format!("{stage}: {} ({} failed): {}", check.name, counts.failed, line(&check.command)));
    }
    counts
}
