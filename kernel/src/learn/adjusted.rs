//! A learner whose numbers follow schedules.

use super::{Control, Prediction, Suits};
use crate::discount::{DiscountSchedule, Discounted, discounted};
use crate::env::Env;
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::rng::Rng;
use crate::schedule::{Schedule, StepSized, step_sized};
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// Writes [`Discounted`] and [`StepSized`] for a learner from the place of its numbers.
macro_rules! adjustable {
    ([$($generics:tt)*] $type:ty { $($field:ident).+ }) => {
        $crate::discount::discounted!([$($generics)*] $type { $($field).+ });
        $crate::schedule::step_sized!([$($generics)*] $type { $($field).+ });
    };
}
pub(super) use adjustable;

/// Sets the step size of a gradient ascent, which knows no greatest one.
pub(super) fn set_ascent(step_size: &mut f32, to: f32) -> Result<(), Error> {
    if !(to >= 0.0 && to.is_finite()) {
        return Err(Error::StepSizeOutOfRange);
    }
    *step_size = to;
    Ok(())
}

/// What counts as an update of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Every transition that was learned from.
    Transition,
    /// Every episode, when it ends.
    Episode,
}

impl Pace {
    const fn is_due(self, outcome: Outcome) -> bool {
        matches!(self, Self::Transition) || outcome.is_over()
    }
}

/// Something that sets a number of a learner as time goes by. `()` sets none; a pair sets what both do.
pub trait Adjustment<C> {
    /// Sets the learner's numbers to the present values.
    ///
    /// # Errors
    /// What the learner says of a value outside its range.
    fn apply(&self, learner: &mut C) -> Result<(), Error>;

    /// The learner has learned from a transition with this outcome.
    fn advance(&mut self, outcome: Outcome);
}

impl<C> Adjustment<C> for () {
    fn apply(&self, _learner: &mut C) -> Result<(), Error> {
        Ok(())
    }

    fn advance(&mut self, _outcome: Outcome) {}
}

/// `None` sets nothing: where the schedule is not known yet.
impl<C, A: Adjustment<C>> Adjustment<C> for Option<A> {
    #[inline]
    fn apply(&self, learner: &mut C) -> Result<(), Error> {
        self.as_ref().map_or(Ok(()), |adjustment| adjustment.apply(learner))
    }

    #[inline]
    fn advance(&mut self, outcome: Outcome) {
        if let Some(adjustment) = self {
            adjustment.advance(outcome);
        }
    }
}

impl<C, A: Adjustment<C>, B: Adjustment<C>> Adjustment<C> for (A, B) {
    #[inline]
    fn apply(&self, learner: &mut C) -> Result<(), Error> {
        self.0.apply(learner)?;
        self.1.apply(learner)
    }

    #[inline]
    fn advance(&mut self, outcome: Outcome) {
        self.0.advance(outcome);
        self.1.advance(outcome);
    }
}

/// Sets the discount by a schedule. The schedule and 8 bytes; the schedule is asked once an update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiscountBy<D> {
    schedule: D,
    pace: Pace,
    discount: f32,
}

impl<D: DiscountSchedule> DiscountBy<D> {
    /// From the schedule's present discount on.
    pub fn new(schedule: D, pace: Pace) -> Self {
        Self { discount: schedule.gamma(), schedule, pace }
    }

    /// The schedule.
    pub const fn schedule(&self) -> &D {
        &self.schedule
    }

    /// Changes the schedule: tells it what only the caller knows, or advances it by hand.
    pub fn change<R>(&mut self, change: impl FnOnce(&mut D) -> R) -> R {
        let result = change(&mut self.schedule);
        self.discount = self.schedule.gamma();
        result
    }
}

impl<C: Discounted, D: DiscountSchedule> Adjustment<C> for DiscountBy<D> {
    #[inline]
    fn apply(&self, learner: &mut C) -> Result<(), Error> {
        learner.set_discount(self.discount)
    }

    #[inline]
    fn advance(&mut self, outcome: Outcome) {
        if self.pace.is_due(outcome) {
            self.change(D::advance);
        }
    }
}

/// The schedule.
impl<D: DiscountSchedule + Persist> Persist for DiscountBy<D> {
    fn write(&self, out: &mut impl Write) {
        self.schedule.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.schedule.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.change(|schedule| schedule.read(from))
    }
}

/// `"discount-by"` around the schedule.
impl<D: DiscountSchedule + Identify> Identify for DiscountBy<D> {
    fn identity(&self) -> Identity {
        Identity::around("discount-by", self.schedule.identity())
    }
}

/// Sets the step size by a schedule, whose time is the number of updates so far. The schedule and 12 bytes; the schedule is
/// asked once an update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepSizeBy<S> {
    schedule: S,
    pace: Pace,
    updates: u32,
    step_size: f32,
}

impl<S: Schedule> StepSizeBy<S> {
    /// At time 0.
    pub fn new(schedule: S, pace: Pace) -> Self {
        Self { step_size: schedule.at(0), schedule, pace, updates: 0 }
    }

    /// The schedule.
    pub const fn schedule(&self) -> &S {
        &self.schedule
    }

    /// How many updates there were.
    pub const fn updates(&self) -> u32 {
        self.updates
    }

    /// Changes the schedule, by more budget say, and goes on at the present time.
    pub fn change<R>(&mut self, change: impl FnOnce(&mut S) -> R) -> R {
        let result = change(&mut self.schedule);
        self.step_size = self.schedule.at(self.updates);
        result
    }
}

impl<C: StepSized, S: Schedule> Adjustment<C> for StepSizeBy<S> {
    #[inline]
    fn apply(&self, learner: &mut C) -> Result<(), Error> {
        learner.set_step_size(self.step_size)
    }

    #[inline]
    fn advance(&mut self, outcome: Outcome) {
        if self.pace.is_due(outcome) {
            self.updates = self.updates.saturating_add(1);
            self.step_size = self.schedule.at(self.updates);
        }
    }
}

/// How many updates there were, `u32`.
impl<S: Schedule> Persist for StepSizeBy<S> {
    fn write(&self, out: &mut impl Write) {
        self.updates.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.updates.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.updates.read(from)?;
        self.step_size = self.schedule.at(self.updates);
        Ok(())
    }
}

/// `"step-size-by"`.
impl<S: Schedule> Identify for StepSizeBy<S> {
    fn identity(&self) -> Identity {
        Identity::new("step-size-by", Identity::PLAIN, [0, 0, 0])
    }
}

/// A learner with adjustments of its numbers: [`DiscountBy`], [`StepSizeBy`], a pair, or your own [`Adjustment`]. What is
/// wrapped around it, a [`Shaped`](super::Shaped) say, sees the present numbers.
///
/// Memory: the learner and the adjustments. Cost: a comparison or two an update, and what the schedules cost.
///
/// ```
/// use habit::discount::{Discounted, ExponentialDiscount};
/// use habit::interact::{Outcome, Transition};
/// use habit::learn::{Adjusted, Control, DiscountBy, Pace, QLearning, StepSizeBy, TdParameters};
/// use habit::policy::EpsilonGreedy;
/// use habit::rng::stream;
/// use habit::schedule::{Linear, StepSized};
///
/// let discount: ExponentialDiscount = ExponentialDiscount::new(0.5, 0.99, 10)?;
/// let adjustments =
///     (DiscountBy::new(discount, Pace::Episode), StepSizeBy::new(Linear::new(0.5, 0.0, 100)?, Pace::Transition));
/// let mut agent = Adjusted::new(QLearning::<4, 2>::EMPTY, adjustments);
/// agent.start(|learner| {
///     learner.start(TdParameters { step_size: 0.5, discount: 0.5 }, EpsilonGreedy::GREEDY, 0.0)
/// })?;
/// let step = Transition { state: 0, action: 0, reward: 1.0, next_state: 1, outcome: Outcome::Continue };
/// agent.learn(&step, &mut stream(0, 0))?;
/// assert_eq!((agent.discount(), agent.step_size()), (0.5, 0.495));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Adjusted<C, A> {
    learner: C,
    adjustments: A,
}

impl<C, A: Adjustment<C>> Adjusted<C, A> {
    /// Around a learner; call [`start`](Self::start) next.
    pub const fn new(learner: C, adjustments: A) -> Self {
        Self { learner, adjustments }
    }

    /// Starts the learner, then sets its numbers to the present values.
    ///
    /// # Errors
    /// What the learner says.
    pub fn start(&mut self, start: impl FnOnce(&mut C) -> Result<(), Error>) -> Result<(), Error> {
        start(&mut self.learner)?;
        self.adjustments.apply(&mut self.learner)
    }

    /// The learner.
    pub const fn learner(&self) -> &C {
        &self.learner
    }

    /// The learner; a number that an adjustment sets does not stay changed.
    pub const fn learner_mut(&mut self) -> &mut C {
        &mut self.learner
    }

    /// The adjustments.
    pub const fn adjustments(&self) -> &A {
        &self.adjustments
    }

    /// Changes the adjustments and sets the learner's numbers.
    ///
    /// # Errors
    /// What the learner says of a value outside its range.
    pub fn adjust(&mut self, change: impl FnOnce(&mut A)) -> Result<(), Error> {
        change(&mut self.adjustments);
        self.adjustments.apply(&mut self.learner)
    }

    fn learn_adjusted(
        &mut self,
        outcome: Outcome,
        learn: impl FnOnce(&mut C) -> Result<f32, Error>,
    ) -> Result<f32, Error> {
        self.adjustments.apply(&mut self.learner)?;
        let error = learn(&mut self.learner)?;
        self.adjustments.advance(outcome);
        // What the learner refuses is told by the next call, before it learns anything.
        let _ = self.adjustments.apply(&mut self.learner);
        Ok(error)
    }
}

impl<C: Control, A: Adjustment<C>> Control for Adjusted<C, A> {
    type Observation = C::Observation;
    type Action = C::Action;

    #[inline]
    fn act(&mut self, state: C::Observation, rng: &mut (impl Rng + ?Sized)) -> Result<C::Action, Error> {
        self.learner.act(state, rng)
    }

    #[inline]
    fn learn(
        &mut self,
        transition: &Transition<C::Observation, C::Action>,
        rng: &mut (impl Rng + ?Sized),
    ) -> Result<f32, Error> {
        self.learn_adjusted(transition.outcome, |learner| learner.learn(transition, rng))
    }
}

impl<C: Prediction, A: Adjustment<C>> Prediction for Adjusted<C, A> {
    type Observation = C::Observation;

    #[inline]
    fn value(&self, state: C::Observation) -> Result<f32, Error> {
        self.learner.value(state)
    }

    #[inline]
    fn learn(&mut self, transition: &Transition<C::Observation, ()>) -> Result<f32, Error> {
        self.learn_adjusted(transition.outcome, |learner| learner.learn(transition))
    }
}

impl<V: Env, C: Suits<V>, A> Suits<V> for Adjusted<C, A> {}

// What an adjustment sets does not stay changed by hand.
discounted!([C: Discounted, A] Adjusted<C, A> { learner });
step_sized!([C: StepSized, A] Adjusted<C, A> { learner });

/// The learner, then the adjustments.
impl<C: Persist, A: Persist + Adjustment<C>> Persist for Adjusted<C, A> {
    fn write(&self, out: &mut impl Write) {
        self.learner.write(out);
        self.adjustments.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.learner.check(from)?;
        self.adjustments.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.learner.read(from)?;
        self.adjustments.read(from)?;
        let _ = self.adjustments.apply(&mut self.learner);
        Ok(())
    }
}

/// `"adjusted"` around the learner, and the adjustments.
impl<C: Identify, A: Identify + Adjustment<C>> Identify for Adjusted<C, A> {
    fn identity(&self) -> Identity {
        Identity::around("adjusted", self.learner.identity()).and(self.adjustments.identity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advantage::{DiscountedReturn, Gae, MaskedGae, NStepReturn, TurnGae, VTrace};
    use crate::discount::{ExponentialDiscount, FixedDiscount};
    use crate::learn::{
        ActorCritic, DoubleQLearning, DynaQ, GradientTd, Lstd, MonteCarlo, NStepSarsa, NStepTd, NaturalActorCritic,
        PrioritizedSweeping, QLambda, QLearning, Reinforce, Sarsa, TdLambda, TdParameters, Tdc, TrueOnlineTdLambda,
    };
    use crate::math::Libm;
    use crate::policy::features::OneHot;
    use crate::policy::{EpsilonGreedy, SoftmaxPolicy};
    use crate::rng::stream;
    use crate::schedule::{Constant, Linear};
    use std::vec::Vec;

    const PARAMETERS: TdParameters = TdParameters { step_size: 0.5, discount: 0.9 };

    fn discount(from: f32, to: f32, steps: u32) -> ExponentialDiscount {
        ExponentialDiscount::new(from, to, steps).unwrap()
    }

    /// Sets what can be set, and refuses the rest.
    fn takes_any_discount(name: &str, of: &mut impl Discounted) {
        for gamma in [0.0, 0.25, 1.0] {
            assert_eq!((of.set_discount(gamma), of.discount()), (Ok(()), gamma), "{name}");
        }
        for bad in [-0.1, 1.1, f32::NAN] {
            assert_eq!((of.set_discount(bad), of.discount()), (Err(Error::DiscountOutOfRange), 1.0), "{name}");
        }
    }

    fn takes_any_step_size(name: &str, of: &mut impl StepSized) {
        for step_size in [1.0, 0.25, 0.0] {
            assert_eq!((of.set_step_size(step_size), of.step_size()), (Ok(()), step_size), "{name}");
        }
        for bad in [-0.1, f32::INFINITY, f32::NAN] {
            assert_eq!((of.set_step_size(bad), of.step_size()), (Err(Error::StepSizeOutOfRange), 0.0), "{name}");
        }
    }

    #[test]
    fn every_learner_and_every_estimator_can_be_adjusted() {
        macro_rules! learners {
            ($($type:ty = $empty:expr;)*) => {$(
                let mut learner: $type = $empty;
                takes_any_discount(stringify!($type), &mut learner);
                takes_any_step_size(stringify!($type), &mut learner);
            )*};
        }
        type Softmax = SoftmaxPolicy<2, 3>;
        learners! {
            QLearning<3, 2> = QLearning::EMPTY;
            Sarsa<3, 2> = Sarsa::EMPTY;
            DoubleQLearning<3, 2> = DoubleQLearning::EMPTY;
            MonteCarlo<3, 2, 8> = MonteCarlo::EMPTY;
            DynaQ<3, 2> = DynaQ::EMPTY;
            PrioritizedSweeping<3, 2> = PrioritizedSweeping::EMPTY;
            NStepTd<OneHot<3>, 3, 4> = NStepTd::EMPTY;
            NStepSarsa<OneHot<3>, 2, 3, 4> = NStepSarsa::EMPTY;
            TdLambda<OneHot<3>, 3> = TdLambda::EMPTY;
            TrueOnlineTdLambda<OneHot<3>, 3> = TrueOnlineTdLambda::EMPTY;
            QLambda<OneHot<3>, 2, 3> = QLambda::EMPTY;
            GradientTd<Tdc, OneHot<3>, 3> = GradientTd::EMPTY;
            Reinforce<Softmax, OneHot<3>, 3, 8> = Reinforce::new(Softmax::EMPTY);
            ActorCritic<Softmax, OneHot<3>, [f32; 6], 3> = ActorCritic::new(Softmax::EMPTY, [0.0; 6]);
            NaturalActorCritic<Softmax, OneHot<3>, [f32; 6], 3> =
                NaturalActorCritic::new(Softmax::EMPTY, [0.0; 6], [0.0; 6]);
        }
        let mut lstd = Lstd::<OneHot<3>, 3>::EMPTY;
        takes_any_discount("LSTD", &mut lstd);
        takes_any_discount("GAE", &mut Gae::new(0.5, 0.5).unwrap());
        takes_any_discount("returns", &mut DiscountedReturn::new(0.5).unwrap());
        takes_any_discount("n-step returns", &mut NStepReturn::new(0.5, 3).unwrap());
        takes_any_discount("V-trace", &mut VTrace::<Libm>::new(0.5, 0.5, 1.0, 1.0).unwrap());
        takes_any_discount("turns", &mut TurnGae::new(0.5, 0.5).unwrap());
        takes_any_discount("tokens", &mut MaskedGae::new(0.5, 0.5).unwrap());
    }

    #[test]
    fn schedules_run_at_their_pace() {
        let adjustments = (
            DiscountBy::new(discount(0.4, 0.99, 4), Pace::Episode),
            StepSizeBy::new(Linear::new(1.0, 0.0, 4).unwrap(), Pace::Transition),
        );
        let mut agent = Adjusted::new(QLearning::<2, 1>::EMPTY, adjustments);
        agent.start(|learner| learner.start(PARAMETERS, EpsilonGreedy::GREEDY, 0.0)).unwrap();
        let mut horizon = discount(0.4, 0.99, 4);
        let mut gammas = [horizon.gamma(); 3];
        for gamma in &mut gammas[1..] {
            horizon.advance();
            *gamma = horizon.gamma();
        }
        let [first, second, third] = gammas;
        assert_eq!((agent.discount(), agent.step_size()), (first, 1.0));
        let mut seen = Vec::new();
        for outcome in
            [Outcome::Continue, Outcome::Terminated, Outcome::Continue, Outcome::Truncated, Outcome::Continue]
        {
            let transition = Transition { state: 0, action: 0, reward: 1.0, next_state: 1, outcome };
            agent.learn(&transition, &mut stream(0, 0)).unwrap();
            seen.push((agent.discount(), agent.step_size()));
        }
        assert_eq!(seen, [(first, 0.75), (second, 0.5), (second, 0.25), (third, 0.0), (third, 0.0)]);
        assert_eq!((agent.adjustments().0.schedule(), agent.adjustments().1.updates()), (&horizon, 5));
        // With a step size of 0 nothing is learned.
        let digest = agent.learner().digest();
        let transition = Transition { state: 0, action: 0, reward: 9.0, next_state: 1, outcome: Outcome::Continue };
        agent.learn(&transition, &mut stream(0, 0)).unwrap();
        assert_eq!(agent.learner().digest(), digest);
        // More budget.
        agent.adjust(|(_, by)| by.change(|schedule| *schedule = Linear::new(1.0, 0.0, 12).unwrap())).unwrap();
        assert_eq!(agent.step_size(), 0.5);
    }

    #[test]
    fn a_value_that_the_learner_refuses_stops_it_before_it_learns() {
        /// Leaves the range at time 2.
        struct Leaves;
        impl Schedule for Leaves {
            fn at(&self, t: u32) -> f32 {
                if t < 2 { 0.5 } else { 7.0 }
            }
        }
        let mut agent = Adjusted::new(QLearning::<2, 1>::EMPTY, StepSizeBy::new(Leaves, Pace::Transition));
        agent.start(|learner| learner.start(PARAMETERS, EpsilonGreedy::GREEDY, 0.0)).unwrap();
        let good = Transition { state: 0, action: 0, reward: 1.0, next_state: 1, outcome: Outcome::Continue };
        assert_eq!(agent.learn(&Transition { reward: f32::NAN, ..good }, &mut stream(0, 0)), Err(Error::NonFinite));
        assert_eq!(agent.adjustments().updates(), 0);
        assert!(agent.learn(&good, &mut stream(0, 0)).is_ok() && agent.learn(&good, &mut stream(0, 0)).is_ok());
        let digest = agent.digest();
        assert_eq!(agent.learn(&good, &mut stream(0, 0)), Err(Error::StepSizeOutOfRange));
        assert_eq!(agent.digest(), digest);
        let mut refused = Adjusted::new(QLearning::<2, 1>::EMPTY, StepSizeBy::new(Constant(3.0), Pace::Episode));
        let started = refused.start(|learner| learner.start(PARAMETERS, EpsilonGreedy::GREEDY, 0.0));
        assert_eq!(started, Err(Error::StepSizeOutOfRange));
    }

    #[test]
    fn it_goes_on_from_its_bytes_with_the_numbers_of_that_time() {
        struct Bytes(Vec<u8>);
        impl Write for Bytes {
            fn bytes(&mut self, bytes: &[u8]) {
                self.0.extend_from_slice(bytes);
            }
        }
        let fresh = || {
            let adjustments = (
                DiscountBy::new(discount(0.4, 0.99, 4), Pace::Transition),
                StepSizeBy::new(Linear::new(1.0, 0.0, 9).unwrap(), Pace::Transition),
            );
            let mut agent = Adjusted::new(TdLambda::<OneHot<2>, 2>::EMPTY, adjustments);
            let kind = crate::learn::TraceKind::Accumulating;
            agent.start(|learner| learner.start(OneHot, PARAMETERS, kind, 0.5, 0.0)).unwrap();
            agent
        };
        let (mut agent, mut copy) = (fresh(), fresh());
        let step = Transition { state: 0, action: (), reward: 1.0, next_state: 1, outcome: Outcome::Continue };
        (0..3).for_each(|_| _ = agent.learn(&step).unwrap());
        let mut bytes = Bytes(Vec::new());
        agent.write(&mut bytes);
        copy.restore(&bytes.0).unwrap();
        assert_eq!((copy.discount(), copy.step_size()), (agent.discount(), agent.step_size()));
        (0..3).for_each(|_| assert_eq!(copy.learn(&step), agent.learn(&step)));
        assert_eq!(copy.digest(), agent.digest());
        let fixed = DiscountBy::new(FixedDiscount::new(0.9).unwrap(), Pace::Transition);
        assert_ne!(fixed.identity(), agent.adjustments().0.identity());
    }
}
