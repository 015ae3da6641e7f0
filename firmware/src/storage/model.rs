//! A flash whose power can be cut at any operation.

use super::Flash;
use std::vec::Vec;

/// Pages of 16 words, slots of three, `SLOTS` slots; counts what it does.
#[derive(Clone, Debug)]
pub struct Model<const SLOTS: usize> {
    pub bytes: Vec<u8>,
    /// How often each page was erased.
    pub wear: Vec<u32>,
    /// Erasures and programmed words so far.
    pub operations: usize,
    /// The operation that the power is cut at.
    pub cut: Option<usize>,
    /// Which bits of that operation have still come through, repeated over what it changes: bit by bit, any subset.
    pub mask: [u32; 5],
    /// Pages that take nothing any more.
    pub dead: Vec<usize>,
}

impl<const SLOTS: usize> Model<SLOTS> {
    /// With what a flash may hold before its first use.
    pub fn new(fill: u8) -> Self {
        let pages = SLOTS * Self::SLOT;
        Self {
            bytes: std::vec![fill; pages * Self::PAGE],
            wear: std::vec![0; pages],
            operations: 0,
            cut: None,
            mask: [0; 5],
            dead: Vec::new(),
        }
    }

    /// With one bit the other way round.
    pub fn flipped(mut self, bit: usize) -> Self {
        self.bytes[bit / 8] ^= 1 << (bit % 8);
        self
    }

    /// Changes bytes from `offset` on to what `change` makes of each; at the cut only bits of the mask, and nothing later.
    fn operate(&mut self, offset: usize, length: usize, change: impl Fn(usize, u8) -> u8) {
        let now = self.operations;
        self.operations += 1;
        if self.cut.is_some_and(|cut| now > cut) || self.dead.contains(&(offset / Self::PAGE)) {
            return;
        }
        let torn = self.cut == Some(now);
        for index in 0..length {
            let byte = &mut self.bytes[offset + index];
            let mask = if torn { self.mask[index / 4 % self.mask.len()].to_le_bytes()[index % 4] } else { u8::MAX };
            *byte = change(index, *byte) & mask | *byte & !mask;
        }
    }
}

impl<const SLOTS: usize> Flash for Model<SLOTS> {
    const PAGE: usize = 64;
    const SLOT: usize = 3;

    fn contents(&self) -> &[u8] {
        &self.bytes
    }

    fn erase(&mut self, page: usize) {
        self.wear[page] += 1;
        self.operate(page * Self::PAGE, Self::PAGE, |_, _| u8::MAX);
    }

    fn program(&mut self, offset: usize, word: u32) {
        assert!(offset.is_multiple_of(4));
        if self.cut.is_none() && self.dead.is_empty() {
            let blank = self.bytes[offset..offset + 4].iter().all(|byte| *byte == u8::MAX);
            assert!(blank, "a word is programmed once between erasures");
        }
        self.operate(offset, 4, |index, byte| byte & word.to_le_bytes()[index]);
    }
}
