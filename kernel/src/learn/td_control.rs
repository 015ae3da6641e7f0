//! One-step temporal-difference control: one update, several targets.

use super::Control;
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::linalg::{Dim, StorageMut};
use crate::policy::{EpsilonGreedy, Exploration, QTable, QView, Table};
use crate::rng::Rng;
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// What a one-step method takes the next state to be worth.
pub trait Target {
    /// The method's name in a checkpoint.
    const NAME: &'static str;

    /// Whether the method must know the next action before it updates; it then takes that action.
    const COMMITS: bool;

    /// The value of the next state, whose actions are worth `values` and are drawn by `exploration`; `next_action` is the
    /// one that will be taken, where the method commits to it (0 otherwise).
    fn next_value(values: &[f32], next_action: usize, exploration: &impl Exploration) -> f32;
}

/// The numbers of a one-step method.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TdParameters {
    /// `alpha`, in `(0, 1]`.
    pub step_size: f32,
    /// `gamma`, in `[0, 1]`.
    pub discount: f32,
    /// `epsilon`, in `[0, 1]`.
    pub epsilon: f32,
}

/// One-step temporal-difference control, `Q(s,a) += alpha (r + gamma v(s') - Q(s,a))`, where `v(s')` is the target's, and
/// 0 after a terminated step. A truncated step still bootstraps.
///
/// Cost: acting and learning are `O(A)`. Memory: the table and 40 bytes or less.
#[derive(Clone, Debug)]
pub struct TdControl<T, Q, E = EpsilonGreedy> {
    table: Q,
    exploration: E,
    step_size: f32,
    discount: f32,
    /// The state and the action drawn for it, where the target commits.
    committed: Option<(u32, u32)>,
    target: PhantomData<T>,
}

impl<T: Target, const S: usize, const A: usize> TdControl<T, QTable<S, A>> {
    /// Not started: all values 0, greedy, and with a step size of 0.
    pub const EMPTY: Self = Self::with_table(QTable::EMPTY);

    /// Bytes: `4 S A` and 40 or less.
    pub const SIZE: usize = size_of::<Self>();
}

impl<'a, T: Target> TdControl<T, QView<'a>> {
    /// Over the caller's table; call [`start`](Self::start) or [`resume`](Self::resume) next.
    pub const fn over(table: QView<'a>) -> Self {
        Self::with_table(table)
    }
}

impl<T, Q> TdControl<T, Q> {
    const fn with_table(table: Q) -> Self {
        Self {
            table,
            exploration: EpsilonGreedy::GREEDY,
            step_size: 0.0,
            discount: 0.0,
            committed: None,
            target: PhantomData,
        }
    }
}

impl<T: Target, S: Dim, A: Dim, B: StorageMut> TdControl<T, Table<S, A, B>> {
    /// Starts with every value at `initial`.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], [`Error::DiscountOutOfRange`], [`Error::EpsilonOutOfRange`], [`Error::NonFinite`].
    pub fn start(&mut self, parameters: TdParameters, initial: f32) -> Result<(), Error> {
        if !initial.is_finite() {
            return Err(Error::NonFinite);
        }
        self.resume(parameters)?;
        self.table.fill(initial)
    }

    /// Starts with the values that are there.
    ///
    /// # Errors
    /// As [`start`](Self::start), but for the initial value.
    pub fn resume(&mut self, parameters: TdParameters) -> Result<(), Error> {
        let TdParameters { step_size, discount, epsilon } = parameters;
        if !(step_size > 0.0 && step_size <= 1.0) {
            return Err(Error::StepSizeOutOfRange);
        }
        if !(0.0..=1.0).contains(&discount) {
            return Err(Error::DiscountOutOfRange);
        }
        self.exploration = EpsilonGreedy::new(epsilon)?;
        self.step_size = step_size;
        self.discount = discount;
        self.committed = None;
        Ok(())
    }
}

impl<T, Q, E> TdControl<T, Q, E> {
    /// The action values.
    pub const fn table(&self) -> &Q {
        &self.table
    }
}

impl<T: Target, S: Dim, A: Dim, B: StorageMut, E: Exploration> Control for TdControl<T, Table<S, A, B>, E> {
    #[inline]
    fn act(&mut self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        let values = self.table.row(state)?;
        match self.committed {
            Some((of, action)) if of as usize == state => Ok(action as usize),
            _ => self.exploration.act(values, rng),
        }
    }

    #[inline]
    fn learn(&mut self, transition: &Transition, rng: &mut (impl Rng + ?Sized)) -> Result<f32, Error> {
        let &Transition { state, action, reward, next_state, outcome } = transition;
        let value = self.table.value(state, action)?;
        let next_values = self.table.row(next_state)?;
        if !reward.is_finite() {
            return Err(Error::NonFinite);
        }
        let (next_value, committed) = if outcome == Outcome::Terminated {
            (0.0, None)
        } else if T::COMMITS {
            let next_action = self.exploration.act(next_values, rng)?;
            let committed = (!outcome.is_over()).then_some((next_state as u32, next_action as u32));
            (T::next_value(next_values, next_action, &self.exploration), committed)
        } else {
            (T::next_value(next_values, 0, &self.exploration), None)
        };
        let delta = reward + self.discount * next_value - value;
        self.table.set(state, action, value + self.step_size * delta)?;
        self.committed = committed;
        Ok(delta)
    }
}

/// Stands for "no action drawn" in the persisted state.
const NONE: (u32, u32) = (u32::MAX, u32::MAX);

/// The table; where the target commits, then the state and the action drawn for it, as two `u32`, both `u32::MAX` where
/// there is none.
impl<T: Target, S: Dim, A: Dim, B: StorageMut, E> Persist for TdControl<T, Table<S, A, B>, E> {
    fn write(&self, out: &mut impl Write) {
        self.table.write(out);
        if T::COMMITS {
            let (state, action) = self.committed.unwrap_or(NONE);
            state.write(out);
            action.write(out);
        }
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.table.check(from)?;
        if T::COMMITS {
            let committed = read_pair(from)?;
            let fits = (committed.0 as usize) < self.table.states() && (committed.1 as usize) < self.table.actions();
            if committed != NONE && !fits {
                return Err(Error::Malformed);
            }
        }
        Ok(())
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.table.read(from)?;
        if T::COMMITS {
            let committed = read_pair(from)?;
            self.committed = (committed != NONE).then_some(committed);
        }
        Ok(())
    }
}

fn read_pair(from: &mut Reader<'_>) -> Result<(u32, u32), Error> {
    let mut pair = NONE;
    pair.0.read(from)?;
    pair.1.read(from)?;
    Ok(pair)
}

/// The target's name: states, actions.
impl<T: Target, S: Dim, A: Dim, B: StorageMut, E> Identify for TdControl<T, Table<S, A, B>, E> {
    fn identity(&self) -> Identity {
        Identity::new(T::NAME, Identity::PLAIN, [self.table.states(), self.table.actions(), 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::{ExpectedSarsa, ExpectedSarsaTarget, QLearning, QLearningTarget, Sarsa, SarsaTarget};
    use crate::rng::stream;

    const PARAMETERS: TdParameters = TdParameters { step_size: 0.5, discount: 0.9, epsilon: 0.1 };
    const TRANSITION: Transition =
        Transition { state: 0, action: 0, reward: -1.0, next_state: 1, outcome: Outcome::Continue };

    /// The worked example of the specification: Q(s, a) = 0.25, Q(s', .) = (1, 3, 2, 3).
    fn prepared<T: Target>() -> TdControl<T, QTable<2, 4>> {
        let mut learner = TdControl::EMPTY;
        learner.start(PARAMETERS, 0.0).unwrap();
        learner.table.set(0, 0, 0.25).unwrap();
        for (action, value) in [1.0, 3.0, 2.0, 3.0].into_iter().enumerate() {
            learner.table.set(1, action, value).unwrap();
        }
        learner
    }

    fn updated<T: Target>(transition: &Transition, seed: u32) -> (f32, TdControl<T, QTable<2, 4>>) {
        let mut learner = prepared::<T>();
        learner.learn(transition, &mut stream(seed, 0)).unwrap();
        (learner.table.value(0, 0).unwrap(), learner)
    }

    #[test]
    fn the_worked_example_comes_out() {
        assert!((updated::<QLearningTarget>(&TRANSITION, 0).0 - 0.975).abs() < 1e-6);
        assert!((updated::<ExpectedSarsaTarget>(&TRANSITION, 0).0 - 0.941_25).abs() < 1e-6);
        let terminal = Transition { outcome: Outcome::Terminated, ..TRANSITION };
        assert_eq!(updated::<QLearningTarget>(&terminal, 0).0, -0.375);
        assert_eq!(updated::<SarsaTarget>(&terminal, 0).0, -0.375);
        // A truncated step bootstraps like any other.
        let truncated = Transition { outcome: Outcome::Truncated, ..TRANSITION };
        assert_eq!(updated::<QLearningTarget>(&truncated, 0).0, updated::<QLearningTarget>(&TRANSITION, 0).0);
    }

    #[test]
    fn sarsa_learns_from_the_action_it_then_takes() {
        for seed in 0..50 {
            let (value, mut learner) = updated::<SarsaTarget>(&TRANSITION, seed);
            let action = learner.act(1, &mut stream(99, 0)).unwrap();
            let expected = [0.075, 0.975, 0.525, 0.975][action];
            assert!((value - expected).abs() < 1e-6, "a' = {action}: {value}");
        }
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut learner = prepared::<SarsaTarget>();
        let mut generator = stream(1, 0);
        let before = (learner.digest(), generator.clone());
        for (bad, error) in [
            (Transition { state: 2, ..TRANSITION }, Error::StateOutOfRange),
            (Transition { next_state: 2, ..TRANSITION }, Error::StateOutOfRange),
            (Transition { action: 4, ..TRANSITION }, Error::ActionOutOfRange),
            (Transition { reward: f32::NAN, ..TRANSITION }, Error::NonFinite),
        ] {
            assert_eq!(learner.learn(&bad, &mut generator), Err(error));
        }
        let parameters = [
            (TdParameters { step_size: 0.0, ..PARAMETERS }, Error::StepSizeOutOfRange),
            (TdParameters { discount: 1.5, ..PARAMETERS }, Error::DiscountOutOfRange),
            (TdParameters { epsilon: f32::NAN, ..PARAMETERS }, Error::EpsilonOutOfRange),
        ];
        for (bad, error) in parameters {
            assert_eq!(learner.start(bad, 0.0), Err(error));
        }
        assert_eq!(learner.start(PARAMETERS, f32::INFINITY), Err(Error::NonFinite));
        assert_eq!(learner.act(2, &mut generator), Err(Error::StateOutOfRange));
        assert_eq!((learner.digest(), generator), before);
    }

    #[test]
    fn a_view_learns_the_same_bits() {
        let mut memory = [0.0; 8];
        let mut view = TdControl::<QLearningTarget, _>::over(QView::over(2, 4, &mut memory).unwrap());
        view.start(PARAMETERS, 0.0).unwrap();
        let mut owner = QLearning::<2, 4>::EMPTY;
        owner.start(PARAMETERS, 0.0).unwrap();
        for seed in 0..10 {
            view.learn(&TRANSITION, &mut stream(seed, 0)).unwrap();
            owner.learn(&TRANSITION, &mut stream(seed, 0)).unwrap();
        }
        assert_eq!(owner.digest(), view.digest());
    }

    #[test]
    fn a_restored_learner_takes_the_action_that_was_drawn() {
        struct Sink(std::vec::Vec<u8>);
        impl Write for Sink {
            fn bytes(&mut self, bytes: &[u8]) {
                self.0.extend_from_slice(bytes);
            }
        }
        let (_, mut learner) = updated::<SarsaTarget>(&TRANSITION, 3);
        let mut sink = Sink(std::vec::Vec::new());
        learner.write(&mut sink);
        let mut copy = Sarsa::<2, 4>::EMPTY;
        copy.resume(PARAMETERS).unwrap();
        copy.restore(&sink.0).unwrap();
        assert_eq!(copy.act(1, &mut stream(0, 0)), learner.act(1, &mut stream(0, 0)));
        let end = sink.0.len();
        sink.0[end - 4..].copy_from_slice(&4u32.to_le_bytes());
        assert_eq!(copy.restore(&sink.0), Err(Error::Malformed));
    }

    #[test]
    fn an_owner_takes_its_table_and_little_more() {
        const { assert!(QLearning::<48, 4>::SIZE <= 48 * 4 * 4 + 40) };
        const { assert!(ExpectedSarsa::<48, 4>::SIZE <= 48 * 4 * 4 + 40) };
    }
}
