//! Bandits: one choice a round, one reward back.
//!
//! | learner | source |
//! |---|---|
//! | [`ActionValueBandit`] | Sutton & Barto, sections 2.2 to 2.6 |
//! | [`GradientBandit`] | Sutton & Barto, section 2.8 |
//! | [`Ucb1`], [`KlUcb`] | Auer et al. (2002); Garivier, Cappé (2011) |
//! | [`DiscountedUcb`], [`SlidingWindowUcb`] | Garivier, Moulines (2008) |
//! | [`ThompsonBeta`], [`ThompsonGaussian`] | Thompson (1933); Agrawal, Goyal (2012) |
//! | [`DynLinUcb`] | Mussi, Metelli, Restelli (ICML 2023), algorithm 1 |
//! | [`LinUcb`] | Abbasi-Yadkori, Pál, Szepesvári (NeurIPS 2011), over fixed arms |
//! | [`DLinUcb`] | Russac, Vernade, Cappé (NeurIPS 2019) |
//! | [`Exp3`] | Auer, Cesa-Bianchi, Freund, Schapire (2002) |
//! | [`Hold`] | a bandit whose choices are held for several rounds; with Exp3 inside: Exp3-k |
//! | [`Ar2`] | Chen, Golrezaei, Bouneffouf (2023) |
//! | [`PeriodicPlan`], [`RecoveringUcb`] | Simchi-Levi, Zheng, Zhu (ICML 2021), over arms that recover |
//! | [`SharedLinUcb`], [`DisjointLinUcb`] | Li, Chu, Langford, Schapire (2010) |
//! | [`SharedLinTs`], [`DisjointLinTs`] | Agrawal, Goyal (2013) |
//!
//! The last two rows see features before they choose ([`ContextualBandit`]). Confidence radii stand in [`Confidence`];
//! [`SystemBounds`] turns what is known of a linear system into them.
//!
//! Learners that add up what they have seen can be [merged](crate::state::Merge): action values over the sample average,
//! UCB1, KL-UCB, both kinds of Thompson sampling, and all that regress over
//! [mergeable memory](crate::linalg::Mergeable). Those for which the order of rewards matters cannot: constant step sizes,
//! gradient bandits, discounts and windows, D-LinUCB, Exp3, AR2, and what learns by the clock of one device: arms that
//! recover, restless arms.
//!
//! What another policy would have earned is told from a log by [`OffPolicyEvaluation`].
//! Bandits whose arms change by themselves and are acted on together stand in [`restless`].

mod action_value;
mod ar2;
mod confidence;
mod contextual;
mod d_lin_ucb;
mod dyn_lin_ucb;
mod exp3;
mod gradient;
mod hold;
mod index;
mod lin_ucb;
mod off_policy;
mod optimism;
mod periodic;
pub mod restless;
mod thompson_beta;
mod thompson_gaussian;

pub use action_value::{ActionValueBandit, ActionValueState};
pub use ar2::{Ar2, Ar2Parameters, Ar2State};
pub use confidence::{Confidence, FixedRadius, Radius, SystemBounds};
pub use contextual::{
    ContextualBandit, ContextualRule, ContextualState, Disjoint, DisjointLinTs, DisjointLinUcb, DisjointLinear,
    Estimates, Explored, Optimistic, PosteriorSampling, Shared, SharedLinTs, SharedLinUcb, SharedLinear,
};
pub use d_lin_ucb::{DLinUcb, DLinUcbState};
pub use dyn_lin_ucb::{DynLinUcb, DynLinUcbState, Epochs};
pub use exp3::{Exp3, Exp3State, exploration_rate};
pub use gradient::{GradientBandit, GradientBanditState};
pub use hold::Hold;
pub use index::{
    ArmStatistics, Cumulative, Discounted, DiscountedUcb, IndexBandit, IndexRule, KlUcb, KullbackLeibler,
    SlidingWindow, SlidingWindowState, SlidingWindowUcb, Ucb, Ucb1,
};
pub use lin_ucb::{LinUcb, LinUcbState};
pub use off_policy::{Estimate, LoggedDecision, OffPolicyEvaluation};
pub use periodic::{
    PeriodicPlan, PeriodicPlanState, PlanScratch, PlanScratchState, PlanSettings, PlanWork, RecoveringArrays,
    RecoveringBuffers, RecoveringMemory, RecoveringSlices, RecoveringUcb, RecoveringUcbState, RecoveryTable, Slot,
};
pub use thompson_beta::{ThompsonBeta, ThompsonBetaState};
pub use thompson_gaussian::{ThompsonGaussian, ThompsonGaussianState};

use crate::error::Error;
use crate::linalg::{Storage, all_finite};
use crate::rng::Rng;
use crate::state::{Persist, Reader, Write};

/// The arm of a round, with what a log needs for an evaluation of other policies ([`OffPolicyEvaluation`]).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// Counted from 0.
    pub arm: usize,
    /// The probability, in `(0, 1]`, with which the arm was chosen, given all that came before; `None` where it has no
    /// closed form (Thompson sampling).
    pub propensity: Option<f32>,
}

impl Choice {
    /// Without chance.
    pub const fn certain(arm: usize) -> Self {
        Self::drawn(arm, 1.0)
    }

    /// With a known probability.
    pub const fn drawn(arm: usize, propensity: f32) -> Self {
        Self { arm, propensity: Some(propensity) }
    }

    /// By a draw whose probability has no closed form.
    pub const fn sampled(arm: usize) -> Self {
        Self { arm, propensity: None }
    }
}

/// A learner that chooses one of a fixed number of arms each round.
pub trait Bandit {
    /// The number of arms.
    fn arms(&self) -> usize;

    /// Chooses the arm of this round and says with which probability it did.
    ///
    /// # Errors
    /// [`Error::NoArms`]; [`Error::NotStarted`]; what the learner says of its own.
    fn select(&mut self, rng: &mut (impl Rng + ?Sized)) -> Result<Choice, Error>;

    /// Takes the reward of the arm that was selected.
    ///
    /// # Errors
    /// [`Error::NotSelected`] for another arm than the one selected last, or before any; [`Error::NonFinite`]. The state
    /// is unchanged then and the round does not count.
    fn update(&mut self, arm: usize, reward: f32) -> Result<(), Error>;
}

/// Checks arm vectors and counts them: `values` holds them one after the other, `d` numbers each.
fn count_arms(arms: &impl Storage, d: usize) -> Result<usize, Error> {
    let values = arms.values();
    if values.is_empty() || d == 0 {
        return Err(Error::NoArms);
    }
    if !values.len().is_multiple_of(d) {
        return Err(Error::LengthMismatch);
    }
    if !all_finite(values) {
        return Err(Error::NonFinite);
    }
    Ok(values.len() / d)
}

/// The vector of one arm; an empty one past the last.
#[inline]
fn arm_vector(arms: &impl Storage, d: usize, arm: usize) -> &[f32] {
    arms.values().get(arm * d..(arm + 1) * d).unwrap_or(&[])
}

/// The arm that waits for its reward.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Selected(Option<u32>);

impl Selected {
    const NONE: Self = Self(None);

    /// Checks a reward against the arm that waits for one.
    fn accept(self, arm: usize, reward: f32) -> Result<(), Error> {
        match self.0 {
            Some(selected) if selected as usize == arm => {}
            _ => return Err(Error::NotSelected),
        }
        if reward.is_finite() { Ok(()) } else { Err(Error::NonFinite) }
    }
}

/// 4 bytes: the arm as `u32`, `u32::MAX` where none waits.
impl Persist for Selected {
    fn write(&self, out: &mut impl Write) {
        self.0.unwrap_or(u32::MAX).write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        0u32.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        let mut arm = 0u32;
        arm.read(from)?;
        self.0 = (arm != u32::MAX).then_some(arm);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Boltzmann, EpsilonGreedy, Exploration, LimitedActions};
    use crate::rng::stream;

    /// Plays a few rounds, then draws often without an update: each arm comes as often as its propensity says.
    fn draws_as_it_says(mut bandit: impl Bandit) {
        let mut rng = stream(5, 0);
        for _ in 0..30 {
            let arm = bandit.select(&mut rng).unwrap().arm;
            bandit.update(arm, [0.2, 0.9, 0.4][arm]).unwrap();
        }
        let (mut counts, mut stated) = ([0u32; 3], [None; 3]);
        for _ in 0..20_000 {
            let Choice { arm, propensity } = bandit.select(&mut rng).unwrap();
            counts[arm] += 1;
            assert!(stated[arm].is_none_or(|before| before == propensity));
            stated[arm] = Some(propensity);
        }
        for (count, propensity) in counts.into_iter().zip(stated) {
            let expected = 20_000.0 * propensity.flatten().unwrap_or(0.0);
            assert!((count as f32 - expected).abs() < 360.0, "{counts:?} {stated:?}");
        }
    }

    fn action_value<E: Exploration>(exploration: E) -> ActionValueBandit<3, E> {
        let mut bandit = ActionValueBandit::EMPTY;
        bandit.start(exploration, None, 0.0).unwrap();
        bandit
    }

    #[test]
    fn a_propensity_is_how_often_the_arm_comes() {
        draws_as_it_says(action_value(EpsilonGreedy::new(0.3).unwrap()));
        draws_as_it_says(action_value(Boltzmann::<crate::math::Libm>::new(0.5).unwrap()));
        draws_as_it_says(action_value(LimitedActions::new(EpsilonGreedy::new(0.3).unwrap(), [2u8])));
        let mut exp3 = Exp3::<3>::EMPTY;
        exp3.start(0.2, 0.0, 1.0).unwrap();
        draws_as_it_says(exp3);
        let mut gradient = GradientBandit::<3>::EMPTY;
        gradient.start(0.2, true).unwrap();
        draws_as_it_says(gradient);
    }
}
