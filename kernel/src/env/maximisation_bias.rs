//! A choice that looks better than it is.

use super::{Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Step};
use crate::linalg::Const;
use crate::rng::{Rng, gaussian_by_sum};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// Sutton & Barto's example 6.7, in which the maximum over noisy estimates misleads.
///
/// States A 0, where episodes start, B 1, and the end 2. From A, left 0 leads to B and right 1 to the end, both for
/// nothing. From B each of the ten actions leads to the end and pays `N(-0.1, 1)`. In A the actions from 2 on do not exist.
/// No time limit. A step from B takes twelve words ([`gaussian_by_sum`]), all else none.
///
/// ```
/// use habit::env::{Env, MaximisationBias};
/// use habit::rng::stream;
/// let (mut world, mut rng) = (MaximisationBias::new(), stream(1, 0));
/// assert_eq!(world.reset(&mut rng), MaximisationBias::A);
/// assert_eq!(MaximisationBias::actions_in(MaximisationBias::A), 2);
/// assert_eq!(world.step(MaximisationBias::LEFT, &mut rng)?.observation, MaximisationBias::B);
/// assert!(world.step(9, &mut rng)?.outcome.is_over());
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaximisationBias {
    state: u8,
}

impl MaximisationBias {
    /// Number of states.
    pub const STATES: usize = 3;
    /// Number of actions, of which B has all.
    pub const ACTIONS: usize = 10;
    /// Where episodes start.
    pub const A: usize = 0;
    /// Where the rewards are.
    pub const B: usize = 1;
    /// The terminal state.
    pub const END: usize = 2;
    /// From A to B.
    pub const LEFT: usize = 0;
    /// From A to the end.
    pub const RIGHT: usize = 1;
    /// The expected reward of each action of B.
    pub const MEAN: f32 = -0.1;

    /// Before the first episode.
    pub const fn new() -> Self {
        Self { state: Self::END as u8 }
    }

    /// How many actions a state has; they are numbered from 0.
    pub const fn actions_in(state: usize) -> usize {
        match state {
            Self::A => 2,
            Self::B => Self::ACTIONS,
            _ => 0,
        }
    }
}

impl Default for MaximisationBias {
    fn default() -> Self {
        Self::new()
    }
}

impl Env for MaximisationBias {
    type ObservationSpace = Discrete<Const<{ Self::STATES }>>;
    type ActionSpace = Discrete<Const<{ Self::ACTIONS }>>;

    fn observation_space(&self) -> Self::ObservationSpace {
        Discrete(Const)
    }

    fn action_space(&self) -> Self::ActionSpace {
        Discrete(Const)
    }

    fn reset(&mut self, _rng: &mut (impl Rng + ?Sized)) -> usize {
        self.state = Self::A as u8;
        Self::A
    }

    fn step(&mut self, action: usize, rng: &mut (impl Rng + ?Sized)) -> Result<Step<usize>, Error> {
        let (observation, reward) = match (usize::from(self.state), action) {
            (_, Self::ACTIONS..) => return Err(Error::ActionOutOfRange),
            (Self::A, Self::LEFT) => (Self::B, 0.0),
            (Self::A, Self::RIGHT) => (Self::END, 0.0),
            (Self::A, _) => return Err(Error::ActionOutOfRange),
            (Self::B, _) => (Self::END, Self::MEAN + gaussian_by_sum(rng)),
            _ => return Err(Error::EpisodeOver),
        };
        self.state = observation as u8;
        Ok(Step { observation, reward, outcome: Outcome::from_flags(observation == Self::END, false) })
    }
}

/// The state: 1 byte.
impl Persist for MaximisationBias {
    fn write(&self, out: &mut impl Write) {
        self.state.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        if from.take(1)? < &[Self::STATES as u8] { Ok(()) } else { Err(Error::Malformed) }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.state.read(from)
    }
}

/// `"maximisation-bias"`: states, actions.
impl Identify for MaximisationBias {
    fn identity(&self) -> Identity {
        Identity::new("maximisation-bias", Identity::PLAIN, [Self::STATES, Self::ACTIONS, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    #[test]
    fn every_action_of_b_pays_the_same_on_average() {
        let (mut world, mut rng) = (MaximisationBias::default(), stream(3, 0));
        let mut sum = 0f64;
        for episode in 0..10_000 {
            world.reset(&mut rng);
            assert_eq!(world.step(MaximisationBias::LEFT, &mut rng).unwrap().reward, 0.0);
            let step = world.step(episode % 10, &mut rng).unwrap();
            assert_eq!(step.outcome, Outcome::Terminated);
            sum += f64::from(step.reward);
        }
        // Five standard errors.
        assert!((sum / 1e4 + 0.1).abs() < 0.05, "{sum}");
        world.reset(&mut rng);
        let step = world.step(MaximisationBias::RIGHT, &mut rng).unwrap();
        assert_eq!((step.reward, step.outcome), (0.0, Outcome::Terminated));
    }

    #[test]
    fn bad_input_changes_nothing() {
        let (mut world, mut rng) = (MaximisationBias::new(), stream(0, 0));
        assert_eq!(world.step(0, &mut rng), Err(Error::EpisodeOver));
        world.reset(&mut rng);
        for action in [2, 9, 10] {
            assert_eq!(world.step(action, &mut rng), Err(Error::ActionOutOfRange));
        }
        assert_eq!(world.state, 0);
        assert_eq!(world.restore(&[3]), Err(Error::Malformed));
        assert_eq!((world.restore(&[1]), world.state), (Ok(()), 1));
        assert_eq!(world.step(10, &mut rng), Err(Error::ActionOutOfRange));
        assert_eq!(rng, stream(0, 0));
    }
}
