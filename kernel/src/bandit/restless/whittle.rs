//! What a push is worth to an arm that is alone.

use crate::error::Error;
use crate::linalg::{Borrowed, Const, Dim, Dyn, Memory, Owned, Storage, StorageMut, all_finite, solve};
use crate::math::is_in_unit_interval;
use crate::model::{FiniteModel, check_outcomes, expected_reward, outcomes};

/// Between these subsidies every index is looked for.
const REACH: f32 = 60.0;

/// How often that range is halved.
const HALVINGS: usize = 40;

/// Whittle's index (Whittle 1988) of every state of an arm: the subsidy `lambda` for doing nothing (action 0) that makes it
/// as good as the full push (the last action) in the arm's own discounted problem. Found by 40 halvings of `[-60, 60]`, the
/// lower end of which rises while pushing is better; the problem within is solved by policy iteration.
///
/// Values are kept relative to that of state 0, `V(s) = V(0) + h(s)` with `h(0) = 0`, so that
/// `(1 - gamma) V(0) + h(s) - gamma sum_s' P(s, s') h(s') = r(s)`: a discount close to 1 costs no digits.
///
/// Memory: `4 (S^2 + 4 S)` bytes. Cost: for each state 40 problems of a few systems of `S` equations each, O(S^4) in all.
#[derive(Debug)]
pub struct WhittleIndexState<S: Memory> {
    states: S::Dim,
    matrix: S::Matrix,
    /// `h`; while equations are solved, `(1 - gamma) V(0)` stands in place of `h(0)`.
    values: S::Vector,
    /// 1 where the arm is pushed.
    policy: S::Vector,
    /// What the full push pays more than doing nothing, at once.
    gains: S::Vector,
    indices: S::Vector,
}

/// [`WhittleIndexState`] of constant size.
pub type WhittleIndex<const S: usize> = WhittleIndexState<Owned<S>>;

impl<const S: usize> WhittleIndex<S> {
    /// All indices 0.
    pub const EMPTY: Self = Self {
        states: Const,
        matrix: [[0.0; S]; S],
        values: [0.0; S],
        policy: [0.0; S],
        gains: [0.0; S],
        indices: [0.0; S],
    };

    /// Bytes of state.
    pub const SIZE: usize = size_of::<Self>();
}

const _: () = assert!(WhittleIndex::<4>::SIZE == 4 * (4 * 4 + 4 * 4));

impl<'a> WhittleIndexState<Borrowed<'a>> {
    /// Over the caller's memory, `S^2 + 4 S` numbers. All indices 0.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`].
    pub fn over(states: usize, numbers: &'a mut [f32]) -> Result<Self, Error> {
        if states.checked_mul(states).and_then(|square| square.checked_add(4 * states)) != Some(numbers.len()) {
            return Err(Error::LengthMismatch);
        }
        numbers.fill(0.0);
        let (matrix, rest) = numbers.split_at_mut(states * states);
        let (values, rest) = rest.split_at_mut(states);
        let (policy, rest) = rest.split_at_mut(states);
        let (gains, indices) = rest.split_at_mut(states);
        Ok(Self { states: Dyn(states), matrix, values, policy, gains, indices })
    }
}

impl<S: Memory> WhittleIndexState<S> {
    /// The index of each state, as computed last.
    pub fn indices(&self) -> &[f32] {
        self.indices.values()
    }

    /// Computes the index of every state of an arm that never ends.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for another number of states; [`Error::ParameterOutOfRange`] for fewer than two actions or
    /// an outcome that ends; [`Error::DiscountOutOfRange`] unless `0 <= discount < 1`; [`Error::NonFinite`] for a reward;
    /// [`Error::ProbabilityOutOfRange`], also where those of a pair do not add up to 1; [`Error::StateOutOfRange`] for an outcome's state. The indices stay as they were
    /// then.
    pub fn compute(&mut self, arm: &(impl FiniteModel + ?Sized), discount: f32) -> Result<&[f32], Error> {
        let states = self.states.get();
        if arm.states() != states {
            return Err(Error::LengthMismatch);
        }
        let push = arm.actions().checked_sub(1).filter(|push| *push > 0).ok_or(Error::ParameterOutOfRange)?;
        if !is_in_unit_interval(discount) || discount == 1.0 {
            return Err(Error::DiscountOutOfRange);
        }
        for state in 0..states {
            for action in [0, push] {
                check_outcomes(arm, state, action)?;
                if outcomes(arm, state, action).any(|outcome| outcome.terminated) {
                    return Err(Error::ParameterOutOfRange);
                }
            }
            if let Some(gain) = self.gains.values_mut().get_mut(state) {
                *gain = expected_reward(arm, state, push)? - expected_reward(arm, state, 0)?;
            }
        }
        if !all_finite(self.gains.values()) {
            return Err(Error::NonFinite);
        }
        for state in 0..states {
            let (mut low, mut high) = (-REACH, REACH);
            for _ in 0..HALVINGS {
                let middle = 0.5 * (low + high);
                self.solve_arm(arm, push, middle, discount)?;
                if self.advantage(arm, push, middle, discount, state) > 0.0 { low = middle } else { high = middle }
            }
            if let Some(index) = self.indices.values_mut().get_mut(state) {
                *index = low;
            }
        }
        Ok(self.indices.values())
    }

    /// The relative value of a state.
    fn value(&self, state: usize) -> f32 {
        if state == 0 { 0.0 } else { self.values.values().get(state).copied().unwrap_or(0.0) }
    }

    /// By how much pushing is better than doing nothing in a state, under the values as they stand.
    fn advantage(
        &self,
        arm: &(impl FiniteModel + ?Sized),
        push: usize,
        subsidy: f32,
        discount: f32,
        state: usize,
    ) -> f32 {
        let expected = |action| {
            let all = outcomes(arm, state, action);
            all.fold(0.0, |sum, outcome| sum + outcome.probability * self.value(outcome.next_state))
        };
        let gain = self.gains.values().get(state).copied().unwrap_or(0.0);
        gain - subsidy + discount * (expected(push) - expected(0))
    }

    /// Policy iteration on the arm with a subsidy for doing nothing, from the policy of the call before.
    fn solve_arm(
        &mut self,
        arm: &(impl FiniteModel + ?Sized),
        push: usize,
        subsidy: f32,
        discount: f32,
    ) -> Result<(), Error> {
        let states = self.states.get();
        // Each pass improves on a policy, or ends. Rounding may find equal ones better in turn, which changes nothing.
        for _ in 0..4 * states {
            for state in 0..states {
                let pushed = self.policy.values().get(state).is_some_and(|pushed| *pushed != 0.0);
                let action = if pushed { push } else { 0 };
                let row = self.matrix.values_mut().get_mut(state * states..(state + 1) * states);
                let row = row.ok_or(Error::LengthMismatch)?;
                row.fill(0.0);
                for outcome in outcomes(arm, state, action) {
                    if let Some(entry) = row.get_mut(outcome.next_state) {
                        *entry -= discount * outcome.probability;
                    }
                }
                if let Some(own) = row.get_mut(state) {
                    *own += 1.0;
                }
                if let Some(first) = row.first_mut() {
                    *first = 1.0;
                }
                if let Some(reward) = self.values.values_mut().get_mut(state) {
                    *reward = expected_reward(arm, state, action)? + if pushed { 0.0 } else { subsidy };
                }
            }
            solve(self.matrix.values_mut(), self.values.values_mut())?;
            let mut changed = false;
            for state in 0..states {
                let better = if self.advantage(arm, push, subsidy, discount, state) > 0.0 { 1.0 } else { 0.0 };
                if let Some(pushed) = self.policy.values_mut().get_mut(state).filter(|pushed| **pushed != better) {
                    (*pushed, changed) = (better, true);
                }
            }
            if !changed {
                break;
            }
        }
        Ok(())
    }
}
