//! Bandits without a context.

use habit::bandit::{
    self, Choice, Cumulative, Discounted, DynLinUcbState, Exp3State, IndexBandit, LinUcbState, ThompsonBetaState, Ucb,
};
use habit::error::Error;
use habit::linalg::{Borrowed, Ridge, all_finite};
use habit::math::Libm;
use habit::rng::Generator;

use crate::memory::{ALIGN, Arena, Class, Handle, Holds, In, Memory, Out, bytes, fits};
use crate::persist::Learner;
use crate::random::Rng;
use crate::status::Status;

/// A bandit: one arm a round, one reward back.
#[derive(Debug)]
pub struct Bandit {
    _incomplete: [u8; 0],
}

impl Class for Bandit {
    type Object = dyn BanditLearner;
    const MAGIC: u32 = u32::from_le_bytes(*b"HbBa");
}

impl<T: BanditLearner + 'static> Holds<T> for Bandit {
    fn object(learner: &'static mut T) -> &'static mut Self::Object {
        learner
    }
}

/// What all of them can do.
pub trait BanditLearner: Learner {
    /// As [`bandit::Bandit::select`].
    ///
    /// # Errors
    /// As [`bandit::Bandit::select`].
    fn select(&mut self, rng: &mut Generator) -> Result<Choice, Error>;

    /// As [`bandit::Bandit::update`].
    ///
    /// # Errors
    /// As [`bandit::Bandit::update`].
    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error>;
}

impl<B: bandit::Bandit + Learner> BanditLearner for B {
    fn select(&mut self, rng: &mut Generator) -> Result<Choice, Error> {
        bandit::Bandit::select(self, rng)
    }

    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error> {
        bandit::Bandit::update(self, arm, reward)
    }
}

type Ucb1<'a> = IndexBandit<Cumulative<&'a mut [u32], &'a mut [f32]>, Ucb>;
type DiscountedUcb<'a> = IndexBandit<Discounted<&'a mut [f32]>, Ucb>;
type ThompsonBeta<'a> = ThompsonBetaState<&'a mut [u32]>;
type Exp3<'a> = Exp3State<&'a mut [f32]>;
type LinUcb<'a> = LinUcbState<&'a [f32], Borrowed<'a>>;
type DynLinUcb<'a> = DynLinUcbState<&'a [f32], Borrowed<'a>>;

/// As `HABIT_BANDIT_SIZE` and `HABIT_LINEAR_BANDIT_SIZE` have it.
const OVERHEAD: usize = 64 + 10 * size_of::<usize>();
const LINEAR_OVERHEAD: usize = 96 + 16 * size_of::<usize>();
const _: () = {
    assert!(fits::<Bandit, Ucb1<'_>>(OVERHEAD) && fits::<Bandit, DiscountedUcb<'_>>(OVERHEAD));
    assert!(fits::<Bandit, ThompsonBeta<'_>>(OVERHEAD) && fits::<Bandit, Exp3<'_>>(OVERHEAD));
    assert!(fits::<Bandit, LinUcb<'_>>(LINEAR_OVERHEAD) && fits::<Bandit, DynLinUcb<'_>>(LINEAR_OVERHEAD));
};

/// Bytes of memory that UCB1, discounted UCB, Thompson sampling or Exp3 need for so many arms; 0 where there are none or
/// that is too much. `HABIT_BANDIT_SIZE` is the same for memory that is laid out by the compiler.
#[unsafe(no_mangle)]
pub extern "C" fn habit_bandit_size(arms: usize) -> usize {
    bytes(OVERHEAD, &[arms], arms.checked_mul(2))
}

/// Numbers of one regression: the inverse, the estimate and scratch.
pub(crate) fn regression(features: usize) -> Option<usize> {
    features.checked_add(2)?.checked_mul(features)
}

/// Bytes of memory that LinUCB or DynLin-UCB need for arms of so many features; 0 where there are none or that is too much.
/// `HABIT_LINEAR_BANDIT_SIZE` is the same for memory that is laid out by the compiler.
#[unsafe(no_mangle)]
pub extern "C" fn habit_linear_bandit_size(features: usize) -> usize {
    bytes(LINEAR_OVERHEAD, &[features], regression(features))
}

/// The alignment of that memory.
#[unsafe(no_mangle)]
pub extern "C" fn habit_bandit_align() -> usize {
    ALIGN
}

/// Makes a bandit of as many arms, once a small one of the same kind has taken the same numbers.
fn init<B: BanditLearner + 'static>(
    memory: Memory,
    length: usize,
    arms: usize,
    mut bandit: Out<Handle<Bandit>>,
    rehearse: impl FnOnce() -> Result<(), Error>,
    make: impl FnOnce(&mut Arena) -> Result<B, Status>,
) -> Status {
    Status::of(|| {
        let bandit = bandit.place()?;
        let memory = memory.of(length, habit_bandit_size(arms))?;
        rehearse()?;
        bandit.put(memory.learner(make)?);
        Ok(())
    })
}

/// Makes UCB1 in memory of `length` bytes: the greatest `mean + sqrt(confidence ln total / count)`. 2 is UCB1's confidence.
#[unsafe(no_mangle)]
pub extern "C" fn habit_ucb1_init(
    memory: Memory,
    length: usize,
    arms: usize,
    confidence: f32,
    bandit: Out<Handle<Bandit>>,
) -> Status {
    let rehearse = || Ucb::<Libm>::new(confidence).map(|_| ());
    init(memory, length, arms, bandit, rehearse, |memory| {
        let mut bandit = Ucb1::new(Cumulative::over(memory.numbers(arms)?, memory.numbers(arms)?)?);
        bandit.start(Ucb::new(confidence)?)?;
        Ok(bandit)
    })
}

/// Makes discounted UCB in memory of `length` bytes: as UCB1, but counts and rewards fade by a factor `discount` a round,
/// above 0 and at most 1.
#[unsafe(no_mangle)]
pub extern "C" fn habit_discounted_ucb_init(
    memory: Memory,
    length: usize,
    arms: usize,
    confidence: f32,
    discount: f32,
    bandit: Out<Handle<Bandit>>,
) -> Status {
    fn begin<'a>(
        counts: &'a mut [f32],
        sums: &'a mut [f32],
        confidence: f32,
        discount: f32,
    ) -> Result<DiscountedUcb<'a>, Error> {
        let mut bandit = DiscountedUcb::new(Discounted::over(counts, sums)?);
        bandit.start_discounted(Ucb::new(confidence)?, discount)?;
        Ok(bandit)
    }
    let rehearse = || begin(&mut [0.0], &mut [0.0], confidence, discount).map(|_| ());
    init(memory, length, arms, bandit, rehearse, |memory| {
        Ok(begin(memory.numbers(arms)?, memory.numbers(arms)?, confidence, discount)?)
    })
}

/// Makes Thompson sampling for rewards of 0 or 1 in memory of `length` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn habit_thompson_beta_init(
    memory: Memory,
    length: usize,
    arms: usize,
    bandit: Out<Handle<Bandit>>,
) -> Status {
    init(
        memory,
        length,
        arms,
        bandit,
        || Ok(()),
        |memory| {
            let mut bandit = ThompsonBeta::new(memory.numbers(arms)?, memory.numbers(arms)?);
            bandit.start()?;
            Ok(bandit)
        },
    )
}

/// Makes Exp3 in memory of `length` bytes, with a mixing rate above 0 and at most 1, for rewards from `low` to `high`.
#[unsafe(no_mangle)]
pub extern "C" fn habit_exp3_init(
    memory: Memory,
    length: usize,
    arms: usize,
    rate: f32,
    low: f32,
    high: f32,
    bandit: Out<Handle<Bandit>>,
) -> Status {
    let rehearse = || Exp3::new(&mut [0.0], &mut [0.0]).start(rate, low, high);
    init(memory, length, arms, bandit, rehearse, |memory| {
        let mut bandit = Exp3::new(memory.numbers(arms)?, memory.numbers(arms)?);
        bandit.start(rate, low, high)?;
        Ok(bandit)
    })
}

/// What the radius of a confidence set is computed from; `habit::bandit::Confidence` in the kernel's documentation.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Confidence {
    /// `c1`, what the transient of a system may add; 0 where arms have no memory.
    pub transient: f32,
    /// `c2`, a bound on the norm of the parameters.
    pub bias: f32,
    /// `s2`, the variance proxy of a reward.
    pub variance: f32,
    /// A bound on the norm of an arm.
    pub arm_norm: f32,
    /// Rounds that will be played, at least 1.
    pub horizon: u32,
}

/// Arms that stay where they are, and what is known of them.
struct Linear {
    arms: &'static [f32],
    features: usize,
    lambda: f32,
    confidence: bandit::Confidence,
}

impl Linear {
    fn new(
        memory: &Arena,
        arms: In<f32>,
        [count, features]: [usize; 2],
        lambda: f32,
        confidence: In<Confidence>,
    ) -> Result<Self, Status> {
        let Confidence { transient, bias, variance, arm_norm, horizon } = confidence.value()?;
        if count == 0 || u32::try_from(count).is_err() {
            return Err(Status::SizeOutOfRange);
        }
        let length = count.checked_mul(features).ok_or(Status::SizeOutOfRange)?;
        if memory.span().meets(arms.span(length)) {
            return Err(Status::Overlap);
        }
        let arms = arms.lasting(length)?;
        if !all_finite(arms) {
            return Err(Status::NonFinite);
        }
        let confidence = bandit::Confidence::new([transient, bias, variance], arm_norm, features, lambda, horizon)?;
        // A small one refuses what the large one would.
        Ridge::over(&mut [0.0], &mut [0.0], &mut [0.0])?.start(lambda)?;
        Ok(Self { arms, features, lambda, confidence })
    }

    fn init<B: BanditLearner + 'static>(
        &self,
        memory: Arena,
        make: impl FnOnce(&'static [f32], Ridge<Borrowed<'static>>) -> Result<B, Error>,
    ) -> Result<Handle<Bandit>, Status> {
        let make = |memory: &mut Arena| Ok(make(self.arms, ridge(memory, self.features)?)?);
        memory.learner(make)
    }
}

/// A regression that has not been started.
pub(crate) fn ridge(memory: &mut Arena, features: usize) -> Result<Ridge<Borrowed<'static>>, Status> {
    let inverse = memory.numbers(features * features)?;
    Ok(Ridge::over(inverse, memory.numbers(features)?, memory.numbers(features)?)?)
}

/// Makes LinUCB over fixed arms in memory of `length` bytes.
///
/// `arms` holds the arms one after the other, `features` numbers each; the array must stay as it is for as long as the
/// bandit is used. `lambda` regularises, above 0.
#[unsafe(no_mangle)]
pub extern "C" fn habit_lin_ucb_init(
    memory: Memory,
    length: usize,
    arms: In<f32>,
    count: usize,
    features: usize,
    lambda: f32,
    confidence: In<Confidence>,
    mut bandit: Out<Handle<Bandit>>,
) -> Status {
    Status::of(|| {
        let bandit = bandit.place()?;
        let memory = memory.of(length, habit_linear_bandit_size(features))?;
        let linear = Linear::new(&memory, arms, [count, features], lambda, confidence)?;
        let begin = |arms, ridge| {
            let mut bandit = LinUcb::new(arms, ridge, bandit::Confidence::ZERO);
            bandit.start(arms, linear.confidence, linear.lambda)?;
            Ok(bandit)
        };
        bandit.put(linear.init(memory, begin)?);
        Ok(())
    })
}

/// Makes DynLin-UCB over fixed arms in memory of `length` bytes, for a system whose spectral radius is at most
/// `spectral_radius`, from 0 on and below 1. All else is as for `habit_lin_ucb_init`.
#[unsafe(no_mangle)]
pub extern "C" fn habit_dyn_lin_ucb_init(
    memory: Memory,
    length: usize,
    arms: In<f32>,
    count: usize,
    features: usize,
    lambda: f32,
    spectral_radius: f32,
    confidence: In<Confidence>,
    mut bandit: Out<Handle<Bandit>>,
) -> Status {
    Status::of(|| {
        let bandit = bandit.place()?;
        let memory = memory.of(length, habit_linear_bandit_size(features))?;
        let linear = Linear::new(&memory, arms, [count, features], lambda, confidence)?;
        bandit::Epochs::new(spectral_radius)?;
        let begin = |arms, ridge| {
            let mut bandit = DynLinUcb::new(arms, ridge, bandit::Confidence::ZERO);
            bandit.start(arms, linear.confidence, linear.lambda, spectral_radius)?;
            Ok(bandit)
        };
        bandit.put(linear.init(memory, begin)?);
        Ok(())
    })
}

/// An arm, and how likely it was.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Chosen {
    /// Counted from 0.
    pub arm: usize,
    /// The probability with which the arm was chosen, above 0 and at most 1; 0 where it has no closed form (Thompson sampling).
    pub propensity: f32,
}

impl From<Choice> for Chosen {
    fn from(choice: Choice) -> Self {
        Self { arm: choice.arm, propensity: choice.propensity.unwrap_or(0.0) }
    }
}

/// Chooses the arm of this round.
#[unsafe(no_mangle)]
pub extern "C" fn habit_bandit_select(
    mut bandit: Handle<Bandit>,
    mut rng: Out<Rng>,
    mut choice: Out<Chosen>,
) -> Status {
    Status::of(|| {
        let (bandit, choice) = (bandit.learner()?, choice.place()?);
        choice.put(rng.value()?.draw(|generator| bandit.select(generator))?.into());
        Ok(())
    })
}

/// Takes the reward of the arm that was chosen last.
#[unsafe(no_mangle)]
pub extern "C" fn habit_bandit_update(mut bandit: Handle<Bandit>, arm: usize, reward: f32) -> Status {
    Status::of(|| Ok(bandit.learner()?.update(arm, reward)?))
}
