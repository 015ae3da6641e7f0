//! What was labelled lately.

use super::{LARGEST_FEATURE, Label};
use crate::error::Error;
use crate::linalg::{Storage, StorageMut};
use crate::state::{Persist, Reader, Write};

/// The last `N` labelled examples of `D` features each, in a ring: a new one takes the place of the oldest.
///
/// Memory: `4 N (D + 1)` bytes and 8. Over `X`, the features row by row, and `Y`, the targets.
#[derive(Clone, Debug)]
pub struct Examples<X, Y> {
    features: X,
    targets: Y,
    /// How many there are, and where the next one goes.
    count: u32,
    next: u32,
}

impl<const D: usize, const N: usize> Examples<[[f32; D]; N], [f32; N]> {
    /// None.
    pub const EMPTY: Self = Self { features: [[0.0; D]; N], targets: [0.0; N], count: 0, next: 0 };
}

const _: () = assert!(size_of::<Examples<[[f32; 9]; 64], [f32; 64]>>() == 4 * 64 * 10 + 8);

impl<X: Storage, Y: Storage> Examples<X, Y> {
    /// Over memory for as many examples as there are targets.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] of none; [`Error::LengthMismatch`] unless each has as many features as the others.
    pub fn over(features: X, targets: Y) -> Result<Self, Error> {
        match features.values().len().checked_rem(targets.values().len()) {
            None => Err(Error::EmptyRange),
            Some(0) => Ok(Self { features, targets, count: 0, next: 0 }),
            Some(_) => Err(Error::LengthMismatch),
        }
    }

    /// The number of features of each.
    pub fn dimensions(&self) -> usize {
        self.features.values().len().checked_div(self.targets.values().len()).unwrap_or(0)
    }

    /// How many there may be.
    pub fn capacity(&self) -> usize {
        self.targets.values().len()
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Features and target of each, in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = (&[f32], f32)> {
        let rows = self.features.values().chunks_exact(self.dimensions().max(1));
        rows.zip(self.targets.values().iter().copied()).take(self.len())
    }

    /// Whether labels can be learned from: every number is one, none is too large, and a target is from 0 to 1.
    pub(super) fn check_labels(&self, labels: &[Label<'_>]) -> Result<(), Error> {
        for label in labels {
            if label.features.len() != self.dimensions() {
                return Err(Error::LengthMismatch);
            }
            label.check()?;
            if !label.features.iter().all(|x| x.is_finite()) {
                return Err(Error::NonFinite);
            }
            if !label.features.iter().all(|x| x.abs() <= LARGEST_FEATURE) {
                return Err(Error::ParameterOutOfRange);
            }
        }
        Ok(())
    }
}

impl<X: StorageMut, Y: StorageMut> Examples<X, Y> {
    /// Forgets all.
    pub const fn clear(&mut self) {
        (self.count, self.next) = (0, 0);
    }

    /// Keeps one more, of `D` features.
    pub(super) fn push(&mut self, features: &[f32], target: f32) {
        let (dimensions, capacity, place) = (self.dimensions(), self.capacity(), self.next as usize);
        let rows = self.features.values_mut().chunks_exact_mut(dimensions.max(1));
        for ((row, kept), _) in rows.zip(self.targets.values_mut()).zip(0..=place).skip(place) {
            row.iter_mut().zip(features).for_each(|(own, x)| *own = *x);
            *kept = target;
        }
        self.next = if place + 1 < capacity { self.next + 1 } else { 0 };
        self.count = self.count.saturating_add(1).min(capacity as u32);
    }
}

/// All features row by row, all targets, how many count and where the next one goes, `u32` each: `4 N (D + 1) + 8` bytes.
impl<X: StorageMut, Y: StorageMut> Persist for Examples<X, Y> {
    fn write(&self, out: &mut impl Write) {
        self.features.values().write(out);
        self.targets.values().write(out);
        [self.count, self.next].write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        for _ in self.features.values() {
            let mut x = 0.0f32;
            x.check(&mut from.clone())?;
            x.read(from)?;
            if x.abs() > LARGEST_FEATURE {
                return Err(Error::Malformed);
            }
        }
        for _ in self.targets.values() {
            let mut target = 0.0f32;
            target.read(from)?;
            if !(0.0..=1.0).contains(&target) {
                return Err(Error::Malformed);
            }
        }
        let mut places = [0u32; 2];
        places.read(from)?;
        let ([count, next], capacity) = (places, self.capacity() as u32);
        // Until the ring is full it grows from its first place on.
        let fits = if count < capacity { next == count } else { count == capacity && next < capacity };
        if fits { Ok(()) } else { Err(Error::Malformed) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.features.values_mut().read(from)?;
        self.targets.values_mut().read(from)?;
        self.count.read(from)?;
        self.next.read(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn the_newest_stay() {
        let mut ring = Examples::<[[f32; 1]; 3], [f32; 3]>::EMPTY;
        assert!(ring.is_empty());
        let kept = |ring: &Examples<[[f32; 1]; 3], [f32; 3]>| ring.iter().map(|(x, y)| (x[0], y)).collect::<Vec<_>>();
        (0..2u8).for_each(|n| ring.push(&[f32::from(n)], 1.0));
        assert_eq!(kept(&ring), [(0.0, 1.0), (1.0, 1.0)]);
        (2..5u8).for_each(|n| ring.push(&[f32::from(n)], 0.0));
        assert_eq!(kept(&ring), [(3.0, 0.0), (4.0, 0.0), (2.0, 0.0)]);
        assert_eq!((ring.len(), ring.capacity(), ring.dimensions()), (3, 3, 1));
        ring.clear();
        assert_eq!(kept(&ring), []);
    }

    #[test]
    fn bad_sizes_and_bytes_are_refused() {
        assert_eq!(Examples::over([0.0; 4], [0.0; 0]).err(), Some(Error::EmptyRange));
        assert_eq!(Examples::over([0.0; 4], [0.0; 3]).err(), Some(Error::LengthMismatch));
        let mut ring = Examples::over([0.0; 2], [0.0; 2]).unwrap();
        let bytes = |features: [f32; 2], targets: [f32; 2], places: [u32; 2]| {
            let floats = features.into_iter().chain(targets).flat_map(f32::to_le_bytes);
            floats.chain(places.into_iter().flat_map(u32::to_le_bytes)).collect::<Vec<_>>()
        };
        for bad in [
            bytes([0.0, 2e9], [0.0; 2], [0, 0]),
            bytes([0.0; 2], [0.0, 1.1], [0, 0]),
            bytes([0.0; 2], [0.0; 2], [1, 0]),
            bytes([0.0; 2], [0.0; 2], [2, 2]),
            bytes([0.0; 2], [0.0; 2], [3, 0]),
        ] {
            assert_eq!(ring.restore(&bad), Err(Error::Malformed));
        }
        assert_eq!(ring.restore(&bytes([f32::NAN, 0.0], [0.0; 2], [0, 0])), Err(Error::NonFinite));
        assert_eq!(ring.restore(&bytes([1.0, 2.0], [0.5; 2], [2, 1])), Ok(()));
        assert_eq!(ring.len(), 2);
    }
}
