//! What an experiment's state can do.

use super::{Descriptor, Values};
use crate::error::Error;
use crate::state::Persist;

/// The state of one experiment: every contender with its own copy of the environment and of the generators, so that all
/// meet the same random numbers. A learner never sees the seed.
///
/// Its [`Persist`] is the learned state of the contenders in table order: what the digest runs over and a checkpoint holds.
/// Reading it back leaves all else as it is: environments, generators and what was measured go on from where they are.
pub trait Experiment: Persist + Sized {
    /// The experiment as data.
    const DESCRIPTOR: Descriptor;

    /// Not started.
    const EMPTY: Self;

    /// Whether values that are each within the descriptor's limits also go together.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`].
    fn check(_steps: u32, _values: &Values) -> Result<(), Error> {
        Ok(())
    }

    /// Starts a run of `steps` steps, which some contenders know as their horizon. `steps` and `values` are within the
    /// descriptor's limits and have passed [`check`](Self::check).
    ///
    /// # Errors
    /// None for values that have passed; [`Error::ParameterOutOfRange`] for others.
    fn start(&mut self, seed: u32, steps: u32, values: &Values) -> Result<(), Error>;

    /// Does the smallest bounded piece of work, one transition or one round of every contender that is not yet at the end
    /// of the present step; true when the step is complete.
    ///
    /// # Errors
    /// What a learner or an environment says; the run cannot go on then.
    fn tick(&mut self) -> Result<bool, Error>;

    /// A contender's metric as of the last complete step; NaN before the first, and where it has no value.
    fn metric(&self, contender: usize, metric: usize) -> f32;

    /// Fills a view of one contender; both are below their numbers and `out` has exactly
    /// [`View::len`](super::View::len) numbers. Curves, which is all that many experiments have, fill nothing.
    ///
    /// # Errors
    /// What the experiment says.
    fn view(&self, _view: usize, _contender: usize, _out: &mut [f32]) -> Result<(), Error> {
        Ok(())
    }
}
