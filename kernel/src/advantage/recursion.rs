//! `x_t = a_t x_{t+1} + b_t`: the one recursion of all estimators, over `[T][N]`.

use super::AffinePair;
use crate::interact::{Outcome, RolloutView};
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

    /// What lies before `middle` and from there on; nothing where there is no such place.
    fn split(self, middle: usize) -> (Self, Self);
}

impl<'a, T: Copy> Columns for &'a [T] {
    type Item = T;
    type Rows = ChunksExact<'a, T>;

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

/// Rewards, values, next values and outcomes.
pub(super) type Steps<'a> = (((&'a [f32], &'a [f32]), &'a [f32]), &'a [Outcome]);

/// One step: `r_t`, `v(s_t)`, `v(s'_t)` and how it left the episode.
pub(super) type Step = (((f32, f32), f32), Outcome);

pub(super) fn steps<'a>(rollout: &RolloutView<'a>) -> Steps<'a> {
    (((rollout.rewards(), rollout.values()), rollout.next_values()), rollout.outcomes())
}

/// One step of a recursion, and whether it is a cut: 1 where nothing is carried over it, else 0.
pub(super) struct Link {
    pub(super) pair: AffinePair,
    pub(super) cut: u32,
}

/// Writes `x_t` of every step. The last step is what `last` makes of it; each before it what its `link` makes of the step
/// after it in its lane.
#[inline(always)]
pub(super) fn backward<C: Columns>(
    columns: C,
    lanes: usize,
    out: &mut [f32],
    last: impl Fn(C::Item) -> f32,
    link: impl Fn(C::Item) -> Link,
) {
    let Some(middle) = out.len().checked_sub(lanes) else { return };
    let (columns, ends) = columns.split(middle);
    if let Some((_, row)) = out.split_at_mut_checked(middle) {
        row.iter_mut().zip(ends.items()).for_each(|(x, item)| *x = last(item));
    }
    continue_backward(columns, lanes, out, link);
}

/// The same where `x` of the last step stands in `out` already; `columns` are a step shorter.
#[inline(always)]
pub(super) fn continue_backward<C: Columns>(columns: C, lanes: usize, out: &mut [f32], link: impl Fn(C::Item) -> Link) {
    let middle = out.len().saturating_sub(lanes);
    let Some((out, last)) = out.split_at_mut_checked(middle) else { return };
    match (lanes, last) {
        (0, _) => {}
        (1, [last]) => trajectory(columns, out, *last, link),
        (_, last) => batch(columns, lanes, out, last, link),
    }
}

/// One lane: what is carried stays in a register.
#[inline(always)]
fn trajectory<C: Columns>(columns: C, out: &mut [f32], last: f32, link: impl Fn(C::Item) -> Link) {
    let mut carried = last;
    for (x, item) in out.iter_mut().zip(columns.items()).rev() {
        let Link { pair, cut } = link(item);
        // A branch that is nearly always foretold keeps the chain short; `+ 0.0` gives the sign of zero of a batch.
        carried = if cut == 0 { pair.apply(carried) } else { pair.offset + 0.0 };
        *x = carried;
    }
}

/// Many lanes: the inner loop runs over the lanes of one step, which do not depend on each other.
#[inline(always)]
fn batch<C: Columns>(columns: C, lanes: usize, out: &mut [f32], last: &[f32], link: impl Fn(C::Item) -> Link) {
    let (mut later, mut out, mut rows) = (last, out.chunks_exact_mut(lanes), columns.rows(lanes));
    while let (Some(row), Some(columns)) = (out.next_back(), C::last(&mut rows)) {
        for ((x, item), &later) in row.iter_mut().zip(columns.items()).zip(later) {
            let Link { pair, cut } = link(item);
            *x = pair.apply(zero_if(cut, later));
        }
        later = row;
    }
}

/// From the second step of each lane on, `x_t` from what stands in its place and from `x_{t-1}`: the way back, for what a later
/// step has found out; `columns` are a step shorter than `out`.
#[inline(always)]
pub(super) fn forward<C: Columns>(columns: C, lanes: usize, out: &mut [f32], rule: impl Fn(C::Item, f32, f32) -> f32) {
    let Some((mut earlier, mut out)) = out.split_at_mut_checked(lanes.max(1)) else { return };
    let mut rows = columns.rows(lanes.max(1));
    while let (Some((row, rest)), Some(columns)) = (out.split_at_mut_checked(lanes), C::first(&mut rows)) {
        for ((x, item), &mut earlier) in row.iter_mut().zip(columns.items()).zip(earlier) {
            *x = rule(item, *x, earlier);
        }
        (earlier, out) = (row, rest);
    }
}

/// 1 where nothing is carried over a step.
#[inline(always)]
pub(super) const fn cut(outcome: Outcome) -> u32 {
    (outcome as u32 + 1) >> 1
}

/// `x`, but 0 after a terminated step.
#[inline(always)]
pub(super) const fn unless_terminated(outcome: Outcome, x: f32) -> f32 {
    zero_if(outcome as u32 & 1, x)
}

/// `x` after a truncated step, else 0.
#[inline(always)]
pub(super) const fn if_truncated(outcome: Outcome, x: f32) -> f32 {
    zero_if((outcome as u32 >> 1) ^ 1, x)
}

/// `x` where `flag` is 0, and 0 where it is 1: by a mask, because a selection by bytes keeps the compiler from working on
/// several lanes at once.
#[inline(always)]
pub(super) const fn zero_if(flag: u32, x: f32) -> f32 {
    f32::from_bits(x.to_bits() & flag.wrapping_sub(1))
}
