//! What a module holds, and the functions that it exports.

use alloc::vec::Vec;
use core::cell::UnsafeCell;

use habit::error::Error;
use habit::interact::{Outcome, Transition};
use habit::rng::{Generator, stream};

use crate::Learner;

/// What every failing call returns.
const FAILED: i32 = -1;

/// A learner and what it needs.
pub struct Instance<L> {
    learner: L,
    generator: Option<Generator>,
    /// Numbers and bytes on their way in or out.
    exchange: Vec<f32>,
    /// With which probability the last choice was made; NaN where nobody knows.
    propensity: f32,
    error: Error,
}

/// The instance of a module.
pub struct Global<L>(UnsafeCell<Instance<L>>);

// SAFETY: an instance of a module without shared memory has one thread.
unsafe impl<L> Sync for Global<L> {}

impl<L: Learner> Global<L> {
    /// Before it is started.
    #[expect(clippy::new_without_default, reason = "a static is made of it")]
    pub const fn new() -> Self {
        Self(UnsafeCell::new(Instance {
            learner: L::NONE,
            generator: None,
            exchange: Vec::new(),
            propensity: f32::NAN,
            error: Error::NotStarted,
        }))
    }

    /// The instance.
    ///
    /// # Safety
    /// What was returned before is no longer in use: exported functions are called one after the other, and do not call each other.
    #[expect(clippy::mut_from_ref, reason = "the caller sees to it that there is one at a time")]
    pub unsafe fn get(&self) -> &mut Instance<L> {
        // SAFETY: as the caller says.
        unsafe { &mut *self.0.get() }
    }
}

impl<L: Learner> Instance<L> {
    /// Tells a failure by its number.
    fn tell(&mut self, outcome: Result<usize, Error>) -> i32 {
        match outcome {
            Ok(number) => number as i32,
            Err(error) => {
                self.error = error;
                FAILED
            }
        }
    }

    /// Room for so many bytes to be exchanged; what was there is lost when it grows.
    pub fn exchange(&mut self, bytes: usize) -> &mut [u8] {
        let words = bytes.div_ceil(4);
        if self.exchange.len() < words {
            self.exchange = alloc::vec![0.0; words.next_power_of_two()];
        }
        bytemuck::cast_slice_mut(&mut self.exchange)
    }

    /// Starts a learner with so many parameters that were exchanged.
    pub fn start(&mut self, kind: u32, sizes: [usize; 2], seed: u32, count: usize) -> i32 {
        let parameters = self.exchange.get(..count).ok_or(Error::LengthMismatch);
        let learner = parameters.and_then(|parameters| L::start(kind, sizes, parameters));
        let started = learner.map(|learner| {
            self.learner = learner;
            self.generator = Some(stream(seed, 0));
            0
        });
        self.tell(started)
    }

    /// The action of a state, the arm of a round, or, with a context of so many numbers that were exchanged, its arm.
    #[inline]
    pub fn act(&mut self, state: usize) -> i32 {
        let generator = self.generator.as_mut().ok_or(Error::NotStarted);
        let choice = generator.and_then(|generator| self.learner.act(state, &self.exchange, generator));
        let arm = choice.map(|choice| {
            self.propensity = choice.propensity.unwrap_or(f32::NAN);
            choice.arm
        });
        self.tell(arm)
    }

    /// With which probability the last choice was made.
    pub fn propensity(&self) -> f32 {
        self.propensity
    }

    /// Learns from a transition; `outcome` is 1 when it terminated, 2 when it was truncated.
    #[inline]
    pub fn learn(&mut self, state: usize, action: usize, reward: f32, next_state: usize, outcome: u32) -> i32 {
        let outcome = Outcome::from_flags(outcome == 1, outcome == 2);
        let transition = Transition { state, action, reward, next_state, outcome };
        let generator = self.generator.as_mut().ok_or(Error::NotStarted);
        let learned = generator.and_then(|generator| self.learner.learn(&transition, generator));
        self.tell(learned.map(|()| 0))
    }

    /// Takes the reward of an arm, for the context of so many numbers that were exchanged; of one that was not chosen here, where `replayed`.
    pub fn reward(&mut self, arm: usize, reward: f32, count: usize, replayed: bool) -> i32 {
        let context = self.exchange.get(..count).ok_or(Error::LengthMismatch);
        let learned = context.and_then(|context| self.learner.reward(arm, reward, context, replayed));
        self.tell(learned.map(|()| 0))
    }

    /// What is known of a state's action, or of an arm: its mean, or one number of its estimate.
    pub fn estimate(&self, first: usize, second: usize) -> f32 {
        self.learner.estimate(first, second)
    }

    /// Puts a checkpoint where it can be fetched, and returns its length.
    pub fn save(&mut self) -> i32 {
        let size = self.generator.as_mut().map_or(0, |generator| self.learner.size(generator));
        self.exchange(size);
        let Self { learner, generator, exchange, .. } = self;
        let generator = generator.as_mut().ok_or(Error::NotStarted);
        let saved = generator.and_then(|generator| learner.save(generator, bytemuck::cast_slice_mut(exchange)));
        self.tell(saved)
    }

    /// Takes over the checkpoint of so many bytes that was exchanged.
    pub fn load(&mut self, length: usize) -> i32 {
        let Self { learner, generator, exchange, .. } = self;
        let bytes = bytemuck::cast_slice(exchange).get(..length).ok_or(Error::Truncated);
        let generator = generator.as_mut().ok_or(Error::NotStarted);
        let loaded = generator.and_then(|generator| learner.load(generator, bytes?));
        self.tell(loaded.map(|()| 0))
    }

    /// FNV-1a 64 of what was learned.
    pub fn digest(&self) -> u64 {
        self.learner.digest()
    }

    /// Why the last call failed, where it can be fetched: the code. Returns its length.
    pub fn message(&mut self) -> i32 {
        let code = self.error.code();
        for (free, byte) in self.exchange(code.len()).iter_mut().zip(code.bytes()) {
            *free = byte;
        }
        code.len() as i32
    }
}

/// Exports the functions of an instance of a family of learners: those of [`Instance`], under the same names.
#[macro_export]
macro_rules! exports {
    ($learner:ty) => {
        static INSTANCE: $crate::Global<$learner> = $crate::Global::new();

        $crate::exports! { @
            exchange(bytes: usize) -> *mut u8 => |instance| instance.exchange(bytes).as_mut_ptr();
            start(kind: u32, first: usize, second: usize, seed: u32, count: usize) -> i32
                => |instance| instance.start(kind, [first, second], seed, count);
            act(state: usize) -> i32 => |instance| instance.act(state);
            propensity() -> f32 => |instance| instance.propensity();
            learn(state: usize, action: usize, reward: f32, next_state: usize, outcome: u32) -> i32
                => |instance| instance.learn(state, action, reward, next_state, outcome);
            reward(arm: usize, reward: f32, count: usize, replayed: bool) -> i32
                => |instance| instance.reward(arm, reward, count, replayed);
            estimate(first: usize, second: usize) -> f32 => |instance| instance.estimate(first, second);
            save() -> i32 => |instance| instance.save();
            load(length: usize) -> i32 => |instance| instance.load(length);
            digest() -> u64 => |instance| instance.digest();
            message() -> i32 => |instance| instance.message();
        }
    };
    (@ $($name:ident($($argument:ident: $type:ty),*) -> $result:ty => |$instance:ident| $work:expr;)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $name($($argument: $type),*) -> $result {
            // SAFETY: JavaScript calls one function after the other, and none calls another.
            let $instance = unsafe { INSTANCE.get() };
            $work
        }
    )*};
}
