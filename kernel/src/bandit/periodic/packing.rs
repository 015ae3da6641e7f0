//! From periods to a schedule: rounded, packed into channels of one pull a period each, and filled up.

use super::RecoveryTable;
use super::plan::{PlanWork, Slot};
use crate::math::CompensatedSum;
use core::ops::Range;

/// The whole of a residue class of the base, in the units of [`Channel::taken`].
const WHOLE: u16 = 1 << 15;

/// No channel.
pub(super) const NONE: u16 = u16::MAX;

/// One pull every period, handed out as residue classes of a base modulo it, each in turn whole or halved again and again.
/// Periods come in ascending order, so what is taken is always the front: the classes before `class`, and of `class` itself
/// `taken / 2^15`, in the order in which halving deals it out. 12 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Channel {
    /// What its arms earn a period.
    value: f32,
    /// The odd base `q`.
    base: u16,
    class: u16,
    taken: u16,
    /// Its number among the channels that are kept; [`NONE`] where it is not.
    kept: u16,
}

impl Channel {
    /// Without a base there is nothing to hand out.
    pub(super) const EMPTY: Self = Self { value: 0.0, base: 0, class: 0, taken: 0, kept: NONE };

    fn is_full(self) -> bool {
        self.class >= self.base
    }

    /// The residue of the block at `taken` of residue class `class`: halving `(r, M)` keeps `(r, 2M)` and leaves `(r + M,
    /// 2M)`, so the halves' order is that of the bits reversed.
    fn residue(self, class: u16, taken: u16) -> u16 {
        class + self.base * (taken.reverse_bits() >> 1)
    }

    /// Takes the free class with the largest modulus that is not above `period`, ties to the smallest residue, halved until
    /// its modulus is the period, and returns its residue. The channel must not be full.
    fn place(&mut self, period: u16) -> u16 {
        let offset = self.residue(self.class, self.taken);
        self.taken += WHOLE >> period.trailing_zeros();
        if self.taken == WHOLE {
            (self.class, self.taken) = (self.class + 1, 0);
        }
        offset
    }

    /// The free classes, each as modulus and residue.
    fn free(self) -> impl Iterator<Item = (u16, u16)> {
        let mut place = (self.class, self.taken);
        core::iter::from_fn(move || {
            let (class, taken) = place;
            if class >= self.base {
                return None;
            }
            // The largest aligned block ahead.
            let halvings = if taken == 0 { 0 } else { 15 - taken.trailing_zeros() };
            let end = taken + (WHOLE >> halvings);
            place = if end == WHOLE { (class + 1, 0) } else { (class, end) };
            Some((self.base << halvings, self.residue(class, taken)))
        })
    }
}

/// The smallest `(2j - 1) 2^l >= period` with `1 <= j <= a`; 0 for 0. At most `(a + 1) / a` times as long.
pub(super) fn rounded_up(period: u16, a: u8) -> u16 {
    let mut best = u16::MAX;
    if period == 0 {
        return 0;
    }
    for base in (0..u16::from(a)).map(|j| 2 * j + 1) {
        let mut candidate = base;
        while candidate < period {
            candidate *= 2;
        }
        best = best.min(candidate);
        if base >= period {
            break;
        }
    }
    best
}

/// The odd base of a rounded period.
fn base(period: u16) -> u16 {
    period >> period.trailing_zeros()
}

/// One way to make a schedule of the fluid solution.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// How finely periods are rounded.
    pub(super) a: u8,
    /// The fractional arm and its period, 0 for never.
    pub(super) fractional: Option<(usize, u16)>,
}

/// Writes the schedule of a candidate with at most `pulls` pulls a period into the slots and returns what it earns a period.
///
/// Cost: O(N) a distinct period, O(N) a free class, and the square of the number of channels.
pub(super) fn pack(
    table: &RecoveryTable<'_>,
    pulls: u16,
    candidate: Candidate,
    fills: bool,
    work: &mut [PlanWork],
    slots: &mut [Slot],
) -> f32 {
    for (arm, (slot, work)) in slots.iter_mut().zip(work.iter()).enumerate() {
        let period = match candidate.fractional {
            Some((fractional, period)) if fractional == arm => period,
            _ => work.cursor.period,
        };
        *slot = Slot { period: rounded_up(period, candidate.a), ..Slot::EMPTY };
    }
    let opened = usize::from(place_all(table, work, slots));
    let kept = keep_best(pulls, work.get_mut(..opened).unwrap_or_default());
    for slot in slots.iter_mut() {
        let channel = work.get(usize::from(slot.channel)).map_or(NONE, |work| work.channel.kept);
        *slot = if channel == NONE { Slot::EMPTY } else { Slot { channel, ..*slot } };
    }
    if fills {
        fill(table, kept..pulls, work.get(..opened).unwrap_or_default(), slots);
    }
    let mut rate = CompensatedSum::EMPTY;
    for (arm, slot) in slots.iter().enumerate().filter(|(_, slot)| slot.period > 0) {
        rate.add(table.rate(arm, slot.period));
    }
    rate.value()
}

/// Places every arm that has a period, by base, then period, then arm, and returns how many channels that takes. The arms of
/// one base open a channel when the one before it is full.
fn place_all(table: &RecoveryTable<'_>, work: &mut [PlanWork], slots: &mut [Slot]) -> u16 {
    let key = |slot: &Slot| (base(slot.period), slot.period);
    let (mut opened, mut channel, mut last) = (0u16, Channel::EMPTY, (0, 0));
    while let Some(next) = slots.iter().filter(|slot| slot.period > 0).map(key).filter(|key| *key > last).min() {
        let (base, period) = next;
        for (arm, slot) in slots.iter_mut().enumerate().filter(|(_, slot)| slot.period == period) {
            if channel.base != base || channel.is_full() {
                channel = Channel { base, ..Channel::EMPTY };
                opened += 1;
            }
            (slot.channel, slot.offset) = (opened - 1, channel.place(period));
            channel.value += table.rate(arm, period);
            if let Some(work) = work.get_mut(usize::from(slot.channel)) {
                work.channel = channel;
            }
        }
        last = next;
    }
    opened
}

/// Numbers the `pulls` most valuable channels, ties by creation, in order of creation, and returns how many there are.
fn keep_best(pulls: u16, work: &mut [PlanWork]) -> u16 {
    let mut kept = 0;
    for index in 0..work.len() {
        let value = work.get(index).map_or(0.0, |work| work.channel.value);
        let is_better = |(other, work): &(usize, &PlanWork)| {
            work.channel.value > value || (work.channel.value == value && *other < index)
        };
        let better = work.iter().enumerate().filter(is_better).count();
        let Some(PlanWork { channel, .. }) = work.get_mut(index) else { break };
        let is_kept = better < usize::from(pulls);
        channel.kept = if is_kept { kept } else { NONE };
        kept += u16::from(is_kept);
    }
    kept
}

/// Gives what is free to the arms without a period, shortest period first: whole unused channels, then the free classes of
/// the channels that are kept, by modulus, channel and residue. Each goes to the arm that earns most by it; ties to the
/// lowest.
fn fill(table: &RecoveryTable<'_>, unused: Range<u16>, channels: &[PlanWork], slots: &mut [Slot]) {
    let mut give = |channel: u16, offset: u16, period: u16| {
        let mut best: Option<(f32, &mut Slot)> = None;
        for (arm, slot) in slots.iter_mut().enumerate().filter(|(_, slot)| slot.period == 0) {
            let rate = table.rate(arm, period);
            if rate > best.as_ref().map_or(table.tolerance(), |(best, _)| *best) {
                best = Some((rate, slot));
            }
        }
        if let Some((_, slot)) = best {
            *slot = Slot { period, offset, channel };
        }
    };
    for channel in unused {
        give(channel, 0, 1);
    }
    let free = || {
        let kept = channels.iter().map(|work| work.channel).filter(|channel| channel.kept != NONE);
        kept.flat_map(|channel| channel.free().map(move |(modulus, residue)| (modulus, channel.kept, residue)))
    };
    let mut last = (0, 0, 0);
    while let Some(next) = free().filter(|class| *class > last).min() {
        let (modulus, channel, residue) = next;
        give(channel, residue, modulus);
        last = next;
    }
}
