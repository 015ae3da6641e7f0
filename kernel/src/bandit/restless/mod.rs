//! Restless bandits with combinatorial actions: many small Markov arms, each of which changes whether it is acted on or
//! not; every step one joint action gives each arm a level, and only some joint actions are feasible.
//!
//! | piece | what it is | source |
//! |---|---|---|
//! | [`FeasibleSet`] | the joint actions that are feasible: the best one, a random one | Xu, Wilder, Khalil, Tambe (ICLR 2025) |
//! | [`ActionList`] | all of them, enumerated once in lexicographic order | |
//! | [`Family`]: [`CapacitySet`], [`ScheduleSet`], [`CycleSet`], [`InterventionSet`], [`Listed`] | what makes a joint action feasible | the paper's four families; a list of your own |
//! | [`ArmTable`] | a number for each arm, state and level: myopic and index policies | |
//! | [`WhittleIndex`] | what an arm's push is worth in each of its states | Whittle (1988) |
//! | [`FactoredQ`] | Q-learning whose values are sums over the arms | Xu, Wilder, Khalil, Tambe (ICLR 2025), made linear |
//!
//! A state and a level are small numbers, one byte each; level 0 is passive and the last level is the full push.
//! `argmax_{x in X} sum_j score(j, x_j)` stands for the paper's mixed-integer program: exact, because scores are linear in
//! the levels.
//!
//! ```
//! use habit::bandit::restless::{ActionList, CapacitySet, FactoredQ, FactoredQParameters, JointTransition};
//! use habit::rng::stream;
//!
//! // Three arms that take up 2, 3 and 1 hours; one worker with 4.
//! let mut actions = ActionList::<3, 8>::EMPTY;
//! actions.start(&CapacitySet { costs: &[2, 3, 1], capacities: &[4] })?;
//! assert_eq!(actions.len(), 6);
//!
//! let (mut agent, mut rng) = (FactoredQ::<3, 4, 2>::EMPTY, stream(7, 1));
//! agent.start(FactoredQParameters::USUAL, |_arm, _state, _level| 0.0)?;
//! let (states, next_states, rewards) = ([0, 1, 3], [0, 2, 3], [0.0, 0.5, 2.0]);
//! let mut action = [0; 3];
//! action.copy_from_slice(agent.select(&actions, &states, 0.1, &mut rng)?);
//! let (states, next_states, rewards) = (&states, &next_states, &rewards);
//! agent.update(&actions, &JointTransition { states, action: &action, rewards, next_states })?;
//! # Ok::<(), habit::Error>(())
//! ```

mod action_list;
mod arm_table;
mod capacity;
mod cycle;
mod factored_q;
mod family;
mod intervention;
mod schedule;
#[cfg(test)]
mod tests;
mod whittle;

pub use action_list::{ActionList, ActionListState};
pub use arm_table::{ArmTable, ArmTableState};
pub use capacity::CapacitySet;
pub use cycle::CycleSet;
pub use factored_q::{Credit, FactoredQ, FactoredQParameters, FactoredQState, JointTransition};
pub use family::{Family, Levels, Listed, MAX_ARMS};
pub use intervention::InterventionSet;
pub use schedule::ScheduleSet;
pub use whittle::{WhittleIndex, WhittleIndexState};

use crate::error::Error;
use crate::rng::Rng;

/// The joint actions that are feasible: a level for each arm. Enumerated ([`ActionList`]), or searched for where there are
/// too many to enumerate.
pub trait FeasibleSet {
    /// The number of arms, `J`.
    fn arms(&self) -> usize;

    /// The number of levels, `L`.
    fn levels(&self) -> usize;

    /// Writes the feasible action `x` whose `sum_j score(j, x_j)`, added from arm 0 on, is greatest. Sums closer than
    /// [`TIE_TOLERANCE`](crate::math::TIE_TOLERANCE) are level, and the lexicographically smallest action wins.
    ///
    /// # Errors
    /// [`Error::EmptyRange`] before anything is feasible; [`Error::LengthMismatch`] unless `action` has a place for each
    /// arm; [`Error::NonFinite`] when every sum is not a number. `action` is unchanged then.
    fn best(&self, score: impl Fn(usize, usize) -> f32, action: &mut [u8]) -> Result<(), Error>;

    /// Writes a random feasible action, each with the same probability.
    ///
    /// # Errors
    /// [`Error::EmptyRange`], [`Error::LengthMismatch`], as [`best`](Self::best); no word is taken then.
    fn draw(&self, rng: &mut (impl Rng + ?Sized), action: &mut [u8]) -> Result<(), Error>;
}
