//! `habit claims`.

use std::io::Write;
use std::process::ExitCode;

use habit::lab::EXPERIMENTS;

use crate::arguments::{self, Claims, Format};
use crate::claims::{Measurement, Options, Row};
use crate::csv;
use crate::failure::{Failure, complain};
use crate::figures::{counted, figure};
use crate::names::resolve;
use crate::progress::Progress;
use crate::table::{Column, table, terminal_width};

/// Measures the claims of the named experiments, or of all, and prints them.
pub fn check(arguments: &Claims, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let mut entries = Vec::new();
    for name in &arguments.names {
        entries.extend(resolve(name, EXPERIMENTS).map_err(Failure::Input)?);
    }
    if arguments.names.is_empty() {
        entries.extend(0..EXPERIMENTS.len());
    }
    entries.sort_unstable();
    entries.dedup();

    let options = Options { seed: arguments.seed, full: arguments.full };
    let measurement = Measurement::plan(entries, options).map_err(|error| Failure::Input(error.to_string()))?;
    let progress = Progress::new("claims", measurement.steps(), false);
    let threads = arguments::threads(arguments.threads);
    let rows =
        measurement.run(threads, &|steps| progress.add(steps)).map_err(|error| Failure::Input(error.to_string()))?;
    drop(progress);

    let text = match arguments.format {
        Format::Json => {
            serde_json::to_string_pretty(&rows)
                .map_err(|error| Failure::File(format!("the claims cannot be written as JSON: {error}")))?
                + "\n"
        }
        Format::Csv | Format::Parquet => as_csv(&rows),
        Format::Table => as_table(&rows),
    };
    out.write_all(text.as_bytes())?;
    if measurement.left_out() > 0 {
        let claims = counted(measurement.left_out() as u64, "claim");
        complain(&format!("{claims} with long runs left out; --full measures them too"));
    }
    Ok(exit_code(&rows))
}

fn exit_code(rows: &[Row]) -> ExitCode {
    if rows.iter().all(|row| row.holds) { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// A table an experiment, and how many claims hold.
fn as_table(rows: &[Row]) -> String {
    let mut text = String::new();
    for rows in rows.chunk_by(|a, b| a.id == b.id) {
        let cells = rows.iter().map(|row| {
            let verdict = if row.holds { "holds" } else { "FAILS" };
            vec![
                row.claim.into(),
                row.measured.map_or_else(|| "-".into(), figure),
                row.required.to_string(),
                verdict.into(),
            ]
        });
        let columns = [Column::Text, Column::Number, Column::Word, Column::Word];
        let heads = [rows[0].id, "measured", "required", "verdict"];
        text += &table(terminal_width(), &columns, heads, cells);
        text += "\n";
    }
    let holding = rows.iter().filter(|row| row.holds).count();
    text + &format!("{holding} of {} hold\n", counted(rows.len() as u64, "claim"))
}

fn as_csv(rows: &[Row]) -> String {
    let head = csv::line(["id", "claim", "measured", "required", "holds", "seed", "seeds", "steps", "full"]);
    let lines = rows.iter().map(|row| {
        csv::line([
            row.id.to_owned(),
            row.claim.into(),
            row.measured.map_or_else(String::new, |number| number.to_string()),
            row.required.to_string(),
            row.holds.to_string(),
            row.seed.to_string(),
            row.seeds.to_string(),
            row.steps.to_string(),
            row.full.to_string(),
        ])
    });
    head + &lines.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use habit::lab::Requirement;

    #[test]
    fn a_claim_that_does_not_hold_shows_in_the_table_and_in_the_exit_code() {
        let holding = Row {
            id: "experiment",
            claim: "It learns",
            measured: Some(0.25),
            required: Requirement::Below(0.5),
            holds: true,
            seed: 1,
            seeds: 20,
            steps: 100,
            full: false,
        };
        let failing = Row { claim: "It learns fast", measured: None, holds: false, ..holding };
        let text = as_table(&[holding, failing]);
        assert!(text.contains("0.2500  < 0.5     holds") && text.contains("-  < 0.5     FAILS"), "{text}");
        assert!(text.ends_with("\n1 of 2 claims hold\n"), "{text}");
        let code = |rows: &[Row]| format!("{:?}", exit_code(rows));
        assert_eq!(code(&[holding]), format!("{:?}", ExitCode::SUCCESS));
        assert_eq!(code(&[holding, failing]), format!("{:?}", ExitCode::from(1)));
    }
}
