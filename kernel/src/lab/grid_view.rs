//! The view of a grid world, from a table of action values.

use crate::env::{Cell, Discrete, Env};
use crate::error::Error;
use crate::interact::Outcome;
use crate::linalg::{Dim, Storage};
use crate::policy::Table;
use crate::rng::stream;

/// What a cell is, as the view writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Free = 0,
    Wall = 1,
    Hazard = 2,
    Start = 3,
    Goal = 4,
}

impl From<Cell> for Kind {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Free => Self::Free,
            Cell::Wall => Self::Wall,
            Cell::Start => Self::Start,
            Cell::Goal => Self::Goal,
            Cell::Hazard => Self::Hazard,
        }
    }
}

/// Follows the greedy actions of a table through a world without chance, calls `visit` with every state, and returns the
/// number of steps to the end, if they lead there.
pub(super) fn greedy_path<V, N, M, S, A, B>(
    mut world: V,
    table: &Table<S, A, B>,
    mut visit: impl FnMut(usize),
) -> Option<u32>
where
    V: Env<ObservationSpace = Discrete<N>, ActionSpace = Discrete<M>>,
    N: Dim,
    M: Dim,
    S: Dim,
    A: Dim,
    B: Storage,
{
    let mut rng = stream(0, 0);
    let mut state = world.reset(&mut rng);
    for length in 1..=table.states() as u32 {
        visit(state);
        let (action, _) = table.greedy(state).ok()?;
        let step = world.step(action, &mut rng).ok()?;
        if step.outcome == Outcome::Terminated {
            visit(step.observation);
            return Some(length);
        }
        state = step.observation;
    }
    None
}

/// Fills the view: actions are up, right, down, left in this order; `path` calls back with the states of the greedy path and
/// says whether it arrives.
pub(super) fn fill<S: Dim, A: Dim, B: Storage>(
    table: &Table<S, A, B>,
    kind: impl Fn(usize) -> Kind,
    path: impl Fn(&mut dyn FnMut(usize)) -> bool,
    agent: usize,
    out: &mut [f32],
) -> Result<(), Error> {
    let states = table.states();
    if out.len() != 4 * states + 1 {
        return Err(Error::LengthMismatch);
    }
    let (values, rest) = out.split_at_mut(states);
    let (arrows, rest) = rest.split_at_mut(states);
    let (kinds, rest) = rest.split_at_mut(states);
    let (marks, last) = rest.split_at_mut(states);
    marks.fill(0.0);
    // What circles without arriving is no path.
    if path(&mut |_| {}) {
        path(&mut |state| marks.iter_mut().skip(state).take(1).for_each(|mark| *mark = 1.0));
    }
    for state in 0..states {
        let (row, (_, best)) = (table.row(state)?, table.greedy(state)?);
        let mask = row.iter().enumerate().filter(|(_, value)| **value == best).map(|(action, _)| 1u32 << action);
        let kind = kind(state);
        values[state] = best;
        arrows[state] = if matches!(kind, Kind::Free | Kind::Start) { mask.sum::<u32>() as f32 } else { 0.0 };
        kinds[state] = kind as u8 as f32;
    }
    last.fill(agent as f32);
    Ok(())
}
