//! Slices side by side, as a compiler can see through them.

use core::slice::ChunksExact;

/// Slices of one length side by side: a slice, or a pair of columns.
pub(super) trait Columns: Copy {
    /// One of each.
    type Item;

    /// What is left of them, by rows.
    type Rows;

    fn items(self) -> impl DoubleEndedIterator<Item = Self::Item> + ExactSizeIterator;

    /// By rows of `lanes`, at least 1. Not as one iterator: to zip such would divide by `lanes`.
    fn rows(self, lanes: usize) -> Self::Rows;

    fn first(rows: &mut Self::Rows) -> Option<Self>;

    fn last(rows: &mut Self::Rows) -> Option<Self>;

    /// `W` of each side by side.
    type Block<const W: usize>: Copy;

    /// What is left of them, by blocks.
    type Blocks<const W: usize>: Copy;

    /// By blocks of `W`, of what fills blocks.
    fn blocks<const W: usize>(self) -> Self::Blocks<W>;

    fn block<const W: usize>(blocks: Self::Blocks<W>, index: usize) -> Option<Self::Block<W>>;

    fn pick<const W: usize>(block: Self::Block<W>, index: usize) -> Self::Item;

    /// What lies before `middle` and from there on; nothing where there is no such place.
    fn split(self, middle: usize) -> (Self, Self);
}

impl<'a, T: Copy> Columns for &'a [T] {
    type Item = T;
    type Rows = ChunksExact<'a, T>;
    type Block<const W: usize> = &'a [T; W];
    type Blocks<const W: usize> = &'a [[T; W]];

    #[inline(always)]
    fn blocks<const W: usize>(self) -> Self::Blocks<W> {
        self.as_chunks().0
    }

    #[inline(always)]
    fn block<const W: usize>(blocks: Self::Blocks<W>, index: usize) -> Option<Self::Block<W>> {
        blocks.get(index)
    }

    #[inline(always)]
    fn pick<const W: usize>(block: Self::Block<W>, index: usize) -> T {
        block[index]
    }

    #[inline(always)]
    fn items(self) -> impl DoubleEndedIterator<Item = T> + ExactSizeIterator {
        self.iter().copied()
    }

    #[inline(always)]
    fn rows(self, lanes: usize) -> Self::Rows {
        self.chunks_exact(lanes)
    }

    #[inline(always)]
    fn first(rows: &mut Self::Rows) -> Option<Self> {
        rows.next()
    }

    #[inline(always)]
    fn last(rows: &mut Self::Rows) -> Option<Self> {
        rows.next_back()
    }

    #[inline(always)]
    fn split(self, middle: usize) -> (Self, Self) {
        self.split_at_checked(middle).unwrap_or_default()
    }
}

impl<A: Columns, B: Columns> Columns for (A, B) {
    type Item = (A::Item, B::Item);
    type Rows = (A::Rows, B::Rows);
    type Block<const W: usize> = (A::Block<W>, B::Block<W>);
    type Blocks<const W: usize> = (A::Blocks<W>, B::Blocks<W>);

    #[inline(always)]
    fn blocks<const W: usize>(self) -> Self::Blocks<W> {
        (self.0.blocks(), self.1.blocks())
    }

    #[inline(always)]
    fn block<const W: usize>((a, b): Self::Blocks<W>, index: usize) -> Option<Self::Block<W>> {
        A::block(a, index).zip(B::block(b, index))
    }

    #[inline(always)]
    fn pick<const W: usize>((a, b): Self::Block<W>, index: usize) -> Self::Item {
        (A::pick(a, index), B::pick(b, index))
    }

    #[inline(always)]
    fn items(self) -> impl DoubleEndedIterator<Item = Self::Item> + ExactSizeIterator {
        self.0.items().zip(self.1.items())
    }

    #[inline(always)]
    fn rows(self, lanes: usize) -> Self::Rows {
        (self.0.rows(lanes), self.1.rows(lanes))
    }

    #[inline(always)]
    fn first((a, b): &mut Self::Rows) -> Option<Self> {
        A::first(a).zip(B::first(b))
    }

    #[inline(always)]
    fn last((a, b): &mut Self::Rows) -> Option<Self> {
        A::last(a).zip(B::last(b))
    }

    #[inline(always)]
    fn split(self, middle: usize) -> (Self, Self) {
        let ((a, c), (b, d)) = (self.0.split(middle), self.1.split(middle));
        ((a, b), (c, d))
    }
}
