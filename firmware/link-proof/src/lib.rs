//! Proves learner by learner that acting and learning cannot panic.
//!
//! Each file of `src/bin/` is an image of one learner, in its place: started, acting and learning for ever on numbers that
//! only a running chip knows. The panic handler calls a symbol that does not exist, so an image that can panic does not
//! link, and the linker names the function that asks for it. `counter_example` must fail: so the proof can.
//!
//! An image holds nothing else, no vector table and no start-up, so its size is that of the learner.

#![no_std]

use core::hint::black_box;
#[doc(no_inline)]
pub use habit::Error;
use habit::allocate::{Allocator, Request};
use habit::bandit::{Bandit, Confidence, ContextualBandit};
use habit::interact::{Element, Outcome, Transition};
use habit::learn::{ActorCriticParameters, Control, Prediction, TdParameters};
use habit::math::Math;
use habit::policy::{EpsilonGreedy, Exploration};
use habit::reward::learned::{Label, MessageReward};
use habit::rng::{Generator, stream};

#[cfg(target_os = "none")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        fn this_image_can_panic() -> !;
    }
    // SAFETY: never runs; the symbol does not exist, so what needs it does not link.
    unsafe { this_image_can_panic() }
}

/// Makes an image of a learner from its type, its empty value, and what is done with it; a `Result` is given up.
#[macro_export]
macro_rules! image {
    ($learner:ty = $empty:expr, $work:expr) => {
        /// What the linker starts from.
        #[cfg(target_os = "none")]
        #[unsafe(no_mangle)]
        pub extern "C" fn _start() -> ! {
            static mut LEARNER: $learner = $empty;
            let work: fn(&'static mut $learner) -> Result<(), $crate::Error> = $work;
            // SAFETY: the only reference, made once: nothing calls this function again.
            let _ = work(unsafe { &mut *(&raw mut LEARNER) });
            loop {
                core::hint::spin_loop();
            }
        }

        /// Nothing to link without a chip.
        #[cfg(not(target_os = "none"))]
        fn main() {
            let _: ($learner, fn(&'static mut $learner) -> Result<(), $crate::Error>) = ($empty, $work);
        }
    };
}

/// A value that the compiler knows nothing of.
pub fn any<T: Default>() -> T {
    black_box(T::default())
}

/// Four arms of eight numbers, which the compiler must take for others.
pub fn arms() -> &'static [[f32; 8]; 4] {
    static ARMS: [[f32; 8]; 4] = [[0.0; 8]; 4];
    black_box(&ARMS)
}

/// The numbers of a one-step method.
pub fn td_parameters() -> TdParameters {
    TdParameters { step_size: any(), discount: any() }
}

/// Epsilon-greedy with an unknown epsilon.
///
/// # Errors
/// As [`EpsilonGreedy::new`].
pub fn explores() -> Result<EpsilonGreedy, Error> {
    EpsilonGreedy::new(any())
}

/// The numbers of an actor-critic.
pub fn actor_critic_parameters() -> ActorCriticParameters {
    ActorCriticParameters {
        actor_step_size: any(),
        critic_step_size: any(),
        discount: any(),
        actor_lambda: any(),
        critic_lambda: any(),
    }
}

/// A confidence radius.
///
/// # Errors
/// As [`Confidence::new`].
pub fn confidence<M: Math>() -> Result<Confidence<M>, Error> {
    Confidence::new([any(), any(), any()], any(), any(), any(), any())
}

/// Repeats a step for ever.
pub fn forever(mut step: impl FnMut(&mut Generator)) -> ! {
    let mut rng = stream(any(), 0);
    loop {
        step(&mut rng);
    }
}

/// Draws an action and asks what the exploration is worth.
pub fn explore(policy: &mut impl Exploration, rng: &mut Generator) {
    let values = black_box(&[0.0f32; 4][..]);
    let _ = black_box(policy.act(any(), values, rng));
    black_box(policy.expected_value(any(), values));
}

/// How a step may leave an episode.
fn outcome() -> Outcome {
    match any::<u8>() {
        0 => Outcome::Continue,
        1 => Outcome::Terminated,
        _ => Outcome::Truncated,
    }
}

/// An observation, an action or a number that the compiler knows nothing of.
pub fn element<E: Element>() -> E {
    black_box(E::ZERO)
}

/// A transition that the compiler knows nothing of.
pub fn transition() -> Transition {
    Transition { state: any(), action: any(), reward: any(), next_state: any(), outcome: outcome() }
}

/// Acts and learns, whatever comes.
pub fn control(learner: &mut impl Control, rng: &mut Generator) {
    let state = element();
    let action = black_box(learner.act(state, rng)).unwrap_or(element());
    let transition = Transition { state, action, reward: any(), next_state: element(), outcome: outcome() };
    let _ = black_box(learner.learn(&transition, rng));
}

/// Judges and learns, whatever comes.
pub fn prediction(learner: &mut impl Prediction) {
    let _ = black_box(learner.value(element()));
    let transition =
        Transition { state: element(), action: (), reward: any(), next_state: element(), outcome: outcome() };
    let _ = black_box(learner.learn(&transition));
}

/// Selects and updates in a context, whatever comes.
pub fn contextual(learner: &mut impl ContextualBandit, context: &[f32], rng: &mut Generator) {
    let arm = black_box(learner.select(context, rng)).map_or(any(), |choice| choice.arm);
    let _ = black_box(learner.update(context, arm, any()));
}

/// Two rates, which the compiler must take for others.
pub fn rates() -> &'static [f32; 2] {
    static RATES: [f32; 2] = [0.0; 2];
    black_box(&RATES)
}

/// Decides requests of any length for ever, whatever comes.
pub fn allocator(learner: &mut impl Allocator) -> ! {
    loop {
        let (rewards, consumption) = (black_box(&[0.0f32; 4][..]), black_box(&[0.0f32; 8][..]));
        let _ = black_box(learner.decide(Request::new(rewards, consumption)));
        black_box(learner.left());
    }
}

/// Pays for messages and learns from labels, whatever comes.
pub fn message_reward(learner: &mut impl MessageReward) {
    let _ = black_box(learner.reward(any(), black_box(&[0.0f32; 9][..])));
    let label = || Label { message: any(), features: black_box(&[0.0f32; 9][..]), value: any() };
    let _ = black_box(learner.learn(black_box(&[label(), label()][..])));
}

/// Selects and updates, whatever comes.
pub fn bandit(learner: &mut impl Bandit, rng: &mut Generator) {
    let arm = black_box(learner.select(rng)).map_or(any(), |choice| choice.arm);
    let _ = black_box(learner.update(arm, any()));
}
