//! Bipartite matching of greatest weight.

use crate::error::Error;
use crate::linalg::StorageMut;

/// Nobody: no row holds this column, or a path has come to its start.
const NONE: u8 = u8::MAX;

/// Matches rows to columns, one to one, so that the sum of the weights is greatest; a pair whose weight is not above 0 is
/// never matched. Shortest augmenting paths with potentials (Kuhn 1955; Jonker, Volgenant 1987), on the square that zeros
/// fill up. Among several best matchings the one found is always the same.
///
/// Memory: `15 n` bytes and 3 or less, `n` the greater of the rows and the columns, at most 255; weights are computed where they are
/// needed. Cost: O(n^3).
#[derive(Clone, Debug)]
pub struct MatchingState<V, I> {
    row_potential: V,
    column_potential: V,
    /// The length of the shortest path to each column so far.
    distance: V,
    /// The column before it on that path.
    before: I,
    /// 1 where that path is final.
    settled: I,
    row_of: I,
}

/// [`MatchingState`] of constant size: up to `N` rows and `N` columns.
///
/// ```
/// use habit::allocate::Matching;
/// let weights = [[0.9, 0.8, 0.1], [0.85, 0.2, 0.3], [0.1, 0.7, 0.4]];
/// let mut matching = Matching::<3>::EMPTY;
/// let total = matching.solve(3, 3, |row, column| weights[row][column])?;
/// assert!((total - 2.05f32).abs() < 1e-6);
/// assert_eq!([0, 1, 2].map(|row| matching.column_of(row)), [Some(1), Some(0), Some(2)]);
/// # Ok::<(), habit::Error>(())
/// ```
pub type Matching<const N: usize> = MatchingState<[f32; N], [u8; N]>;

impl<const N: usize> Matching<N> {
    /// Nothing is matched.
    pub const EMPTY: Self = Self::new([0.0; N], [0.0; N], [0.0; N], [NONE; N], [NONE; N], [NONE; N]);

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(Matching::<12>::SIZE == 15 * 12);

impl<V, I> MatchingState<V, I> {
    const fn new(row_potential: V, column_potential: V, distance: V, before: I, settled: I, row_of: I) -> Self {
        Self { row_potential, column_potential, distance, before, settled, row_of }
    }
}

impl<'a> MatchingState<&'a mut [f32], &'a mut [u8]> {
    /// Over the caller's memory: `3 n` numbers and `3 n` bytes for up to `n` rows and columns. Nothing is matched.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(numbers: &'a mut [f32], bytes: &'a mut [u8]) -> Result<Self, Error> {
        let n = numbers.len() / 3;
        if numbers.len() != 3 * n || bytes.len() != 3 * n {
            return Err(Error::LengthMismatch);
        }
        bytes.fill(NONE);
        let (row_potential, rest) = numbers.split_at_mut(n);
        let (column_potential, distance) = rest.split_at_mut(n);
        let (before, rest) = bytes.split_at_mut(n);
        let (settled, row_of) = rest.split_at_mut(n);
        Ok(Self::new(row_potential, column_potential, distance, before, settled, row_of))
    }
}

impl<V: StorageMut, I: StorageMut<u8>> MatchingState<V, I> {
    /// Matches `rows` to `columns` and returns the sum of the weights, added row by row. `weight` is asked for each pair
    /// several times and must answer alike.
    ///
    /// # Errors
    /// [`Error::BufferTooSmall`]; [`Error::NonFinite`]. The matching before stays as it was then.
    pub fn solve(&mut self, rows: usize, columns: usize, weight: impl Fn(usize, usize) -> f32) -> Result<f32, Error> {
        let size = rows.max(columns);
        if size > self.row_of.values().len().min(usize::from(NONE)) {
            return Err(Error::BufferTooSmall);
        }
        if (0..rows).any(|row| (0..columns).any(|column| !weight(row, column).is_finite())) {
            return Err(Error::NonFinite);
        }
        let gain = |row, column| if row < rows && column < columns { weight(row, column).max(0.0) } else { 0.0 };
        self.row_potential.values_mut().fill(0.0);
        self.column_potential.values_mut().fill(0.0);
        self.row_of.values_mut().fill(NONE);
        for row in 0..size {
            let last = self.shortest_path(row, size, gain);
            self.augment(row, last);
        }
        let mut total = 0.0;
        for row in 0..rows {
            let Some(column) = self.column_of(row) else { continue };
            let gained = gain(row, column);
            total += gained;
            if gained <= 0.0 {
                self.give(column, NONE);
            }
        }
        self.row_of.values_mut().iter_mut().filter(|row| usize::from(**row) >= rows).for_each(|row| *row = NONE);
        Ok(total)
    }

    /// The column that a row was matched to.
    pub fn column_of(&self, row: usize) -> Option<usize> {
        self.row_of.values().iter().position(|of| *of != NONE && usize::from(*of) == row)
    }

    /// The row that a column was matched to.
    pub fn row_of(&self, column: usize) -> Option<usize> {
        self.row_of.values().get(column).filter(|row| **row != NONE).map(|row| usize::from(*row))
    }

    fn give(&mut self, column: usize, row: u8) {
        if let Some(of) = self.row_of.values_mut().get_mut(column) {
            *of = row;
        }
    }

    /// Looks for the shortest augmenting path from a row, whose costs are the potentials' reduced ones, and returns the
    /// free column in which it ends.
    fn shortest_path(&mut self, start: usize, size: usize, gain: impl Fn(usize, usize) -> f32) -> u8 {
        self.distance.values_mut().fill(f32::INFINITY);
        self.settled.values_mut().fill(0);
        let (mut row, mut reached) = (start, NONE);
        // A path goes through each column at most once.
        for _ in 0..size {
            let own = self.row_potential.values().get(row).copied().unwrap_or(0.0);
            let (mut least, mut next) = (f32::INFINITY, NONE);
            let places = self.distance.values_mut().iter_mut().zip(self.before.values_mut());
            let places = places.zip(self.column_potential.values()).zip(self.settled.values());
            for (column, (((distance, before), potential), settled)) in places.enumerate().take(size) {
                if *settled != 0 {
                    continue;
                }
                let reduced = -gain(row, column) - own - potential;
                if reduced < *distance {
                    (*distance, *before) = (reduced, reached);
                }
                if *distance < least {
                    (least, next) = (*distance, column as u8);
                }
            }
            self.shift(start, least, size);
            reached = next;
            match self.row_of(usize::from(next)) {
                Some(owner) => row = owner,
                None => break,
            }
            if let Some(settled) = self.settled.values_mut().get_mut(usize::from(next)) {
                *settled = 1;
            }
        }
        reached
    }

    /// Moves the potentials along by the length of the path found so far.
    fn shift(&mut self, start: usize, by: f32, size: usize) {
        let row_potential = self.row_potential.values_mut();
        if let Some(own) = row_potential.get_mut(start) {
            *own += by;
        }
        let columns = self.distance.values_mut().iter_mut().zip(self.column_potential.values_mut());
        let columns = columns.zip(self.settled.values()).zip(self.row_of.values());
        for (((distance, potential), settled), row) in columns.take(size) {
            if *settled == 0 {
                *distance -= by;
                continue;
            }
            *potential -= by;
            if let Some(own) = row_potential.get_mut(usize::from(*row)) {
                *own += by;
            }
        }
    }

    /// Hands every column on the path to the row before it; the first goes to `start`.
    fn augment(&mut self, start: usize, last: u8) {
        let mut column = last;
        for _ in 0..self.row_of.values().len() {
            let before = self.before.values().get(usize::from(column)).copied().unwrap_or(NONE);
            match self.row_of(usize::from(before)) {
                Some(row) => self.give(usize::from(column), row as u8),
                None => return self.give(usize::from(column), start as u8),
            }
            column = before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{stream, unit_f32};

    /// The greatest weight of a matching of the rows from `row` on to the columns that are free.
    fn by_trying_all(weights: &[[f32; 5]; 5], size: [usize; 2], row: usize, taken: u32) -> f32 {
        if row == size[0] {
            return 0.0;
        }
        let without = by_trying_all(weights, size, row + 1, taken);
        let free = (0..size[1]).filter(|column| taken & (1 << column) == 0);
        free.map(|column| weights[row][column] + by_trying_all(weights, size, row + 1, taken | (1 << column)))
            .fold(without, f32::max)
    }

    #[test]
    fn the_weight_is_the_greatest_there_is() {
        let mut rng = stream(3, 0);
        let mut matching = Matching::<5>::EMPTY;
        for case in 0..400 {
            let weights: [[f32; 5]; 5] =
                core::array::from_fn(|_| core::array::from_fn(|_| unit_f32(&mut rng) * 2.0 - 0.8));
            let size = [case % 6, (case / 6) % 6];
            let total = matching.solve(size[0], size[1], |row, column| weights[row][column]).unwrap();
            assert!((total - by_trying_all(&weights, size, 0, 0)).abs() < 1e-5, "{size:?} {weights:?}");
            let mut sum = 0.0;
            for (row, weights) in weights.iter().enumerate().take(size[0]) {
                let Some(column) = matching.column_of(row) else { continue };
                assert!(column < size[1] && weights[column] > 0.0 && matching.row_of(column) == Some(row));
                sum += weights[column];
            }
            assert_eq!(sum, total);
            assert!((0..5).filter_map(|column| matching.row_of(column)).all(|row| row < size[0]));
        }
    }

    #[test]
    fn owner_and_view_match_alike_and_a_rejected_call_changes_nothing() {
        let weight = |row: usize, column: usize| [[0.9f32, 0.8], [0.85, 0.2], [0.1, 0.7]][row][column];
        let (mut numbers, mut bytes) = ([0.0; 9], [0; 9]);
        let mut view = MatchingState::over(&mut numbers, &mut bytes).unwrap();
        let mut owner = Matching::<3>::EMPTY;
        assert_eq!(view.solve(3, 2, weight), owner.solve(3, 2, weight));
        let pairs = |matching: &Matching<3>| [0, 1, 2].map(|row| matching.column_of(row));
        assert_eq!(pairs(&owner), [0, 1, 2].map(|row| view.column_of(row)));
        let before = pairs(&owner);
        assert_eq!(owner.solve(4, 2, |_, _| 1.0), Err(Error::BufferTooSmall));
        assert_eq!(owner.solve(2, 2, |_, _| f32::NAN), Err(Error::NonFinite));
        assert_eq!(pairs(&owner), before);
        assert_eq!(owner.solve(0, 0, |_, _| 1.0), Ok(0.0));
        assert_eq!(pairs(&owner), [None; 3]);
        assert!(MatchingState::over(&mut [0.0; 6], &mut [0; 5]).is_err());
    }
}
