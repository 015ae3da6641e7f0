//! Bandits: one choice a round, one reward back.
//!
//! | learner | source |
//! |---|---|
//! | [`ActionValueBandit`] | Sutton & Barto, sections 2.2 to 2.6 |
//! | [`GradientBandit`] | Sutton & Barto, section 2.8 |
//! | [`Ucb1`], [`KlUcb`] | Auer et al. (2002); Garivier, Cappé (2011) |
//! | [`DiscountedUcb`], [`SlidingWindowUcb`] | Garivier, Moulines (2008) |
//! | [`ThompsonBeta`] | Thompson (1933); Agrawal, Goyal (2012) |
//! | [`DynLinUcb`] | Mussi, Metelli, Restelli (ICML 2023), algorithm 1 |
//! | [`LinUcb`] | Abbasi-Yadkori, Pál, Szepesvári (NeurIPS 2011), over fixed arms |
//! | [`DLinUcb`] | Russac, Vernade, Cappé (NeurIPS 2019) |
//! | [`Exp3`] | Auer, Cesa-Bianchi, Freund, Schapire (2002) |
//! | [`Hold`] | a bandit whose choices are held for several rounds; with Exp3 inside: Exp3-k |
//! | [`Ar2`] | Chen, Golrezaei, Bouneffouf (2023) |
//!
//! Bandits whose arms change by themselves and are acted on together stand in [`restless`].
//!
//! Confidence radii stand in [`Confidence`]; [`SystemBounds`] turns what is known of a linear system into them.

mod action_value;
mod ar2;
mod confidence;
mod d_lin_ucb;
mod dyn_lin_ucb;
mod exp3;
mod gradient;
mod hold;
mod index;
mod lin_ucb;
mod optimism;
pub mod restless;
mod thompson;

pub use action_value::{ActionValueBandit, ActionValueState};
pub use ar2::{Ar2, Ar2Parameters, Ar2State};
pub use confidence::{Confidence, FixedRadius, Radius, SystemBounds};
pub use d_lin_ucb::{DLinUcb, DLinUcbState};
pub use dyn_lin_ucb::{DynLinUcb, DynLinUcbState, Epochs};
pub use exp3::{Exp3, Exp3State, exploration_rate};
pub use gradient::{GradientBandit, GradientBanditState};
pub use hold::Hold;
pub use index::{
    ArmStatistics, Cumulative, Discounted, DiscountedUcb, IndexBandit, IndexRule, KlUcb, KullbackLeibler,
    SlidingWindow, SlidingWindowUcb, Ucb, Ucb1,
};
pub use lin_ucb::{LinUcb, LinUcbState};
pub use thompson::{ThompsonBeta, ThompsonBetaState};

use crate::error::Error;
use crate::linalg::{Storage, all_finite};
use crate::rng::Rng;
use crate::state::{Persist, Reader, Write};

/// A learner that chooses one of a fixed number of arms each round.
pub trait Bandit {
    /// The number of arms.
    fn arms(&self) -> usize;

    /// Chooses the arm of this round.
    ///
    /// # Errors
    /// [`Error::NoArms`]; [`Error::NotStarted`]; what the learner says of its own.
    fn select(&mut self, rng: &mut (impl Rng + ?Sized)) -> Result<usize, Error>;

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
