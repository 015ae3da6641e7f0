//! How far a trajectory follows a demonstration.

use crate::error::Error;
use crate::linalg::StorageMut;
use crate::math::percentile_by;

/// Scores how well a trajectory of observations `o` follows a demonstration `e` over a prefix of `k` steps (Liu et al. 2024;
/// the official code's progress recognizer): for every step `i < k` the step `p_i < k` of the demonstration that is nearest,
/// ties to the earliest; the score is the length of the longest strictly increasing subsequence of `p`.
///
/// The caller's `cost(i, j)` is the distance of `o_i` and `e_j`: the Euclidean one
/// ([`euclidean_distance`](crate::linalg::euclidean_distance)) for few numbers, the cosine distance
/// ([`cosine_distance`](crate::linalg::cosine_distance)) for learned features. Memory: `2 T` bytes of scratch and 2, for
/// prefixes of up to `T` steps; of a demonstration nothing is kept. Cost of a score: `k^2` distances, and at most `k^2`
/// comparisons of two whole numbers.
#[derive(Clone, Debug)]
pub struct RecognizerState<W> {
    /// The least end of an increasing subsequence of each length.
    ends: W,
    length: u16,
}

/// [`RecognizerState`] of constant size.
///
/// ```
/// use habit::discount::ProgressRecognizer;
/// let mut recognizer = ProgressRecognizer::<7>::EMPTY;
/// assert_eq!(recognizer.longest_increasing(&[3, 1, 2, 2, 5, 4, 6]), Ok(4));
/// // A trajectory that stands still for a step, against a demonstration that does not.
/// let (trajectory, demonstration) = ([0.0f32, 1.0, 1.0, 2.0], [0.0f32, 1.0, 2.0, 3.0]);
/// let score = recognizer.score(4, 4, |i, j| (trajectory[i] - demonstration[j]).abs());
/// assert_eq!(score, Ok(3));
/// ```
pub type ProgressRecognizer<const T: usize> = RecognizerState<[u16; T]>;

impl<const T: usize> ProgressRecognizer<T> {
    /// Nothing scored.
    pub const EMPTY: Self = {
        assert!(T > 0 && T <= 65_535, "a step is kept in 16 bits");
        Self { ends: [0; T], length: 0 }
    };

    /// Bytes: `2 T + 2`.
    pub const SIZE: usize = size_of::<Self>();
}

impl<W: StorageMut<u16>> RecognizerState<W> {
    /// Over scratch of one number a step, at most 65 535.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(ends: W) -> Result<Self, Error> {
        if ends.values().is_empty() || ends.values().len() > 65_535 {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { ends, length: 0 })
    }

    /// The longest prefix.
    pub fn steps(&self) -> usize {
        self.ends.values().len()
    }

    /// The score of a trajectory of `steps` steps at a prefix; one that ends before is scored as far as it goes.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] when there is no step; [`Error::LengthMismatch`] for a prefix that does not fit the scratch;
    /// [`Error::NonFinite`] for a distance.
    pub fn score(&mut self, steps: usize, prefix: usize, cost: impl Fn(usize, usize) -> f32) -> Result<u16, Error> {
        if steps == 0 || prefix == 0 {
            return Err(Error::EmptyRange);
        }
        if prefix > self.steps() {
            return Err(Error::LengthMismatch);
        }
        self.length = 0;
        for i in 0..steps.min(prefix) {
            let (mut nearest, mut least) = (0, f32::INFINITY);
            for j in 0..prefix {
                let distance = cost(i, j);
                if !distance.is_finite() {
                    return Err(Error::NonFinite);
                }
                if distance < least {
                    (nearest, least) = (j, distance);
                }
            }
            self.push(nearest as u16);
        }
        Ok(self.length)
    }

    /// The length of the longest strictly increasing subsequence.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for a sequence that is longer than the scratch.
    pub fn longest_increasing(&mut self, sequence: &[u16]) -> Result<u16, Error> {
        if sequence.len() > self.steps() {
            return Err(Error::LengthMismatch);
        }
        self.length = 0;
        sequence.iter().for_each(|value| self.push(*value));
        Ok(self.length)
    }

    /// The next value of the sequence: it lengthens the subsequences that end below it.
    fn push(&mut self, value: u16) {
        let ends = self.ends.values_mut();
        let shorter = ends.iter().take(usize::from(self.length)).take_while(|end| **end < value).count();
        if let Some(end) = ends.get_mut(shorter) {
            *end = value;
            self.length = self.length.max(shorter as u16 + 1);
        }
    }

    /// Fills `reference[k - 1]` for every prefix `k` of at most `reference.len()` steps: the percentile, 50 as published, of
    /// the scores of every demonstration against every other one, or of the only one against itself. `cost(a, b, i, j)` is
    /// the distance of step `i` of demonstration `a` and step `j` of demonstration `b`. `pairs` is scratch of a number a
    /// pair: `N (N - 1)`, at least 1. Cost: as many scores for each prefix.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] without a demonstration or a step; [`Error::LengthMismatch`] for more steps than the scratch
    /// has; [`Error::BufferTooSmall`] for `pairs`; [`Error::ParameterOutOfRange`] for the percentile;
    /// [`Error::NonFinite`]: the reference is unchanged.
    pub fn reference(
        &mut self,
        demonstrations: usize,
        percentile: f32,
        cost: impl Fn(usize, usize, usize, usize) -> f32,
        pairs: &mut [u16],
        reference: &mut [f32],
    ) -> Result<(), Error> {
        let steps = reference.len();
        if demonstrations == 0 || steps == 0 {
            return Err(Error::EmptyRange);
        }
        if steps > self.steps() {
            return Err(Error::LengthMismatch);
        }
        if !(0.0..=100.0).contains(&percentile) {
            return Err(Error::ParameterOutOfRange);
        }
        let ordered = move || {
            let all = (0..demonstrations).flat_map(move |a| (0..demonstrations).map(move |b| (a, b)));
            all.filter(move |(a, b)| a != b || demonstrations == 1)
        };
        if ordered().nth(pairs.len()).is_some() {
            return Err(Error::BufferTooSmall);
        }
        // The longest prefix asks for every distance there is: what it does not refuse, none will.
        for (a, b) in ordered() {
            self.score(steps, steps, |i, j| cost(a, b, i, j))?;
        }
        for (prefix, reference) in (1..).zip(reference) {
            let mut count = 0;
            for (a, b) in ordered() {
                let score = self.score(prefix, prefix, |i, j| cost(a, b, i, j))?;
                insert(pairs, count, score);
                count += 1;
            }
            *reference = percentile_by(count, percentile, |index| pairs.get(index).map_or(0.0, |s| f32::from(*s)))?;
        }
        Ok(())
    }
}

/// Puts a value among the first `count`, which are sorted from the least on, and keeps them so.
pub(super) fn insert(sorted: &mut [u16], count: usize, value: u16) {
    let Some(places) = sorted.get_mut(..=count) else { return };
    let mut carried = value;
    for place in places.iter_mut().take(count) {
        if *place > carried {
            core::mem::swap(place, &mut carried);
        }
    }
    if let Some(last) = places.last_mut() {
        *last = carried;
    }
}

const _: () = assert!(ProgressRecognizer::<18>::SIZE == 2 * 18 + 2);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{below, stream};

    #[test]
    fn the_worked_example_comes_out() {
        let mut recognizer = ProgressRecognizer::<8>::EMPTY;
        for (sequence, expected) in [
            (&[3, 1, 2, 2, 5, 4, 6][..], 4),
            (&[], 0),
            (&[7], 1),
            (&[2, 2, 2, 2], 1),
            (&[5, 4, 3, 2, 1], 1),
            (&[0, 1, 2, 3, 4, 5, 6, 7], 8),
        ] {
            assert_eq!(recognizer.longest_increasing(sequence), Ok(expected), "{sequence:?}");
        }
        assert_eq!(recognizer.longest_increasing(&[0; 9]), Err(Error::LengthMismatch));
    }

    /// By trying every length that ends in each place.
    fn longest_increasing(sequence: &[u16]) -> u16 {
        let mut lengths = [1u16; 12];
        for i in 0..sequence.len() {
            for j in 0..i {
                if sequence[j] < sequence[i] {
                    lengths[i] = lengths[i].max(lengths[j] + 1);
                }
            }
        }
        lengths[..sequence.len()].iter().copied().max().unwrap_or(0)
    }

    #[test]
    fn subsequences_are_those_of_the_plain_recursion() {
        let (mut recognizer, mut rng) = (ProgressRecognizer::<12>::EMPTY, stream(3, 0));
        for _ in 0..2000 {
            let sequence: [u16; 12] = core::array::from_fn(|_| below(9, &mut rng).unwrap() as u16);
            let length = below(13, &mut rng).unwrap() as usize;
            let sequence = &sequence[..length];
            assert_eq!(recognizer.longest_increasing(sequence), Ok(longest_increasing(sequence)));
        }
    }

    #[test]
    fn both_sides_are_cut_to_the_prefix_and_ties_go_to_the_earliest_step() {
        let mut recognizer = ProgressRecognizer::<5>::EMPTY;
        let line = |i: usize, j: usize| (i as f32 - j as f32).abs();
        for prefix in 1..=5 {
            assert_eq!(recognizer.score(5, prefix, line), Ok(prefix as u16));
            // Two steps ahead of the demonstration: the last two meet the same end.
            let ahead = (prefix as u16).saturating_sub(2).max(1);
            assert_eq!(recognizer.score(5, prefix, |i, j| line(i + 2, j)), Ok(ahead));
            assert_eq!(recognizer.score(5, prefix, |_, _| 0.5), Ok(1));
        }
        // A trajectory of three steps has followed three.
        assert_eq!(recognizer.score(3, 5, line), Ok(3));
        assert_eq!(recognizer.score(0, 5, line), Err(Error::EmptyRange));
        assert_eq!(recognizer.score(5, 0, line), Err(Error::EmptyRange));
        assert_eq!(recognizer.score(6, 6, line), Err(Error::LengthMismatch));
        assert_eq!(recognizer.score(5, 5, |_, j| if j == 4 { f32::NAN } else { 0.0 }), Err(Error::NonFinite));
    }

    #[test]
    fn the_reference_is_a_percentile_of_every_pair() {
        let mut recognizer = ProgressRecognizer::<4>::EMPTY;
        // The second demonstration is one step ahead of the first, the third two.
        let cost = |a: usize, b: usize, i: usize, j: usize| ((i + a) as f32 - (j + b) as f32).abs();
        let (mut pairs, mut reference) = ([0; 6], [0.0; 4]);
        recognizer.reference(3, 50.0, cost, &mut pairs, &mut reference).unwrap();
        // Ahead or behind by one: k - 1 of k, four times; by two: k - 2, twice; at least 1.
        assert_eq!(reference, [1.0, 1.0, 2.0, 3.0]);
        recognizer.reference(3, 10.0, cost, &mut pairs, &mut reference).unwrap();
        assert_eq!(reference, [1.0, 1.0, 1.0, 2.0]);
        recognizer.reference(1, 50.0, cost, &mut pairs[..1], &mut reference).unwrap();
        assert_eq!(reference, [1.0, 2.0, 3.0, 4.0]);
        let before = reference;
        assert_eq!(recognizer.reference(0, 50.0, cost, &mut pairs, &mut reference), Err(Error::EmptyRange));
        assert_eq!(recognizer.reference(3, 50.0, cost, &mut pairs, &mut []), Err(Error::EmptyRange));
        assert_eq!(recognizer.reference(3, 50.0, cost, &mut pairs, &mut [0.0; 5]), Err(Error::LengthMismatch));
        assert_eq!(recognizer.reference(3, 50.0, cost, &mut pairs[..5], &mut reference), Err(Error::BufferTooSmall));
        assert_eq!(recognizer.reference(3, 101.0, cost, &mut pairs, &mut reference), Err(Error::ParameterOutOfRange));
        let bad = |a: usize, _: usize, i: usize, _: usize| if a == 2 && i == 3 { f32::INFINITY } else { 0.0 };
        assert_eq!(recognizer.reference(3, 50.0, bad, &mut pairs, &mut reference), Err(Error::NonFinite));
        assert_eq!(reference, before);
    }
}
