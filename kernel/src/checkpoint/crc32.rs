//! A checksum that finds every single flipped bit and every burst of up to 32.

use crate::state::Write;

/// CRC-32 of IEEE 802.3: reflected, polynomial `edb88320`, started and finished with all ones. Bit by bit, since a table
/// would take a kilobyte of flash. 4 bytes; eight shifts a byte.
///
/// ```
/// use habit::checkpoint::Crc32;
/// use habit::state::Write;
/// let mut crc = Crc32::new();
/// crc.bytes(b"123456789");
/// assert_eq!(crc.value(), 0xcbf4_3926);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crc32(u32);

impl Crc32 {
    /// Of no bytes.
    pub const fn new() -> Self {
        Self(u32::MAX)
    }

    /// The checksum of the bytes so far.
    pub const fn value(self) -> u32 {
        !self.0
    }
}

impl Default for Crc32 {
    fn default() -> Self {
        Self::new()
    }
}

impl Write for Crc32 {
    fn bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 ^= u32::from(byte);
            for _ in 0..8 {
                let carry = 0u32.wrapping_sub(self.0 & 1);
                self.0 = (self.0 >> 1) ^ (0xedb8_8320 & carry);
            }
        }
    }
}
