//! `habit sweep ID` and `habit merge`: an experiment over settings and seeds, kept on disk part by part, so that it goes on
//! after an interruption and can be split over machines. However it was cut, the same bytes come out.

mod folder;
mod grid;
mod part;

use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::arguments::{self, Merge, Shard, Sweep};
use crate::failure::Failure;
use crate::figures::counted;
use crate::in_order::{Outbox, in_order};
use crate::progress::Progress;
use folder::{Desk, Folder};
use grid::Grid;

/// Runs the parts of a sweep that are not there yet, all or those of a shard, and puts them together when none is missing.
pub fn sweep(arguments: &Sweep, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let grid = Grid::new(arguments)?;
    let shard = arguments.shard.unwrap_or(Shard::WHOLE);
    let folder = Folder::for_grid(&arguments.out, &grid)?;
    let desk = Desk::take(&folder, shard)?;
    let mine: Vec<_> = (0..grid.parts()).filter(|part| shard.has(*part)).collect();
    let missing: Vec<_> = mine.iter().copied().filter(|part| !folder.has(*part)).collect();
    let there = match mine.len() - missing.len() {
        0 => String::new(),
        there => format!("; {there} of {} are there already", counted(mine.len() as u64, "part")),
    };
    tell(out, &format!("{}: {}{there}", grid.id(), grid.summary()))?;
    let runs: u64 = missing.iter().map(|part| u64::from(grid.part(*part).seeds)).sum();
    let progress = Progress::new(grid.id(), runs * u64::from(grid.steps()), false);
    let done = AtomicU64::new(0);
    let work = |job: usize, outbox: &Outbox<'_, Result<(), Failure>>| {
        let number = missing[job];
        let made = part::make(&grid, number, &|steps| progress.add(steps), outbox);
        let Some(text) = made.transpose() else { return };
        let kept = text.and_then(|text| desk.put(number, text.as_bytes()));
        done.fetch_add(u64::from(kept.is_ok()), Ordering::Relaxed);
        // A message that nobody wants any more is no loss: the part is kept, or it is made the next time.
        let _ = outbox.send(kept);
    };
    let no_thread = |error| Failure::File(format!("cannot start a thread: {error}"));
    let ran = in_order(missing.len(), arguments::threads(arguments.threads), work, |kept| kept, no_thread);
    drop(progress);
    if let Err(failure) = ran {
        return Err(failure.and(&format!(
            "{} of {} are kept; the same command goes on from there",
            mine.len() - missing.len() + done.into_inner() as usize,
            counted(mine.len() as u64, "part"),
        )));
    }
    finish(&folder, &grid, &desk, out)
}

/// Puts parts of the same sweep from several folders into one.
pub fn merge(arguments: &Merge, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let sources = arguments.from.iter().map(|path| Folder::open(path)).collect::<Result<Vec<_>, _>>()?;
    let Some(first) = sources.first() else { return Err(Failure::Input("name at least one folder to merge".into())) };
    let grid = first.grid()?;
    for other in &sources {
        first.must_be_same(other)?;
    }
    let folder = Folder::for_grid(&arguments.out, &grid)?;
    let desk = Desk::take(&folder, Shard::WHOLE)?;
    for part in (0..grid.parts()).filter(|part| !folder.has(*part)) {
        if let Some(source) = sources.iter().find(|source| source.has(part)) {
            desk.put(part, &source.read(part)?)?;
        }
    }
    let missing = (0..grid.parts()).filter(|part| !folder.has(*part)).count();
    if missing > 0 {
        let parts = counted(grid.parts() as u64, "part");
        let sentence = format!("{missing} of {parts} are missing; merge the other shards too, what is there is kept");
        return Err(Failure::Input(sentence));
    }
    finish(&folder, &grid, &desk, out)
}

/// Writes the results where every part is there, and says what there is.
fn finish(folder: &Folder, grid: &Grid, desk: &Desk<'_>, out: &mut dyn Write) -> Result<ExitCode, Failure> {
    let missing = (0..grid.parts()).filter(|part| !folder.has(*part)).count();
    let parts = counted(grid.parts() as u64, "part");
    if missing > 0 {
        let place = folder.path.display();
        tell(out, &format!("{missing} of {parts} still missing in {place}; `habit merge` puts shards together"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let results = desk.put_together(grid)?;
    tell(out, &format!("{parts}; results in {}", results.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// Says it; that nobody reads it is no reason to leave a sweep half done.
fn tell(out: &mut dyn Write, line: &str) -> Result<(), Failure> {
    match writeln!(out, "{line}").and_then(|()| out.flush()).map_err(Failure::from) {
        Err(Failure::ClosedPipe) => Ok(()),
        told => told,
    }
}
