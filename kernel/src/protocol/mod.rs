//! JSON lines in, JSON lines out: the same over a UART, Web Serial, between a page and its worker, and in a pipe.
//!
//! `kernel/PROTOCOL.md` is the specification.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Session`] | one run, driven by lines |
//! | [`Storage`], [`NoStorage`] | where what was learned outlasts a session |
//! | [`LineReader`] | lines out of a stream of bytes |
//! | [`Fields`], [`Kind`] | a line's fields, by name: for who speaks other commands in this form |
//! | [`Fault`] | why a line was not obeyed |
//! | [`write_sample`], [`write_done`] | the lines that every front end prints of a run |
//!
//! ```
//! # #[cfg(feature = "tabular-td-cliff-walking")] {
//! use habit::protocol::Session;
//! let (mut session, mut out) = (Session::EMPTY, String::new());
//! session.line(br#"{"cmd":"run","id":"tabular-td.cliff-walking","seed":7,"steps":2,"every":2}"#, &mut out)?;
//! while session.advance(1000, &mut out)? {}
//! let lines: Vec<_> = out.lines().collect();
//! assert!(lines[0].starts_with(r#"{"event":"started","id":"tabular-td.cliff-walking","seed":7,"steps":2"#));
//! assert!(lines[1].starts_with(r#"{"t":2,"seed":7,"contender":"SARSA","return":-"#));
//! assert!(lines[4].starts_with(r#"{"done":true,"digest":""#));
//! # }
//! # Ok::<(), core::fmt::Error>(())
//! ```

mod chunks;
mod command;
mod event;
mod fields;
mod line_reader;
mod scan;
mod session;
mod storage;

pub use event::{write_done, write_sample};
pub use fields::Fields;
pub use line_reader::LineReader;
pub use scan::Kind;
pub use session::Session;
pub use storage::{NoStorage, Storage};

use crate::error::Error;

/// Rises when a line that was valid is read differently.
pub const VERSION: u32 = 1;

/// The kernel's version.
pub const KERNEL: &str = env!("CARGO_PKG_VERSION");

/// The longest line towards the kernel, in bytes without its end.
pub const MAX_LINE: usize = 256;

/// Why a line was not obeyed, and where it is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Why.
    pub error: Error,
    /// An offset in bytes from the start of the line; 0 when it is at fault as a whole.
    pub position: usize,
}

impl Fault {
    /// An error and its place.
    pub const fn at(position: usize, error: Error) -> Self {
        Self { error, position }
    }

    /// Writes the `error` event.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write(&self, out: &mut impl core::fmt::Write) -> core::fmt::Result {
        let (code, message, position) = (self.error.code(), self.error.message(), self.position);
        writeln!(out, r#"{{"event":"error","code":"{code}","message":"{message}","position":{position}}}"#)
    }
}
