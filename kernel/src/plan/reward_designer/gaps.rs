//! By how much a reward prefers the best action, as linear maps of the reward.

use crate::error::Error;
use crate::math::CompensatedSum;
use crate::model::{FiniteModel, expected_next, expected_reward, outcomes};
use crate::plan::policy_iteration::tolerance;
use crate::plan::{action_value, discounted_sums, policy_iteration};
use crate::policy::QTable;

/// A map row: what `R(s', pi(s'))` of every state counts.
type Row<const S: usize> = [f32; S];

/// The margins of a model's best policy, and `Q_h(s,pi(s)) - Q_h(s,a) = sum_s' g(s,a,s') R(s',pi(s')) - R(s,a)` for
/// `a != pi(s)`.
#[derive(Debug)]
pub(super) struct Gaps<const S: usize, const A: usize, const H: usize> {
    /// `g` of each horizon.
    pub(super) early: [[[Row<S>; A]; S]; H],
    /// `g` of the endless sums.
    pub(super) lasting: [[Row<S>; A]; S],
    /// `Q*(s,a) - max_b Q*(s,b)`, 0 for every best action.
    pub(super) advantages: [[f32; A]; S],
    /// `delta(s)`; 0 where all actions are best.
    pub(super) margins: [f32; S],
    pub(super) policy: [u16; S],
    pub(super) terminal: [bool; S],
    pub(super) goals: [bool; S],
}

impl<const S: usize, const A: usize, const H: usize> Gaps<S, A, H> {
    pub(super) const EMPTY: Self = Self {
        early: [[[[0.0; S]; A]; S]; H],
        lasting: [[[0.0; S]; A]; S],
        advantages: [[0.0; A]; S],
        margins: [0.0; S],
        policy: [0; S],
        terminal: [false; S],
        goals: [false; S],
    };

    /// Computes everything, with scratch of `S^2` numbers and twice `S`.
    pub(super) fn compute(
        &mut self,
        model: &(impl FiniteModel + ?Sized),
        discount: f32,
        horizons: [u16; H],
        (matrix, values, next): (&mut [f32], &mut [f32], &mut [f32]),
    ) -> Result<(), Error> {
        self.policy.fill(0);
        policy_iteration(model, discount, &mut self.policy, matrix, values)?;
        let of_states = self.advantages.iter_mut().zip(&mut self.margins).zip(&mut self.terminal).zip(&mut self.goals);
        for (state, (((advantages, margin), terminal), goal)) in of_states.enumerate() {
            let mut best = f32::NEG_INFINITY;
            for (action, value) in advantages.iter_mut().enumerate() {
                *value = action_value(model, discount, values, state, action)?;
                best = best.max(*value);
            }
            advantages
                .iter_mut()
                .for_each(|value| *value = if *value < best - tolerance(best) { *value - best } else { 0.0 });
            let others = advantages.iter().filter(|advantage| **advantage < 0.0);
            let second = others.fold(f32::NEG_INFINITY, |second, advantage| second.max(*advantage));
            *margin = if second.is_finite() { -second } else { 0.0 };
            let mut absorbs = true;
            *goal = false;
            for action in 0..A {
                absorbs &=
                    outcomes(model, state, action).all(|o| o.terminated && o.next_state == state && o.reward == 0.0);
                *goal |= expected_reward(model, state, action)? != 0.0;
            }
            *terminal = absorbs;
        }
        for column in 0..S {
            let own = |state: usize| if state == column { 1.0 } else { 0.0 };
            values.fill(0.0);
            for step in 1..=horizons.iter().copied().max().unwrap_or(0) {
                for (map, horizon) in self.early.iter_mut().zip(horizons) {
                    if horizon == step {
                        fill_column(map, &self.policy, model, discount, values, column);
                    }
                }
                for (state, (next, chosen)) in next.iter_mut().zip(&self.policy).enumerate() {
                    *next = own(state) + discount * expected_next(model, state, usize::from(*chosen), values);
                }
                values.copy_from_slice(next);
            }
            values.iter_mut().enumerate().for_each(|(state, value)| *value = own(state));
            let follows = |state: usize, action: usize| if self.chosen(state) == action { 1.0 } else { 0.0 };
            discounted_sums(model, discount, follows, matrix, values)?;
            fill_column(&mut self.lasting, &self.policy, model, discount, values, column);
        }
        Ok(())
    }

    /// `pi(s)`.
    pub(super) fn chosen(&self, state: usize) -> usize {
        self.policy.get(state).map_or(0, |action| usize::from(*action))
    }

    /// Whether the action is not among the best.
    pub(super) fn falls_short(&self, state: usize, action: usize) -> bool {
        self.advantages.get(state).and_then(|row| row.get(action)).is_some_and(|advantage| *advantage < 0.0)
    }

    /// What the gap to an action must be at least.
    pub(super) fn required(&self, state: usize, action: usize) -> f32 {
        if self.falls_short(state, action) { self.margins.get(state).copied().unwrap_or(0.0) } else { 0.0 }
    }

    /// By how much the gap to an action falls short, negative where it does not.
    fn shortfall(
        &self,
        map: &[[Row<S>; A]; S],
        state: usize,
        action: usize,
        reward: &impl Fn(usize, usize) -> f32,
    ) -> f32 {
        let row = map.get(state).and_then(|rows| rows.get(action));
        let kept = row.into_iter().flatten().enumerate();
        let kept = kept.fold(0.0, |sum, (next, g)| sum + g * reward(next, self.chosen(next)));
        self.required(state, action) - (kept - reward(state, action))
    }

    pub(super) fn loss(&self, reward: &QTable<S, A>) -> f32 {
        self.loss_of(|state, action| reward.value(state, action).unwrap_or(0.0))
    }

    pub(super) fn loss_of(&self, reward: impl Fn(usize, usize) -> f32) -> f32 {
        let mut sum = CompensatedSum::EMPTY;
        for map in &self.early {
            for state in 0..S {
                let others = (0..A).filter(|action| self.falls_short(state, *action));
                let shortfalls = others.map(|action| self.shortfall(map, state, action, &reward));
                sum.add(shortfalls.fold(0.0, f32::max));
            }
        }
        sum.value() / (S * H).max(1) as f32
    }

    pub(super) fn violation(&self, reward: &QTable<S, A>) -> f32 {
        let reward = |state, action| reward.value(state, action).unwrap_or(0.0);
        let all = (0..S).flat_map(|state| (0..A).map(move |action| (state, action)));
        let others = all.filter(|(state, action)| *action != self.chosen(*state));
        others.fold(0.0, |most, (state, action)| most.max(self.shortfall(&self.lasting, state, action, &reward)))
    }
}

/// `g(s,a,s') = 1[s = s'] + gamma (E_{pi(s)} - E_a) v`, with `v(s)` what a reward of 1 in the column's state adds up to over
/// one step less; 0 for `a = pi(s)`.
fn fill_column<const S: usize, const A: usize>(
    map: &mut [[Row<S>; A]; S],
    policy: &[u16; S],
    model: &(impl FiniteModel + ?Sized),
    discount: f32,
    values: &[f32],
    column: usize,
) {
    for (state, (rows, chosen)) in map.iter_mut().zip(policy).enumerate() {
        let kept = expected_next(model, state, usize::from(*chosen), values);
        for (action, row) in rows.iter_mut().enumerate() {
            let own = if state == column { 1.0 } else { 0.0 };
            let gap = own + discount * (kept - expected_next(model, state, action, values));
            if let Some(entry) = row.get_mut(column) {
                *entry = if action == usize::from(*chosen) { 0.0 } else { gap };
            }
        }
    }
}
