//! What an image needs of a board.

use core::fmt;

/// A board with a serial line, 115200 baud, 8 bits, no parity, one stop bit.
pub trait Board {
    /// The next byte that was received, if one is there.
    fn receive(&mut self) -> Option<u8>;

    /// Sends a byte; returns when the line has taken it.
    fn send(&mut self, byte: u8);

    /// Sleeps until a byte is there; may return before.
    fn idle(&mut self);

    /// Starts the board anew.
    fn restart(&mut self) -> !;
}

/// The serial line as a place to write to, which never fails.
pub(crate) struct Line<'a, B>(pub(crate) &'a mut B);

impl<B: Board> fmt::Write for Line<'_, B> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.bytes().for_each(|byte| self.0.send(byte));
        Ok(())
    }
}
