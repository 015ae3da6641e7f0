//! Who gets what, when there is not enough for all: requests that come one by one under budgets that must last, and pairs of
//! two kinds.
//!
//! | allocator | source |
//! |---|---|
//! | [`DualMirrorDescent`] | Balseiro, Lu, Mirrokni (Operations Research 2023), algorithm 1 |
//! | [`StaticPrice`] | one price, learnt once from the first requests |
//! | [`Greedy`] | takes what fits |
//!
//! | piece | what it is |
//! |---|---|
//! | [`Request`], [`Decision`] | what is offered, and what an allocator makes of it |
//! | [`Budget`] | what remains of each resource |
//! | [`Reference`]: [`Euclidean`], [`Entropy`] | the geometry of the prices |
//! | [`Matching`] | a bipartite matching of greatest weight: shortest augmenting paths (Kuhn 1955; Jonker, Volgenant 1987) |
//! | [`fractional_optimum`], [`CriticalPriceSearch`], [`CriticalPrice`], [`Item`] | the optimum in hindsight, of one resource |

mod budget;
mod dual_mirror_descent;
mod fractional_knapsack;
mod greedy;
mod matching;
mod reference;
mod request;
mod static_price;
#[cfg(test)]
mod tests;

pub use budget::Budget;
pub use dual_mirror_descent::{DualMirrorDescent, DualMirrorDescentState, step_size};
pub use fractional_knapsack::{CriticalPrice, CriticalPriceSearch, Item, fractional_optimum};
pub use greedy::{Greedy, GreedyState};
pub use matching::{Matching, MatchingState};
pub use reference::{Entropy, Euclidean, Reference};
pub use request::{Decision, Request};
pub use static_price::{StaticPrice, StaticPriceState};

use crate::error::Error;

/// Decides requests one by one, and never takes more than there is.
pub trait Allocator {
    /// What remains of each resource.
    fn left(&self) -> &[f32];

    /// Decides a request at once.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::LengthMismatch`] for a request over another number of resources;
    /// [`Error::NonFinite`]; [`Error::NegativeConsumption`]. The state is unchanged then and the request does not count.
    fn decide(&mut self, request: Request<'_>) -> Result<Decision, Error>;
}
