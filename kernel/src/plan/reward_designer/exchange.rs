//! From vertex to vertex, along edges that lead down.

use super::TOLERANCE;
use super::programme::{Level, Maximum, Programme};
use crate::error::Error;
use crate::linalg::solve;

/// What a violation of the invariance counts against the loss, at first and when that leaves one.
const PENALTIES: [f32; 3] = [1e3, 1e5, 1e7];

/// How much wider each limit of a margin is taken, and as much again at the most: so that no two vertices are one.
const SLACK: f32 = 2e-6;

/// Weights of pieces below 0 by less than this are 0.
const NOTHING: f32 = 1e-5;

/// Where a maximum has two greatest pieces: `<g_piece - g_reference, x> = b_piece - b_reference`.
#[derive(Clone, Copy, Debug)]
struct Kink {
    of: Maximum,
    piece: u8,
    reference: u8,
}

/// Where a step along an edge meets a kink.
#[derive(Clone, Copy, Debug)]
struct Meeting {
    distance: f32,
    /// By how much the piece rises against the present one, a unit of the step.
    rate: f32,
    kink: Kink,
}

/// The vertex method: `n` kinks, linearly independent, are a vertex; each step gives one of them up, follows the others down
/// and takes in the kink where the way turns up again.
#[derive(Debug)]
pub(super) struct Exchange<const S: usize, const A: usize, const H: usize> {
    matrix: [[f32; S]; S],
    /// `R(s,pi(s))` of each active state, in units of `r_max`.
    point: [f32; S],
    /// The weights of the kinks' pieces; then the edge.
    vector: [f32; S],
    kinks: [Kink; S],
    /// The active states, as many as are.
    columns: [u16; S],
    count: usize,
    active: [bool; S],
    /// The greatest piece of each maximum, the reference where there are several.
    horizons: [[u8; S]; H],
    invariance: [u8; S],
    capped: [[u8; S]; A],
}

impl<const S: usize, const A: usize, const H: usize> Exchange<S, A, H> {
    pub(super) const EMPTY: Self = Self {
        matrix: [[0.0; S]; S],
        point: [0.0; S],
        vector: [0.0; S],
        kinks: [Kink { of: Maximum { level: Level::Limits, state: 0 }, piece: 0, reference: 0 }; S],
        columns: [0; S],
        count: 0,
        active: [false; S],
        horizons: [[0; S]; H],
        invariance: [0; S],
        capped: [[0; S]; A],
    };

    /// `S^2` numbers and twice `S`, while nothing is solved.
    pub(super) fn scratch(&mut self) -> (&mut [f32], &mut [f32], &mut [f32]) {
        (self.matrix.as_flattened_mut(), &mut self.point, &mut self.vector)
    }

    /// Finds the best vertex with these active states.
    pub(super) fn solve(&mut self, programme: &Programme<'_, S, A, H>, active: &[bool; S]) -> Result<(), Error> {
        self.count = 0;
        let states = active.iter().zip(&programme.gaps.terminal).zip(&mut self.active).enumerate();
        for (state, ((active, terminal), own)) in states {
            *own = *active && !terminal;
            if *own
                && let (Some(column), Some(kink)) = (self.columns.get_mut(self.count), self.kinks.get_mut(self.count))
            {
                let of = Maximum { level: Level::Limits, state: state as u16 };
                (*column, *kink) = (state as u16, Kink { of, piece: 2, reference: 0 });
                self.count += 1;
            }
        }
        if self.count == 0 {
            return Err(Error::Infeasible);
        }
        self.point.fill(1.0);
        self.settle_pieces(programme);
        for penalty in PENALTIES {
            self.descend(programme, penalty)?;
            if self.violation(programme) <= TOLERANCE {
                break;
            }
        }
        // The vertex for the true limits, unless rounding has made that a worse one.
        self.find_point(programme, 0.0)?;
        if self.violation(programme) > TOLERANCE {
            self.find_point(programme, SLACK)?;
        }
        if self.violation(programme) > TOLERANCE { Err(Error::Infeasible) } else { Ok(()) }
    }

    /// The reward of a pair at the vertex, in units of `r_max`.
    pub(super) fn reward(&self, programme: &Programme<'_, S, A, H>, state: usize, action: usize) -> f32 {
        let Some(column) = self.columns().position(|column| column == state) else { return 0.0 };
        if action == programme.gaps.chosen(state) {
            return self.point.get(column).copied().unwrap_or(0.0);
        }
        if programme.coefficient(state, action) > 0.0 {
            // As great as the invariance lets it be.
            let of = Maximum { level: Level::Capped(action as u8), state: state as u16 };
            return (1.0 - self.value(programme, of, action as u8, 0.0)).clamp(-1.0, 1.0);
        }
        -1.0
    }

    fn columns(&self) -> impl Iterator<Item = usize> + Clone {
        self.columns.iter().take(self.count).map(|state| usize::from(*state))
    }

    fn is_active(&self, of: Maximum) -> bool {
        self.active.get(usize::from(of.state)).copied().unwrap_or(false)
    }

    fn weight(&self, programme: &Programme<'_, S, A, H>, of: Maximum, penalty: f32) -> f32 {
        programme.weight(of, self.is_active(of), penalty)
    }

    /// `b - <g, x>` of a piece.
    fn value(&self, programme: &Programme<'_, S, A, H>, of: Maximum, piece: u8, slack: f32) -> f32 {
        let constant = programme.constant(of, piece, self.is_active(of), slack);
        constant - self.along(programme, of, piece, &self.point)
    }

    /// `<g, v>` of a piece.
    fn along(&self, programme: &Programme<'_, S, A, H>, of: Maximum, piece: u8, vector: &[f32]) -> f32 {
        self.columns().zip(vector).fold(0.0, |sum, (state, x)| sum + programme.slope(of, piece, state) * x)
    }

    /// The greatest violation of the invariance at the point.
    fn violation(&self, programme: &Programme<'_, S, A, H>) -> f32 {
        let of = |state| Maximum { level: Level::Invariance, state: state as u16 };
        (0..S).fold(0.0, |most, state| {
            let values = programme.pieces(of(state)).map(|piece| self.value(programme, of(state), piece, 0.0));
            values.fold(most, f32::max)
        })
    }

    /// Takes the greatest piece of every maximum for the present one; 0 where several are.
    fn settle_pieces(&mut self, programme: &Programme<'_, S, A, H>) {
        for level in programme.levels().filter(|level| *level != Level::Limits) {
            for state in 0..S {
                let of = Maximum { level, state: state as u16 };
                let first = (programme.zero(of), 0.0);
                let (best, _) = programme.pieces(of).fold(first, |best, piece| {
                    let value = self.value(programme, of, piece, SLACK);
                    if value > best.1 { (piece, value) } else { best }
                });
                self.set_present(of, best);
            }
        }
    }

    fn present(&self, of: Maximum) -> u8 {
        let state = usize::from(of.state);
        let row = match of.level {
            Level::Horizon(horizon) => self.horizons.get(usize::from(horizon)),
            Level::Invariance => Some(&self.invariance),
            Level::Capped(action) => self.capped.get(usize::from(action)),
            Level::Limits => None,
        };
        row.and_then(|row| row.get(state)).copied().unwrap_or(0)
    }

    fn set_present(&mut self, of: Maximum, piece: u8) {
        let row = match of.level {
            Level::Horizon(horizon) => self.horizons.get_mut(usize::from(horizon)),
            Level::Invariance => Some(&mut self.invariance),
            Level::Capped(action) => self.capped.get_mut(usize::from(action)),
            Level::Limits => None,
        };
        if let Some(place) = row.and_then(|row| row.get_mut(usize::from(of.state))) {
            *place = piece;
        }
    }

    fn kinks(&self) -> impl Iterator<Item = &Kink> {
        self.kinks.iter().take(self.count)
    }

    /// Writes the kinks' equations, row by row or column by column.
    fn fill_matrix(&mut self, programme: &Programme<'_, S, A, H>, transposed: bool) {
        let count = self.count;
        let matrix = self.matrix.as_flattened_mut();
        for (row, kink) in self.kinks.iter().take(count).enumerate() {
            for (column, state) in self.columns.iter().take(count).enumerate() {
                let place = if transposed { column * count + row } else { row * count + column };
                let slope = |piece| programme.slope(kink.of, piece, usize::from(*state));
                if let Some(entry) = matrix.get_mut(place) {
                    *entry = slope(kink.piece) - slope(kink.reference);
                }
            }
        }
    }

    /// The point where all kinks are, within the limits.
    fn find_point(&mut self, programme: &Programme<'_, S, A, H>, slack: f32) -> Result<(), Error> {
        self.fill_matrix(programme, false);
        for (x, kink) in self.point.iter_mut().zip(&self.kinks).take(self.count) {
            let active = self.active.get(usize::from(kink.of.state)).copied().unwrap_or(false);
            let constant = |piece| programme.constant(kink.of, piece, active, slack);
            *x = constant(kink.piece) - constant(kink.reference);
        }
        solve_part(&mut self.matrix, &mut self.point, self.count)?;
        self.point.iter_mut().for_each(|x| *x = x.clamp(-1.0, 1.0));
        Ok(())
    }

    /// The weights that the kinks' pieces have in the gradient.
    fn find_weights(&mut self, programme: &Programme<'_, S, A, H>, penalty: f32) -> Result<(), Error> {
        let chosen = |state: usize| programme.gaps.chosen(state);
        for (g, state) in self.vector.iter_mut().zip(self.columns.iter().take(self.count)) {
            *g = -programme.coefficient(usize::from(*state), chosen(usize::from(*state)));
        }
        for level in programme.levels().filter(|level| *level != Level::Limits) {
            for state in 0..S {
                let of = Maximum { level, state: state as u16 };
                let (piece, weight) = (self.present(of), self.weight(programme, of, penalty));
                if weight != 0.0 && piece != programme.zero(of) {
                    for (g, state) in self.vector.iter_mut().zip(self.columns.iter().take(self.count)) {
                        *g -= weight * programme.slope(of, piece, usize::from(*state));
                    }
                }
            }
        }
        self.fill_matrix(programme, true);
        solve_part(&mut self.matrix, &mut self.vector, self.count)
    }

    /// The kink that is to be given up, the most negative weight first, and that weight; `None` at the best vertex. Where
    /// it is the reference that counts less than nothing, another piece becomes the reference.
    fn choose(&mut self, programme: &Programme<'_, S, A, H>, penalty: f32) -> Option<(usize, f32)> {
        let mut worst = -NOTHING;
        let mut chosen = None;
        for (row, (kink, weight)) in self.kinks().zip(&self.vector).enumerate() {
            if *weight < worst {
                (worst, chosen) = (*weight, Some((row, false)));
            }
            let same = self.kinks().zip(&self.vector).filter(|(other, _)| other.of == kink.of);
            let rest = same.fold(self.weight(programme, kink.of, penalty), |rest, (_, weight)| rest - weight);
            if rest < worst {
                (worst, chosen) = (rest, Some((row, true)));
            }
        }
        let (row, of_reference) = chosen?;
        if of_reference {
            let Kink { of, piece, reference } = *self.kinks.get(row)?;
            for kink in self.kinks.iter_mut().take(self.count).filter(|kink| kink.of == of) {
                kink.reference = piece;
            }
            if let Some(kink) = self.kinks.get_mut(row) {
                kink.piece = reference;
            }
            self.set_present(of, piece);
        }
        Some((row, worst))
    }

    /// The nearest kink along the edge, among near ones the sharpest.
    fn meet(&self, programme: &Programme<'_, S, A, H>, penalty: f32) -> Option<Meeting> {
        let length = self.vector.iter().take(self.count).fold(0.0f32, |length, x| length.max(x.abs()));
        let mut nearest: Option<Meeting> = None;
        for level in programme.levels() {
            for state in 0..S {
                let of = Maximum { level, state: state as u16 };
                if self.weight(programme, of, penalty) == 0.0 {
                    continue;
                }
                let reference = self.present(of);
                let (value, along) =
                    (self.value(programme, of, reference, SLACK), self.along(programme, of, reference, &self.vector));
                for piece in programme.pieces(of).filter(|piece| *piece != reference) {
                    let rate = along - self.along(programme, of, piece, &self.vector);
                    let held = self.kinks().any(|kink| kink.of == of && kink.piece == piece);
                    if held || rate <= 1e-6 * length {
                        continue;
                    }
                    let distance = ((value - self.value(programme, of, piece, SLACK)) / rate).max(0.0);
                    let meeting = Meeting { distance, rate, kink: Kink { of, piece, reference } };
                    let nearer = |other: &Meeting| {
                        let margin = 1e-7;
                        distance < other.distance - margin || (distance <= other.distance + margin && rate > other.rate)
                    };
                    if nearest.as_ref().is_none_or(nearer) {
                        nearest = Some(meeting);
                    }
                }
            }
        }
        nearest
    }

    /// Walks down to the best vertex, or until the steps that such a walk may take are used up, which only rounding can do:
    /// what it has then is as good as it got.
    fn descend(&mut self, programme: &Programme<'_, S, A, H>, penalty: f32) -> Result<(), Error> {
        for _ in 0..32 * (self.count + 1) {
            self.find_point(programme, SLACK)?;
            self.find_weights(programme, penalty)?;
            let Some((row, mut slope)) = self.choose(programme, penalty) else { break };
            self.fill_matrix(programme, false);
            self.vector.iter_mut().enumerate().for_each(|(index, x)| *x = if index == row { 1.0 } else { 0.0 });
            solve_part(&mut self.matrix, &mut self.vector, self.count)?;
            while let Some(Meeting { rate, kink, .. }) = self.meet(programme, penalty) {
                slope += self.weight(programme, kink.of, penalty) * rate;
                let others = self.kinks().enumerate().any(|(index, other)| index != row && other.of == kink.of);
                if slope >= 0.0 || others {
                    self.kinks.iter_mut().skip(row).take(1).for_each(|place| *place = kink);
                    break;
                }
                self.set_present(kink.of, kink.piece);
            }
        }
        self.find_point(programme, SLACK)
    }
}

/// Solves the first `count` equations.
fn solve_part<const S: usize>(matrix: &mut [[f32; S]; S], vector: &mut [f32; S], count: usize) -> Result<(), Error> {
    let matrix = matrix.as_flattened_mut().get_mut(..count * count).ok_or(Error::LengthMismatch)?;
    solve(matrix, vector.get_mut(..count).ok_or(Error::LengthMismatch)?)
}
