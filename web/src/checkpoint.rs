//! A checkpoint on its way between a file and the kernel: bytes as the protocol's lines, and back.

use habit::checkpoint::Crc32;
use habit::state::Write;

/// Bytes in one line.
const PIECE: usize = 64;
/// A file that is larger is none: the largest experiment takes far less.
pub const MOST: usize = 1 << 20;

/// The lines that put a checkpoint into the kernel.
pub fn lines(bytes: &[u8]) -> String {
    let mut lines = String::new();
    for (index, piece) in bytes.chunks(PIECE).enumerate() {
        let mut crc = Crc32::new();
        crc.bytes(piece);
        let data: String = piece.iter().map(|byte| format!("{byte:02x}")).collect();
        let (at, size, crc) = (index * PIECE, bytes.len(), crc.value());
        lines.push_str(&format!("{{\"cmd\":\"put\",\"at\":{at},\"size\":{size},\"crc\":{crc},\"data\":\"{data}\"}}\n"));
    }
    lines
}

/// The bytes of a piece in hexadecimal; `None` where it is not.
pub fn piece(data: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = data.chars().map(|digit| digit.to_digit(16).map(|digit| digit as u8)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use habit::protocol::MAX_LINE;

    #[test]
    fn bytes_become_lines_and_come_back() {
        let bytes: Vec<u8> = (0..150).collect();
        let lines = lines(&bytes);
        assert_eq!(lines.lines().count(), 3);
        assert!(lines.lines().all(|line| line.len() <= MAX_LINE));
        let data = lines.lines().map(|line| line.split("\"data\":\"").nth(1).and_then(|d| d.strip_suffix("\"}")));
        let back: Vec<u8> = data.flat_map(|data| data.and_then(piece).expect("hexadecimal")).collect();
        assert_eq!(back, bytes);
        assert_eq!((piece("0"), piece("0g"), piece("é")), (None, None, None));
    }
}
