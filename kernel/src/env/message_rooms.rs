//! A corridor with a key, a lever and a door, where every step says something.

use super::{Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::linalg::Const;
use crate::rng::Rng;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// A corridor of 15 cells in which three things must be used in their order before the end counts: a key in cell 3, a lever
/// in cell 7, a door in cell 11. Every step says a short message, of which three are about those things and the rest is
/// chatter: a world whose reward is nearly never found without being told what matters.
///
/// Episodes start in cell 0; actions are left 0, right 1, use 2, wait 3. Reward 1 and the end of the episode in cell 14 once
/// all three were used; else nothing pays. The [`message`](Self::message) is 0, 1 or 2 when a thing is used for the first
/// time, else `3 + (4 cell + action) mod 61` of the cell acted in: 64 in all, with nine [`features`](Self::features) each.
/// Observations are `cell * 4 + things used`. No time limit of its own. Takes no word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageRooms {
    cell: u8,
    used: u8,
    running: bool,
    message: u8,
}

impl MessageRooms {
    /// Number of cells.
    pub const CELLS: usize = 15;
    /// Where the things are, in the order in which they must be used.
    pub const THINGS: [usize; 3] = [3, 7, 11];
    /// Number of observations.
    pub const STATES: usize = Self::CELLS * (Self::THINGS.len() + 1);
    /// Number of actions.
    pub const ACTIONS: usize = 4;
    /// Number of messages; those below the number of things are about them.
    pub const MESSAGES: usize = 64;
    /// Number of features of a message.
    pub const FEATURES: usize = 9;

    const GOAL: usize = Self::CELLS - 1;

    /// Before the first episode.
    pub const fn new() -> Self {
        Self { cell: 0, used: 0, running: false, message: 0 }
    }

    /// What the last step said; of no meaning before the first.
    pub const fn message(&self) -> usize {
        self.message as usize
    }

    /// Whether a message is about one of the things.
    pub const fn is_helpful(message: usize) -> bool {
        message < Self::THINGS.len()
    }

    /// What there is to see of a message's words: feature 0 is 1 for a helpful one, features 1 to 7 are 0 or 1 without any
    /// meaning, feature 8 is 1.
    pub fn features(message: usize) -> [f32; Self::FEATURES] {
        core::array::from_fn(|feature| {
            let is_one = match feature {
                0 => Self::is_helpful(message),
                1..8 => (37 * message + 11 * feature).is_multiple_of(5),
                _ => true,
            };
            f32::from(u8::from(is_one))
        })
    }

    const fn state(&self) -> usize {
        self.cell as usize * (Self::THINGS.len() + 1) + self.used as usize
    }
}

impl Default for MessageRooms {
    fn default() -> Self {
        Self::new()
    }
}

impl Env for MessageRooms {
    type ObservationSpace = Discrete<Const<{ Self::STATES }>>;
    type ActionSpace = Discrete<Const<{ Self::ACTIONS }>>;

    fn observation_space(&self) -> Self::ObservationSpace {
        Discrete(Const)
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Const)
    }

    fn reset(&mut self, _rng: &mut (impl Rng + ?Sized)) -> usize {
        *self = Self { cell: 0, used: 0, running: true, message: self.message };
        self.state()
    }

    fn step(&mut self, action: usize, _rng: &mut (impl Rng + ?Sized)) -> Result<Step<usize>, Error> {
        if action >= Self::ACTIONS {
            return Err(Error::ActionOutOfRange);
        }
        if !self.running {
            return Err(Error::EpisodeOver);
        }
        let (cell, used) = (usize::from(self.cell), usize::from(self.used));
        let uses = action == 2 && Self::THINGS.get(used) == Some(&cell);
        let message = if uses { used } else { 3 + (4 * cell + action) % 61 };
        let next = match action {
            0 => cell.saturating_sub(1),
            1 => (cell + 1).min(Self::GOAL),
            _ => cell,
        };
        let used = used + usize::from(uses);
        let arrives = next == Self::GOAL && used == Self::THINGS.len();
        let reward = if arrives { 1.0 } else { 0.0 };
        *self = Self { cell: next as u8, used: used as u8, running: !arrives, message: message as u8 };
        Ok(Step { observation: self.state(), reward, outcome: Outcome::from_flags(arrives, false) })
    }
}

/// Cell, things used, whether the episode runs, the last message, a byte each: 4 bytes.
impl Persist for MessageRooms {
    fn write(&self, out: &mut impl Write) {
        [self.cell, self.used].write(out);
        self.running.write(out);
        self.message.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let (mut place, mut message) = ([0u8; 2], 0u8);
        place.read(from)?;
        self.running.check(from)?;
        message.read(from)?;
        let fits = usize::from(place[0]) < Self::CELLS
            && usize::from(place[1]) <= Self::THINGS.len()
            && usize::from(message) < Self::MESSAGES;
        if fits { Ok(()) } else { Err(Error::Malformed) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.cell.read(from)?;
        self.used.read(from)?;
        self.running.read(from)?;
        self.message.read(from)
    }
}

/// `"message-rooms"`: states, actions, messages.
impl Identify for MessageRooms {
    fn identity(&self) -> Identity {
        Identity::new("message-rooms", Identity::PLAIN, [Self::STATES, Self::ACTIONS, Self::MESSAGES])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    #[test]
    fn only_the_right_order_opens_the_way() {
        let (mut rooms, mut rng) = (MessageRooms::default(), stream(0, 0));
        assert_eq!(rooms.step(1, &mut rng), Err(Error::EpisodeOver));
        assert_eq!(rooms.reset(&mut rng), 0);
        assert_eq!(rooms.step(4, &mut rng), Err(Error::ActionOutOfRange));
        // Left at the wall, right to the lever, which cannot be used yet, and on to the end, which does not count yet.
        let mut said = std::vec::Vec::new();
        let mut walk = |rooms: &mut MessageRooms, actions: &[usize]| {
            let mut last = None;
            for action in actions {
                last = Some(rooms.step(*action, &mut rng).unwrap());
                said.push(rooms.message());
            }
            last.unwrap()
        };
        walk(&mut rooms, &[0]);
        let step = walk(&mut rooms, &[1, 1, 1, 1, 1, 1, 1, 2]);
        assert_eq!((step.observation, step.reward), (7 * 4, 0.0));
        assert_eq!(walk(&mut rooms, &[1; 7]).outcome, Outcome::Continue);
        // Back to the key, then the lever, the door and the end.
        walk(&mut rooms, &[0; 11]);
        assert_eq!(walk(&mut rooms, &[2]).observation, 3 * 4 + 1);
        walk(&mut rooms, &[2, 1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 3]);
        assert_eq!(rooms.state(), 11 * 4 + 3);
        let step = walk(&mut rooms, &[1, 1, 1]);
        assert_eq!((step.reward, step.outcome), (1.0, Outcome::Terminated));
        assert_eq!(said[..2], [3, 3 + 1]);
        assert_eq!(
            said.iter().filter(|message| MessageRooms::is_helpful(**message)).collect::<std::vec::Vec<_>>(),
            [&0, &1, &2]
        );
        assert!(said.iter().all(|message| *message < MessageRooms::MESSAGES));
    }

    #[test]
    fn features_are_those_of_the_words() {
        // 37 m + 11 k is a multiple of 5 where 2 m + k is.
        assert_eq!(MessageRooms::features(0), [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0]);
        assert_eq!(MessageRooms::features(2), [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0]);
        assert_eq!(MessageRooms::features(63), [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn bad_bytes_are_refused() {
        let mut rooms = MessageRooms::new();
        for bad in [[15, 0, 0, 0], [0, 4, 0, 0], [0, 0, 2, 0], [0, 0, 1, 64]] {
            assert_eq!(rooms.restore(&bad), Err(Error::Malformed));
        }
        assert_eq!(rooms.restore(&[14, 3, 0, 63]), Ok(()));
    }
}
