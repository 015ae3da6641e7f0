//! Volumes of unions of boxes that share a corner, exactly.

use crate::math::CompensatedSum;

/// The boxes between a reference point and each of some points, row by row; where a `corner` is given, only what of them
/// lies within the box from the reference point to it.
///
/// Volumes are swept by slices along the last axis, each of which is a volume of one axis less among the points that reach
/// it. Every term is a product of lengths that are not negative, so that nothing cancels: what a corner adds to points that
/// dominate it is 0 to the bit.
#[derive(Clone, Copy)]
pub(super) struct Boxes<'a> {
    pub(super) reference: &'a [f32],
    pub(super) points: &'a [f32],
    /// One point more, after the last.
    pub(super) extra: Option<&'a [f32]>,
    pub(super) corner: Option<&'a [f32]>,
    /// A point that does not count.
    pub(super) without: Option<usize>,
}

impl Boxes<'_> {
    /// How many numbers of scratch a volume of so many points and axes takes.
    pub(super) const fn scratch(points: usize, axes: usize) -> usize {
        points.saturating_mul(axes)
    }

    /// With a corner, the volume between it and the reference point that no box covers; without, the volume of the union.
    /// `scratch` holds a number a point for each axis but one. Cost: O(n) for two axes and points that are sorted along the
    /// last one, O(n^2) for three, O(n^(m - 1)) for `m`.
    pub(super) fn volume(&self, scratch: &mut [u16]) -> f32 {
        let axes = self.reference.len();
        let stored = self.points.len() / axes.max(1);
        let all = stored + usize::from(self.extra.is_some());
        let counted = all - usize::from(self.without.is_some_and(|index| index < all));
        let Some((order, rest)) = scratch.split_at_mut_checked(counted) else { return f32::NAN };
        let indices = (0..all).filter(|index| self.without != Some(*index));
        for (listed, index) in indices.enumerate() {
            self.insert(order, listed, index as u16, axes.saturating_sub(1));
        }
        match axes {
            0 => 0.0,
            1 => self.line(order.first().map_or(0.0, |index| self.height(*index, 0))),
            _ => self.sweep(axes, order, rest),
        }
    }

    /// The volume over the first `axes` axes, of the points in `order`, which come by decreasing height along the last of
    /// these axes.
    fn sweep(&self, axes: usize, order: &[u16], scratch: &mut [u16]) -> f32 {
        let axis = axes - 1;
        let Some((list, rest)) = scratch.split_at_mut_checked(if axes > 2 { order.len() } else { 0 }) else {
            return f32::NAN;
        };
        let (mut sum, mut greatest) = (CompensatedSum::EMPTY, 0.0f32);
        let first = order.first().map_or(0.0, |index| self.height(*index, axis));
        let mut top = self.corner.map_or(first, |corner| self.above(corner, axis));
        for count in 0..=order.len() {
            let next = order.get(count);
            let bottom = next.map_or(0.0, |index| self.height(*index, axis));
            if top > bottom {
                let slice = if axes == 2 {
                    self.line(greatest)
                } else {
                    self.sweep(axis, list.get(..count).unwrap_or_default(), rest)
                };
                sum.add((top - bottom) * slice);
            }
            top = bottom;
            if let Some(&index) = next {
                greatest = greatest.max(self.height(index, 0));
                if axes > 2 {
                    self.insert(list, count, index, axis - 1);
                }
            }
        }
        sum.value()
    }

    /// The length along the first axis, of what is covered up to `greatest`.
    fn line(&self, greatest: f32) -> f32 {
        self.corner.map_or(greatest, |corner| self.above(corner, 0) - greatest)
    }

    /// Puts an index behind the first `count` of a list that is sorted by decreasing height, and moves it to its place.
    fn insert(&self, list: &mut [u16], count: usize, index: u16, axis: usize) {
        if let Some(place) = list.get_mut(count) {
            *place = index;
        }
        let height = self.height(index, axis);
        for place in (0..count).rev() {
            let Some([before, own]) = list.get_mut(place..place + 2) else { return };
            if self.height(*before, axis) >= height {
                return;
            }
            core::mem::swap(before, own);
        }
    }

    /// How far a point lies above the reference point along an axis.
    #[inline]
    fn above(&self, point: &[f32], axis: usize) -> f32 {
        point.get(axis).zip(self.reference.get(axis)).map_or(0.0, |(x, reference)| (x - reference).max(0.0))
    }

    /// How far the box of a point reaches along an axis, within the corner.
    #[inline]
    fn height(&self, index: u16, axis: usize) -> f32 {
        let axes = self.reference.len();
        let point = self.points.get(usize::from(index) * axes..).filter(|rest| !rest.is_empty()).or(self.extra);
        let height = point.map_or(0.0, |point| self.above(point, axis));
        self.corner.map_or(height, |corner| height.min(self.above(corner, axis)))
    }
}
