//! The command for logs.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{OsStringValueParser, RangedI64ValueParser, TypedValueParser};

use super::Format;
use crate::evaluate::{Choice, MOST_ARMS};
use crate::failure::EXIT_CODES;

const COLUMNS: &str = "\
A row is one decision. Its columns, in any order; others are ignored:
  action      the arm that was played, from 0
  reward      what it paid
  propensity  the probability with which it was chosen: above 0, at most 1
  target      the probability with which the policy under evaluation would have
              chosen it: from 0 to 1; only for the policy column
  x0, x1, ..  the context, for the models of doubly robust; may be left out

Policies:
  uniform     every arm alike: what is evaluated unless the log has a target
  arm=K       always arm K
  column      what the column target says
  FILE        what a contextual bandit has learned: a checkpoint of shared or
              disjoint estimates, and always the arm that it expects most of;
              the context must have the columns it was learned from, all arms'
              features one after the other where they share an estimate. Write
              ./uniform for a file whose name is that of a policy.

IPS weighs rewards by target / propensity and divides by the rows, SNIPS by the
weights. Doubly robust adds weighted residuals to what models of the rewards
expect, each fitted on the rows before: ridge regression an arm on the context,
the mean without one. The column target says nothing of the arms not played, so
there one model serves all. A row is matched if the policy could have acted so.
Intervals take the rows for independent. Memory does not grow with the log.";

/// `habit evaluate`.
#[derive(Debug, Args)]
#[command(after_help = format!("{COLUMNS}\n\n{EXIT_CODES}"))]
pub struct Evaluate {
    /// Comma-separated values with a header; - for standard input
    #[arg(value_name = "LOG.csv")]
    pub log: PathBuf,
    /// What to evaluate: uniform, arm=K, column or a FILE
    /// [default: column if the log has a target]
    #[arg(long, verbatim_doc_comment, value_parser = OsStringValueParser::new().try_map(Choice::read))]
    pub policy: Option<Choice>,
    /// Number of arms
    /// [default: the checkpoint's, else from the log]
    #[arg(long, value_name = "N", value_parser = RangedI64ValueParser::<u32>::new().range(1..=i64::from(MOST_ARMS)),
        allow_negative_numbers = true, verbatim_doc_comment)]
    pub arms: Option<u32>,
    /// Cut weights at W: less variance, some bias
    #[arg(long, value_name = "W", allow_negative_numbers = true)]
    pub clip: Option<f32>,
    /// Print a table, json, csv or parquet
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub format: Format,
}
