//! One-step temporal-difference control: one update, several targets.

use super::adjusted::adjustable;
use super::committed::Committed;
use super::tabular::Tabular;
use super::{Control, Suits, TdParameters};
use crate::env::{Discrete, Env};
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::linalg::{Const, Dim, Dyn, Fits, StorageMut};
use crate::policy::{EpsilonGreedy, Exploration, QValue, QValues, Table};
use crate::rng::Rng;
use crate::state::{Identify, Identity, Persist, Reader, Write};
use core::marker::PhantomData;

/// What a one-step method takes the next state to be worth.
pub trait Target {
    /// The method's name in a checkpoint.
    const NAME: &'static str;

    /// Whether the method must know the next action before it updates; it then takes that action.
    const COMMITS: bool;

    /// Whether an action that is not greedy cuts the traces of the method's form with traces (Watkins).
    const CUTS: bool;

    /// The value of the next state, whose actions are worth `values` and are drawn by `exploration`; `next_action` is the
    /// one that will be taken, where the method commits to it (0 otherwise).
    fn next_value<V: QValue>(
        values: &[V],
        next_state: usize,
        next_action: usize,
        exploration: &impl Exploration<V>,
    ) -> V;
}

/// One-step temporal-difference control, `Q(s,a) += alpha (r + gamma v(s') - Q(s,a))`, where `v(s')` is the target's, and
/// 0 after a terminated step. A truncated step still bootstraps.
///
/// Over a [`FixedTable`](crate::policy::FixedTable) all of it is integer arithmetic: the reward becomes the nearest fixed-point
/// number and is refused when there is none, `r + gamma v(s')` stays within the numbers, step size and discount are rounded to
/// multiples of 2^-15 (`i16`) or 2^-30 (`i32`), and a step is one unit at least, so that values do not stop short of their
/// targets. With epsilon-greedy exploration, of limited actions too, neither acting nor learning executes an operation on floats.
///
/// Cost: acting and learning are `O(A)`. Memory: the table and 48 bytes or less, with epsilon-greedy exploration.
#[derive(Clone, Debug)]
pub struct TdControl<T, Q: QValues, E = EpsilonGreedy> {
    tabular: Tabular<Q, E>,
    /// Where the target commits.
    committed: Committed<usize>,
    target: PhantomData<T>,
}

impl<T: Target, V: QValue, E: Exploration<V>, const S: usize, const A: usize>
    TdControl<T, Table<Const<S>, Const<A>, [[V; A]; S], V>, E>
{
    /// Not started: all values 0, greedy, and with a step size of 0.
    pub const EMPTY: Self = Self::with_table(Table::EMPTY);

    /// Bytes: the table's and 48 or less, with epsilon-greedy exploration.
    pub const SIZE: usize = size_of::<Self>();
}

impl<T: Target, B: StorageMut<V>, V: QValue, E: Exploration<V>> TdControl<T, Table<Dyn, Dyn, B, V>, E> {
    /// Over the caller's table; call [`start`](Self::start) or [`resume`](Self::resume) next.
    pub const fn over(table: Table<Dyn, Dyn, B, V>) -> Self {
        Self::with_table(table)
    }
}

impl<T, Q: QValues, E: Exploration<Q::Value>> TdControl<T, Q, E> {
    const fn with_table(table: Q) -> Self {
        Self { tabular: Tabular::new(table), committed: Committed::NONE, target: PhantomData }
    }
}

impl<T: Target, S: Dim, A: Dim, B: StorageMut<V>, V: QValue, E: Exploration<V>> TdControl<T, Table<S, A, B, V>, E> {
    /// Starts with every value at `initial`; above what can be earned, that is an optimistic start.
    ///
    /// # Errors
    /// [`Error::StepSizeOutOfRange`], also of one that a fixed-point table rounds to 0; [`Error::DiscountOutOfRange`];
    /// [`Error::NonFinite`], [`Error::ValueOutOfRange`] for the initial value.
    pub fn start(&mut self, parameters: TdParameters, exploration: E, initial: f32) -> Result<(), Error> {
        self.tabular.start(parameters, exploration, initial)?;
        self.committed = Committed::NONE;
        Ok(())
    }

    /// Starts with the values that are there.
    ///
    /// # Errors
    /// As [`start`](Self::start), but for the initial value.
    pub fn resume(&mut self, parameters: TdParameters, exploration: E) -> Result<(), Error> {
        self.tabular.resume(parameters, exploration)?;
        self.committed = Committed::NONE;
        Ok(())
    }

    /// Changes step size and discount.
    ///
    /// # Errors
    /// As [`resume`](Self::resume).
    pub fn set_parameters(&mut self, parameters: TdParameters) -> Result<(), Error> {
        self.tabular.parameters = TdParameters::checked(parameters)?;
        Ok(())
    }
}

impl<T, Q: QValues, E> TdControl<T, Q, E> {
    /// The action values.
    pub const fn table(&self) -> &Q {
        &self.tabular.table
    }

    /// The exploration, to look at or to change.
    pub const fn exploration_mut(&mut self) -> &mut E {
        &mut self.tabular.exploration
    }

    /// Step size and discount, as far as they have been rounded.
    pub fn parameters(&self) -> TdParameters {
        self.tabular.parameters.to_f32()
    }
}

impl<T: Target, S: Dim, A: Dim, B: StorageMut<V>, V: QValue, E: Exploration<V>> Control
    for TdControl<T, Table<S, A, B, V>, E>
{
    type Observation = usize;
    type Action = usize;

    #[inline]
    fn act(&mut self, state: usize, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error> {
        if T::COMMITS
            && let Some(action) = self.committed.action(state)
        {
            return Ok(action);
        }
        self.tabular.act(state, rng)
    }

    #[inline]
    fn learn(&mut self, transition: &Transition, rng: &mut (impl Rng + ?Sized)) -> Result<f32, Error> {
        let &Transition { state, action, next_state, outcome, .. } = transition;
        let reward = self.tabular.check(transition)?;
        let Tabular { table, exploration, parameters } = &mut self.tabular;
        let discount = parameters.discount;
        let next_values = table.row(next_state)?;
        let is_over = outcome == Outcome::Terminated;
        if !is_over && exploration.available(next_state, next_values).is_empty() {
            return Err(Error::EmptyRange);
        }
        let (next_value, committed) = if is_over {
            (V::ZERO, Committed::NONE)
        } else if T::COMMITS {
            let next_action = exploration.act(next_state, next_values, rng)?;
            let committed = if outcome.is_over() { Committed::NONE } else { Committed::to(next_state, next_action) };
            (T::next_value(next_values, next_state, next_action, exploration), committed)
        } else {
            (T::next_value(next_values, next_state, 0, exploration), Committed::NONE)
        };
        let delta = self.tabular.move_towards(state, action, reward.plus_share(discount, next_value))?;
        if T::COMMITS {
            self.committed = committed;
        }
        Ok(delta)
    }
}

adjustable!([T, Q: QValues, E] TdControl<T, Q, E> { tabular.parameters });

impl<T, S, A, B, W, E, V, N, M> Suits<V> for TdControl<T, Table<S, A, B, W>, E>
where
    V: Env<ObservationSpace = Discrete<N>, ActionSpace = Discrete<M>>,
    N: Dim,
    M: Dim,
    S: Fits<N>,
    A: Fits<M>,
    B: StorageMut<W>,
    W: QValue,
{
}

/// The table; where the target commits, then the action drawn, `u32::MAX` where none was, and the state it was drawn for.
impl<T: Target, S: Dim, A: Dim, B: StorageMut<V>, V: QValue, E> Persist for TdControl<T, Table<S, A, B, V>, E> {
    fn write(&self, out: &mut impl Write) {
        self.tabular.table.write(out);
        if T::COMMITS {
            self.committed.write(out);
        }
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        let table = &self.tabular.table;
        table.check(from)?;
        if T::COMMITS {
            Committed::check_that(from, |state: usize, action| state < table.states() && action < table.actions())
        } else {
            Ok(())
        }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.tabular.table.read(from)?;
        if T::COMMITS { self.committed.read(from) } else { Ok(()) }
    }
}

/// The target's name: states, actions; `"fixed-16"` or `"fixed-32"` around it: states, actions, bits of the scale.
impl<T: Target, S: Dim, A: Dim, B: StorageMut<V>, V: QValue, E> Identify for TdControl<T, Table<S, A, B, V>, E> {
    fn identity(&self) -> Identity {
        let table = &self.tabular.table;
        V::identity(T::NAME, table.states(), table.actions())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::{
        ExpectedSarsa, ExpectedSarsaTarget, FixedExpectedSarsa, FixedQLearning, QLearning, QLearningTarget, Sarsa,
        SarsaTarget,
    };
    use crate::math::FixedInteger;
    use crate::policy::{FixedTable, LimitedActions, QTable, QView};
    use crate::rng::stream;
    use crate::schedule::StepSized;

    const PARAMETERS: TdParameters = TdParameters { step_size: 0.5, discount: 0.9 };
    const TRANSITION: Transition =
        Transition { state: 0, action: 0, reward: -1.0, next_state: 1, outcome: Outcome::Continue };

    fn exploration() -> EpsilonGreedy {
        EpsilonGreedy::new(0.1).unwrap()
    }

    /// The worked example of the specification: Q(s, a) = 0.25, Q(s', .) = (1, 3, 2, 3).
    fn prepared<T: Target>() -> TdControl<T, QTable<2, 4>> {
        let mut learner = TdControl::EMPTY;
        learner.start(PARAMETERS, exploration(), 0.0).unwrap();
        learner.tabular.table.set(0, 0, 0.25).unwrap();
        for (action, value) in [1.0, 3.0, 2.0, 3.0].into_iter().enumerate() {
            learner.tabular.table.set(1, action, value).unwrap();
        }
        learner
    }

    fn updated<T: Target>(transition: &Transition, seed: u32) -> (f32, TdControl<T, QTable<2, 4>>) {
        let mut learner = prepared::<T>();
        learner.learn(transition, &mut stream(seed, 0)).unwrap();
        (learner.tabular.table.value(0, 0).unwrap(), learner)
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
        ];
        for (bad, error) in parameters {
            assert_eq!(learner.start(bad, exploration(), 0.0), Err(error));
        }
        assert_eq!(learner.start(PARAMETERS, exploration(), f32::INFINITY), Err(Error::NonFinite));
        assert_eq!(learner.act(2, &mut generator), Err(Error::StateOutOfRange));
        assert_eq!((learner.digest(), generator), before);
    }

    #[test]
    fn a_view_learns_the_same_bits() {
        let mut memory = [0.0; 8];
        let mut view = TdControl::<QLearningTarget, _, EpsilonGreedy>::over(QView::over(2, 4, &mut memory).unwrap());
        view.start(PARAMETERS, exploration(), 0.0).unwrap();
        let mut owner = QLearning::<2, 4>::EMPTY;
        owner.start(PARAMETERS, exploration(), 0.0).unwrap();
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
        copy.resume(PARAMETERS, exploration()).unwrap();
        copy.restore(&sink.0).unwrap();
        assert_eq!(copy.act(1, &mut stream(0, 0)), learner.act(1, &mut stream(0, 0)));
        let end = sink.0.len();
        sink.0[end - 4..].copy_from_slice(&4u32.to_le_bytes());
        assert_eq!(copy.restore(&sink.0), Err(Error::Malformed));
    }

    #[test]
    fn integers_learn_the_worked_example() {
        let with_floats = updated::<SarsaTarget>(&TRANSITION, 0).0;
        fn in_integers<T: Target, I: FixedInteger, const B: u32>() -> f32 {
            let mut learner = TdControl::<T, FixedTable<2, 4, I, B>>::EMPTY;
            learner.tabular.table.convert_from(&prepared::<T>().tabular.table).unwrap();
            learner.resume(PARAMETERS, exploration()).unwrap();
            learner.learn(&TRANSITION, &mut stream(0, 0)).unwrap();
            learner.table().value(0, 0).unwrap().to_f32()
        }
        let close = |value: f32, expected: f32, unit: f32| assert!((value - expected).abs() <= unit, "{value}");
        close(in_integers::<QLearningTarget, i16, 10>(), 0.975, 1.0 / 1024.0);
        close(in_integers::<QLearningTarget, i32, 20>(), 0.975, 1e-6);
        close(in_integers::<ExpectedSarsaTarget, i16, 10>(), 0.941_25, 1.0 / 1024.0);
        close(in_integers::<ExpectedSarsaTarget, i32, 20>(), 0.941_25, 1e-6);
        // The same draws as with floats.
        close(in_integers::<SarsaTarget, i32, 20>(), with_floats, 1e-6);
    }

    #[test]
    fn integers_refuse_what_they_cannot_hold_and_stay_in_their_range() {
        let mut learner = FixedQLearning::<2, 1, i16, 8>::EMPTY;
        let mut rng = stream(1, 0);
        let small = TdParameters { step_size: 1e-6, ..PARAMETERS };
        assert_eq!(learner.start(small, EpsilonGreedy::GREEDY, 0.0), Err(Error::StepSizeOutOfRange));
        assert_eq!(learner.start(PARAMETERS, EpsilonGreedy::GREEDY, 128.0), Err(Error::ValueOutOfRange));
        let parameters = TdParameters { step_size: 1.0, discount: 1.0 };
        learner.start(parameters, EpsilonGreedy::GREEDY, -100.0).unwrap();
        let step = Transition { state: 0, action: 0, reward: 120.0, next_state: 0, outcome: Outcome::Continue };
        let digest = learner.digest();
        assert_eq!(learner.learn(&Transition { reward: 128.0, ..step }, &mut rng), Err(Error::ValueOutOfRange));
        assert_eq!(learner.learn(&Transition { reward: f32::NAN, ..step }, &mut rng), Err(Error::NonFinite));
        assert_eq!(learner.digest(), digest);
        for value in [20.0, 127.996_09, 127.996_09] {
            learner.learn(&step, &mut rng).unwrap();
            assert_eq!(learner.table().value(0, 0).unwrap().to_f32(), value);
        }
        for _ in 0..4 {
            learner.learn(&Transition { reward: -127.0, ..step }, &mut rng).unwrap();
        }
        assert_eq!(learner.table().value(0, 0).unwrap().to_f32(), -128.0);
        assert_eq!(learner.parameters(), parameters);
        learner.set_step_size(0.0).unwrap();
        learner.learn(&step, &mut rng).unwrap();
        assert_eq!(learner.table().value(0, 0).unwrap().to_f32(), -128.0, "with a step size of 0 nothing is learned");
    }

    #[test]
    fn a_state_without_actions_has_no_value_to_learn_from() {
        let exploration = LimitedActions::new(EpsilonGreedy::GREEDY, [4, 0]);
        let mut learner = FixedQLearning::<2, 4, i16, 8, LimitedActions<EpsilonGreedy, [u8; 2]>>::EMPTY;
        learner.start(PARAMETERS, exploration, 0.0).unwrap();
        assert_eq!(learner.learn(&TRANSITION, &mut stream(0, 0)), Err(Error::EmptyRange));
        let terminal = Transition { outcome: Outcome::Terminated, ..TRANSITION };
        assert_eq!(learner.learn(&terminal, &mut stream(0, 0)), Ok(-1.0));
    }

    #[test]
    fn every_type_of_value_is_another_kind() {
        let kinds = [
            FixedQLearning::<2, 4, i16, 8>::EMPTY.identity(),
            FixedQLearning::<2, 4, i16, 9>::EMPTY.identity(),
            FixedQLearning::<2, 4, i32, 8>::EMPTY.identity(),
            QLearning::<2, 4>::EMPTY.identity(),
        ];
        for (index, kind) in kinds.iter().enumerate() {
            assert!(!kinds[index + 1..].contains(kind));
        }
    }

    #[test]
    fn an_owner_takes_its_table_and_little_more() {
        const { assert!(QLearning::<48, 4>::SIZE <= 48 * 4 * 4 + 48) };
        const { assert!(ExpectedSarsa::<48, 4>::SIZE <= 48 * 4 * 4 + 48) };
        const { assert!(FixedQLearning::<48, 4, i16, 8>::SIZE <= 48 * 4 * 2 + 48) };
        const { assert!(FixedExpectedSarsa::<48, 4, i32, 16>::SIZE <= 48 * 4 * 4 + 48) };
    }
}
