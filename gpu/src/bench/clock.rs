//! What time is.

use crate::context::Context;
use crate::error::Error;
use cpu_time::ProcessTime;
use std::fmt;
use std::time::Instant;

/// Which clock measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// That on the wall: the device works while the processor waits.
    Wall,
    /// The processor's, of all threads together: the device is the processor, and others work on it too.
    Processor,
}

impl Clock {
    /// The one that is fair to an adapter.
    pub(super) fn of(context: &Context) -> Self {
        if context.adapter().kind == "software" { Self::Processor } else { Self::Wall }
    }

    /// Seconds of some work.
    pub(crate) fn time(self, work: impl FnOnce() -> Result<(), Error>) -> Result<f64, Error> {
        let elapsed = match self {
            Self::Wall => {
                let start = Instant::now();
                work()?;
                start.elapsed()
            }
            Self::Processor => {
                let start = ProcessTime::now();
                work()?;
                start.elapsed()
            }
        };
        Ok(elapsed.as_secs_f64())
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wall => "Time is that on the wall.",
            Self::Processor => "Time is the processor's, of all threads together.",
        })
    }
}
