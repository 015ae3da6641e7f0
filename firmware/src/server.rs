//! The loop of every image.

use crate::board::{Board, Line};
use crate::restart;
use core::fmt::{Error, Result, Write};
use habit::protocol::{LineReader, Session, Storage};

/// Bytes taken from the line between two pieces of work at most, so that a flood does not stop the learning.
const BYTES: usize = 512;

/// What an image talks about on its line.
pub trait Conversation {
    /// Before anything was said.
    const EMPTY: Self;

    /// Prepares for the first line.
    ///
    /// # Errors
    /// What `out` says.
    fn begin(&mut self, _out: &mut impl Write) -> Result {
        Ok(())
    }

    /// Obeys one line, given without its end, or answers with an `error` event and leaves everything as it was.
    ///
    /// # Errors
    /// What `out` says.
    fn line(&mut self, line: &[u8], storage: &mut impl Storage, out: &mut impl Write) -> Result;

    /// Works for a little while, with all that the board has, and says whether there is more to do at once.
    ///
    /// # Errors
    /// What the line says.
    fn advance(&mut self, _board: &mut impl Board) -> core::result::Result<bool, Error> {
        Ok(false)
    }
}

/// Experiments, one tick at a time.
impl Conversation for Session {
    const EMPTY: Self = Self::EMPTY;

    fn line(&mut self, line: &[u8], storage: &mut impl Storage, out: &mut impl Write) -> Result {
        self.line_with(line, storage, out)
    }

    fn advance(&mut self, board: &mut impl Board) -> core::result::Result<bool, Error> {
        Self::advance(self, 1, &mut Line(board))
    }
}

/// A conversation on a serial line, made in its place.
pub struct Server<C, S> {
    conversation: C,
    reader: LineReader,
    storage: S,
}

impl<C: Conversation, S: Storage> Server<C, S> {
    /// Nothing was said.
    pub const fn new(storage: S) -> Self {
        Self { conversation: C::EMPTY, reader: LineReader::EMPTY, storage }
    }

    /// Obeys what comes and works in between, for ever.
    pub fn run(&mut self, board: &mut impl Board) -> ! {
        restart::if_hung(board);
        // The line takes everything, so nothing can be wrong with it.
        let _ = self.conversation.begin(&mut Line(board));
        loop {
            if !self.pass(board) {
                board.idle();
            }
        }
    }

    /// Obeys the lines that are there, works a little, and says whether there is more to do.
    fn pass(&mut self, board: &mut impl Board) -> bool {
        board.feed();
        for _ in 0..BYTES {
            let Some(byte) = board.receive() else { break };
            #[cfg(feature = "fault-injection")]
            crate::fault_injection::obey(byte);
            if let Some(line) = self.reader.push(byte) {
                let _ = self.conversation.line(line, &mut self.storage, &mut Line(board));
            }
        }
        self.conversation.advance(board).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use habit::protocol::NoStorage;
    use std::collections::VecDeque;
    use std::string::String;

    #[derive(Default)]
    struct Desk {
        received: VecDeque<u8>,
        sent: String,
        hung: bool,
        fed: u32,
    }

    impl Board for Desk {
        fn receive(&mut self) -> Option<u8> {
            self.received.pop_front()
        }

        fn send(&mut self, byte: u8) {
            self.sent.push(byte.into());
        }

        fn idle(&mut self) {}

        fn restart(&mut self) -> ! {
            panic!("restarted: {}", self.sent)
        }

        fn clock(&mut self) -> u32 {
            0
        }

        fn feed(&mut self) {
            self.fed += 1;
        }

        fn was_hung(&mut self) -> bool {
            core::mem::take(&mut self.hung)
        }
    }

    #[test]
    fn lines_are_answered_in_order() {
        let (mut server, mut desk) = (Server::<Session, _>::new(NoStorage), Desk::default());
        desk.received.extend(b"{\"cmd\":\"hello\"}\r\n\n{\"cmd\":\"stop\"}\n{\"cmd\":");
        assert!(!server.pass(&mut desk));
        let lines: std::vec::Vec<_> = desk.sent.lines().collect();
        assert_eq!(lines.len(), 2, "{}", desk.sent);
        assert!(lines[0].starts_with(r#"{"event":"hello""#));
        assert_eq!(lines[1], r#"{"event":"stopped"}"#);
    }

    #[test]
    fn every_pass_feeds_the_watchdog_and_a_start_by_it_is_told_once() {
        let (mut server, mut desk) = (Server::<Session, _>::new(NoStorage), Desk { hung: true, ..Desk::default() });
        (0..3).for_each(|_| _ = server.pass(&mut desk));
        assert!(desk.fed >= 3, "{}", desk.fed);
        restart::if_hung(&mut desk);
        restart::if_hung(&mut desk);
        assert_eq!(desk.sent, "\n{\"event\":\"restart\",\"reason\":\"watchdog\"}\n");
    }

    #[test]
    fn a_flood_does_not_keep_the_loop_from_its_work() {
        let (mut server, mut desk) = (Server::<Session, _>::new(NoStorage), Desk::default());
        desk.received.extend([b'x'; 3 * BYTES]);
        server.pass(&mut desk);
        assert_eq!(desk.received.len(), 2 * BYTES);
    }

    #[test]
    #[should_panic(expected = "{\"event\":\"restart\",\"reason\":\"fault\",\"place\":\"0x0000abcd\"}")]
    fn a_restart_says_why() {
        restart::after_fault(&mut Desk::default(), 0xabcd)
    }
}
