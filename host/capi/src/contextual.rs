//! LinUCB that sees features before it chooses.

use habit::bandit::{Choice, ContextualBandit, ContextualState, Disjoint, Estimates, FixedRadius, Optimistic, Shared};
use habit::error::Error;
use habit::linalg::{Borrowed, Dyn, Ridge};
use habit::rng::Generator;

use crate::bandit::{Chosen, regression, ridge};
use crate::memory::{ALIGN, Arena, Class, Handle, Holds, In, Memory, Out, View, bytes, fits};
use crate::persist::Learner;
use crate::random::Rng;
use crate::status::Status;

/// A contextual bandit: features are seen before an arm is chosen, and rewards may come late, in any order, or never.
#[derive(Debug)]
pub struct Contextual {
    _incomplete: [u8; 0],
}

impl Class for Contextual {
    type Object = dyn ContextualLearner;
    const MAGIC: u32 = u32::from_le_bytes(*b"HbCo");
}

impl<T: ContextualLearner + 'static> Holds<T> for Contextual {
    fn object(learner: &'static mut T) -> &'static mut Self::Object {
        learner
    }
}

/// What both of them can do.
pub trait ContextualLearner: Learner {
    /// As [`ContextualBandit::select`].
    ///
    /// # Errors
    /// As [`ContextualBandit::select`].
    fn select(&mut self, context: &[f32], rng: &mut Generator) -> Result<Choice, Error>;

    /// As [`ContextualBandit::update`].
    ///
    /// # Errors
    /// As [`ContextualBandit::update`].
    fn update(&mut self, context: &[f32], arm: usize, reward: f32) -> Result<(), Error>;

    /// As [`ContextualBandit::learn`].
    ///
    /// # Errors
    /// As [`ContextualBandit::learn`].
    fn learn(&mut self, context: &[f32], arm: usize, reward: f32) -> Result<(), Error>;

    /// What an arm is thought to pay.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::ActionOutOfRange`], [`Error::NonFinite`].
    fn predict(&self, context: &[f32], arm: usize) -> Result<f32, Error>;
}

type LinUcb<E> = ContextualState<E, Optimistic<FixedRadius>>;
type SharedEstimate<'a> = Shared<Dyn, Borrowed<'a>>;
type DisjointEstimates<'a> = Disjoint<Borrowed<'a>, &'a mut [Ridge<Borrowed<'a>>]>;

impl<E: Estimates> ContextualLearner for LinUcb<E> {
    fn select(&mut self, context: &[f32], rng: &mut Generator) -> Result<Choice, Error> {
        ContextualBandit::select(self, context, rng)
    }

    fn update(&mut self, context: &[f32], arm: usize, reward: f32) -> Result<(), Error> {
        ContextualBandit::update(self, context, arm, reward)
    }

    fn learn(&mut self, context: &[f32], arm: usize, reward: f32) -> Result<(), Error> {
        ContextualBandit::learn(self, context, arm, reward)
    }

    fn predict(&self, context: &[f32], arm: usize) -> Result<f32, Error> {
        if context.len() != self.context_len() {
            return Err(Error::LengthMismatch);
        }
        if arm >= self.arms() {
            return Err(Error::ActionOutOfRange);
        }
        let prediction = ContextualState::predict(self, context, arm);
        if prediction.is_finite() { Ok(prediction) } else { Err(Error::NonFinite) }
    }
}

/// As `HABIT_SHARED_LIN_UCB_SIZE` and `HABIT_DISJOINT_LIN_UCB_SIZE` have it.
const OVERHEAD: usize = 40 + 14 * size_of::<usize>();
const WORDS_OF_A_REGRESSION: usize = 8;
const _: () = {
    assert!(fits::<Contextual, LinUcb<SharedEstimate<'_>>>(OVERHEAD));
    assert!(fits::<Contextual, LinUcb<DisjointEstimates<'_>>>(OVERHEAD));
    assert!(size_of::<Ridge<Borrowed<'_>>>() <= WORDS_OF_A_REGRESSION * size_of::<usize>());
};

/// Bytes of memory that shared LinUCB needs: one estimate, however many arms there are; 0 where a size is 0 or that is too
/// much. `HABIT_SHARED_LIN_UCB_SIZE` is the same for memory that is laid out by the compiler.
#[unsafe(no_mangle)]
pub extern "C" fn habit_shared_lin_ucb_size(features: usize) -> usize {
    bytes(OVERHEAD, &[features], regression(features))
}

/// Bytes of memory that disjoint LinUCB needs: an estimate an arm; 0 where a size is 0 or that is too much.
/// `HABIT_DISJOINT_LIN_UCB_SIZE` is the same for memory that is laid out by the compiler.
#[unsafe(no_mangle)]
pub extern "C" fn habit_disjoint_lin_ucb_size(arms: usize, features: usize) -> usize {
    let of_an_arm = regression(features).and_then(|n| n.checked_add(WORDS_OF_A_REGRESSION * size_of::<usize>() / 4));
    bytes(OVERHEAD, &[arms, features], of_an_arm.and_then(|numbers| numbers.checked_mul(arms)))
}

/// The alignment of that memory.
#[unsafe(no_mangle)]
pub extern "C" fn habit_contextual_align() -> usize {
    ALIGN
}

fn begin<E: Estimates>(estimates: E, lambda: f32, radius: f32) -> Result<LinUcb<E>, Error> {
    let mut bandit = ContextualState::new(estimates);
    bandit.start(lambda, Optimistic(FixedRadius(radius)))?;
    Ok(bandit)
}

fn init<E: Estimates + 'static>(
    memory: Result<Arena, Status>,
    lambda: f32,
    radius: f32,
    mut bandit: Out<Handle<Contextual>>,
    estimates: impl FnOnce(&mut Arena) -> Result<E, Status>,
) -> Status {
    Status::of(|| {
        let (bandit, memory) = (bandit.place()?, memory?);
        // A small one refuses what the large one would.
        let small = Ridge::over(&mut [0.0], &mut [0.0], &mut [0.0])
            .map(|ridge| begin(Shared::new(Dyn(1), ridge), lambda, radius).map(|_| ()));
        small??;
        bandit.put(memory.learner(|memory| Ok(begin(estimates(memory)?, lambda, radius)?))?);
        Ok(())
    })
}

/// Makes LinUCB with one estimate for all arms in memory of `length` bytes: a context holds the features of every arm, one
/// arm after the other.
///
/// `lambda` regularises, above 0; `radius` is how many deviations of optimism, from 0 on.
#[unsafe(no_mangle)]
pub extern "C" fn habit_shared_lin_ucb_init(
    memory: Memory,
    length: usize,
    arms: usize,
    features: usize,
    lambda: f32,
    radius: f32,
    bandit: Out<Handle<Contextual>>,
) -> Status {
    // The arms take no memory; a number of them that cannot be is refused all the same.
    let size = if bytes(1, &[arms], arms.checked_mul(features)) == 0 { 0 } else { habit_shared_lin_ucb_size(features) };
    init(memory.of(length, size), lambda, radius, bandit, |memory| Ok(Shared::new(Dyn(arms), ridge(memory, features)?)))
}

/// Makes LinUCB with an estimate an arm in memory of `length` bytes: all arms see the same `features` numbers. `lambda` and
/// `radius` are as for `habit_shared_lin_ucb_init`.
#[unsafe(no_mangle)]
pub extern "C" fn habit_disjoint_lin_ucb_init(
    memory: Memory,
    length: usize,
    arms: usize,
    features: usize,
    lambda: f32,
    radius: f32,
    bandit: Out<Handle<Contextual>>,
) -> Status {
    let size = habit_disjoint_lin_ucb_size(arms, features);
    init(memory.of(length, size), lambda, radius, bandit, |memory| {
        let ridges = memory.values(arms, |memory| ridge(memory, features))?;
        Ok(Disjoint::<Borrowed<'static>, _>::new(ridges))
    })
}

/// Chooses an arm in a context of `length` numbers.
#[unsafe(no_mangle)]
pub extern "C" fn habit_contextual_select(
    mut bandit: Handle<Contextual>,
    context: In<f32>,
    length: usize,
    mut rng: Out<Rng>,
    mut choice: Out<Chosen>,
) -> Status {
    Status::of(|| {
        let (bandit, context, choice) = (bandit.learner()?, context.slice(length)?, choice.place()?);
        choice.put(rng.value()?.draw(|generator| bandit.select(context, generator))?.into());
        Ok(())
    })
}

/// Takes the reward of an earlier choice, with the context that it was made in.
#[unsafe(no_mangle)]
pub extern "C" fn habit_contextual_update(
    mut bandit: Handle<Contextual>,
    context: In<f32>,
    length: usize,
    arm: usize,
    reward: f32,
) -> Status {
    Status::of(|| Ok(bandit.learner()?.update(context.slice(length)?, arm, reward)?))
}

/// Learns from somebody else's choice: a line of a log.
#[unsafe(no_mangle)]
pub extern "C" fn habit_contextual_learn(
    mut bandit: Handle<Contextual>,
    context: In<f32>,
    length: usize,
    arm: usize,
    reward: f32,
) -> Status {
    Status::of(|| Ok(bandit.learner()?.learn(context.slice(length)?, arm, reward)?))
}

/// Writes what an arm is thought to pay in a context.
#[unsafe(no_mangle)]
pub extern "C" fn habit_contextual_predict(
    bandit: View<Contextual>,
    context: In<f32>,
    length: usize,
    arm: usize,
    mut reward: Out<f32>,
) -> Status {
    Status::of(|| {
        let reward = reward.place()?;
        reward.put(bandit.learner()?.predict(context.slice(length)?, arm)?);
        Ok(())
    })
}
