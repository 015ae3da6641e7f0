//! A taxi that takes a passenger from one of four places to another.

use super::episode::{Episode, episodes_of_model};
use super::grid::{DOWN, LEFT, Offset, RIGHT, UP, moved};
use crate::error::Error;
use crate::model::{FiniteModel, ModelOutcome};
use crate::rng;
use crate::state::{Identify, Identity, persist_fields};

/// Gymnasium's `Taxi-v4`, in dry weather and with a passenger who does not change the destination (Dietterich 2000).
///
/// State `((5 row + column) 5 + passenger) 4 + destination`; the passenger is at R 0, G 1, Y 2, B 3 or in the taxi 4; the
/// destination is R 0, G 1, Y 2 or B 3. Actions south 0, north 1, east 2, west 3, pick up 4, drop off 5. Each step pays
/// -1, an illegal pick up or drop off -10, and dropping the passenger off at the destination +20, which ends the episode.
/// `reset` draws one of the 300 starts uniformly, in ascending order of the state: one bounded draw
/// ([`rng::below`](crate::rng::below)). A step takes no word.
///
/// ```
/// use habit::env::Taxi;
/// // In the second row and the fourth column, with the passenger at Y and bound for R.
/// assert_eq!(Taxi::encode(1, 3, 2, 0), 168);
/// assert_eq!(Taxi::decode(168), [1, 3, 2, 0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taxi {
    episode: Episode<{ Self::STATES }>,
}

const SIDE: usize = 5;
/// The passenger's place when in the taxi.
const ABOARD: usize = 4;
/// The cells of R, G, Y and B.
const PLACES: [usize; 4] = [0, 4, 20, 23];
/// For each row a bit for each column from which one may drive east.
const OPEN_TO_THE_EAST: [u8; SIDE] = [0b1101, 0b1101, 0b1111, 0b1010, 0b1010];

impl Taxi {
    /// Number of states.
    pub const STATES: usize = 500;
    /// Number of actions.
    pub const ACTIONS: usize = 6;
    /// Number of states that an episode may start in.
    pub const STARTS: usize = 300;
    /// When Gymnasium cuts an episode.
    pub const TIME_LIMIT: u32 = 200;

    /// Before the first episode.
    pub const fn new() -> Self {
        Self { episode: Episode::before(0) }
    }

    /// The state of the world.
    pub const fn state(&self) -> usize {
        self.episode.state()
    }

    /// The state from row, column, passenger and destination.
    pub const fn encode(row: usize, column: usize, passenger: usize, destination: usize) -> usize {
        ((SIDE * row + column) * 5 + passenger) * 4 + destination
    }

    /// Row, column, passenger and destination of a state.
    pub const fn decode(state: usize) -> [usize; 4] {
        [state / 100, state / 20 % SIDE, state / 4 % 5, state % 4]
    }

    /// The start at `index`, in ascending order: the passenger is not in the taxi and not at the destination. `None` past
    /// the last.
    pub fn start(index: usize) -> Option<usize> {
        let (cell, pair) = (index / 12, index % 12);
        let (passenger, other) = (pair / 3, pair % 3);
        let destination = other + usize::from(other >= passenger);
        (index < Self::STARTS).then_some((cell * 5 + passenger) * 4 + destination)
    }

    /// Where the taxi goes by one of the four moves.
    #[inline]
    fn driven(cell: usize, action: usize) -> usize {
        let (row, column) = (cell / SIDE, cell % SIDE);
        let open = |column: usize| OPEN_TO_THE_EAST.get(row).is_some_and(|&bits| bits >> column & 1 == 1);
        let offset: Offset = match action {
            0 => DOWN,
            1 => UP,
            2 if open(column) => RIGHT,
            3 if column > 0 && open(column - 1) => LEFT,
            _ => (0, 0),
        };
        moved(cell, SIDE, SIDE, offset)
    }
}

impl Default for Taxi {
    fn default() -> Self {
        Self::new()
    }
}

episodes_of_model!([] Taxi, Self::STATES, Self::ACTIONS, |world, rng| {
    // There are starts to choose from, so nothing fails.
    let index = rng::below(Self::STARTS as u32, rng).unwrap_or(0);
    Self::start(index as usize).unwrap_or(0)
});

impl FiniteModel for Taxi {
    fn states(&self) -> usize {
        Self::STATES
    }

    fn actions(&self) -> usize {
        Self::ACTIONS
    }

    #[inline]
    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action).map(|()| 1)
    }

    #[inline]
    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        self.check_pair(state, action)?;
        let (cell, passenger, destination) = (state / 20, state / 4 % 5, state % 4);
        let here = PLACES.iter().position(|&place| place == cell);
        let (cell, passenger, reward, terminated) = match (action, here) {
            (..4, _) => (Self::driven(cell, action), passenger, -1.0, false),
            (4, Some(place)) if passenger == place => (cell, ABOARD, -1.0, false),
            (5, Some(place)) if passenger == ABOARD && place == destination => (cell, place, 20.0, true),
            (5, Some(place)) if passenger == ABOARD => (cell, place, -1.0, false),
            _ => (cell, passenger, -10.0, false),
        };
        let next_state = (cell * 5 + passenger) * 4 + destination;
        Ok((index == 0).then_some(ModelOutcome { probability: 1.0, next_state, reward, terminated }))
    }
}

persist_fields!([] Taxi { episode });

/// `"taxi"`: states, actions.
impl Identify for Taxi {
    fn identity(&self) -> Identity {
        Identity::new("taxi", Identity::PLAIN, [Self::STATES, Self::ACTIONS, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::Env;
    use crate::interact::Outcome;
    use crate::rng::stream;

    #[test]
    fn the_table_is_that_of_gymnasium() {
        assert_eq!(Taxi::new().table_digest(), Ok(0xfb81_8472_037e_0ec5));
    }

    #[test]
    fn the_walls_are_those_of_the_map() {
        let map = ["|R: | : :G|", "| : | : : |", "| : : : : |", "| | : | : |", "|Y| : |B: |"];
        for (row, line) in map.iter().enumerate() {
            for column in 0..SIDE {
                let (cell, open) = (SIDE * row + column, |at: usize| line.as_bytes()[at] == b':');
                assert_eq!(Taxi::driven(cell, 2), cell + usize::from(open(2 * column + 2)));
                assert_eq!(Taxi::driven(cell, 3), cell - usize::from(open(2 * column)));
            }
        }
    }

    #[test]
    fn the_starts_are_those_with_a_passenger_to_fetch() {
        let starts: std::vec::Vec<_> = (0..).map_while(Taxi::start).collect();
        let expected = (0..Taxi::STATES).filter(|&state| {
            let [_, _, passenger, destination] = Taxi::decode(state);
            passenger < ABOARD && passenger != destination
        });
        assert_eq!(starts, expected.collect::<std::vec::Vec<_>>());
        assert_eq!(starts.len(), Taxi::STARTS);
        let (mut taxi, mut rng) = (Taxi::new(), stream(2, 0));
        assert!((0..1000).all(|_| starts.contains(&taxi.reset(&mut rng))));
    }

    #[test]
    fn a_ride_pays_twenty_at_its_end() {
        let (mut taxi, mut rng) = (Taxi::new(), stream(0, 0));
        assert_eq!(taxi.step(0, &mut rng), Err(Error::EpisodeOver));
        taxi.episode.start(Taxi::encode(1, 0, 0, 2));
        let before = (taxi, rng.clone());
        assert_eq!(taxi.step(6, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!((taxi, rng.clone()), before);
        let rewards = [1, 4, 5, 4, 0, 0, 0, 0, 4, 5].map(|action| taxi.step(action, &mut rng).unwrap());
        assert_eq!(rewards.map(|step| step.reward), [-1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -10.0, 20.0]);
        assert_eq!(rewards[9].outcome, Outcome::Terminated);
        assert_eq!(Taxi::decode(taxi.state()), [4, 0, 2, 2]);
        assert_eq!(taxi.step(0, &mut rng), Err(Error::EpisodeOver));
        assert_eq!(rng, stream(0, 0));
    }
}
