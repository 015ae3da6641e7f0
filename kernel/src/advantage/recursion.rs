//! `x_t = a_t x_{t+1} + b_t`: the one recursion of all estimators, over `[T][N]`.

use super::AffinePair;
use super::columns::Columns;
use crate::interact::{Outcome, RolloutView};
use core::hint::black_box;

/// Rewards, values, next values and outcomes.
pub(super) type Steps<'a> = (((&'a [f32], &'a [f32]), &'a [f32]), &'a [Outcome]);

/// One step: `r_t`, `v(s_t)`, `v(s'_t)` and how it left the episode.
pub(super) type Step = (((f32, f32), f32), Outcome);

pub(super) fn steps<'a>(rollout: &RolloutView<'a>) -> Steps<'a> {
    (((rollout.rewards(), rollout.values()), rollout.next_values()), rollout.outcomes())
}

/// A chip has no registers for several lanes, and little memory for code: it takes the plain paths. Every path gives the same
/// bits.
const ON_A_CHIP: bool = cfg!(target_os = "none");

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
    match lanes {
        0 => {}
        1 => {
            if let Some((last, out)) = out.split_last_mut() {
                trajectory(columns, out, *last, link);
            }
        }
        8 if !ON_A_CHIP => blocks::<C, 8, true>(columns, lanes, out, link),
        _ if !ON_A_CHIP && lanes.is_multiple_of(16) => blocks::<C, 16, false>(columns, lanes, out, link),
        _ => {
            if let Some((out, last)) = out.split_at_mut_checked(middle) {
                batch(columns, lanes, out, last, link);
            }
        }
    }
}

/// One lane: what is carried stays in a register. A chain of sums waits for each of them, but a cut carries nothing: where
/// there are cuts, four parts that end in one are walked side by side.
#[inline(always)]
fn trajectory<C: Columns>(columns: C, out: &mut [f32], last: f32, link: impl Fn(C::Item) -> Link) {
    // The offsets do not wait for each other.
    out.iter_mut().zip(columns.items()).for_each(|(x, item)| *x = link(item).pair.offset);
    let quarter = out.len() / 4;
    // Behind the cut that is nearest to where a part should end, if there is one in half of a part before or after.
    let end = |part: usize| {
        let (before, after) = columns.split(part * quarter);
        let is_cut = |item| link(item).cut != 0;
        let earlier = before.items().rev().take(quarter / 2).position(is_cut);
        let later = after.items().take(quarter / 2).position(is_cut);
        match (earlier, later) {
            (Some(earlier), later) if later.is_none_or(|later| earlier <= later) => Some(part * quarter - earlier),
            (_, later) => Some(part * quarter + later? + 1),
        }
    };
    let ends = if ON_A_CHIP { None } else { end(1).zip(end(2)).zip(end(3)) };
    let Some(((a, b), c)) = ends else { return walk(columns, out, last, link) };
    let ((columns, d_columns), Some((out, d))) = (columns.split(c), out.split_at_mut_checked(c)) else { return };
    let ((columns, c_columns), Some((out, c))) = (columns.split(b), out.split_at_mut_checked(b)) else { return };
    let ((a_columns, b_columns), Some((a, b))) = (columns.split(a), out.split_at_mut_checked(a)) else { return };
    let least = a.len().min(b.len()).min(c.len()).min(d.len());
    let mut parts = [(a_columns, a), (b_columns, b), (c_columns, c), (d_columns, d)].map(|(columns, out)| {
        let middle = out.len() - least;
        let (out, tail) = out.split_at_mut_checked(middle).unwrap_or_default();
        let (columns, tail_columns) = columns.split(middle);
        ((columns, out), (tail_columns, tail))
    });
    let mut carried = [0.0, 0.0, 0.0, last];
    let [a, b, c, d] = parts.each_mut().map(|(_, (columns, out))| out.iter_mut().zip(columns.items()));
    for ((a, b), (c, d)) in a.zip(b).zip(c.zip(d)).rev() {
        for ((x, item), carried) in [a, b, c, d].into_iter().zip(&mut carried) {
            *carried = carry(link(item), *x, *carried);
            *x = *carried;
        }
    }
    for (((columns, out), _), carried) in parts.into_iter().zip(carried) {
        walk(columns, out, carried, &link);
    }
}

/// One step after the other, where the offsets stand in `out`. Not inlined, so that its code is there once.
#[inline(never)]
fn walk<C: Columns>(columns: C, out: &mut [f32], last: f32, link: impl Fn(C::Item) -> Link) {
    let mut carried = last;
    for (x, item) in out.iter_mut().zip(columns.items()).rev() {
        carried = carry(link(item), *x, carried);
        *x = carried;
    }
}

/// `x_t`, with a branch at cuts, which are foretold: to choose without one would make every step wait for the choice. The
/// compiler is kept from that by a 0 that it does not know.
#[inline(always)]
fn carry(Link { pair, cut }: Link, offset: f32, carried: f32) -> f32 {
    AffinePair { offset, ..pair }.apply(if cut == 0 { carried } else { black_box(0.0) })
}

/// Lanes that fill blocks of `W`, or one block, which then stays in registers: all of memory is walked in one direction, and
/// nothing is done anew for each step.
#[inline(always)]
fn blocks<C: Columns, const W: usize, const ONE: bool>(
    columns: C,
    lanes: usize,
    out: &mut [f32],
    link: impl Fn(C::Item) -> Link,
) {
    let (out, columns, apart) = (out.as_chunks_mut::<W>().0, columns.blocks::<W>(), lanes / W);
    let mut carried = out.last().copied().unwrap_or([0.0; W]);
    for index in (0..out.len().saturating_sub(apart)).rev() {
        let Some(block) = C::block(columns, index) else { return };
        if !ONE {
            let Some(later) = out.get(index + apart) else { return };
            carried = *later;
        }
        for (lane, x) in carried.iter_mut().enumerate() {
            let Link { pair, cut } = link(C::pick(block, lane));
            *x = pair.apply(zero_if(cut, *x));
        }
        if let Some(out) = out.get_mut(index) {
            *out = carried;
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::sample::Sample;
    use crate::rng::stream;

    fn pair((((reward, value), next_value), _): Step) -> AffinePair {
        AffinePair { factor: 0.75 * value, offset: reward + next_value }
    }

    #[test]
    fn every_shape_has_the_bits_of_one_step_after_the_other() {
        for lanes in [1, 2, 7, 8, 16, 24, 32, 40, 48] {
            for length in [1, 2, 3, 5, 50, 257] {
                let mut sample = Sample::new(length, lanes, &mut stream(1, 0));
                // No end, some, and all; and zeros of either sign.
                for ends in 0..3 {
                    match ends {
                        0 => sample.outcomes.fill(Outcome::Continue),
                        1 => sample.outcomes = Sample::new(length, lanes, &mut stream(2, 0)).outcomes,
                        _ => sample.outcomes.fill(Outcome::Truncated),
                    }
                    for zeros in [false, true] {
                        if zeros {
                            (0..3).for_each(|which| sample.numbers_mut(which).fill(-0.0));
                        }
                        let view = sample.view();
                        let mut out = std::vec![f32::NAN; length * lanes];
                        backward(
                            steps(&view),
                            lanes,
                            &mut out,
                            |step| pair(step).offset,
                            |step| Link { pair: pair(step), cut: cut(step.1) },
                        );
                        for lane in 0..lanes {
                            let mut x = f32::NAN;
                            for (t, step) in steps(&view).items().enumerate().skip(lane).step_by(lanes).rev() {
                                let over = step.1.is_over();
                                x = match t + lanes >= length * lanes {
                                    true => pair(step).offset,
                                    false => pair(step).apply(if over { 0.0 } else { x }),
                                };
                                assert_eq!(out[t].to_bits(), x.to_bits(), "{lanes} lanes, {length} steps, at {t}");
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_flags_of_an_outcome_are_masks() {
        for (outcome, expected) in [
            (Outcome::Continue, (0, 2.0, 0.0)),
            (Outcome::Terminated, (1, 0.0, 0.0)),
            (Outcome::Truncated, (1, 2.0, 2.0)),
        ] {
            assert_eq!((cut(outcome), unless_terminated(outcome, 2.0), if_truncated(outcome, 2.0)), expected);
        }
    }
}
