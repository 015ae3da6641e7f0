//! What the columns hold that the commands tell as csv.

use crate::arguments::{Command, Format};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// Whole numbers from 0.
    Whole,
    /// Any numbers, as precise as their digits.
    Real,
    /// `true` or `false`.
    Truth,
}

/// The kinds of the columns by their names, for a command that is to print Parquet.
pub fn columns(command: &Command) -> Option<fn(&str) -> Kind> {
    let (format, kind): (_, fn(&str) -> Kind) = match command {
        Command::List(arguments) => (arguments.format, of_list),
        Command::Run(arguments) => (arguments.format, of_samples),
        Command::Claims(arguments) => (arguments.format, of_claims),
        Command::Evaluate(arguments) => (arguments.format, of_estimates),
        _ => return None,
    };
    (format == Format::Parquet).then_some(kind)
}

fn of_list(column: &str) -> Kind {
    match column {
        "steps" | "claims" | "state_bytes" => Kind::Whole,
        _ => Kind::Text,
    }
}

/// What has no name here is a metric.
fn of_samples(column: &str) -> Kind {
    match column {
        "t" | "seed" => Kind::Whole,
        "contender" | "metric" => Kind::Text,
        _ => Kind::Real,
    }
}

fn of_claims(column: &str) -> Kind {
    match column {
        "measured" => Kind::Real,
        "holds" | "full" => Kind::Truth,
        "seed" | "seeds" | "steps" => Kind::Whole,
        _ => Kind::Text,
    }
}

fn of_estimates(column: &str) -> Kind {
    match column {
        "estimator" | "policy" => Kind::Text,
        "rows" | "matched" => Kind::Whole,
        _ => Kind::Real,
    }
}
