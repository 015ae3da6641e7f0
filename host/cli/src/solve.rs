//! `habit solve FILE`.

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::{fs, io};

use habit::plan::{DeclaredTransition, DynamicProgram, Fault, Horizon};
use serde_json::json;

use crate::arguments::{ShowFormat, Solve};
use crate::failure::Failure;

/// Reads a dynamic program and prints its answer.
pub fn solve(arguments: &Solve, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let file = &arguments.file;
    let text = read(file)?;
    let at =
        |fault: Fault| Failure::Input(format!("{}:{}:{}: {}", file.display(), fault.line, fault.column, fault.error));
    let size = DynamicProgram::size(&text).map_err(at)?;
    // Before so much memory is asked for as a single line may demand.
    if size.states > usize::from(u16::MAX) {
        return Err(Failure::Input(format!("{} has more than {} states", file.display(), u16::MAX)));
    }
    let (mut transitions, mut terminal) = (vec![DeclaredTransition::EMPTY; size.transitions], vec![0.0; size.states]);
    let program = DynamicProgram::parse(&text, &mut transitions, &mut terminal).map_err(at)?;
    let (mut values, mut scratch) = (vec![0.0; size.states], vec![0.0; size.states]);
    let answer = program
        .solve(&mut values, &mut scratch)
        .map_err(|error| Failure::Input(format!("{} has no answer: {error}", file.display())))?;
    let (work, counted) = match program.horizon() {
        Horizon::Finite(_) => ("value", "stages"),
        Horizon::Discounted(_) => ("value", "sweeps"),
        Horizon::Average => ("gain", "sweeps"),
    };
    match arguments.format {
        ShowFormat::Json => {
            let object = json!({
                work: answer.value, "first_action": answer.first_action, counted: answer.sweeps, "values": values,
            });
            writeln!(out, "{object}")?;
        }
        ShowFormat::Table => {
            let action = answer.first_action.map_or("none".into(), |action| action.to_string());
            writeln!(out, "{work:<12}  {}", answer.value)?;
            writeln!(out, "first action  {action}")?;
            writeln!(out, "{counted:<12}  {}", answer.sweeps)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The text of a file, or of standard input where its name is `-`.
fn read(file: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        io::stdin().lock().read_to_end(&mut bytes).map(drop)
    } else {
        fs::read(file).map(|all| bytes = all)
    };
    read.map_err(|error| Failure::File(format!("{} cannot be read: {error}", file.display())))?;
    String::from_utf8(bytes).map_err(|_| Failure::Input(format!("{} is no text", file.display())))
}
