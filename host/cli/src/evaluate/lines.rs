//! Bytes on their way to the reader of rows.

use std::io::{self, Read};

/// What a row may be long, its end included: an open quote must not take the rest of the log for one field.
pub const LONGEST_ROW: usize = 1 << 20;

/// Ends every line with one line feed, the last one too, whatever it ended with, so that the number of a line can be told;
/// and fails where a row does not end.
#[derive(Debug)]
pub struct Lines<R> {
    inner: R,
    last: u8,
    read: usize,
}

impl<R> Lines<R> {
    /// Around the bytes of a file.
    pub fn new(inner: R) -> Self {
        Self { inner, last: b'\n', read: 0 }
    }

    /// A row has ended.
    pub fn next_row(&mut self) {
        self.read = 0;
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read > LONGEST_ROW {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        loop {
            let count = self.inner.read(buffer)?;
            if count == 0 {
                return Ok(self.end(buffer));
            }
            let mut kept = 0;
            for index in 0..count {
                let byte = buffer[index];
                if !(byte == b'\n' && self.last == b'\r') {
                    buffer[kept] = if byte == b'\r' { b'\n' } else { byte };
                    kept += 1;
                }
                self.last = byte;
            }
            if kept > 0 {
                self.read += kept;
                return Ok(kept);
            }
        }
    }
}

impl<R> Lines<R> {
    fn end(&mut self, buffer: &mut [u8]) -> usize {
        match (self.last, buffer.first_mut()) {
            (b'\n' | b'\r', _) | (_, None) => 0,
            (_, Some(byte)) => {
                (*byte, self.last) = (b'\n', b'\n');
                1
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out a byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut buffer[..1])
        }
    }

    #[test]
    fn every_line_ends_with_one_line_feed() {
        for (bytes, expected) in
            [("a\r\nb\r\n", "a\nb\n"), ("a\nb", "a\nb\n"), ("\r\r\na\r", "\n\na\n"), ("", ""), ("\n", "\n")]
        {
            let mut text = String::new();
            Lines::new(bytes.as_bytes()).read_to_string(&mut text).unwrap();
            assert_eq!(text, expected);
            text.clear();
            Lines::new(Slow(bytes.as_bytes())).read_to_string(&mut text).unwrap();
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn a_row_without_end_is_an_error() {
        let mut lines = Lines::new(io::repeat(b'1'));
        assert!(io::copy(&mut lines, &mut io::sink()).is_err());
    }
}
