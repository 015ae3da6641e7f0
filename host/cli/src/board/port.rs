//! A serial port, and what comes from it as lines.

use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use serialport::SerialPort;

use crate::failure::Failure;

/// What boards send and receive with; 8 bits, no parity and one stop bit are the library's defaults.
const BAUD: u32 = 115_200;
/// How long a read waits before it is looked whether there is something else to do.
const READ: Duration = Duration::from_millis(50);
/// A line from a board that is longer is noise.
const LONGEST: usize = 1 << 16;

/// Opens a port by its name.
///
/// # Errors
/// [`Failure::File`], with the reason.
pub fn open(name: &str) -> Result<Box<dyn SerialPort>, Failure> {
    serialport::new(name, BAUD).timeout(READ).open().map_err(|error| {
        let reason = match error.kind() {
            serialport::ErrorKind::Io(ErrorKind::NotFound) => "there is no such port".to_owned(),
            serialport::ErrorKind::NoDevice if Path::new(name).exists() => "it is in use".to_owned(),
            _ => error.to_string(),
        };
        Failure::File(format!("{name} cannot be opened: {reason}"))
    })
}

/// Makes lines of bytes as they come.
#[derive(Debug, Default)]
pub struct Lines {
    /// Received, and not yet a line.
    rest: Vec<u8>,
}

impl Lines {
    /// Reads once; that nothing comes is no error.
    ///
    /// # Errors
    /// The port is gone.
    pub fn receive(&mut self, port: &mut impl Read) -> io::Result<()> {
        let mut bytes = [0; 1024];
        match port.read(&mut bytes) {
            Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                self.rest.extend(&bytes[..count]);
                Ok(())
            }
            Err(error) => match error.kind() {
                ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted => Ok(()),
                _ => Err(error),
            },
        }
    }

    /// The next line, without its end.
    pub fn take(&mut self) -> Option<Vec<u8>> {
        let end = self.rest.iter().position(|byte| *byte == b'\n');
        let mut line: Vec<_> = match end {
            Some(end) => self.rest.drain(..=end).collect(),
            None if self.rest.len() > LONGEST => std::mem::take(&mut self.rest),
            None => return None,
        };
        let length = line.trim_ascii_end().len();
        line.truncate(length);
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_and_noise_without_an_end_does_not_pile_up() {
        let mut lines = Lines::default();
        lines.receive(&mut &b"one\r\ntw"[..]).unwrap();
        assert_eq!((lines.take(), lines.take()), (Some(b"one".to_vec()), None));
        lines.receive(&mut &b"o\n\n"[..]).unwrap();
        assert_eq!((lines.take(), lines.take(), lines.take()), (Some(b"two".to_vec()), Some(Vec::new()), None));
        assert_eq!(lines.receive(&mut io::empty()).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        for _ in 0..=LONGEST / 1024 {
            lines.receive(&mut &[7; 1024][..]).unwrap();
        }
        assert!(lines.take().is_some_and(|noise| noise.len() > LONGEST) && lines.take().is_none());
    }
}
