//! One step of a backward recursion as a map.

use crate::math::Scalar;
use core::cell::Cell;

/// The map `x -> factor x + offset`.
///
/// Returns, GAE and V-trace are recursions `x_t = a_t x_{t+1} + b_t`. With step `t` as the pair `(a_t, b_t)`, `x_t` is the
/// offset of the pairs from `t` on, composed in time order. Composition is associative (not commutative), so that a
/// parallel machine may group the steps as it likes; a boundary between episodes is a factor of 0. In memory two numbers,
/// factor first: 8 bytes of `f32`, the element of the GPU's suffix scan. `f64` is for comparing on a host.
///
/// ```
/// use habit::advantage::AffinePair;
/// let steps = [(0.5, 1.0), (0.5, 2.0), (0.0, 4.0f32)].map(|(factor, offset)| AffinePair { factor, offset });
/// let x_0 = steps[0].compose(steps[1]).compose(steps[2]).offset;
/// assert_eq!(x_0, 1.0 + 0.5 * (2.0 + 0.5 * 4.0));
/// assert_eq!(x_0, steps[0].compose(steps[1].compose(steps[2])).offset);
/// assert_eq!(x_0, steps[0].apply(steps[1].apply(4.0)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct AffinePair<S = f32> {
    /// How much of what follows counts: `a`.
    pub factor: S,
    /// What is added: `b`.
    pub offset: S,
}

const _: () = assert!(size_of::<AffinePair>() == 8);

impl AffinePair {
    /// Leaves everything as it is: no step at all.
    pub const IDENTITY: Self = Self { factor: 1.0, offset: 0.0 };
}

impl<S: Scalar> AffinePair<S> {
    /// This step followed in time by `later`: `x -> a (a' x + b') + b`.
    #[inline(always)]
    pub fn compose(self, later: Self) -> Self {
        Self { factor: self.factor * later.factor, offset: self.apply(later.offset) }
    }

    /// `a x + b`, of what follows.
    #[inline(always)]
    pub fn apply(self, x: S) -> S {
        self.offset + self.factor * x
    }
}

/// Replaces each pair by the composition of it and all after it, in time order: the inclusive suffix scan, after Hillis and
/// Steele. The offsets are then `x_0, .., x_{T-1}` of a recursion that begins with `x_T = 0`.
///
/// A processor walks the recursion instead, in one pass. This is the order of operations of a machine that composes all
/// pairs of a distance at once, for comparing: `ceil(log2 T)` passes, in place, because a pair reads only what lies later
/// and has not been replaced yet.
///
/// ```
/// use habit::advantage::{AffinePair, suffix_scan};
/// let mut pairs = [(0.5, 1.0), (0.5, 2.0), (0.5, 4.0f32)].map(|(factor, offset)| AffinePair { factor, offset });
/// suffix_scan(&mut pairs);
/// assert_eq!(pairs.map(|pair| pair.offset), [3.0, 4.0, 4.0]);
/// ```
pub fn suffix_scan<S: Scalar>(pairs: &mut [AffinePair<S>]) {
    let pairs = Cell::from_mut(pairs).as_slice_of_cells();
    let mut distance = 1;
    while distance < pairs.len() {
        for (pair, later) in pairs.iter().zip(pairs.get(distance..).unwrap_or_default()) {
            pair.set(pair.get().compose(later.get()));
        }
        distance *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{below, gaussian_by_sum, stream, unit_f32};
    use std::vec::Vec;

    #[test]
    fn composition_is_associative_and_the_identity_is_one() {
        let (mut rng, mut apart) = (stream(1, 0), 0u32);
        for _ in 0..1000 {
            // Multiples of 1/8 below 1 and whole offsets: every product and sum is exact.
            let mut pair = || AffinePair {
                factor: below(8, &mut rng).unwrap() as f32 / 8.0,
                offset: below(64, &mut rng).unwrap() as f32 - 32.0,
            };
            let [a, b, c] = [pair(), pair(), pair()];
            assert_eq!(a.compose(b).compose(c), a.compose(b.compose(c)));
            assert_eq!(a.compose(b).apply(c.offset), a.apply(b.apply(c.offset)));
            assert_eq!(a.compose(AffinePair::IDENTITY), a);
            assert_eq!(AffinePair::IDENTITY.compose(a), a);
            apart += u32::from(a.compose(b) != b.compose(a));
        }
        assert!(apart > 500);
        for _ in 0..1000 {
            let mut pair =
                || AffinePair { factor: f64::from(unit_f32(&mut rng)), offset: f64::from(gaussian_by_sum(&mut rng)) };
            let [a, b, c] = [pair(), pair(), pair()];
            let [left, right] = [a.compose(b).compose(c), a.compose(b.compose(c))];
            assert!((left.factor - right.factor).abs() < 1e-15 && (left.offset - right.offset).abs() < 1e-14);
        }
    }

    #[test]
    fn a_scan_equals_the_recursion_at_every_length() {
        for length in (0..70).chain([255, 256, 257, 1000]) {
            let mut rng = stream(2, 0);
            let pairs: Vec<_> = (0..length)
                .map(|_| AffinePair { factor: f64::from(unit_f32(&mut rng)), offset: f64::from(unit_f32(&mut rng)) })
                .collect();
            let mut scanned = pairs.clone();
            suffix_scan(&mut scanned);
            let mut x = 0.0;
            for (pair, scanned) in pairs.iter().zip(&scanned).rev() {
                x = pair.apply(x);
                assert!((scanned.offset - x).abs() < 1e-12 * x.max(1.0));
            }
        }
    }
}
