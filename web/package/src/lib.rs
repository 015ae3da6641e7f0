//! The kernel's learners for JavaScript.
//!
//! An instance of a module holds one learner, its generator and a place where lists of numbers and bytes are exchanged; it goes when
//! JavaScript drops it, so nothing in it is ever freed. [`exports!`] makes a module of a family of learners; its functions are called by
//! `learners.js`, which gives them types. What can fail returns a negative number, and `message` says why.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod arms;
mod instance;
mod linear;
#[cfg(target_arch = "wasm32")]
mod memory;
mod tabular;
mod thompson;

pub use arms::Arms;
pub use instance::{Global, Instance};
pub use linear::Linear;
pub use tabular::Tabular;
pub use thompson::Thompson;

use habit::bandit::Choice;
use habit::error::Error;
use habit::interact::Transition;
use habit::rng::Generator;

/// A family of learners over memory whose size is known at run time.
pub trait Learner: Sized {
    /// Before it is started.
    const NONE: Self;

    /// Starts one; `kind`, the sizes and the order of the parameters are written down in `learners.js`.
    ///
    /// # Errors
    /// What the learner says of its parameters.
    fn start(kind: u32, sizes: [usize; 2], parameters: &[f32]) -> Result<Self, Error>;

    /// Chooses: by a state, by nothing, or by a context of `state` numbers in `exchange`.
    ///
    /// # Errors
    /// What the learner says.
    fn act(&mut self, state: usize, exchange: &[f32], rng: &mut Generator) -> Result<Choice, Error>;

    /// Learns from a transition.
    ///
    /// # Errors
    /// What the learner says; [`Error::NotStarted`] from one that does not learn from transitions.
    fn learn(&mut self, _transition: &Transition, _rng: &mut Generator) -> Result<(), Error> {
        Err(Error::NotStarted)
    }

    /// Takes the reward of an arm; of one that was not chosen here, where `replayed`.
    ///
    /// # Errors
    /// What the learner says; [`Error::NotStarted`] from one that has no arms.
    fn reward(&mut self, _arm: usize, _reward: f32, _context: &[f32], _replayed: bool) -> Result<(), Error> {
        Err(Error::NotStarted)
    }

    /// One number of what is known; NaN where there is none.
    fn estimate(&self, first: usize, second: usize) -> f32;

    /// Bytes of a checkpoint. What draws random numbers is saved with its generator, and the rest alone.
    fn size(&mut self, generator: &mut Generator) -> usize;

    /// Writes a checkpoint; returns its length.
    ///
    /// # Errors
    /// [`Error::NotStarted`], [`Error::BufferTooSmall`].
    fn save(&mut self, generator: &mut Generator, bytes: &mut [u8]) -> Result<usize, Error>;

    /// Takes a checkpoint over, or refuses it and changes nothing.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; as [`habit::checkpoint::load`].
    fn load(&mut self, generator: &mut Generator, bytes: &[u8]) -> Result<(), Error>;

    /// FNV-1a 64 of what was learned.
    fn digest(&self) -> u64;
}

/// Memory for a learner, which keeps it.
mod leaked {
    use habit::error::Error;

    /// At most so many numbers: a module's memory ends at 4 GiB.
    const LIMIT: usize = 1 << 28;

    /// How many numbers two sizes make.
    pub fn product(first: usize, second: usize) -> Result<usize, Error> {
        first.checked_mul(second).filter(|product| *product <= LIMIT).ok_or(Error::BufferTooSmall)
    }

    /// So many times nought.
    pub fn zeros<T: Copy + Default>(count: usize) -> Result<&'static mut [T], Error> {
        Ok(alloc::vec![T::default(); product(count, 1)?].leak())
    }
}

/// A parameter by its place.
fn parameter(parameters: &[f32], index: usize) -> Result<f32, Error> {
    parameters.get(index).copied().ok_or(Error::LengthMismatch)
}

/// The rest of [`Learner`] for an enum: `drawing` variants are saved with the generator, `certain` ones without.
macro_rules! persisted {
    (drawing: $($drawing:ident)*; certain: $($certain:ident)*) => {
        fn size(&mut self, _generator: &mut habit::rng::Generator) -> usize {
            match self {
                Self::None => 0,
                $(Self::$drawing(learner) => habit::checkpoint::size(&(learner, _generator)),)*
                $(Self::$certain(learner) => habit::checkpoint::size(learner),)*
            }
        }

        fn save(&mut self, _generator: &mut habit::rng::Generator, bytes: &mut [u8]) -> Result<usize, habit::Error> {
            match self {
                Self::None => Err(habit::Error::NotStarted),
                $(Self::$drawing(learner) => habit::checkpoint::save(&(learner, _generator), bytes),)*
                $(Self::$certain(learner) => habit::checkpoint::save(learner, bytes),)*
            }
        }

        fn load(&mut self, _generator: &mut habit::rng::Generator, bytes: &[u8]) -> Result<(), habit::Error> {
            match self {
                Self::None => Err(habit::Error::NotStarted),
                $(Self::$drawing(learner) => habit::checkpoint::load(&mut (learner, _generator), bytes),)*
                $(Self::$certain(learner) => habit::checkpoint::load(learner, bytes),)*
            }
        }

        fn digest(&self) -> u64 {
            match self {
                Self::None => 0,
                $(Self::$drawing(learner) => habit::state::Persist::digest(learner),)*
                $(Self::$certain(learner) => habit::state::Persist::digest(learner),)*
            }
        }
    };
}
use persisted;
