//! How the work is divided.

/// From here on, lanes alone keep a GPU busy.
const MANY_LANES: usize = 1024;
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
    /// The path for a shape: the scan where there are fewer than 1024 lanes, and more than 32 steps of each.
    pub const fn of(steps: usize, lanes: usize) -> Self {
        if lanes < MANY_LANES && steps > FEW_STEPS { Self::Scan } else { Self::Lanes }
    }
}
