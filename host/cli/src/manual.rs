//! `habit completions` and `habit manual`: the command line for shells and for readers of manuals.

use std::fs;
use std::io::Write;
use std::process::ExitCode;

use clap::Command;
use clap_mangen::Man;

use crate::arguments::{COMMANDS, Completions, Manual, definition};
use crate::failure::Failure;
use crate::names::unknown;
use crate::target::Target;

/// Prints what makes a shell complete the words of the command.
pub fn completions(arguments: &Completions, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    // The library takes an output that never fails for granted.
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut definition(), "habit", &mut text);
    out.write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints a manual page, or writes all of them into a folder.
pub fn manual(arguments: &Manual, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let whole = definition();
    if let Some(folder) = &arguments.out {
        let cannot = |error| Failure::File(format!("cannot make the folder {}: {error}", folder.display()));
        fs::create_dir_all(folder).map_err(cannot)?;
        let commands = [&whole].into_iter().chain(whole.get_subcommands());
        let pages = commands.map(|command| {
            let target = Target::new(&folder.join(format!("{}.1", title(command))), "the manual page")?;
            Ok((target, page(command)?))
        });
        // What can be refused is refused before the first is written.
        for (target, page) in pages.collect::<Result<Vec<_>, Failure>>()? {
            target.write(&page)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let command = match &arguments.command {
        None => &whole,
        Some(name) => whole
            .find_subcommand(name)
            .ok_or_else(|| Failure::Input(unknown("command", name, COMMANDS.iter().copied())))?,
    };
    out.write_all(&page(command)?)?;
    Ok(ExitCode::SUCCESS)
}

/// `habit` or `habit-run`.
fn title(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}

fn page(command: &Command) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    let page = Man::new(command.clone()).title(title(command).to_uppercase());
    page.source(concat!("habit ", env!("CARGO_PKG_VERSION"))).manual("Habit").render(&mut text)?;
    Ok(text)
}
