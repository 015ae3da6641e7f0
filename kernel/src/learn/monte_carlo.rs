//! Learning from whole episodes.

use super::adjusted::adjustable;
use super::tabular::Tabular;
use super::{Control, Suits, TdParameters};
use crate::env::{Discrete, Env};
use crate::error::Error;
use crate::interact::{EpisodeBuffer, Outcome, Sample, Transition};
use crate::linalg::{Const, Dim, Fits, StorageMut};
use crate::policy::{EpsilonGreedy, Exploration, QTable, Table};
use crate::rng::Rng;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// On-policy Monte Carlo control (Sutton & Barto, section 5.4), every visit, with a constant step size: after an episode
/// `Q(s_t,a_t) += alpha (G_t - Q(s_t,a_t))` for every step, from the last to the first. A truncated episode bootstraps with
/// the policy's expected value of the state it was cut in.
///
/// Memory: `4 S A` bytes, 12 a step of the longest episode, and 40 or less. Cost: `O(1)` a step, `O(T)` when an episode
/// ends.
#[derive(Clone, Debug)]
pub struct MonteCarloState<S: Dim, A: Dim, B: StorageMut, const N: usize, E = EpsilonGreedy> {
    tabular: Tabular<Table<S, A, B>, E>,
    episode: EpisodeBuffer<u16, u16, N>,
}

/// Monte Carlo control with a table of constant size, for episodes of at most `N` steps.
pub type MonteCarlo<const S: usize, const A: usize, const N: usize, E = EpsilonGreedy> =
    MonteCarloState<Const<S>, Const<A>, [[f32; A]; S], N, E>;

impl<const S: usize, const A: usize, const N: usize, E: Exploration> MonteCarlo<S, A, N, E> {
    /// Not started.
    pub const EMPTY: Self = Self { tabular: Tabular::new(QTable::EMPTY), episode: EpisodeBuffer::EMPTY };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

impl<S: Dim, A: Dim, B: StorageMut, const N: usize, E: Exploration> MonteCarloState<S, A, B, N, E> {
    /// Over the caller's table; call [`start`](Self::start) next.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`] when there are more states or actions than 16 bits can number.
    pub fn over(table: Table<S, A, B>) -> Result<Self, Error> {
        if table.states().max(table.actions()) > 65_536 {
            return Err(Error::StateOutOfRange);
        }
        Ok(Self { tabular: Tabular::new(table), episode: EpisodeBuffer::EMPTY })
    }

    /// Starts with every value at `initial`.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`], [`Error::NonFinite`].
    pub fn start(&mut self, parameters: TdParameters, exploration: E, initial: f32) -> Result<(), Error> {
        self.tabular.start(parameters, exploration, initial)?;
        self.episode.clear();
        Ok(())
    }

    /// The action values.
    pub const fn table(&self) -> &Table<S, A, B> {
        &self.tabular.table
    }

    /// Learns from the episode in the buffer, whose return after its last step is `last`.
    fn finish(&mut self, last: f32) -> Result<f32, Error> {
        let discount = self.tabular.parameters.discount;
        // Looks before it writes: nothing is learned of an episode whose return overflows.
        let returns = |last: f32| {
            let steps = self.episode.samples().iter().rev();
            steps.scan(last, move |later, sample| {
                *later = sample.reward + discount * *later;
                Some((*later, sample))
            })
        };
        if !returns(last).all(|(value, _)| value.is_finite()) {
            self.episode.clear();
            return Err(Error::NonFinite);
        }
        let mut delta = 0.0;
        let mut later = last;
        for sample in self.episode.samples().iter().rev() {
            later = sample.reward + discount * later;
            delta = self.tabular.move_towards(usize::from(sample.observation), usize::from(sample.action), later)?;
        }
        self.episode.clear();
        Ok(delta)
    }
}

impl<S: Dim, A: Dim, B: StorageMut, const N: usize, E: Exploration> Control for MonteCarloState<S, A, B, N, E> {
    type Observation = usize;
    type Action = usize;

    fn act(&mut self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        self.tabular.act(state, rng)
    }

    /// Returns the difference of the first step's return and its value when the episode is over.
    fn learn(&mut self, transition: &Transition, _rng: &mut (impl Rng + ?Sized)) -> Result<f32, Error> {
        let &Transition { state, action, reward, next_state, outcome } = transition;
        self.tabular.check(transition)?;
        self.episode.push(Sample { observation: state as u16, action: action as u16, reward })?;
        let last = match outcome {
            Outcome::Continue => return Ok(0.0),
            Outcome::Terminated => 0.0,
            Outcome::Truncated => {
                self.tabular.exploration.expected_value(next_state, self.tabular.table.row(next_state)?)
            }
        };
        self.finish(last)
    }
}

adjustable!([S: Dim, A: Dim, B: StorageMut, const N: usize, E] MonteCarloState<S, A, B, N, E> { tabular.parameters });

impl<S, A, B, const L: usize, E, V, N, M> Suits<V> for MonteCarloState<S, A, B, L, E>
where
    V: Env<ObservationSpace = Discrete<N>, ActionSpace = Discrete<M>>,
    N: Dim,
    M: Dim,
    S: Fits<N>,
    A: Fits<M>,
    B: StorageMut,
{
}

/// The table; between episodes that is all. `4 S A` bytes.
impl<S: Dim, A: Dim, B: StorageMut, const N: usize, E> Persist for MonteCarloState<S, A, B, N, E> {
    fn write(&self, out: &mut impl Write) {
        self.tabular.table.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.tabular.table.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.episode.clear();
        self.tabular.table.read(from)
    }
}

/// `"monte-carlo"`: states, actions.
impl<S: Dim, A: Dim, B: StorageMut, const N: usize, E> Identify for MonteCarloState<S, A, B, N, E> {
    fn identity(&self) -> Identity {
        let table = &self.tabular.table;
        Identity::new("monte-carlo", Identity::PLAIN, [table.states(), table.actions(), 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    fn started() -> MonteCarlo<4, 2, 3> {
        let mut learner = MonteCarlo::EMPTY;
        learner.start(TdParameters { step_size: 0.5, discount: 0.5 }, EpsilonGreedy::GREEDY, 0.0).unwrap();
        learner
    }

    fn step(state: usize, reward: f32, outcome: Outcome) -> Transition {
        Transition { state, action: 1, reward, next_state: state + 1, outcome }
    }

    #[test]
    fn returns_move_the_values_once_the_episode_is_over() {
        let (mut learner, mut rng) = (started(), stream(0, 0));
        learner.learn(&step(0, 1.0, Outcome::Continue), &mut rng).unwrap();
        learner.learn(&step(1, 0.0, Outcome::Continue), &mut rng).unwrap();
        assert_eq!(learner.table().values(), [0.0; 8]);
        assert_eq!(learner.learn(&step(2, 2.0, Outcome::Terminated), &mut rng), Ok(1.5));
        assert_eq!(learner.table().values(), [0.0, 0.75, 0.0, 0.5, 0.0, 1.0, 0.0, 0.0]);
        // Cut in state 2, which is worth 1.
        learner.learn(&step(1, 0.0, Outcome::Truncated), &mut rng).unwrap();
        assert_eq!(learner.table().value(1, 1), Ok(0.5));
    }

    #[test]
    fn an_episode_that_is_too_long_is_refused() {
        let (mut learner, mut rng) = (started(), stream(0, 0));
        for _ in 0..3 {
            learner.learn(&step(0, 1.0, Outcome::Continue), &mut rng).unwrap();
        }
        let digest = learner.digest();
        assert_eq!(learner.learn(&step(0, 1.0, Outcome::Continue), &mut rng), Err(Error::EpisodeTooLong));
        assert_eq!(learner.learn(&step(0, f32::NAN, Outcome::Terminated), &mut rng), Err(Error::NonFinite));
        assert_eq!(learner.digest(), digest);
    }
}
