//! `habit evaluate LOG.csv`.
//!
//! | file | what it is |
//! |---|---|
//! | `lines`, `log` | bytes as lines, lines as rows |
//! | `policy`, `learned` | what can be evaluated; what was learned is among it |
//! | `model` | what is expected of an arm, from the rows before |
//! | `report` | what was found |

mod learned;
mod lines;
mod log;
mod model;
mod policy;
mod report;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use habit::bandit::{LoggedDecision, OffPolicyEvaluation};
use habit::math::CompensatedMoments;

use crate::arguments::Evaluate;
use crate::failure::{Failure, complain};
use crate::figures::counted;
use learned::Learned;
pub use log::MOST_ARMS;
use log::{Log, Row};
use model::{Fault, Models};
pub use policy::Choice;
use policy::{Arm, Column, Policy, Uniform};
use report::{Report, Subject};

/// Evaluates a policy on a log and prints the estimates.
pub fn evaluate(arguments: &Evaluate, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let Evaluate { log: ref path, ref policy, mut arms, clip, format } = *arguments;
    let mut evaluation = OffPolicyEvaluation::EMPTY;
    evaluation.start(clip).map_err(|_| Failure::Input("--clip takes a number above 0".into()))?;
    let name = log::name(path);
    let mut log = Log::open(path, arms)?;
    let unsaid = if log.has_target() { Choice::Column } else { Choice::Uniform };
    let choice = policy.as_ref().unwrap_or(&unsaid);
    let policy: Box<dyn Policy> = match *choice {
        Choice::Uniform => {
            let count = arms.map_or_else(|| count_arms(path), Ok)?;
            arms = Some(count);
            Box::new(Uniform(count))
        }
        Choice::Arm(arm) if arms.is_some_and(|arms| arm >= arms) => {
            return Err(Failure::Input(format!("--policy arm={arm} is none of the arms that --arms counts")));
        }
        Choice::Arm(arm) => Box::new(Arm(arm)),
        Choice::Column if !log.has_target() => {
            return Err(Failure::Input(format!("{name}, line 1: there is no column target for --policy column")));
        }
        Choice::Column => Box::new(Column),
        Choice::File(ref file) => {
            let learned = Learned::open(file)?;
            fits(&learned, &file.display().to_string(), arms, &log, &name)?;
            arms = Some(learned.arms());
            log.limit(learned.arms());
            Box::new(learned)
        }
    };
    let rewards = read(&mut log, policy.as_ref(), &mut evaluation)?;
    if evaluation.count() == 0 {
        return Err(no_rows(&name));
    }
    let subject = Subject { log: name, policy: choice.to_string(), arms, clip, contexts: log.contexts() };
    out.write_all(Report::new(subject, &evaluation, &rewards).print(format)?.as_bytes())?;
    if evaluation.matched() == 0 {
        complain("the policy would have taken none of the logged actions: the log says nothing of it");
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether what was learned can be asked about the contexts of a log.
fn fits(learned: &Learned, file: &str, arms: Option<u32>, log: &Log, name: &str) -> Result<(), Failure> {
    let held = counted(learned.arms(), "arm");
    if let Some(arms) = arms.filter(|arms| *arms != learned.arms()) {
        return Err(Failure::Input(format!("--arms says {arms}, but {file} holds {held}")));
    }
    let (needed, there) = (learned.context_len() as u64, counted(log.contexts() as u64, "context column"));
    if log.contexts() as u64 != needed {
        return Err(Failure::Input(format!(
            "{name}, line 1: there are {there}, but {file} ({held}) needs {needed}: x0 to x{}",
            needed - 1
        )));
    }
    Ok(())
}

/// Reads all rows, each with models of those before it, and returns the moments of the rewards.
fn read(
    log: &mut Log,
    policy: &dyn Policy,
    evaluation: &mut OffPolicyEvaluation,
) -> Result<CompensatedMoments, Failure> {
    let mut models = Models::new(log.contexts(), !policy.knows_all_arms());
    let mut rewards = CompensatedMoments::EMPTY;
    while let Some(row) = log.next()? {
        let step =
            take(row, policy, &mut models, evaluation).and_then(|()| rewards.add(row.reward).map_err(Fault::Numbers));
        step.map_err(|fault| match fault {
            Fault::Memory => log.fault("the models of rewards need too much memory: leave out columns of the context"),
            Fault::Numbers(_) => log.fault("its numbers are too large, or its propensity is too small, to be added up"),
        })?;
    }
    Ok(rewards)
}

fn take(
    row: &Row,
    policy: &dyn Policy,
    models: &mut Models,
    evaluation: &mut OffPolicyEvaluation,
) -> Result<(), Fault> {
    models.face(&row.context);
    let value = |arm| models.predict(arm);
    let decision = LoggedDecision {
        prediction: value(row.action),
        expectation: policy.expectation(row, &value),
        ..LoggedDecision::new(row.propensity, policy.probability(row), row.reward)
    };
    evaluation.add(&decision).map_err(Fault::Numbers)?;
    models.learn(row.action, row.reward)
}

/// Reads the log for its highest action alone.
fn count_arms(path: &Path) -> Result<u32, Failure> {
    // What can be read only once, such as a pipe, has no second pass.
    if log::is_standard_input(path) || !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return Err(Failure::Input(format!("{} can be read only once: say --arms", log::name(path))));
    }
    let (mut log, mut arms) = (Log::open(path, None)?, 0);
    while let Some(row) = log.next()? {
        arms = arms.max(row.action + 1);
    }
    if arms == 0 { Err(no_rows(&log::name(path))) } else { Ok(arms) }
}

fn no_rows(name: &str) -> Failure {
    Failure::Input(format!("{name} has a header, but no rows: there is nothing to evaluate"))
}
