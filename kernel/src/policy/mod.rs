//! Policies: what to do, and how to explore.
//!
//! | piece | what it is |
//! |---|---|
//! | [`QTable`], [`QView`] | action values of a finite environment, owned or over the caller's slice |
//! | [`Exploration`] | how actions are drawn from a row of values |
//! | [`EpsilonGreedy`] | Sutton & Barto, section 2.2 |

mod epsilon_greedy;
mod q_table;

pub use epsilon_greedy::EpsilonGreedy;
pub use q_table::{QTable, QView, Table};

use crate::error::Error;
use crate::rng::Rng;

/// How actions are drawn from the values of a state, and what that is worth.
pub trait Exploration {
    /// Draws an action. `values` holds one finite number an action.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] when there is no action.
    fn act(&self, values: &[f32], rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error>;

    /// `sum_a pi(a) values[a]`, with the exact distribution that [`act`](Self::act) draws from.
    fn expected_value(&self, values: &[f32]) -> f32;
}
