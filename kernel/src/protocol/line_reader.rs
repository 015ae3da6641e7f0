//! Lines out of a stream of bytes.

use super::MAX_LINE;

/// Collects bytes until a line is whole. 260 bytes or little more.
///
/// A line that is too long comes out cut, two bytes longer than [`MAX_LINE`]: too long even when the last of them is the `\r`
/// of a line's end, so that a session refuses it.
///
/// ```
/// use habit::protocol::LineReader;
/// let mut reader = LineReader::EMPTY;
/// assert_eq!(reader.push(b'{'), None);
/// assert_eq!(reader.push(b'}'), None);
/// assert_eq!(reader.push(b'\n'), Some(&b"{}"[..]));
/// ```
#[derive(Clone, Debug)]
pub struct LineReader {
    bytes: [u8; MAX_LINE + 2],
    length: usize,
    whole: bool,
}

impl LineReader {
    /// At the start of a line.
    pub const EMPTY: Self = Self { bytes: [0; MAX_LINE + 2], length: 0, whole: false };

    /// Takes one byte; the line without its end, when the byte ends one.
    pub fn push(&mut self, byte: u8) -> Option<&[u8]> {
        if self.whole {
            (self.length, self.whole) = (0, false);
        }
        if byte != b'\n' {
            if let Some(free) = self.bytes.get_mut(self.length) {
                *free = byte;
                self.length += 1;
            }
            return None;
        }
        self.whole = true;
        self.bytes.get(..self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_comes_out_cut_and_the_next_one_whole() {
        let mut reader = LineReader::EMPTY;
        assert!((0..1000).all(|_| reader.push(b'x').is_none()));
        assert_eq!(reader.push(b'\n').map(<[u8]>::len), Some(MAX_LINE + 2));
        assert_eq!(reader.push(b'a'), None);
        assert_eq!(reader.push(b'\n'), Some(&b"a"[..]));
        assert_eq!(reader.push(b'\n'), Some(&b""[..]));
    }
}
