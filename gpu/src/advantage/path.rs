//! How the work is divided.

use crate::context::Context;

/// From here on, lanes alone have enough reads under way to keep a GPU's memory busy.
const MANY_LANES: usize = 4096;
/// From here on, they fill the vectors of a driver that computes on the processor; there is no latency to hide.
const FULL_VECTOR: usize = 8;
/// So few steps are walked sooner than scanned.
const FEW_STEPS: usize = 32;

/// How the work on `[T][N]` is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// One invocation walks one lane backwards: one read of each input and one write of each output.
    Lanes,
    /// A suffix scan of [`AffinePair`](habit::advantage::AffinePair)s over blocks of 1024 steps, or of 32 steps of 32 lanes
    /// side by side, in three phases: two reads of each input, one write of each output. A lane of one block needs one phase
    /// and one read.
    Scan,
}

impl Path {
    /// The path for a shape on a device: the scan where there are more than 32 steps and fewer than 4096 lanes, or fewer than
    /// 8 on a driver that computes on the processor.
    pub fn of(context: &Context, steps: usize, lanes: usize) -> Self {
        let many = if context.adapter().kind == "software" { FULL_VECTOR } else { MANY_LANES };
        if lanes < many && steps > FEW_STEPS { Self::Scan } else { Self::Lanes }
    }
}
