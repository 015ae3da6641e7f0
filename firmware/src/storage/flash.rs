//! What a journal needs of a chip's flash.

/// A part of a chip's flash that holds nothing else, and that the chip shows in its memory.
///
/// Erasing sets every bit of a page, programming clears bits of a word. Neither says whether it has worked: who needs to know reads.
pub trait Flash {
    /// Bytes that are erased together; a multiple of 4.
    const PAGE: usize;
    /// Pages of one slot of the journal: what a state, and 16 bytes before it, must fit into.
    const SLOT: usize;

    /// All of it, a whole number of slots.
    fn contents(&self) -> &[u8];

    /// Erases a page; returns when that is over.
    fn erase(&mut self, page: usize);

    /// Programs the word at `offset` bytes, a multiple of 4, little-endian; returns when that is over.
    fn program(&mut self, offset: usize, word: u32);
}
