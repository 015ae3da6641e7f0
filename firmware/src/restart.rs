//! Says why, then starts the board anew: the state that a fault leaves behind is not to be learned from.
//!
//! The event is `{"event":"restart","reason":"panic","place":"file.rs:7"}`, or with the reason `fault` and an address. It
//! begins on a new line, whatever was being sent. The session that comes back has nothing running. A core that hangs cannot say so
//! before: the reason `watchdog`, without a place, comes afterwards.

use crate::board::{Board, Line};
use core::fmt::{Arguments, Write};
use core::panic::PanicInfo;

/// After a panic.
pub fn after_panic(board: &mut impl Board, info: &PanicInfo<'_>) -> ! {
    match info.location() {
        Some(location) => {
            // Without the folders, which are those of the machine that built the image.
            let file = location.file().rsplit(['/', '\\']).next().unwrap_or_default();
            restart(board, "panic", format_args!("{file}:{}", location.line()))
        }
        None => restart(board, "panic", format_args!("")),
    }
}

/// After the core's own complaint about the instruction at `address`.
pub fn after_fault(board: &mut impl Board, address: u32) -> ! {
    restart(board, "fault", format_args!("{address:#010x}"))
}

/// Where the watchdog has started the board, which comes back here.
pub(crate) fn if_hung(board: &mut impl Board) {
    if board.was_hung() {
        // The line takes everything, so nothing can be wrong with it.
        let _ = writeln!(Line(board), "\n{{\"event\":\"restart\",\"reason\":\"watchdog\"}}");
    }
}

fn restart(board: &mut impl Board, reason: &str, place: Arguments<'_>) -> ! {
    // The line takes everything, so nothing can be wrong with it.
    let _ = writeln!(Line(board), "\n{{\"event\":\"restart\",\"reason\":\"{reason}\",\"place\":\"{place}\"}}");
    board.restart()
}
