//! Reads what a linker wrote: 32 bits, little endian.

/// What is asked of a program.
pub struct Elf {
    /// What is to lie in flash: addresses and bytes, in ascending order.
    pub segments: Vec<(u32, Vec<u8>)>,
    /// Bytes of flash: code, constants and what variables begin with.
    pub flash: u32,
    /// Bytes of RAM that variables take.
    pub ram: u32,
}

const PT_LOAD: u32 = 1;
const SHT_NOBITS: u32 = 8;
const SHF_WRITE: u32 = 1;
const SHF_ALLOC: u32 = 2;

/// A table of entries that all have one size.
struct Table<'a> {
    bytes: &'a [u8],
    start: usize,
    size: usize,
    count: usize,
}

impl<'a> Table<'a> {
    fn entry(&self, index: usize) -> Option<&'a [u8]> {
        let start = self.start.checked_add(index.checked_mul(self.size)?)?;
        self.bytes.get(start..start.checked_add(self.size)?)
    }

    fn entries(&self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.count).filter_map(|index| self.entry(index))
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn half(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?).into())
}

impl Elf {
    /// Reads a program, if it is one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.get(..6)? != b"\x7fELF\x01\x01" {
            return None;
        }
        let programs =
            Table { bytes, start: word(bytes, 28)? as usize, size: half(bytes, 42)?, count: half(bytes, 44)? };
        let sections =
            Table { bytes, start: word(bytes, 32)? as usize, size: half(bytes, 46)?, count: half(bytes, 48)? };
        let mut segments = Vec::new();
        for entry in programs.entries() {
            let (kind, offset, address, size) = (word(entry, 0)?, word(entry, 4)?, word(entry, 12)?, word(entry, 16)?);
            if kind == PT_LOAD && size > 0 {
                let offset = offset as usize;
                segments.push((address, bytes.get(offset..offset.checked_add(size as usize)?)?.to_vec()));
            }
        }
        segments.sort();
        let names = word(sections.entry(half(bytes, 50)?)?, 16)? as usize;
        let (mut flash, mut ram) = (0, 0);
        for section in sections.entries() {
            let (name, kind, flags, size) =
                (word(section, 0)?, word(section, 4)?, word(section, 8)?, word(section, 20)?);
            let name = bytes.get(names + name as usize..)?;
            // The whole region that a start-up crate gives to the stack.
            if flags & SHF_ALLOC == 0 || name.starts_with(b".stack\0") {
                continue;
            }
            if kind != SHT_NOBITS {
                flash += size;
            }
            if flags & SHF_WRITE != 0 {
                ram += size;
            }
        }
        Some(Self { segments, flash, ram })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One segment of four bytes for 0x100, code of three, variables of five, a stack and a table of names.
    fn program() -> Vec<u8> {
        let mut bytes = b"\x7fELF\x01\x01".to_vec();
        bytes.resize(52, 0);
        let mut put =
            |at: usize, value: u32, size: usize| bytes[at..at + size].copy_from_slice(&value.to_le_bytes()[..size]);
        for (at, value) in [(28, 52), (32, 108)] {
            put(at, value, 4);
        }
        for (at, value) in [(42, 32), (44, 1), (46, 40), (48, 4), (50, 3)] {
            put(at, value, 2);
        }
        // Type, offset, virtual address, address, bytes in the file, bytes in memory, flags, alignment.
        for value in [PT_LOAD, 84, 0x2000, 0x100, 4, 4, 0, 4] {
            bytes.extend(u32::to_le_bytes(value));
        }
        bytes.extend(*b"abcd");
        bytes.extend(*b"\0.text\0.stack\0....");
        bytes.resize(108, 0);
        // Name, type, flags, address, offset, size.
        let sections = [[1, 1, 2, 0, 0, 3], [1, 8, 3, 0, 0, 5], [7, 8, 3, 0, 0, 900], [0, 3, 0, 0, 88, 16]];
        for section in sections {
            section.iter().chain([0; 4].iter()).for_each(|value: &u32| bytes.extend(value.to_le_bytes()));
        }
        bytes
    }

    #[test]
    fn bytes_to_flash_and_sizes_are_read() {
        let elf = Elf::read(&program()).unwrap();
        assert_eq!(elf.segments, [(0x100, b"abcd".to_vec())]);
        assert_eq!((elf.flash, elf.ram), (3, 5));
    }

    #[test]
    fn what_is_cut_short_or_something_else_is_refused() {
        let program = program();
        assert!(Elf::read(b"#!/bin/sh\n").is_none());
        assert!((0..52).all(|length| Elf::read(&program[..length]).is_none()));
        (52..program.len()).for_each(|length| drop(Elf::read(&program[..length])));
    }
}
