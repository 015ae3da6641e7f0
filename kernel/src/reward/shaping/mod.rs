//! Rules for one transition at a time: potentials, bonuses, limits and scales.
//!
//! | rule | what it does to the reward | optimal policies stay optimal |
//! |---|---|---|
//! | [`Potential`] | `+ gamma Phi(s') - Phi(s)` (Ng, Harada, Russell 1999) | yes |
//! | [`DynamicPotential`] | the same with a potential that changes (Devlin, Kudenko 2012) | yes |
//! | [`LookAheadAdvice`] | `+ gamma Phi(s',a') - Phi(s,a)` (Wiewiora, Cottrell, Elkan 2003) | with its acting rule |
//! | [`LookBackAdvice`] | `+ Phi(s,a) - Phi(s before, a before) / gamma` (the same) | by experience, of on-policy learners |
//! | [`CountBonus`] with a [`CountRule`] | a bonus for states that were seldom seen | no |
//! | [`StateBonus`] | any other bonus | no |
//! | [`Scale`] | `* c` | yes |
//! | [`Clip`] | kept within limits | no |
//! | [`RunningNorm`] | divided by the running standard deviation | no |
//!
//! | piece | what it is |
//! |---|---|
//! | [`PotentialFunction`] | `Phi`: a closure, or a table over an array or a slice |
//! | [`InverseRoot`], [`InversePower`], [`BoundedRoot`] | how a bonus falls with the count |
//!
//! A truncated step is not the end: its next state still has its potential. Only a terminated one's has none.

mod clip;
mod count_bonus;
mod dynamic_potential;
mod look_ahead_advice;
mod look_back_advice;
mod potential;
mod running_norm;
mod scale;
mod state_bonus;
#[cfg(test)]
mod tests;

pub use clip::Clip;
pub use count_bonus::{BoundedRoot, CountBonus, CountRule, InversePower, InverseRoot, Visits};
pub use dynamic_potential::DynamicPotential;
pub use look_ahead_advice::LookAheadAdvice;
pub use look_back_advice::LookBackAdvice;
pub use potential::{Potential, PotentialFunction};
pub use running_norm::RunningNorm;
pub use scale::Scale;
pub use state_bonus::StateBonus;
