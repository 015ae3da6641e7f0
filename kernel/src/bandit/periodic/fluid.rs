//! How often each arm would be pulled if pulls could be divided: the fluid bound.

use super::RecoveryTable;
use super::plan::PlanWork;
use crate::math::CompensatedSum;

/// Pulls per period closer than this count as equal.
const LENGTH_TOLERANCE: f32 = 1e-6;

/// How far an arm has come along its hull. 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cursor {
    /// The slope of the segment ahead: what more pulls earn, each.
    slope: f32,
    /// The vertex reached, as a period; 0 where the arm is never pulled.
    pub(super) period: u16,
    /// The vertex at the other end of the segment ahead; 0 past the last.
    ahead: u16,
}

impl Cursor {
    pub(super) const EMPTY: Self = Self { slope: 0.0, period: 0, ahead: 0 };
}

/// The one arm that ends inside a segment, between a longer period, 0 for never, and a shorter one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fractional {
    pub(super) arm: usize,
    pub(super) longer: u16,
    pub(super) shorter: u16,
}

/// The solution of the relaxed problem. Each arm's cursor holds its period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fluid {
    /// `UB = max sum F_i(x_i)` over `sum x_i <= K`: no policy earns more a period.
    pub(super) bound: f32,
    pub(super) fractional: Option<Fractional>,
}

/// Hands out `pulls` pulls a period, always along the steepest segment ahead of any arm; ties go to the lowest arm.
///
/// No hull is stored: the way ahead is found again from the vertex reached, in `hull`, which has room for one row. Cost:
/// O(N + D) a vertex reached.
pub(super) fn fluid(table: &RecoveryTable<'_>, pulls: u16, work: &mut [PlanWork], hull: &mut [u16]) -> Fluid {
    for (arm, work) in work.iter_mut().enumerate() {
        work.cursor = advanced(table, arm, 0, hull);
    }
    let mut left = CompensatedSum::EMPTY;
    left.add(f32::from(pulls));
    let mut beyond = 0.0;
    let mut fractional = None;
    while left.value() > LENGTH_TOLERANCE
        && let Some(arm) = steepest(table, work)
        && let Some(PlanWork { cursor, .. }) = work.get_mut(arm)
    {
        let Cursor { slope, period, ahead } = *cursor;
        let reached = if period == 0 { 0.0 } else { 1.0 / f32::from(period) };
        let end = 1.0 / f32::from(ahead.max(1));
        if end - reached > left.value() + LENGTH_TOLERANCE {
            beyond = slope * left.value();
            fractional = Some(Fractional { arm, longer: period, shorter: ahead });
            break;
        }
        // One after the other, so that what adjoining segments share cancels.
        left.add(reached);
        left.add(-end);
        *cursor = advanced(table, arm, ahead, hull);
    }
    let mut bound = CompensatedSum::EMPTY;
    bound.add(beyond);
    for (arm, work) in work.iter().enumerate().filter(|(_, work)| work.cursor.period > 0) {
        bound.add(table.rate(arm, work.cursor.period));
    }
    Fluid { bound: bound.value(), fractional }
}

/// The arm with the steepest segment ahead; slopes that are closer than rounding counts are level, and the lowest wins.
fn steepest(table: &RecoveryTable<'_>, work: &[PlanWork]) -> Option<usize> {
    let level = 10.0 * table.tolerance();
    let mut best: Option<(usize, f32)> = None;
    for (arm, PlanWork { cursor, .. }) in work.iter().enumerate() {
        if cursor.ahead > 0 && best.is_none_or(|(_, slope)| cursor.slope > slope + level) {
            best = Some((arm, cursor.slope));
        }
    }
    best.map(|(arm, _)| arm)
}

/// A cursor at the vertex `period` of an arm's hull.
///
/// The rate function `F_i` is the least concave majorant of the origin and the points `(1/d, R_i(d)/d)`. Its hull is built
/// from few pulls to many, `d = D` down to 1; a middle point is dropped unless the slope strictly falls there, and only the
/// rising part counts.
fn advanced(table: &RecoveryTable<'_>, arm: usize, period: u16, hull: &mut [u16]) -> Cursor {
    let tolerance = table.tolerance();
    let mut vertices = 0usize;
    for d in (1..=table.longest() as u16).rev() {
        while vertices > 0
            && let Some(&middle) = hull.get(vertices - 1)
            && slope(table, arm, before(hull, vertices - 1), middle) <= slope(table, arm, middle, d) + tolerance
        {
            vertices -= 1;
        }
        if let Some(place) = hull.get_mut(vertices) {
            *place = d;
            vertices += 1;
        }
    }
    let ahead = (0..vertices).find(|index| period == before(hull, *index));
    let ahead = ahead.and_then(|index| hull.get(index).copied()).unwrap_or(0);
    let slope = if ahead == 0 { 0.0 } else { slope(table, arm, period, ahead) };
    Cursor { slope, period, ahead: if slope > tolerance { ahead } else { 0 } }
}

/// The vertex before the one at `index`; 0, the origin, before the first.
fn before(hull: &[u16], index: usize) -> u16 {
    index.checked_sub(1).and_then(|index| hull.get(index).copied()).unwrap_or(0)
}

/// The slope of `F_i` from a longer period, 0 for never, to a shorter one: `(R(s)/s - R(l)/l) / (1/s - 1/l)`, without the
/// small differences.
fn slope(table: &RecoveryTable<'_>, arm: usize, longer: u16, shorter: u16) -> f32 {
    let reward = table.reward(arm, usize::from(shorter));
    if longer <= shorter {
        return reward;
    }
    let gain = table.reward(arm, usize::from(longer)) - reward;
    reward - gain / f32::from(longer - shorter) * f32::from(shorter)
}
