//! Moves on a rectangle of cells that are numbered row by row.

/// How far a move goes, in rows downwards and in columns to the right.
pub(super) type Offset = (isize, isize);

pub(super) const UP: Offset = (-1, 0);
pub(super) const RIGHT: Offset = (0, 1);
pub(super) const DOWN: Offset = (1, 0);
pub(super) const LEFT: Offset = (0, -1);

/// The moves in Sutton & Barto's order, which is also Gymnasium's on the cliff.
#[inline]
pub(super) const fn clockwise(action: usize) -> Offset {
    match action {
        0 => UP,
        1 => RIGHT,
        2 => DOWN,
        _ => LEFT,
    }
}

/// The cell that a move leads to; rows and columns stop at the border.
#[inline]
pub(super) fn moved(cell: usize, rows: usize, columns: usize, (down, right): Offset) -> usize {
    // No world is without columns; the compiler is told so, and needs no check before it divides.
    let columns = columns.max(1);
    let row = (cell / columns).saturating_add_signed(down).min(rows.saturating_sub(1));
    let column = (cell % columns).saturating_add_signed(right).min(columns - 1);
    row * columns + column
}

/// As [`moved`] by a move of [`clockwise`], from a cell of the rectangle. An arm a move, and no division upwards and
/// downwards: a processor guesses the move and goes on without waiting for who chose it.
#[inline]
pub(super) fn moved_clockwise(cell: usize, rows: usize, columns: usize, action: usize) -> usize {
    let columns = columns.max(1);
    match action {
        0 if cell >= columns => cell - columns,
        1 if cell % columns + 1 < columns => cell + 1,
        2 if cell + columns < rows * columns => cell + columns,
        3 if !cell.is_multiple_of(columns) => cell - 1,
        _ => cell,
    }
}

/// The ground under a move, as Gymnasium has it: on slippery ground an action is turned to the one before it, kept, or
/// turned to the one after it, with probability 1/3 each and in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ground {
    pub(super) slippery: bool,
}

impl Ground {
    #[inline]
    pub(super) const fn outcomes(self) -> usize {
        if self.slippery { 3 } else { 1 }
    }

    #[inline]
    pub(super) const fn probability(self) -> f32 {
        if self.slippery { 1.0 / 3.0 } else { 1.0 }
    }

    /// Which of the four actions is carried out as outcome `index` of `action`.
    #[inline]
    pub(super) const fn carried_out(self, action: usize, index: usize) -> usize {
        if self.slippery { (action + index + 3) % 4 } else { action }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_stop_at_the_border() {
        let around = |cell| [UP, RIGHT, DOWN, LEFT].map(|offset| moved(cell, 3, 4, offset));
        assert_eq!(around(5), [1, 6, 9, 4]);
        assert_eq!(around(0), [0, 1, 4, 0]);
        assert_eq!(around(11), [7, 11, 11, 10]);
        assert_eq!(moved(9, 3, 4, (-7, 0)), 1);
    }

    #[test]
    fn moves_clockwise_are_moves() {
        for (rows, columns) in [(1, 1), (1, 5), (4, 1), (4, 12)] {
            for (cell, action) in (0..rows * columns).flat_map(|cell| (0..4).map(move |action| (cell, action))) {
                let expected = moved(cell, rows, columns, clockwise(action));
                assert_eq!(moved_clockwise(cell, rows, columns, action), expected, "{cell} {action}");
            }
        }
    }

    #[test]
    fn slippery_ground_turns_left_first() {
        let ground = Ground { slippery: true };
        assert_eq!([0, 1, 2].map(|index| ground.carried_out(0, index)), [3, 0, 1]);
        assert_eq!([0, 1, 2].map(|index| ground.carried_out(3, index)), [2, 3, 0]);
        assert_eq!(Ground { slippery: false }.carried_out(2, 0), 2);
    }
}
