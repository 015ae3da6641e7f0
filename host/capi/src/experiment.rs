//! The kernel's experiments, run to their end.

use core::ffi::c_char;

use habit::lab::{EXPERIMENTS, Run, Values, find, fold_digests};

use crate::memory::{ALIGN, In, Memory, Out};
use crate::status::Status;

/// Bytes of memory that the largest experiment needs. A library that was built without the feature `lab`, as one for a chip is,
/// has none of the functions `habit_experiment_*`.
#[unsafe(no_mangle)]
pub extern "C" fn habit_experiment_size() -> usize {
    size_of::<Run>()
}

/// The alignment of that memory.
#[unsafe(no_mangle)]
pub extern "C" fn habit_experiment_align() -> usize {
    ALIGN
}

/// Runs an experiment from its start to its end and writes its digest: the one that `habit run ID --seed SEED --steps STEPS`
/// shows.
///
/// `memory` of `length` bytes is used until the call returns. `steps` 0 means as many as the experiment asks for.
#[unsafe(no_mangle)]
pub extern "C" fn habit_experiment_run(
    memory: Memory,
    length: usize,
    id: In<c_char>,
    seed: u32,
    steps: u32,
    mut digest: Out<u64>,
) -> Status {
    Status::of(|| {
        let digest = digest.place()?;
        let entry = find(id.text()?).ok_or(Status::UnknownExperiment)?;
        let steps =
            if steps == 0 { EXPERIMENTS.get(entry).map_or(0, |descriptor| descriptor.steps.default) } else { steps };
        let mut memory = memory.of(length, habit_experiment_size())?;
        let run = memory.run()?;
        run.start(entry, seed, steps, &Values::DEFAULTS)?;
        while !run.is_over() {
            run.finish_step()?;
        }
        digest.put(fold_digests([run.digest()]));
        Ok(())
    })
}
