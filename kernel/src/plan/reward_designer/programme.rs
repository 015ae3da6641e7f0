//! The linear programme as a sum of maxima of linear functions of the rewards of `pi`'s own actions.

use super::gaps::Gaps;

/// What is sought.
#[derive(Clone, Copy, Debug)]
pub(super) enum Goal<'a, const S: usize, const A: usize> {
    /// The least loss.
    Loss,
    /// The greatest `sum c R`; `greatest` is the greatest magnitude among the coefficients, the unit they are taken in.
    Sum { coefficients: &'a [[f32; A]; S], greatest: f32 },
}

/// A maximum: in one state, over pieces of which one is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// How far the reward of `pi`'s own action is out of its limits: below it by piece 1, above it by piece 2.
    Limits,
    /// By how much `pi`'s margin is not reached within a horizon, over the actions that fall short. Piece `pi(s)` is 0.
    Horizon(u16),
    /// By how much the invariance is violated, over all other actions. Piece `pi(s)` is 0.
    Invariance,
    /// What the reward of an action loses against `r_max` because the invariance keeps it lower. Piece `pi(s)` is 0.
    Capped(u8),
}

/// A maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Maximum {
    pub(super) level: Level,
    pub(super) state: u16,
}

/// `max_i (b_i - <g_i, x>)` over the pieces, weighted; `x(s) = R(s,pi(s))` for the active states, in units of `r_max`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Programme<'a, const S: usize, const A: usize, const H: usize> {
    pub(super) gaps: &'a Gaps<S, A, H>,
    /// `1 / r_max`.
    pub(super) scale: f32,
    pub(super) goal: Goal<'a, S, A>,
}

impl<const S: usize, const A: usize, const H: usize> Programme<'_, S, A, H> {
    /// All levels.
    pub(super) fn levels(&self) -> impl Iterator<Item = Level> + use<S, A, H> {
        let horizons = (0..H).map(|horizon| Level::Horizon(horizon as u16));
        let capped = (0..A).map(|action| Level::Capped(action as u8));
        horizons.chain([Level::Invariance]).chain(capped).chain([Level::Limits])
    }

    /// `c(s,a)` in units of the greatest, 0 for a design of least loss.
    pub(super) fn coefficient(&self, state: usize, action: usize) -> f32 {
        match self.goal {
            Goal::Loss => 0.0,
            Goal::Sum { coefficients, greatest } => {
                coefficients.get(state).and_then(|row| row.get(action)).map_or(0.0, |c| c / greatest)
            }
        }
    }

    /// What a maximum counts; `penalty` is what a violation does. Limits are never left.
    pub(super) fn weight(&self, of: Maximum, active: bool, penalty: f32) -> f32 {
        match (of.level, self.goal) {
            (Level::Horizon(_), Goal::Loss) => 1.0,
            (Level::Invariance, _) => penalty,
            (Level::Capped(action), Goal::Sum { .. })
                if active && usize::from(action) != self.gaps.chosen(usize::from(of.state)) =>
            {
                self.coefficient(usize::from(of.state), usize::from(action)).max(0.0)
            }
            (Level::Limits, _) if active => f32::INFINITY,
            _ => 0.0,
        }
    }

    /// The piece that is 0.
    pub(super) fn zero(&self, of: Maximum) -> u8 {
        if of.level == Level::Limits { 0 } else { self.gaps.chosen(usize::from(of.state)) as u8 }
    }

    /// The pieces of a maximum, `zero` among them.
    pub(super) fn pieces(&self, of: Maximum) -> impl Iterator<Item = u8> {
        let (zero, state) = (self.zero(of), usize::from(of.state));
        let count = if of.level == Level::Limits { 3 } else { A as u8 };
        (0..count).filter(move |piece| {
            *piece == zero
                || match of.level {
                    Level::Horizon(_) => self.gaps.falls_short(state, usize::from(*piece)),
                    Level::Invariance | Level::Limits => true,
                    Level::Capped(action) => *piece == action,
                }
        })
    }

    /// `b` of a piece, with the limit of a margin taken wider by `slack` and a share of it that is the piece's own. The
    /// rewards of other actions than `pi`'s are at their least where the state is active, or all but that of the capped one.
    pub(super) fn constant(&self, of: Maximum, piece: u8, active: bool, slack: f32) -> f32 {
        if piece == self.zero(of) {
            return 0.0;
        }
        let (state, action) = (usize::from(of.state), usize::from(piece));
        let (level, least) = match of.level {
            Level::Limits => return -1.0,
            Level::Horizon(horizon) => (usize::from(horizon), if active { 1.0 } else { 0.0 }),
            Level::Invariance => (H, if active { 1.0 } else { 0.0 }),
            Level::Capped(_) => (H + 1, -1.0),
        };
        self.scale * self.gaps.required(state, action) - least - slack * (1.0 + share((level * S + state) * A + action))
    }

    /// `g` of a piece for the reward of one state.
    pub(super) fn slope(&self, of: Maximum, piece: u8, of_state: usize) -> f32 {
        if piece == self.zero(of) {
            return 0.0;
        }
        let state = usize::from(of.state);
        let map = match of.level {
            Level::Limits if of_state != state => return 0.0,
            Level::Limits => return if piece == 1 { 1.0 } else { -1.0 },
            Level::Horizon(horizon) => self.gaps.early.get(usize::from(horizon)),
            Level::Invariance | Level::Capped(_) => Some(&self.gaps.lasting),
        };
        let row = map.and_then(|map| map.get(state)).and_then(|rows| rows.get(usize::from(piece)));
        row.and_then(|row| row.get(of_state)).copied().unwrap_or(0.0)
    }
}

/// A number in `[0, 1)` that differs from place to place: the golden ratio's multiples.
fn share(place: usize) -> f32 {
    const SCALE: f32 = 1.0 / 16_777_216.0;
    ((place as u32).wrapping_mul(0x9e37_79b9) >> 8) as f32 * SCALE
}
