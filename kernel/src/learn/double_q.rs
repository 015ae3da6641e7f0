//! Two tables, so that the maximum is not its own judge.

use super::adjusted::adjustable;
use super::tabular::Tabular;
use super::{Control, Suits, TdParameters};
use crate::env::{Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::linalg::{Const, Dim, Fits, StorageMut};
use crate::math::argmax;
use crate::policy::{EpsilonGreedy, Exploration, QTable, Table};
use crate::rng::{Bernoulli, Rng};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// Double Q-learning (Sutton & Barto, section 6.7; van Hasselt 2010): a fair coin picks one table, which moves towards `r +
/// gamma Q'(s', argmax_b Q(s', b))`, `Q'` the other one, ties to the lowest index. Acts on the sum of both.
///
/// Memory: `8 S A` bytes, `4 A` of scratch and 32 bytes or less. Cost: `O(A)`; a word of the generator a transition.
#[derive(Clone, Debug)]
pub struct DoubleQState<S: Dim, A: Dim, B: StorageMut, V: StorageMut, E = EpsilonGreedy> {
    first: Tabular<Table<S, A, B>, E>,
    second: Table<S, A, B>,
    /// `Q_1 + Q_2` of the state acted in.
    sums: V,
}

/// Double Q-learning with tables of constant size.
pub type DoubleQLearning<const S: usize, const A: usize, E = EpsilonGreedy> =
    DoubleQState<Const<S>, Const<A>, [[f32; A]; S], [f32; A], E>;

impl<const S: usize, const A: usize, E: Exploration> DoubleQLearning<S, A, E> {
    /// Not started.
    pub const EMPTY: Self = Self { first: Tabular::new(QTable::EMPTY), second: QTable::EMPTY, sums: [0.0; A] };

    /// Bytes: `8 S A + 4 A` and 32 or less, with epsilon-greedy exploration.
    pub const SIZE: usize = size_of::<Self>();
}

impl<S: Dim, A: Dim, B: StorageMut, V: StorageMut, E: Exploration> DoubleQState<S, A, B, V, E> {
    /// Over the caller's two tables and scratch of one number an action; call [`start`](Self::start) next.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(first: Table<S, A, B>, second: Table<S, A, B>, sums: V) -> Result<Self, Error> {
        let fits = first.states() == second.states()
            && first.actions() == second.actions()
            && sums.values().len() == first.actions();
        if fits { Ok(Self { first: Tabular::new(first), second, sums }) } else { Err(Error::LengthMismatch) }
    }

    /// Starts with every value of both tables at `initial`.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`], [`Error::NonFinite`].
    pub fn start(&mut self, parameters: TdParameters, exploration: E, initial: f32) -> Result<(), Error> {
        self.first.start(parameters, exploration, initial)?;
        self.second.fill(initial)
    }

    /// The exploration, to look at or to change.
    pub const fn exploration_mut(&mut self) -> &mut E {
        &mut self.first.exploration
    }

    /// The two tables.
    pub const fn tables(&self) -> [&Table<S, A, B>; 2] {
        [&self.first.table, &self.second]
    }

    /// `Q_1(s, .) + Q_2(s, .)`: what it acts on.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`].
    pub fn sums(&mut self, state: usize) -> Result<&[f32], Error> {
        let (first, second) = (self.first.table.row(state)?, self.second.row(state)?);
        for (sum, (a, b)) in self.sums.values_mut().iter_mut().zip(first.iter().zip(second)) {
            *sum = a + b;
        }
        Ok(self.sums.values())
    }
}

impl<S: Dim, A: Dim, B: StorageMut, V: StorageMut, E: Exploration> Control for DoubleQState<S, A, B, V, E> {
    type Observation = usize;
    type Action = usize;

    fn act(&mut self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        self.sums(state)?;
        self.first.exploration.act(state, self.sums.values(), rng)
    }

    fn learn(&mut self, transition: &Transition, rng: &mut (impl Rng + ?Sized)) -> Result<f32, Error> {
        const COIN: Bernoulli = match Bernoulli::new(0.5) {
            Ok(coin) => coin,
            Err(_) => Bernoulli::NEVER,
        };
        let &Transition { state, action, reward, next_state, outcome } = transition;
        self.first.check(transition)?;
        let TdParameters { step_size, discount } = self.first.parameters;
        let exploration = &self.first.exploration;
        let (own, other) = if COIN.sample(rng) {
            (&mut self.first.table, &mut self.second)
        } else {
            (&mut self.second, &mut self.first.table)
        };
        let next_value = if outcome == Outcome::Terminated {
            0.0
        } else {
            let values = exploration.available(next_state, own.row(next_state)?);
            let best = argmax(values.len(), |action| values[action]).ok_or(Error::EmptyRange)?;
            other.value(next_state, best)?
        };
        let value = own.value(state, action)?;
        let delta = reward + discount * next_value - value;
        own.set(state, action, value + step_size * delta)?;
        Ok(delta)
    }
}

adjustable!([S: Dim, A: Dim, B: StorageMut, V: StorageMut, E] DoubleQState<S, A, B, V, E> { first.parameters });

impl<S, A, B, W, E, V, N, M> Suits<V> for DoubleQState<S, A, B, W, E>
where
    V: Env<ObservationSpace = Discrete<N>, ActionSpace = Discrete<M>>,
    N: Dim,
    M: Dim,
    S: Fits<N>,
    A: Fits<M>,
    B: StorageMut,
    W: StorageMut,
{
}

/// The first table, then the second: `8 S A` bytes.
impl<S: Dim, A: Dim, B: StorageMut, V: StorageMut, E> Persist for DoubleQState<S, A, B, V, E> {
    fn write(&self, out: &mut impl Write) {
        self.first.table.write(out);
        self.second.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.first.table.check(from)?;
        self.second.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.first.table.read(from)?;
        self.second.read(from)
    }
}

/// `"double-q-learning"`: states, actions.
impl<S: Dim, A: Dim, B: StorageMut, V: StorageMut, E> Identify for DoubleQState<S, A, B, V, E> {
    fn identity(&self) -> Identity {
        let table = &self.second;
        Identity::new("double-q-learning", Identity::PLAIN, [table.states(), table.actions(), 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    #[test]
    fn the_worked_example_comes_out() {
        let transition = Transition { state: 0, action: 0, reward: -1.0, next_state: 1, outcome: Outcome::Continue };
        let mut seen = [false; 2];
        for seed in 0..20 {
            let mut learner = DoubleQLearning::<2, 4>::EMPTY;
            learner.start(TdParameters { step_size: 0.5, discount: 0.9 }, EpsilonGreedy::GREEDY, 0.25).unwrap();
            for (action, (a, b)) in [(1.0, 0.5), (3.0, -1.0), (2.0, 4.0), (3.0, 0.0)].into_iter().enumerate() {
                learner.first.table.set(1, action, a).unwrap();
                learner.second.set(1, action, b).unwrap();
            }
            learner.learn(&transition, &mut stream(seed, 0)).unwrap();
            let values = learner.tables().map(|table| table.value(0, 0).unwrap());
            // The first table: its argmax is 1, which the second one holds to be worth -1. The second: argmax 2, worth 2.
            let (moved, expected) = if values[0] == 0.25 { (1, 0.525) } else { (0, -0.825) };
            assert!((values[moved] - expected).abs() < 1e-6 && values[1 - moved] == 0.25);
            seen[moved] = true;
        }
        assert_eq!(seen, [true; 2], "the coin falls on both sides");
    }

    #[test]
    fn it_acts_on_the_sum_and_refuses_bad_input() {
        let mut learner = DoubleQLearning::<1, 2>::EMPTY;
        learner.start(TdParameters { step_size: 0.5, discount: 0.9 }, EpsilonGreedy::GREEDY, 0.0).unwrap();
        learner.first.table.set(0, 0, 1.0).unwrap();
        learner.second.set(0, 1, 2.0).unwrap();
        assert_eq!(learner.act(0, &mut stream(0, 0)), Ok(1));
        let digest = learner.digest();
        let good = Transition { state: 0, action: 0, reward: 0.0, next_state: 0, outcome: Outcome::Continue };
        for (bad, error) in [
            (Transition { reward: f32::NAN, ..good }, Error::NonFinite),
            (Transition { action: 2, ..good }, Error::ActionOutOfRange),
            (Transition { next_state: 1, ..good }, Error::StateOutOfRange),
        ] {
            assert_eq!(learner.learn(&bad, &mut stream(0, 0)), Err(error));
        }
        assert_eq!(learner.digest(), digest);
    }
}
