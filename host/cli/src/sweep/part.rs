//! The rows of one part of a sweep.

use std::ops::ControlFlow;

use habit::lab::fold_digests;

use super::grid::Grid;
use crate::csv;
use crate::drive::{Job, drive};
use crate::failure::Failure;
use crate::in_order::Outbox;
use crate::run::csv_rows;

/// The line above all parts.
pub fn head(grid: &Grid) -> String {
    let descriptor = grid.plan(0).descriptor();
    let metrics = descriptor.metrics.iter().map(|metric| metric.name);
    csv::line(grid.names().chain(["t", "seed", "contender"]).chain(metrics).chain(["digest"]))
}

/// Runs the seeds of a part, one after the other. `None` when nobody wants it any more.
///
/// # Errors
/// What a learner says.
pub fn make<T>(
    grid: &Grid,
    number: usize,
    progress: &(dyn Fn(u64) + Sync),
    outbox: &Outbox<'_, T>,
) -> Result<Option<String>, Failure> {
    let part = grid.part(number);
    let plan = grid.plan(part.setting);
    let setting: String = grid.values(part.setting).map(|value| format!("{},", csv::quoted(value.into()))).collect();
    let mut text = String::new();
    for place in 0..part.seeds {
        let seed = part.first_seed + place;
        let job = Job { entry: plan.entry, seed, steps: plan.steps, values: &plan.values };
        let over = drive(job, progress, |run| {
            if run.step() < plan.steps && grid.every().is_some_and(|every| run.is_due(every)) {
                csv_rows(run, &setting, ",", &mut text);
            }
            if outbox.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match over.map_err(|(error, step)| plan.broke_off(seed, step, error))? {
            // The digest stands beside the last step, whose state it is of.
            Some(run) => csv_rows(&run, &setting, &format!(",{:016x}", fold_digests([run.digest()])), &mut text),
            None => return Ok(None),
        }
    }
    Ok(Some(text))
}
