//! The reward that a policy under constraints is trained on.

use super::{BehaviorConstraint, ConstraintCounts, Multipliers};
use crate::error::Error;
use crate::interact::Transition;
use crate::reward::RewardShaping;
use crate::state::{Identify, Identity, Persist, Reader, Write};

/// `lambda_0 r - sum_k kind_k lambda_k c_k`, where bit `k` of `active` is the indicator `c_k`.
#[inline]
pub fn constrained(
    reward: f32,
    task_weight: f32,
    weights: &[f32],
    constraints: &[BehaviorConstraint],
    active: u32,
) -> f32 {
    let weighed = weights.iter().zip(constraints).enumerate();
    let on = weighed.filter(|(index, _)| *index < 32 && (active >> (*index as u32 & 31)) & 1 == 1);
    on.fold(task_weight * reward, |sum, (_, (weight, constraint))| sum - constraint.bound().sign() * weight)
}

/// What the constraints on behaviour are about.
pub trait Indicators<O = usize, A = usize> {
    /// Bit `k` says whether what constraint `k` is about happened in this transition; at most 32.
    fn active(&self, transition: &Transition<O, A>) -> u32;
}

/// Any function of a transition.
impl<O, A, T: Fn(&Transition<O, A>) -> u32> Indicators<O, A> for T {
    #[inline]
    fn active(&self, transition: &Transition<O, A>) -> u32 {
        self(transition)
    }
}

/// Direct behaviour specification (Roy et al. 2022) as a shaping rule: the reward of [`constrained`], and a count of what
/// happened. After a batch of steps [`update`](Self::update) moves the multipliers by the rates of the batch; in between they
/// stay, so that every step of a batch is paid alike.
///
/// Memory: the multipliers, the indicators, `8 K` bytes and 16. Cost of a step: O(K).
#[derive(Clone, Debug)]
pub struct ConstrainedReward<D, X, const K: usize> {
    multipliers: D,
    indicators: X,
    counts: ConstraintCounts<K>,
    weights: [f32; K],
    /// `None` where nothing was started.
    task_weight: Option<f32>,
}

impl<D, X, const K: usize> ConstrainedReward<D, X, K> {
    /// Around multipliers, and what tells what happened; not started.
    pub const fn new(multipliers: D, indicators: X) -> Self {
        Self { multipliers, indicators, counts: ConstraintCounts::EMPTY, weights: [0.0; K], task_weight: None }
    }

    /// What has happened since the last update.
    pub const fn counts(&self) -> &ConstraintCounts<K> {
        &self.counts
    }

    /// `lambda_0`, and the multiplier of each constraint.
    ///
    /// # Errors
    /// [`Error::NotStarted`].
    pub fn weights(&self) -> Result<(f32, &[f32; K]), Error> {
        Ok((self.task_weight.ok_or(Error::NotStarted)?, &self.weights))
    }

    /// The multipliers.
    pub const fn multipliers(&self) -> &D {
        &self.multipliers
    }
}

impl<D: Multipliers, X, const K: usize> ConstrainedReward<D, X, K> {
    /// Starts the multipliers as the closure does, and an empty batch.
    ///
    /// # Errors
    /// What the closure says; [`Error::LengthMismatch`] unless there are `K` constraints.
    pub fn start(&mut self, start: impl FnOnce(&mut D) -> Result<(), Error>) -> Result<(), Error> {
        start(&mut self.multipliers)?;
        self.task_weight = Some(self.multipliers.weights(&mut self.weights)?);
        self.counts = ConstraintCounts::EMPTY;
        Ok(())
    }

    /// A dual step on the rates of the batch, which ends with it; returns them.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::EmptyRange`] where no step was counted, or no episode has ended that a constraint is
    /// about: nothing has changed then, and the batch goes on.
    pub fn update(&mut self) -> Result<[f32; K], Error> {
        if self.task_weight.is_none() {
            return Err(Error::NotStarted);
        }
        let constraints = self.multipliers.constraints().first_chunk().ok_or(Error::LengthMismatch)?;
        let rates = self.counts.rates(constraints)?;
        self.multipliers.dual_step(&rates)?;
        self.task_weight = Some(self.multipliers.weights(&mut self.weights)?);
        self.counts = ConstraintCounts::EMPTY;
        Ok(rates)
    }
}

impl<O, A, D: Multipliers, X: Indicators<O, A>, const K: usize> RewardShaping<O, A> for ConstrainedReward<D, X, K> {
    const PRESERVES_OPTIMUM: bool = false;

    fn shape(&self, transition: &Transition<O, A>, reward: f32, _discount: f32) -> Result<f32, Error> {
        let (task_weight, weights) = self.weights()?;
        let active = self.indicators.active(transition);
        let shaped = constrained(reward, task_weight, weights, self.multipliers.constraints(), active);
        if shaped.is_finite() { Ok(shaped) } else { Err(Error::NonFinite) }
    }

    fn note(&mut self, transition: &Transition<O, A>, _reward: f32, _discount: f32) {
        self.counts.note(self.indicators.active(transition), transition.outcome.is_over());
    }
}

/// The multipliers, then the counts of the batch.
impl<D: Multipliers + Persist, X, const K: usize> Persist for ConstrainedReward<D, X, K> {
    fn write(&self, out: &mut impl Write) {
        self.multipliers.write(out);
        self.counts.write(out);
    }

    fn check(&self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.multipliers.check(from)?;
        self.counts.check(from)
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Error> {
        self.multipliers.read(from)?;
        self.counts.read(from)?;
        if self.task_weight.is_some() {
            self.task_weight = self.multipliers.weights(&mut self.weights).ok();
        }
        Ok(())
    }
}

/// `"constrained"` around the multipliers.
impl<D: Multipliers + Identify, X, const K: usize> Identify for ConstrainedReward<D, X, K> {
    fn identity(&self) -> Identity {
        Identity::around("constrained", self.multipliers.identity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interact::Outcome;
    use crate::reward::weights::{LagrangianMultipliers, NormalizedMultipliers};
    use std::vec::Vec;

    /// Action 1 is what the first constraint is about; an episode that terminates has succeeded.
    fn happened(transition: &Transition) -> u32 {
        u32::from(transition.action == 1) | u32::from(transition.outcome == Outcome::Terminated) << 1
    }

    fn transition(action: usize, outcome: Outcome) -> Transition {
        Transition { state: 0, action, reward: 2.0, next_state: 0, outcome }
    }

    fn constraints() -> [BehaviorConstraint; 2] {
        [BehaviorConstraint::at_most(0.25).unwrap(), BehaviorConstraint::at_least(1.0).unwrap().of_episodes()]
    }

    type Rule<D> = ConstrainedReward<D, fn(&Transition) -> u32, 2>;

    struct Bytes(Vec<u8>);

    impl Write for Bytes {
        fn bytes(&mut self, bytes: &[u8]) {
            self.0.extend_from_slice(bytes);
        }
    }

    #[test]
    fn steps_are_paid_by_the_multipliers_and_counted() {
        let mut rule: Rule<_> = ConstrainedReward::new(LagrangianMultipliers::<2>::EMPTY, happened);
        rule.start(|multipliers| multipliers.start(constraints(), 1.0)).unwrap();
        assert_eq!(rule.apply(&transition(1, Outcome::Continue), 0.9), Ok(2.0));
        assert_eq!(rule.apply(&transition(0, Outcome::Truncated), 0.9), Ok(2.0));
        assert_eq!(rule.update(), Ok([0.5, 0.0]));
        // A cost is paid for, success is rewarded.
        assert_eq!(rule.apply(&transition(1, Outcome::Continue), 0.9), Ok(2.0 - 0.25));
        assert_eq!(rule.apply(&transition(0, Outcome::Terminated), 0.9), Ok(2.0 + 1.0));
        assert_eq!(rule.counts().steps(), 2);
    }

    #[test]
    fn what_was_saved_goes_on_as_what_was_not() {
        let started = || -> Rule<_> {
            let mut rule: Rule<_> = ConstrainedReward::new(NormalizedMultipliers::<2>::EMPTY, happened);
            rule.start(|multipliers| multipliers.start(constraints(), 1.0, Some(1))).unwrap();
            rule
        };
        let (mut rule, mut other) = (started(), started());
        rule.apply(&transition(1, Outcome::Terminated), 0.9).unwrap();
        rule.update().unwrap();
        rule.apply(&transition(1, Outcome::Truncated), 0.9).unwrap();
        let mut bytes = Bytes(Vec::new());
        rule.write(&mut bytes);
        other.restore(&bytes.0).unwrap();
        assert_eq!(other.weights(), rule.weights());
        assert_eq!(other.update(), rule.update());
        assert_eq!(other.weights(), rule.weights());
    }

    #[test]
    fn a_rejected_call_changes_nothing() {
        let mut rule: Rule<_> = ConstrainedReward::new(NormalizedMultipliers::<2>::EMPTY, happened);
        assert_eq!(rule.apply(&transition(0, Outcome::Continue), 0.9), Err(Error::NotStarted));
        assert_eq!(rule.update(), Err(Error::NotStarted));
        rule.start(|multipliers| multipliers.start(constraints(), 1.0, Some(1))).unwrap();
        assert_eq!(rule.update(), Err(Error::EmptyRange));
        rule.apply(&transition(1, Outcome::Continue), 0.9).unwrap();
        let digest = rule.digest();
        // No episode has ended.
        assert_eq!(rule.update(), Err(Error::EmptyRange));
        let mut bad = transition(1, Outcome::Continue);
        bad.reward = f32::NAN;
        assert_eq!(rule.apply(&bad, 0.9), Err(Error::NonFinite));
        assert_eq!(rule.digest(), digest);
    }
}
