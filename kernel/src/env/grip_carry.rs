//! A task that is won or lost at its beginning.

use super::{Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::linalg::Const;
use crate::rng::{Rng, below};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// What moves a load on from each cell.
static COMMANDS: [u8; GripCarry::CELLS] = [1, 2, 0, 1, 3, 2, 1, 0, 3, 1, 2, 0, 3, 1, 0, 2];

/// The load.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Load {
    /// On the table, in cell 0.
    #[default]
    Table = 0,
    /// Held so that it stays.
    Firm = 1,
    /// Held so that it slips late.
    Soft = 2,
    /// Stuck, and the gripper with it.
    Jammed = 3,
}

/// How long the way is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CarrySize {
    /// 16 cells, 26 steps; a soft grip slips at cell 13.
    #[default]
    Full,
    /// 10 cells, 18 steps; a soft grip slips at cell 8.
    Small,
}

impl CarrySize {
    /// The number of cells.
    pub const fn cells(self) -> usize {
        match self {
            Self::Full => 16,
            Self::Small => 10,
        }
    }

    /// The steps of an episode.
    pub const fn steps(self) -> usize {
        match self {
            Self::Full => 26,
            Self::Small => 18,
        }
    }

    /// Where a soft grip slips.
    const fn slip(self) -> u8 {
        match self {
            Self::Full => 13,
            Self::Small => 8,
        }
    }
}

/// A gripper fetches a ball from cell 0 and carries it to the basket in the last cell: the basketball failure of Liu et al.
/// (ICLR 2024), made small. Whoever sweeps to the basket at once is near the demonstration for most of its way and never
/// holds the ball.
///
/// An episode starts with the ball on the table and the gripper in cell 3, 4 or 5. Actions: left 0, right 1, grip firmly 2,
/// grip softly 3. Without the ball left and right move by a cell, and a grip in cell 0 takes it. With it, one command leads a
/// cell on, another one in each cell, and every other jams the load for good; a soft grip jams it when it slips, late on the
/// way. In the last cell nothing moves any more. The observation is `3 p + s`: the cell `p`, and whether the ball is on the
/// table, held or jammed (`s` 0, 1, 2); how firmly it is held is not seen. After a fixed number of steps the episode ends, and
/// pays 1 if the ball is in the basket, held firmly. A start takes one word, rarely more, a step none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GripCarry {
    size: CarrySize,
    cell: u8,
    load: Load,
    /// Steps that remain; 0 when no episode runs.
    left: u8,
}

impl GripCarry {
    /// The greatest number of cells.
    pub const CELLS: usize = 16;
    /// The greatest number of observations; the smaller size has the first 30.
    pub const STATES: usize = 3 * Self::CELLS;
    /// The number of actions.
    pub const ACTIONS: usize = 4;
    /// The greatest number of steps.
    pub const STEPS: usize = 26;
    /// Where episodes start.
    pub const STARTS: [usize; 3] = [3, 4, 5];

    /// Before the first episode.
    pub const fn new(size: CarrySize) -> Self {
        Self { size, cell: 3, load: Load::Table, left: 0 }
    }

    /// Starts an episode in a cell of choice: for demonstrations.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`] for a cell that is none of [`STARTS`](Self::STARTS).
    pub fn reset_to(&mut self, cell: usize) -> Result<usize, Error> {
        if !Self::STARTS.contains(&cell) {
            return Err(Error::StateOutOfRange);
        }
        (self.cell, self.load, self.left) = (cell as u8, Load::Table, self.size.steps() as u8);
        Ok(self.observation())
    }

    /// The size.
    pub const fn size(&self) -> CarrySize {
        self.size
    }

    /// The gripper's cell.
    pub const fn cell(&self) -> usize {
        self.cell as usize
    }

    /// The load, which the agent does not see in full.
    pub const fn load(&self) -> Load {
        self.load
    }

    /// Whether the ball is in the basket, held firmly.
    pub fn succeeded(&self) -> bool {
        self.load == Load::Firm && self.cell() + 1 == self.size.cells()
    }

    /// What one who knows how would do now: to the left, a firm grip, then command after command.
    pub fn expert(&self) -> usize {
        match (self.load, self.cell) {
            (Load::Table, 0) => 2,
            (Load::Table, _) => 0,
            _ => self.command(),
        }
    }

    /// What moves a load on from here.
    fn command(&self) -> usize {
        COMMANDS.get(self.cell()).map_or(0, |command| usize::from(*command))
    }

    const fn observation(&self) -> usize {
        let seen = match self.load {
            Load::Table => 0,
            Load::Firm | Load::Soft => 1,
            Load::Jammed => 2,
        };
        3 * self.cell as usize + seen
    }
}

/// Full size, before the first episode.
impl Default for GripCarry {
    fn default() -> Self {
        Self::new(CarrySize::Full)
    }
}

impl Env for GripCarry {
    type ObservationSpace = Discrete<Const<{ Self::STATES }>>;
    type ActionSpace = Discrete<Const<{ Self::ACTIONS }>>;

    fn observation_space(&self) -> Self::ObservationSpace {
        Discrete(Const)
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Const)
    }

    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> usize {
        // There are starts to draw from, so that a cell is drawn.
        let drawn = below(Self::STARTS.len() as u32, rng).unwrap_or(0);
        self.cell = 3 + drawn as u8;
        (self.load, self.left) = (Load::Table, self.size.steps() as u8);
        self.observation()
    }

    fn step(&mut self, action: usize, _rng: &mut (impl Rng + ?Sized)) -> Result<Step<usize>, Error> {
        if action >= Self::ACTIONS {
            return Err(Error::ActionOutOfRange);
        }
        if self.left == 0 {
            return Err(Error::EpisodeOver);
        }
        let last = self.size.cells() as u8 - 1;
        match self.load {
            Load::Table => match (action, self.cell) {
                (0, _) => self.cell = self.cell.saturating_sub(1),
                (1, _) => self.cell = (self.cell + 1).min(last),
                (2, 0) => self.load = Load::Firm,
                (3, 0) => self.load = Load::Soft,
                _ => {}
            },
            Load::Firm | Load::Soft if self.cell < last => {
                if action == self.command() {
                    self.cell += 1;
                    if self.load == Load::Soft && self.cell >= self.size.slip() {
                        self.load = Load::Jammed;
                    }
                } else {
                    self.load = Load::Jammed;
                }
            }
            _ => {}
        }
        self.left -= 1;
        let over = self.left == 0;
        let reward = if over && self.succeeded() { 1.0 } else { 0.0 };
        Ok(Step { observation: self.observation(), reward, outcome: Outcome::from_flags(over, false) })
    }
}

/// The cell, the load, the steps that remain: 3 bytes.
impl Persist for GripCarry {
    fn write(&self, out: &mut impl Write) {
        self.cell.write(out);
        (self.load as u8).write(out);
        self.left.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let [mut cell, mut load, mut left] = [0u8; 3];
        cell.read(from)?;
        load.read(from)?;
        left.read(from)?;
        let fits = usize::from(cell) < self.size.cells() && load <= 3 && usize::from(left) <= self.size.steps();
        if fits { Ok(()) } else { Err(Error::Malformed) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut load = 0u8;
        self.cell.read(from)?;
        load.read(from)?;
        self.load = match load {
            0 => Load::Table,
            1 => Load::Firm,
            2 => Load::Soft,
            _ => Load::Jammed,
        };
        self.left.read(from)
    }
}

/// `"grip-carry"`: cells, steps of an episode.
impl Identify for GripCarry {
    fn identity(&self) -> Identity {
        Identity::new("grip-carry", Identity::PLAIN, [self.size.cells(), self.size.steps(), 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    const SIZES: [CarrySize; 2] = [CarrySize::Full, CarrySize::Small];

    /// Acts as told until the episode is over, and returns what it pays.
    fn finish(env: &mut GripCarry, mut act: impl FnMut(&GripCarry) -> usize) -> f32 {
        let mut rng = stream(0, 0);
        let mut steps = 0;
        loop {
            steps += 1;
            let action = act(env);
            let step = env.step(action, &mut rng).unwrap();
            if step.outcome.is_over() {
                assert_eq!((steps, step.outcome), (env.size().steps(), Outcome::Terminated));
                assert_eq!(env.step(0, &mut rng), Err(Error::EpisodeOver));
                return step.reward;
            }
            assert_eq!(step.reward, 0.0);
        }
    }

    #[test]
    fn an_expert_succeeds_from_everywhere_and_a_soft_grip_slips() {
        for size in SIZES {
            for start in GripCarry::STARTS {
                let mut env = GripCarry::new(size);
                env.reset_to(start).unwrap();
                assert_eq!(finish(&mut env, GripCarry::expert), 1.0);
                env.reset_to(start).unwrap();
                let soft =
                    |env: &GripCarry| if env.load() == Load::Table && env.cell() == 0 { 3 } else { env.expert() };
                assert_eq!(finish(&mut env, soft), 0.0);
                assert_eq!((env.cell(), env.load()), (usize::from(size.slip()), Load::Jammed));
            }
        }
    }

    #[test]
    fn one_command_leads_on_and_every_other_jams_for_good() {
        let mut rng = stream(0, 0);
        for size in SIZES {
            for (cell, command) in COMMANDS.iter().enumerate().take(size.cells()) {
                for action in 0..4 {
                    let mut env = GripCarry { cell: cell as u8, load: Load::Firm, left: 3, size };
                    env.step(action, &mut rng).unwrap();
                    let expected = match cell + 1 {
                        next if next == size.cells() => (cell, Load::Firm),
                        next if action == usize::from(*command) => (next, Load::Firm),
                        _ => (cell, Load::Jammed),
                    };
                    assert_eq!((env.cell(), env.load()), expected);
                    let mut jammed = GripCarry { load: Load::Jammed, ..env };
                    jammed.step(action, &mut rng).unwrap();
                    assert_eq!((jammed.cell(), jammed.load()), (env.cell(), Load::Jammed));
                }
            }
        }
    }

    #[test]
    fn without_the_ball_it_moves_freely_and_grips_only_in_the_first_cell() {
        let (mut env, mut rng) = (GripCarry::default(), stream(0, 0));
        env.reset_to(3).unwrap();
        let mut after = |action| {
            let seen = env.step(action, &mut rng).unwrap().observation;
            (seen / 3, seen % 3)
        };
        assert_eq!([2, 3, 1, 0].map(&mut after), [(3, 0), (3, 0), (4, 0), (3, 0)]);
        assert_eq!([0, 0, 0, 0].map(&mut after), [(2, 0), (1, 0), (0, 0), (0, 0)]);
        assert_eq!([3, 1, 2, 2].map(&mut after), [(0, 1), (1, 1), (2, 1), (2, 2)]);
        env.reset_to(5).unwrap();
        assert_eq!(finish(&mut env, |_| 1), 0.0);
        assert_eq!(env.cell(), 15);
    }

    #[test]
    fn starts_are_uniform() {
        let (mut env, mut rng) = (GripCarry::new(CarrySize::Small), stream(1, 0));
        let mut counts = [0u16; 3];
        for _ in 0..3000 {
            counts[env.reset(&mut rng) / 3 - 3] += 1;
        }
        assert!(counts.iter().all(|count| count.abs_diff(1000) < 100), "{counts:?}");
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut env, mut rng) = (GripCarry::default(), stream(0, 0));
        assert_eq!(env.step(0, &mut rng), Err(Error::EpisodeOver));
        env.reset(&mut rng);
        let before = (env, rng.clone());
        assert_eq!(env.step(4, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!(env.reset_to(2), Err(Error::StateOutOfRange));
        for bad in [[16, 0, 0], [0, 4, 0], [0, 0, 27]] {
            assert_eq!(env.restore(&bad), Err(Error::Malformed));
        }
        assert_eq!((env, rng), before);
    }
}
