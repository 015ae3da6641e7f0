//! A street with two lights and a parked car.

use super::{Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::linalg::Const;
use crate::rng::{Bernoulli, Rng};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// A drive along 24 cells in which the rules of the road must be kept: the smallest world that tells a reward for progress
/// from a reward for driving nicely.
///
/// The car starts in cell 0 at speed 0. Actions 0, 1, 2 change the speed by -1, 0, +1; it stays within 0 to 3 and is changed
/// before the car moves by it. Two lights, in cells 6 and 18, are red together or green together, at first with equal chance;
/// after every step they change with probability 0.2. Moving from a light's cell or before it to beyond it on red terminates
/// the episode, and so does reaching or passing the parked car in cell 12 faster than at speed 1. Reaching cell 23 truncates
/// it: the route is finished, and what would come after is not the car's fault.
///
/// The reward is the progress, in percent of the route. Observations are `(cell * 4 + speed) * 2 + red`: see
/// [`split`](Self::split). No time limit of its own: [`HORIZON`](Self::HORIZON) steps are usual. Takes one word at the start
/// and one a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorridorDrive {
    cell: u8,
    speed: u8,
    red: bool,
    running: bool,
}

impl CorridorDrive {
    /// Number of cells.
    pub const CELLS: usize = 24;
    /// Number of speeds, from 0 on.
    pub const SPEEDS: usize = 4;
    /// Number of observations.
    pub const STATES: usize = Self::CELLS * Self::SPEEDS * 2;
    /// Number of actions.
    pub const ACTIONS: usize = 3;
    /// The cells of the lights.
    pub const LIGHTS: [usize; 2] = [6, 18];
    /// The cell of the parked car.
    pub const PARKED: usize = 12;
    /// The last cell.
    pub const GOAL: usize = Self::CELLS - 1;
    /// The usual time limit, in steps.
    pub const HORIZON: u32 = 60;

    const CHANGES: f32 = 0.2;

    /// Before the first episode.
    pub const fn new() -> Self {
        Self { cell: 0, speed: 0, red: false, running: false }
    }

    /// Cell, speed, and whether the lights are red, of an observation.
    #[inline]
    pub const fn split(state: usize) -> (usize, usize, bool) {
        (state / (2 * Self::SPEEDS), state / 2 % Self::SPEEDS, state % 2 == 1)
    }

    /// How much of the route lies behind a cell, in percent.
    #[inline]
    pub const fn completion(cell: usize) -> f32 {
        100.0 * cell as f32 / Self::GOAL as f32
    }

    /// Whether a move from one cell to another at this speed breaks a rule.
    const fn breaks_a_rule(from: usize, to: usize, speed: usize, red: bool) -> bool {
        let [first, second] = Self::LIGHTS;
        let passes = (from <= first && to > first) || (from <= second && to > second);
        let hits = from < Self::PARKED && to >= Self::PARKED && speed > 1;
        (red && passes) || hits
    }

    const fn state(&self) -> usize {
        (self.cell as usize * Self::SPEEDS + self.speed as usize) * 2 + self.red as usize
    }
}

impl Default for CorridorDrive {
    fn default() -> Self {
        Self::new()
    }
}

impl Env for CorridorDrive {
    type ObservationSpace = Discrete<Const<{ Self::STATES }>>;
    type ActionSpace = Discrete<Const<{ Self::ACTIONS }>>;

    fn observation_space(&self) -> Self::ObservationSpace {
        Discrete(Const)
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Const)
    }

    fn reset(&mut self, rng: &mut (impl Rng + ?Sized)) -> usize {
        // Equal chance, of one bit.
        *self = Self { cell: 0, speed: 0, red: rng.next_u32() >> 31 == 1, running: true };
        self.state()
    }

    fn step(&mut self, action: usize, rng: &mut (impl Rng + ?Sized)) -> Result<Step<usize>, Error> {
        if action >= Self::ACTIONS {
            return Err(Error::ActionOutOfRange);
        }
        if !self.running {
            return Err(Error::EpisodeOver);
        }
        let changes = Bernoulli::new(Self::CHANGES)?;
        let from = usize::from(self.cell);
        let speed = (usize::from(self.speed) + action).saturating_sub(1).min(Self::SPEEDS - 1);
        let to = (from + speed).min(Self::GOAL);
        let outcome = Outcome::from_flags(Self::breaks_a_rule(from, to, speed, self.red), to == Self::GOAL);
        (self.cell, self.speed, self.running) = (to as u8, speed as u8, !outcome.is_over());
        self.red ^= changes.sample(rng);
        let reward = Self::completion(to) - Self::completion(from);
        Ok(Step { observation: self.state(), reward, outcome })
    }
}

/// Cell and speed, a byte each, whether the lights are red, and whether the episode runs: 4 bytes.
impl Persist for CorridorDrive {
    fn write(&self, out: &mut impl Write) {
        [self.cell, self.speed].write(out);
        [self.red, self.running].write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut place = [0u8; 2];
        place.read(from)?;
        self.red.check(from)?;
        self.running.check(from)?;
        let fits = usize::from(place[0]) < Self::CELLS && usize::from(place[1]) < Self::SPEEDS;
        if fits { Ok(()) } else { Err(Error::Malformed) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.cell.read(from)?;
        self.speed.read(from)?;
        self.red.read(from)?;
        self.running.read(from)
    }
}

/// `"corridor-drive"`: states, actions.
impl Identify for CorridorDrive {
    fn identity(&self) -> Identity {
        Identity::new("corridor-drive", Identity::PLAIN, [Self::STATES, Self::ACTIONS, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    /// One step from a place.
    fn after(cell: u8, speed: u8, red: bool, action: usize) -> (usize, usize, Outcome) {
        let mut drive = CorridorDrive { cell, speed, red, running: true };
        let step = drive.step(action, &mut stream(1, 0)).unwrap();
        let (cell, speed, _) = CorridorDrive::split(step.observation);
        (cell, speed, step.outcome)
    }

    #[test]
    fn the_rules_by_hand() {
        use Outcome::{Continue, Terminated, Truncated};
        // The speed changes before the car moves, and stays within 0 to 3.
        assert_eq!(after(0, 0, false, 0), (0, 0, Continue));
        assert_eq!(after(0, 3, false, 2), (3, 3, Continue));
        assert_eq!(after(1, 1, false, 2), (3, 2, Continue));
        // Up to the light on red, but not beyond it, from wherever.
        assert_eq!(after(4, 2, true, 1), (6, 2, Continue));
        assert_eq!(after(6, 1, true, 1), (7, 1, Terminated));
        assert_eq!(after(5, 1, true, 2), (7, 2, Terminated));
        assert_eq!(after(5, 1, false, 2), (7, 2, Continue));
        assert_eq!(after(7, 1, true, 1), (8, 1, Continue));
        assert_eq!(after(18, 1, true, 1), (19, 1, Terminated));
        // Past the parked car at speed 1 only.
        assert_eq!(after(11, 1, true, 1), (12, 1, Continue));
        assert_eq!(after(10, 2, true, 1), (12, 2, Terminated));
        assert_eq!(after(11, 2, true, 2), (14, 3, Terminated));
        assert_eq!(after(12, 1, true, 2), (14, 2, Continue));
        // The route ends where it ends.
        assert_eq!(after(21, 3, false, 1), (23, 3, Truncated));
    }

    #[test]
    fn rewards_add_up_to_the_route() {
        let (mut drive, mut rng) = (CorridorDrive::default(), stream(2, 0));
        assert_eq!(drive.step(1, &mut rng), Err(Error::EpisodeOver));
        drive.reset(&mut rng);
        assert_eq!(drive.step(3, &mut rng), Err(Error::ActionOutOfRange));
        let mut sum = 0.0;
        loop {
            // Speed 1 throughout, and no move on red.
            let (_, speed, red) = CorridorDrive::split(drive.state());
            let step = drive.step(if red { 0 } else { 2 - speed }, &mut rng).unwrap();
            sum += step.reward;
            if step.outcome.is_over() {
                assert_eq!(step.outcome, Outcome::Truncated);
                break;
            }
        }
        assert!((sum - 100.0).abs() < 1e-4);
    }

    #[test]
    fn bad_bytes_are_refused() {
        let mut drive = CorridorDrive::new();
        for bad in [[24, 0, 0, 0], [0, 4, 0, 0], [0, 0, 2, 0]] {
            assert_eq!(drive.restore(&bad), Err(Error::Malformed));
        }
        assert_eq!(drive.restore(&[23, 3, 1, 0]), Ok(()));
        assert_eq!(CorridorDrive::split(drive.state()), (23, 3, true));
    }
}
