//! Learners in use on microcontrollers: `examples/README.md` shows them.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Sampling`], [`PeriodChooser`] | how often a sensor is worth its energy |
//! | [`Radio`] | the channel on which packets arrive |
//! | [`Teaching`], [`Walker`] | an agent on the 5 x 5 lights that a child teaches with two buttons |
//! | [`Contest`], [`World`] | contenders that meet the same world, behind a serial line |
//!
//! What decides is plain code that a host tests; an image in `src/bin/` puts it behind a board's line.

#![no_std]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(test)]
extern crate std;

mod contest;
mod radio;
mod sampling;
mod teaching;

pub use contest::{Contest, Line, World};
pub use radio::Radio;
pub use sampling::{PeriodChooser, Sampling, Told};
pub use teaching::{Move, Teaching, Walker};
