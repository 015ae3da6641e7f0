//! What an evaluation has found, for people and for programs.

use habit::bandit::{Estimate, OffPolicyEvaluation};
use habit::math::CompensatedMoments;
use serde::Serialize;

use crate::arguments::Format;
use crate::csv;
use crate::failure::Failure;
use crate::figures::{counted, down_to, figure};
use crate::table::{Column, paragraph, table, terminal_width};

/// Of a normal distribution, 95 % lies within so many standard deviations.
const WIDTH: f32 = 1.959_964;

/// What was found.
#[derive(Debug, Serialize)]
pub struct Report {
    log: String,
    policy: String,
    arms: Option<u32>,
    clip: Option<f32>,
    contexts: usize,
    rows: u32,
    matched: u32,
    mean_weight: Option<f32>,
    effective_sample_size: Option<f32>,
    estimates: [Line; 4],
}

/// One estimate of the mean reward a row.
#[derive(Debug, Serialize)]
struct Line {
    estimator: &'static str,
    estimate: Option<f32>,
    standard_error: Option<f32>,
    low: Option<f32>,
    high: Option<f32>,
}

/// What was evaluated.
#[derive(Debug)]
pub struct Subject {
    /// The log.
    pub log: String,
    /// The policy.
    pub policy: String,
    /// The number of arms, where it is known.
    pub arms: Option<u32>,
    /// What weights were cut at.
    pub clip: Option<f32>,
    /// The length of a context.
    pub contexts: usize,
}

impl Line {
    fn new(estimator: &'static str, found: Option<Estimate>) -> Self {
        let estimate = found.map(|found| found.value);
        let standard_error = found.and_then(|found| found.standard_error);
        let side = |sign: f32| Some(estimate? + sign * WIDTH * standard_error?);
        Self { estimator, estimate, standard_error, low: side(-1.0), high: side(1.0) }
    }
}

impl Report {
    /// Of what was found in all rows; `rewards` are those of the log.
    pub fn new(subject: Subject, evaluation: &OffPolicyEvaluation, rewards: &CompensatedMoments) -> Self {
        let Subject { log, policy, arms, clip, contexts } = subject;
        let logged = rewards.mean().map(|value| Estimate { value, standard_error: rewards.standard_error() });
        Self {
            log,
            policy,
            arms,
            clip,
            contexts,
            rows: evaluation.count(),
            matched: evaluation.matched(),
            mean_weight: evaluation.mean_weight(),
            effective_sample_size: evaluation.effective_sample_size(),
            estimates: [
                Line::new("IPS", evaluation.ips()),
                Line::new("SNIPS", evaluation.snips()),
                Line::new("doubly robust", evaluation.doubly_robust()),
                Line::new("as logged", logged),
            ],
        }
    }

    /// As text.
    ///
    /// # Errors
    /// [`Failure::File`] when there is no JSON for it.
    pub fn print(&self, format: Format) -> Result<String, Failure> {
        match format {
            Format::Table => Ok(self.as_table(terminal_width())),
            Format::Csv | Format::Parquet => Ok(self.as_csv()),
            Format::Json => serde_json::to_string_pretty(self)
                .map(|text| text + "\n")
                .map_err(|error| Failure::File(format!("the estimates cannot be written as JSON: {error}"))),
        }
    }

    fn as_table(&self, width: Option<u16>) -> String {
        let rows = self.estimates.iter().map(|line| {
            let error = line.standard_error.map(f64::from);
            let cell = |number: Option<f32>| number.map_or_else(|| "-".into(), |number| down_to(number.into(), error));
            let interval = match (line.low, line.high) {
                (Some(low), Some(high)) => format!("{} to {}", cell(Some(low)), cell(Some(high))),
                _ => "-".into(),
            };
            vec![line.estimator.into(), cell(line.estimate), cell(line.standard_error), interval]
        });
        let columns = [Column::Word, Column::Number, Column::Number, Column::Word];
        let text = table(width, &columns, ["reward a row", "estimate", "standard error", "95 % interval"], rows);
        let number = |number: Option<f32>| number.map_or_else(|| "-".into(), |number| figure(number.into()));
        let arms = self.arms.map_or_else(String::new, |arms| format!(", {}", counted(arms, "arm")));
        let clip = self.clip.map_or_else(String::new, |clip| format!(", weights cut at {clip}"));
        let foot = format!(
            "{}: policy {}{arms}; {}, {}, {} % matched, effective sample size {}, mean weight {}{clip}",
            self.log,
            self.policy,
            counted(self.rows, "row"),
            counted(self.contexts as u64, "context column"),
            figure(100.0 * f64::from(self.matched) / f64::from(self.rows)),
            number(self.effective_sample_size),
            number(self.mean_weight),
        );
        text + "\n" + &paragraph(width, foot)
    }

    fn as_csv(&self) -> String {
        let head = csv::line([
            "estimator",
            "estimate",
            "standard_error",
            "low",
            "high",
            "policy",
            "rows",
            "matched",
            "mean_weight",
            "effective_sample_size",
        ]);
        let number = |number: Option<f32>| number.map_or_else(String::new, |number| number.to_string());
        let lines = self.estimates.iter().map(|line| {
            csv::line([
                line.estimator.to_owned(),
                number(line.estimate),
                number(line.standard_error),
                number(line.low),
                number(line.high),
                self.policy.clone(),
                self.rows.to_string(),
                self.matched.to_string(),
                number(self.mean_weight),
                number(self.effective_sample_size),
            ])
        });
        head + &lines.collect::<String>()
    }
}
