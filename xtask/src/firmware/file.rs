//! The files that boards take instead of the linked program.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Intel HEX: sixteen bytes a line.
pub fn hex(segments: &[(u32, Vec<u8>)]) -> String {
    let mut text = String::new();
    let mut upper = None;
    for (start, bytes) in segments {
        // A line ends where the upper half of the address changes.
        let mut at = *start;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            if upper != Some(at >> 16) {
                upper = Some(at >> 16);
                record(&mut text, 0, 4, &((at >> 16) as u16).to_be_bytes());
            }
            let room = 16.min(0x1_0000 - (at & 0xffff) as usize).min(rest.len());
            let (line, more) = rest.split_at(room);
            record(&mut text, at as u16, 0, line);
            (at, rest) = (at.wrapping_add(room as u32), more);
        }
    }
    record(&mut text, 0, 1, &[]);
    text
}

fn record(text: &mut String, address: u16, kind: u8, data: &[u8]) {
    let [high, low] = address.to_be_bytes();
    let head = [data.len() as u8, high, low, kind];
    let sum = head.iter().chain(data).fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    text.push(':');
    for byte in head.iter().chain(data).chain(&[sum.wrapping_neg()]) {
        // Text takes everything.
        let _ = write!(text, "{byte:02X}");
    }
    text.push('\n');
}

/// UF2: blocks of 512 bytes that carry a page of 256 each, for the chips of a family.
pub fn uf2(family: u32, segments: &[(u32, Vec<u8>)]) -> Vec<u8> {
    const PAGE: u32 = 256;
    let mut pages = BTreeMap::<u32, [u8; PAGE as usize]>::new();
    for (start, bytes) in segments {
        for (at, byte) in (*start..).zip(bytes) {
            pages.entry(at - at % PAGE).or_insert([0; _])[(at % PAGE) as usize] = *byte;
        }
    }
    let count = pages.len() as u32;
    let mut file = Vec::new();
    for (number, (address, page)) in (0..).zip(&pages) {
        let end = file.len() + 512;
        let family_is_said = 0x2000;
        for word in [0x0a32_4655, 0x9e5d_5157, family_is_said, *address, PAGE, number, count, family] {
            file.extend(u32::to_le_bytes(word));
        }
        file.extend(page);
        file.resize(end - 4, 0);
        file.extend(0x0ab1_6f30_u32.to_le_bytes());
    }
    file
}

/// What lies in a flash of at most 16 MB from its beginning on, wherever the chip shows it.
pub fn bin(segments: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut file = Vec::new();
    for (start, bytes) in segments {
        let start = (start & 0xff_ffff) as usize;
        let end = start + bytes.len();
        if file.len() < end {
            file.resize(end, 0xff);
        }
        file[start..end].copy_from_slice(bytes);
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hex_file_says_the_upper_half_of_addresses_once() {
        let text = hex(&[(0x0800_fffe, vec![0x21, 0x46, 0x01, 0x36]), (0x0801_0100, vec![7])]);
        let lines = [
            ":020000040800F2",
            ":02FFFE0021469A",
            ":020000040801F1",
            ":020000000136C7",
            ":0101000007F7",
            ":00000001FF",
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), lines);
    }

    #[test]
    fn a_uf2_file_has_one_block_a_page() {
        let file = uf2(0xe48b_ff56, &[(0x1000_0000, vec![1; 257]), (0x1000_0110, vec![2])]);
        assert_eq!(file.len(), 1024);
        let word = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
        let second = [8, 9, 10, 11, 12, 13, 14, 15].map(|index| word(480 + 4 * index));
        assert_eq!(&second, &[0x0a32_4655, 0x9e5d_5157, 0x2000, 0x1000_0100, 256, 1, 2, 0xe48b_ff56]);
        assert_eq!((file[512 + 32], file[512 + 33], file[512 + 32 + 16]), (1, 0, 2));
        assert_eq!((word(508), word(1020)), (0x0ab1_6f30, 0x0ab1_6f30));
    }

    #[test]
    fn a_bin_file_begins_where_the_flash_does() {
        assert_eq!(bin(&[(0x3c00_0004, vec![3]), (0x4200_0000, vec![1, 2])]), [1, 2, 0xff, 0xff, 3]);
    }
}
