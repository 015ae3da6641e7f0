//! Q-learning that is told which actions look good.

use super::adjusted::adjustable;
use super::tabular::Tabular;
use super::{Control, Suits, TdParameters};
use crate::env::{Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::linalg::{Const, Dim, Fits, StorageMut};
use crate::policy::{EpsilonGreedy, Exploration, QTable, Table};
use crate::reward::RewardShaping;
use crate::reward::shaping::{LookAheadAdvice, PotentialFunction};
use crate::rng::Rng;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// Q-learning with [`LookAheadAdvice`] (Wiewiora, Cottrell, Elkan 2003): it acts by `Q(s,a) + Phi(s,a)`, its target uses `a' =
/// argmax_b Q(s',b) + Phi(s',b)`, ties to the lowest, and what it learns is `Q(s,a) += alpha (r + F + gamma Q(s',a') -
/// Q(s,a))` with `F = gamma Phi(s',a') - Phi(s,a)`. Without the acting rule the advice would change what is optimal.
///
/// Memory: `4 S A` bytes, `4 A` of scratch, the potential and 36 bytes or less. Cost: `O(A)`, with `A + 2` evaluations of
/// the potential a step and `A` to act.
#[derive(Clone, Debug)]
pub struct AdvisedState<S: Dim, A: Dim, B: StorageMut, V: StorageMut, P, E = EpsilonGreedy> {
    tabular: Tabular<Table<S, A, B>, E>,
    advice: LookAheadAdvice<P>,
    /// `Q(s,a) + Phi(s,a)` of the state looked at.
    sums: V,
    /// The last `F`.
    term: f32,
}

/// Advised Q-learning with a table of constant size.
pub type Advised<const S: usize, const A: usize, P, E = EpsilonGreedy> =
    AdvisedState<Const<S>, Const<A>, [[f32; A]; S], [f32; A], P, E>;

impl<const S: usize, const A: usize, P, E: Exploration> Advised<S, A, P, E> {
    /// With a potential of pairs of state and action; not started.
    pub const fn new(potential: P) -> Self {
        Self {
            tabular: Tabular::new(QTable::EMPTY),
            advice: LookAheadAdvice::new(potential),
            sums: [0.0; A],
            term: 0.0,
        }
    }

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

impl<S: Dim, A: Dim, B: StorageMut, V: StorageMut, P, E: Exploration> AdvisedState<S, A, B, V, P, E> {
    /// Over the caller's table and scratch of one number an action; call [`start`](Self::start) next.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(table: Table<S, A, B>, sums: V, potential: P) -> Result<Self, Error> {
        if sums.values().len() != table.actions() {
            return Err(Error::LengthMismatch);
        }
        Ok(Self { tabular: Tabular::new(table), advice: LookAheadAdvice::new(potential), sums, term: 0.0 })
    }

    /// Starts with every value at `initial`.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`], [`Error::NonFinite`].
    pub fn start(&mut self, parameters: TdParameters, exploration: E, initial: f32) -> Result<(), Error> {
        self.tabular.start(parameters, exploration, initial)?;
        self.term = 0.0;
        Ok(())
    }

    /// `Q`, without the advice.
    pub const fn table(&self) -> &Table<S, A, B> {
        &self.tabular.table
    }

    /// The advice.
    pub const fn advice(&self) -> &LookAheadAdvice<P> {
        &self.advice
    }

    /// What was last added to a reward, `F`; 0 before that.
    pub const fn term(&self) -> f32 {
        self.term
    }
}

impl<S: Dim, A: Dim, B: StorageMut, V: StorageMut, P, E: Exploration> AdvisedState<S, A, B, V, P, E>
where
    P: PotentialFunction<(usize, usize)>,
{
    /// `Q(s, .) + Phi(s, .)`: what it acts on.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`]; what the potential says.
    pub fn sums(&mut self, state: usize) -> Result<&[f32], Error> {
        let row = self.tabular.table.row(state)?;
        for (action, (sum, value)) in self.sums.values_mut().iter_mut().zip(row).enumerate() {
            *sum = value + self.advice.potential().at((state, action))?;
        }
        Ok(self.sums.values())
    }

    /// The action that the target uses in a state.
    fn best(&mut self, state: usize) -> Result<usize, Error> {
        self.sums(state)?;
        let sums = self.tabular.exploration.available(state, self.sums.values());
        let best = sums
            .iter()
            .enumerate()
            .fold((0, f32::NEG_INFINITY), |best, (action, &sum)| if sum > best.1 { (action, sum) } else { best });
        Ok(best.0)
    }
}

impl<S: Dim, A: Dim, B: StorageMut, V: StorageMut, P, E: Exploration> Control for AdvisedState<S, A, B, V, P, E>
where
    P: PotentialFunction<(usize, usize)>,
{
    type Observation = usize;
    type Action = usize;

    fn act(&mut self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        self.sums(state)?;
        self.tabular.exploration.act(state, self.sums.values(), rng)
    }

    fn learn(&mut self, transition: &Transition, _rng: &mut (impl Rng + ?Sized)) -> Result<f32, Error> {
        let &Transition { state, action, reward, next_state, outcome } = transition;
        self.tabular.check(transition)?;
        let (next_action, next_value) = if outcome == Outcome::Terminated {
            (action, 0.0)
        } else {
            let next_action = self.best(next_state)?;
            (next_action, self.tabular.table.value(next_state, next_action)?)
        };
        let discount = self.tabular.parameters.discount;
        let advised = Transition { state, action: [action, next_action], reward, next_state, outcome };
        let shaped = self.advice.shape(&advised, reward, discount)?;
        let delta = self.tabular.move_towards(state, action, shaped + discount * next_value)?;
        self.term = shaped - reward;
        Ok(delta)
    }
}

adjustable!([S: Dim, A: Dim, B: StorageMut, V: StorageMut, P, E] AdvisedState<S, A, B, V, P, E> { tabular.parameters });

impl<S, A, B, W, P, E, V, N, M> Suits<V> for AdvisedState<S, A, B, W, P, E>
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

/// The table: `4 S A` bytes.
impl<S: Dim, A: Dim, B: StorageMut, V: StorageMut, P, E> Persist for AdvisedState<S, A, B, V, P, E> {
    fn write(&self, out: &mut impl Write) {
        self.tabular.table.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.tabular.table.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.tabular.table.read(from)
    }
}

/// `"advised-q-learning"`: states, actions.
impl<S: Dim, A: Dim, B: StorageMut, V: StorageMut, P, E> Identify for AdvisedState<S, A, B, V, P, E> {
    fn identity(&self) -> Identity {
        let table = &self.tabular.table;
        Identity::new("advised-q-learning", Identity::PLAIN, [table.states(), table.actions(), 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::QLearning;
    use crate::policy::QView;
    use crate::rng::stream;
    use std::vec::Vec;

    const PHI: [[f32; 2]; 2] = [[0.0, 1.0], [3.0, -1.0]];
    const PARAMETERS: TdParameters = TdParameters { step_size: 0.5, discount: 0.5 };

    #[test]
    fn by_hand() {
        let mut rng = stream(0, 0);
        let mut learner = Advised::<2, 2, _>::new(PHI);
        learner.start(PARAMETERS, EpsilonGreedy::GREEDY, 0.0).unwrap();
        assert_eq!([0, 1].map(|state| learner.act(state, &mut rng)), [Ok(1), Ok(0)]);
        // Q(1, 1) is greater, but the advice is for action 0: F = 0.5 * 3 - 1, and the target bootstraps with Q(1, 0).
        learner.tabular.table.copy_from(&[0.0, 0.0, -2.0, 1.0]).unwrap();
        let transition = Transition { state: 0, action: 1, reward: 2.0, next_state: 1, outcome: Outcome::Continue };
        assert_eq!(learner.learn(&transition, &mut rng), Ok(2.0 + 0.5 - 1.0));
        assert_eq!((learner.term(), learner.table().value(0, 1)), (0.5, Ok(0.75)));
        let end = Transition { outcome: Outcome::Terminated, ..transition };
        assert_eq!(learner.learn(&end, &mut rng), Ok(2.0 - 1.0 - 0.75));
        assert_eq!(learner.term(), -1.0);
    }

    /// In sums of `Q` and `Phi`, advice is a start at the advice.
    #[test]
    fn advice_is_a_start_at_the_advice() {
        let mut advised = Advised::<2, 2, _>::new(PHI);
        advised.start(PARAMETERS, EpsilonGreedy::new(0.2).unwrap(), 0.0).unwrap();
        let mut plain = QLearning::<2, 2>::EMPTY;
        let bytes: Vec<u8> = PHI.as_flattened().iter().flat_map(|value| value.to_le_bytes()).collect();
        plain.start(PARAMETERS, EpsilonGreedy::new(0.2).unwrap(), 0.0).unwrap();
        plain.restore(&bytes).unwrap();
        let (mut one, mut other) = (stream(1, 1), stream(1, 1));
        for round in 0..200 {
            let state = round % 2;
            let action = advised.act(state, &mut one).unwrap();
            assert_eq!(plain.act(state, &mut other), Ok(action));
            let outcome = if round % 7 == 6 { Outcome::Terminated } else { Outcome::Continue };
            let transition = Transition { state, action, reward: action as f32 - 0.3, next_state: 1 - state, outcome };
            advised.learn(&transition, &mut one).unwrap();
            plain.learn(&transition, &mut other).unwrap();
            for state in 0..2 {
                let row = plain.table().row(state).unwrap();
                let sums = advised.sums(state).unwrap();
                assert!(sums.iter().zip(row).all(|(sum, value)| (sum - value).abs() < 1e-5), "{sums:?} {row:?}");
            }
        }
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut learner = Advised::<2, 2, _>::new(|(state, _): (usize, usize)| if state == 1 { f32::NAN } else { 0.5 });
        learner.start(PARAMETERS, EpsilonGreedy::GREEDY, 0.25).unwrap();
        let good = Transition { state: 0, action: 0, reward: 0.0, next_state: 0, outcome: Outcome::Continue };
        learner.learn(&good, &mut stream(0, 0)).unwrap();
        let (digest, term) = (learner.digest(), learner.term());
        for (bad, error) in [
            (Transition { reward: f32::NAN, ..good }, Error::NonFinite),
            (Transition { next_state: 1, ..good }, Error::NonFinite),
            (Transition { action: 2, ..good }, Error::ActionOutOfRange),
            (Transition { next_state: 2, ..good }, Error::StateOutOfRange),
        ] {
            assert_eq!(learner.learn(&bad, &mut stream(0, 0)), Err(error));
        }
        assert_eq!((learner.digest(), learner.term()), (digest, term));
        assert_eq!(learner.act(1, &mut stream(0, 0)), Err(Error::NonFinite));
        const { assert!(Advised::<48, 4, [[f32; 4]; 48]>::SIZE <= 2 * 4 * 48 * 4 + 16 + 36) };
        let mut memory = [0.0; 4];
        let table = QView::over(2, 2, &mut memory).unwrap();
        let refused = AdvisedState::<_, _, _, _, _, EpsilonGreedy>::over(table, [0.0; 3], PHI);
        assert_eq!(refused.err(), Some(Error::LengthMismatch));
    }
}
