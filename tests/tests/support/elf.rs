//! What an image for a board of 32 bits takes, read from its ELF file.

use std::path::Path;

/// Bytes of flash and of RAM, the stack aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Code, constants, and the initial values of variables.
    pub flash: u32,
    /// Variables.
    pub ram: u32,
}

/// Reads the sections' headers.
pub fn sizes(image: &Path) -> Sizes {
    const WRITE: u32 = 1;
    const ALLOC: u32 = 2;
    const NOBITS: u32 = 8;
    let bytes = std::fs::read(image).unwrap_or_else(|error| panic!("{}: {error}", image.display()));
    assert_eq!(&bytes[..6], b"\x7fELF\x01\x01", "{} is no little-endian ELF file of 32 bits", image.display());
    let half = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    let (table, length, count) = (word(0x20) as usize, half(0x2e), half(0x30));
    let mut sizes = Sizes { flash: 0, ram: 0 };
    for section in (0..count).map(|index| table + index * length) {
        let (kind, flags, size) = (word(section + 4), word(section + 8), word(section + 20));
        if flags & ALLOC == 0 {
            continue;
        }
        if kind != NOBITS {
            sizes.flash += size;
        }
        if flags & WRITE != 0 {
            sizes.ram += size;
        }
    }
    sizes
}
