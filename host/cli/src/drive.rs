//! One run of one seed, from its first step to its last.

use std::ops::ControlFlow;

use habit::Error;
use habit::lab::{Run, Values};

/// Into how many parts a run is cut for the progress bar.
const PARTS: u32 = 512;

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The experiment's place in the table.
    pub entry: usize,
    /// The seed.
    pub seed: u32,
    /// The length.
    pub steps: u32,
    /// The parameters.
    pub values: &'a Values,
}

/// Runs a job, shows every finished step to `visit`, and tells `progress` of steps as they are done, a few hundred times a
/// run. Returns the run at its end, or `None` when `visit` broke it off.
///
/// # Errors
/// What the kernel says, with the number of the step in which it said so.
pub fn drive(
    job: Job<'_>,
    progress: &(dyn Fn(u64) + Sync),
    mut visit: impl FnMut(&Run) -> ControlFlow<()>,
) -> Result<Option<Box<Run>>, (Error, u32)> {
    // The heap, because a run is large and a thread's stack is not ours to size.
    let mut run = Box::new(Run::EMPTY);
    run.start(job.entry, job.seed, job.steps, job.values).map_err(|error| (error, 0))?;
    let part = job.steps.div_ceil(PARTS);
    let mut unsaid = 0;
    while !run.is_over() {
        run.finish_step().map_err(|error| (error, run.step() + 1))?;
        if visit(&run).is_break() {
            return Ok(None);
        }
        unsaid += 1;
        if unsaid == part || run.is_over() {
            progress(u64::from(unsaid));
            unsaid = 0;
        }
    }
    Ok(Some(run))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn every_step_is_shown_once_and_counted_once() {
        let told = Mutex::new(0);
        let mut seen = Vec::new();
        let job = Job { entry: 0, seed: 1, steps: 1025, values: &Values::DEFAULTS };
        let run = drive(job, &|steps| *told.lock().unwrap() += steps, |run| {
            seen.push(run.step());
            ControlFlow::Continue(())
        });
        assert_eq!(run.unwrap().unwrap().step(), 1025);
        assert!(seen.into_iter().eq(1..=1025));
        assert_eq!(told.into_inner().unwrap(), 1025);
    }

    #[test]
    fn a_visitor_can_break_it_off() {
        let job = Job { entry: 0, seed: 1, steps: 10, values: &Values::DEFAULTS };
        assert!(drive(job, &|_| {}, |_| ControlFlow::Break(())).unwrap().is_none());
    }
}
