//! Who gets what, when there is not enough for all.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Matching`] | a bipartite matching of greatest weight: shortest augmenting paths (Kuhn 1955; Jonker, Volgenant 1987) |

mod matching;

pub use matching::{Matching, MatchingState};
