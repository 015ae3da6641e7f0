//! Arms that recover while they are left alone: planned when they are known, learned when they are not.
//!
//! | piece | what it is |
//! |---|---|
//! | [`RecoveryTable`] | what each arm pays after so many idle periods |
//! | [`PeriodicPlan`], [`Slot`] | a timetable of one period and one offset an arm |
//! | [`PlanSettings`], [`PlanScratch`] | how a plan is made, and in what memory |
//! | [`RecoveringUcb`] | learns what the arms pay while it plans |
//! | [`RecoveringMemory`], [`RecoveringBuffers`] | in what memory that is |

mod fluid;
mod packing;
mod plan;
mod recovering_ucb;
mod table;
#[cfg(test)]
mod tests;

pub use plan::{PeriodicPlan, PeriodicPlanState, PlanScratch, PlanScratchState, PlanSettings, PlanWork, Slot};
pub use recovering_ucb::{
    RecoveringArrays, RecoveringBuffers, RecoveringMemory, RecoveringSlices, RecoveringUcb, RecoveringUcbState,
};
pub use table::RecoveryTable;
