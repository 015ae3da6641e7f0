//! `habit list`.

use std::io::Write;
use std::process::ExitCode;

use habit::lab::{Descriptor, EXPERIMENTS};

use crate::arguments::{Format, List};
use crate::csv;
use crate::failure::Failure;
use crate::table::{Column, table, terminal_width};

/// Prints the table of experiments.
pub fn list(arguments: &List, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let all: Vec<_> = EXPERIMENTS.iter().collect();
    let text = match arguments.format {
        Format::Json => json(&all)?,
        Format::Csv | Format::Parquet => as_csv(&all),
        Format::Table => as_table(&all),
    };
    out.write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// One array of descriptors.
pub fn json(descriptors: &[&Descriptor]) -> Result<String, Failure> {
    serde_json::to_string_pretty(descriptors)
        .map(|text| text + "\n")
        .map_err(|error| Failure::File(format!("the descriptors cannot be written as JSON: {error}")))
}

fn as_table(descriptors: &[&Descriptor]) -> String {
    let rows = descriptors.iter().map(|descriptor| {
        let steps = format!("{} {}s", descriptor.steps.default, descriptor.step);
        vec![descriptor.id.into(), descriptor.title.into(), descriptor.contenders.join(", "), steps]
    });
    table(
        terminal_width(),
        &[Column::Word, Column::Text, Column::Text, Column::Word],
        ["id", "title", "contenders", "length"],
        rows,
    )
}

fn as_csv(descriptors: &[&Descriptor]) -> String {
    let head = csv::line([
        "id",
        "title",
        "room",
        "step",
        "steps",
        "contenders",
        "parameters",
        "metrics",
        "claims",
        "state_bytes",
    ]);
    let lines = descriptors.iter().map(|descriptor| {
        csv::line([
            descriptor.id.to_owned(),
            descriptor.title.into(),
            descriptor.room.into(),
            descriptor.step.into(),
            descriptor.steps.default.to_string(),
            descriptor.contenders.join(";"),
            descriptor.parameters.iter().map(|parameter| parameter.name).collect::<Vec<_>>().join(";"),
            descriptor.metrics.iter().map(|metric| metric.name).collect::<Vec<_>>().join(";"),
            descriptor.claims.len().to_string(),
            descriptor.state_bytes.to_string(),
        ])
    });
    head + &lines.collect::<String>()
}
