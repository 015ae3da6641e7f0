//! What no other point dominates.

use super::hypervolume::Boxes;
use crate::error::Error;
use crate::linalg::{Storage, StorageMut, all_finite};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// Volumes below this count as 0.
const LEAST_VOLUME: f32 = 1e-12;

/// Points of `m` objectives, all of them maximised, that do not dominate each other, and the volume of what they dominate
/// above a reference point: `HV(B) = volume of the union of the boxes [ref, p], p in B`. A point that is not above the
/// reference point in every objective counts nothing.
///
/// The points stand by decreasing last objective. When the buffer is full, the point goes whose own contribution is the
/// smallest, the one that comes in included; of equals the one with the greatest last objective.
///
/// Memory: `4 m (CAP + 1) + 4` bytes; while it works, `2 m CAP` bytes of scratch. Cost: a contribution O(CAP) for two
/// objectives, O(CAP^2) for three, O(CAP^(m - 1)) for `m`; `CAP` of them when a point must go.
#[derive(Clone, Debug)]
pub struct ParetoBufferState<P, R> {
    points: P,
    /// Infinite where nothing was started.
    reference: R,
    len: u32,
}

/// [`ParetoBufferState`] of constant size.
///
/// ```
/// use habit::reward::weights::ParetoBuffer;
/// let mut front = ParetoBuffer::<2, 8>::EMPTY;
/// front.start(&[0.0, 0.0])?;
/// assert_eq!(front.insert(&[3.0, 1.0])?, 3.0);
/// assert_eq!(front.insert(&[2.0, 2.0])?, 2.0);
/// assert_eq!(front.insert(&[1.0, 3.0])?, 1.0);
/// assert_eq!(front.insert(&[1.0, 1.0])?, 0.0);
/// assert_eq!((front.len(), front.hypervolume()), (3, 6.0));
/// # Ok::<(), habit::Error>(())
/// ```
pub type ParetoBuffer<const M: usize, const CAP: usize> = ParetoBufferState<[[f32; M]; CAP], [f32; M]>;

const _: () = assert!(ParetoBuffer::<3, 64>::SIZE == 4 * 3 * (64 + 1) + 4);

impl<const M: usize, const CAP: usize> ParetoBuffer<M, CAP> {
    /// Not started.
    pub const EMPTY: Self = Self::new([[0.0; M]; CAP], [f32::INFINITY; M]);

    /// Bytes: `4 m (CAP + 1) + 4`.
    pub const SIZE: usize = size_of::<Self>();

    /// As [`contribution_with`](Self::contribution_with), with scratch on the stack.
    ///
    /// # Errors
    /// As there.
    pub fn contribution(&self, point: &[f32; M]) -> Result<f32, Error> {
        self.contribution_with(point, [[0; CAP]; M].as_flattened_mut())
    }

    /// As [`insert_with`](Self::insert_with), with scratch on the stack.
    ///
    /// # Errors
    /// As there.
    pub fn insert(&mut self, point: &[f32; M]) -> Result<f32, Error> {
        self.insert_with(point, [[0; CAP]; M].as_flattened_mut())
    }

    /// `HV(B)`; 0 before anything was started.
    pub fn hypervolume(&self) -> f32 {
        self.hypervolume_with([[0; CAP]; M].as_flattened_mut()).unwrap_or(0.0)
    }
}

impl<P, R> ParetoBufferState<P, R> {
    /// Over memory that has not been started: `CAP` rows of a number an objective, and one row more, of infinite numbers.
    pub const fn new(points: P, reference: R) -> Self {
        Self { points, reference, len: 0 }
    }

    /// How many points there are.
    pub const fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there is no point.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl<P: Storage, R: Storage> ParetoBufferState<P, R> {
    /// The number of objectives.
    pub fn objectives(&self) -> usize {
        self.reference.values().len()
    }

    /// How many points there can be.
    pub fn capacity(&self) -> usize {
        self.points.values().len() / self.objectives().max(1)
    }

    /// The points, by decreasing last objective.
    pub fn points(&self) -> impl Iterator<Item = &[f32]> {
        self.rows().chunks_exact(self.objectives().max(1))
    }

    /// The reference point; infinite where nothing was started.
    pub fn reference(&self) -> &[f32] {
        self.reference.values()
    }

    fn rows(&self) -> &[f32] {
        self.points.values().get(..self.len() * self.objectives()).unwrap_or_default()
    }

    fn boxes<'a>(&'a self, corner: Option<&'a [f32]>) -> Boxes<'a> {
        Boxes { reference: self.reference(), points: self.rows(), extra: None, corner, without: None }
    }

    /// Whether something was started, and the scratch is large enough.
    fn check(&self, scratch: &[u16]) -> Result<(), Error> {
        if !all_finite(self.reference()) {
            return Err(Error::NotStarted);
        }
        let needed = Boxes::scratch(self.capacity(), self.objectives());
        if scratch.len() < needed { Err(Error::BufferTooSmall) } else { Ok(()) }
    }

    /// `dHV(p) = HV(B + p) - HV(B)`, as the volume between the reference point and `p` that no point of the buffer covers.
    /// `scratch` holds `CAP` numbers an objective.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::BufferTooSmall`] for the scratch; [`Error::LengthMismatch`]; [`Error::NonFinite`].
    pub fn contribution_with(&self, point: &[f32], scratch: &mut [u16]) -> Result<f32, Error> {
        self.check(scratch)?;
        if point.len() != self.objectives() {
            return Err(Error::LengthMismatch);
        }
        if !all_finite(point) {
            return Err(Error::NonFinite);
        }
        if !point.iter().zip(self.reference()).all(|(x, reference)| x > reference) {
            return Ok(0.0);
        }
        let volume = self.boxes(Some(point)).volume(scratch);
        if !volume.is_finite() {
            return Err(Error::NonFinite);
        }
        Ok(if volume < LEAST_VOLUME { 0.0 } else { volume })
    }

    /// `HV(B)`. `scratch` as for [`contribution_with`](Self::contribution_with).
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::BufferTooSmall`] for the scratch.
    pub fn hypervolume_with(&self, scratch: &mut [u16]) -> Result<f32, Error> {
        self.check(scratch)?;
        Ok(self.boxes(None).volume(scratch))
    }

    /// Which of the points and of one more adds the least to the others; the number of points stands for the one more.
    fn least(&self, point: &[f32], scratch: &mut [u16]) -> usize {
        let all = Boxes { extra: Some(point), ..self.boxes(None) };
        let corners = self.points().chain(core::iter::once(point)).enumerate();
        let own = |(index, corner)| Boxes { corner: Some(corner), without: Some(index), ..all }.volume(scratch);
        let volumes = corners.map(own).enumerate();
        volumes.fold((0, f32::INFINITY), |least, next| if next.1 < least.1 { next } else { least }).0
    }
}

impl<P: StorageMut, R: StorageMut> ParetoBufferState<P, R> {
    /// Starts without a point.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] for no objective, or for a capacity of none or of more than 65 535 points;
    /// [`Error::LengthMismatch`]; [`Error::NonFinite`].
    pub fn start(&mut self, reference: &[f32]) -> Result<(), Error> {
        if reference.len() != self.objectives() || !self.points.values().len().is_multiple_of(reference.len().max(1)) {
            return Err(Error::LengthMismatch);
        }
        if reference.is_empty() || !(1..=usize::from(u16::MAX)).contains(&self.capacity()) {
            return Err(Error::EmptyRange);
        }
        if !all_finite(reference) {
            return Err(Error::NonFinite);
        }
        self.reference.values_mut().iter_mut().zip(reference).for_each(|(own, x)| *own = *x);
        self.points.values_mut().fill(0.0);
        self.len = 0;
        Ok(())
    }

    /// Takes a point in if it adds to the volume, drops those that it dominates, and returns what it adds, `dHV(p)`.
    /// `scratch` as for [`contribution_with`](Self::contribution_with).
    ///
    /// # Errors
    /// As [`contribution_with`](Self::contribution_with).
    pub fn insert_with(&mut self, point: &[f32], scratch: &mut [u16]) -> Result<f32, Error> {
        let added = self.contribution_with(point, scratch)?;
        if added > 0.0 {
            self.retain(|_, other| !other.iter().zip(point).all(|(x, new)| x <= new));
            if self.len() < self.capacity() {
                self.push(point);
            } else {
                let least = self.least(point, scratch);
                if least < self.len() {
                    self.retain(|index, _| index != least);
                    self.push(point);
                }
            }
        }
        Ok(added)
    }

    /// Keeps the points that are to be kept, in their order.
    fn retain(&mut self, mut keep: impl FnMut(usize, &[f32]) -> bool) {
        let (objectives, len) = (self.objectives(), self.len());
        let points = self.points.values_mut();
        let mut kept = 0;
        for index in 0..len {
            let row = index * objectives;
            if !points.get(row..row + objectives).is_some_and(|point| keep(index, point)) {
                continue;
            }
            for axis in 0..objectives {
                let x = points.get(row + axis).copied().unwrap_or(0.0);
                if let Some(place) = points.get_mut(kept * objectives + axis) {
                    *place = x;
                }
            }
            kept += 1;
        }
        points.iter_mut().take(len * objectives).skip(kept * objectives).for_each(|x| *x = 0.0);
        self.len = kept as u32;
    }

    /// Puts a point to its place; there is room for it.
    fn push(&mut self, point: &[f32]) {
        let (objectives, len) = (self.objectives(), self.len());
        let used = self.points.values_mut().get_mut(..(len + 1) * objectives).unwrap_or_default();
        let mut rows = used.chunks_exact_mut(objectives.max(1)).rev();
        let Some(mut own) = rows.next() else { return };
        own.iter_mut().zip(point).for_each(|(own, x)| *own = *x);
        for before in rows {
            if before.last() >= own.last() {
                break;
            }
            before.iter_mut().zip(own.iter_mut()).for_each(|(a, b)| core::mem::swap(a, b));
            own = before;
        }
        self.len += 1;
    }
}

/// The reference point, the number of points as `u32`, then all rows, those past the last point 0: `4 m (CAP + 1) + 4` bytes.
impl<P: StorageMut, R: StorageMut> Persist for ParetoBufferState<P, R> {
    fn write(&self, out: &mut impl Write) {
        self.reference().write(out);
        self.len.write(out);
        self.points.values().write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let reference = from.clone();
        self.reference().check(from)?;
        let mut len = 0u32;
        len.read(from)?;
        self.points.values().check(&mut from.clone())?;
        if len as usize > self.capacity() {
            return Err(Error::Malformed);
        }
        let mut before = f32::INFINITY;
        for row in 0..self.capacity() {
            let (mut least, mut x) = (reference.clone(), 0.0f32);
            for _ in 0..self.objectives() {
                let mut floor = 0.0f32;
                floor.read(&mut least)?;
                x.read(from)?;
                if if row < len as usize { x <= floor } else { x != 0.0 } {
                    return Err(Error::Malformed);
                }
            }
            if row < len as usize && x > before {
                return Err(Error::Malformed);
            }
            before = x;
        }
        Ok(())
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.reference.values_mut().read(from)?;
        self.len.read(from)?;
        self.points.values_mut().read(from)
    }
}

/// `"pareto-buffer"`: objectives, capacity.
impl<P: StorageMut, R: StorageMut> Identify for ParetoBufferState<P, R> {
    fn identity(&self) -> Identity {
        Identity::new("pareto-buffer", Identity::PLAIN, [self.objectives(), self.capacity(), 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{below, stream, unit_f32};
    use std::vec::Vec;

    /// The volume of a union of boxes by inclusion and exclusion.
    fn volume<const M: usize>(points: &[[f32; M]]) -> f64 {
        let subsets = 1u32..1 << points.len();
        let signed = subsets.map(|subset| {
            let chosen = points.iter().enumerate().filter(|(index, _)| subset >> index & 1 == 1);
            let corner = chosen.fold([f64::INFINITY; M], |corner, (_, point)| {
                core::array::from_fn(|axis| corner[axis].min(f64::from(point[axis]).max(0.0)))
            });
            corner.iter().product::<f64>() * if subset.count_ones() % 2 == 1 { 1.0 } else { -1.0 }
        });
        signed.sum()
    }

    fn agrees<const M: usize>(seed: u32) {
        let mut rng = stream(seed, 0);
        for _ in 0..60 {
            let mut front = ParetoBuffer::<M, 9>::EMPTY;
            front.start(&[0.0; M]).unwrap();
            let mut points = Vec::new();
            for _ in 0..9 {
                // Coarse numbers, so that some coincide.
                let point: [f32; M] = core::array::from_fn(|_| below(7, &mut rng).unwrap() as f32 - 1.0);
                let before = volume(&points);
                points.push(point);
                let expected = volume(&points);
                assert_eq!(f64::from(front.contribution(&point).unwrap()), expected - before);
                assert_eq!(f64::from(front.insert(&point).unwrap()), expected - before);
                assert_eq!(f64::from(front.hypervolume()), expected);
                assert_eq!(front.insert(&point), Ok(0.0));
            }
            let sorted = front.points().is_sorted_by(|a, b| a.last() >= b.last());
            let free = front.points().enumerate().all(|(i, a)| {
                let mut others = front.points().enumerate().filter(|(j, _)| *j != i);
                !others.any(|(_, b)| a.iter().zip(b).all(|(a, b)| a <= b))
            });
            assert!(sorted && free);
        }
    }

    #[test]
    fn the_worked_example_comes_out() {
        let mut front = ParetoBuffer::<3, 3>::EMPTY;
        front.start(&[0.0; 3]).unwrap();
        [[1.0, 2.0, 3.0], [3.0, 2.0, 1.0], [2.0, 2.0, 2.0]].iter().for_each(|point| _ = front.insert(point).unwrap());
        assert_eq!((front.len(), front.hypervolume()), (3, 12.0));
    }

    #[test]
    fn volumes_are_those_of_inclusion_and_exclusion() {
        agrees::<1>(1);
        agrees::<2>(2);
        agrees::<3>(3);
        agrees::<4>(4);
    }

    #[test]
    fn what_is_dominated_adds_nothing_whatever_rounding_does() {
        let mut rng = stream(5, 0);
        let mut front = ParetoBuffer::<3, 32>::EMPTY;
        front.start(&[0.1, -500.3, 0.07]).unwrap();
        for _ in 0..300 {
            let point = [unit_f32(&mut rng), -900.0 * unit_f32(&mut rng), unit_f32(&mut rng)];
            front.insert(&point).unwrap();
            for stored in front.points() {
                let below: [f32; 3] = core::array::from_fn(|axis| stored[axis] - 0.01 * unit_f32(&mut rng));
                assert_eq!(front.contribution(&below), Ok(0.0));
            }
        }
        assert!(front.len() > 8);
    }

    #[test]
    fn a_full_buffer_gives_up_the_point_that_adds_the_least() {
        let mut front = ParetoBuffer::<2, 3>::EMPTY;
        front.start(&[0.0, 0.0]).unwrap();
        for point in [[1.0, 4.0], [2.0, 3.25], [4.0, 1.0]] {
            front.insert(&point).unwrap();
        }
        // Of the point before it this leaves a quarter.
        assert_eq!(front.insert(&[3.0, 3.0]), Ok(2.0));
        assert_eq!(front.points().collect::<Vec<_>>(), [[1.0, 4.0], [3.0, 3.0], [4.0, 1.0]]);
        // What adds the least of all does not stay itself.
        assert_eq!(front.insert(&[0.1, 4.1]).map(|added| added > 0.0), Ok(true));
        assert_eq!(front.points().collect::<Vec<_>>(), [[1.0, 4.0], [3.0, 3.0], [4.0, 1.0]]);
        assert_eq!(front.hypervolume(), 4.0 + 6.0 + 1.0);
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut front = ParetoBuffer::<2, 3>::EMPTY;
        assert_eq!(front.insert(&[1.0, 1.0]), Err(Error::NotStarted));
        assert_eq!((front.hypervolume(), front.is_empty()), (0.0, true));
        assert_eq!(front.start(&[0.0, f32::NAN]), Err(Error::NonFinite));
        assert_eq!(front.start(&[0.0]), Err(Error::LengthMismatch));
        let (mut none, mut full) = (ParetoBuffer::<0, 3>::EMPTY, ParetoBuffer::<2, 0>::EMPTY);
        assert_eq!(none.start(&[]), Err(Error::EmptyRange));
        assert_eq!(full.start(&[0.0, 0.0]), Err(Error::EmptyRange));
        front.start(&[0.0, 0.0]).unwrap();
        front.insert(&[1.0, 2.0]).unwrap();
        front.insert(&[2.0, 1.0]).unwrap();
        let digest = front.digest();
        assert_eq!(front.insert(&[f32::INFINITY, 1.0]), Err(Error::NonFinite));
        assert_eq!(front.insert(&[1e30, 1e30]), Err(Error::NonFinite));
        assert_eq!(front.insert_with(&[1.0], &mut [0; 6]), Err(Error::LengthMismatch));
        assert_eq!(front.insert_with(&[3.0, 3.0], &mut [0; 5]), Err(Error::BufferTooSmall));
        assert_eq!(front.insert(&[5.0, 0.0]), Ok(0.0));
        assert_eq!(front.digest(), digest);
        let bytes = |numbers: [f32; 8], len: u32| {
            let words = numbers.map(f32::to_le_bytes);
            [&words[..2], &[len.to_le_bytes()], &words[2..]].concat().concat()
        };
        assert_eq!(front.restore(&bytes([0.0; 8], 4)), Err(Error::Malformed));
        assert_eq!(front.restore(&bytes([0.0, 0.0, 1.0, 2.0, 2.0, 3.0, 0.0, 0.0], 2)), Err(Error::Malformed));
        assert_eq!(front.restore(&bytes([0.0, 0.0, 1.0, 2.0, 2.0, 1.0, 0.0, 0.0], 1)), Err(Error::Malformed));
        assert_eq!(front.restore(&bytes([0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0], 1)), Err(Error::Malformed));
        assert_eq!(front.digest(), digest);
        assert_eq!(front.restore(&bytes([0.0, 0.0, 3.0, 1.0, 0.0, 0.0, 0.0, 0.0], 1)), Ok(()));
        assert_eq!(front.hypervolume(), 3.0);
    }
}
