//! Rewards that a person can read and a learner learns from fast.

mod exchange;
mod gaps;
mod programme;
#[cfg(test)]
mod tests;

use crate::error::Error;
use crate::linalg::{all_finite, dot};
use crate::math::is_in_unit_interval;
use crate::model::{FiniteModel, check_outcomes};
use crate::policy::QTable;
use exchange::Exchange;
use gaps::Gaps;
use programme::{Goal, Programme};

/// By how much a state must lower the loss more than one before it does to be taken instead; closer than this, single
/// precision does not tell.
const TIE: f32 = 1e-6;

/// The greatest violation of the invariance that a design may leave, in units of the greatest reward.
const TOLERANCE: f32 = 1e-5;

/// Explicable reward design, EXPRD (Devidze, Radanovic, Kamalaruban, Singla, NeurIPS 2021): from a model of `S` states and
/// `A` actions whose best policy `pi` is known, the reward that tells good from bad actions within few steps, among those
/// that keep `pi` the best by the margins it has, are 0 outside the active states and at most `r_max` in magnitude.
///
/// With `O(s)` the best actions, `pi(s)` the lowest of them, `delta(s)` by how much all others fall short, and `Q_h(s,a)`
/// what the reward adds up to over `h` steps of which the first is `a` and the others follow `pi`, it minimises
/// `L(R) = 1/(H S) sum_h sum_s max(0, max_{a not in O(s)} delta(s) - (Q_h(s,pi(s)) - Q_h(s,a)))` over `H` horizons, subject
/// to `Q(s,pi(s)) - Q(s,a) >= delta(s)` for the endless sums and `a` not in `O(s)`, and `>= 0` for the other best actions.
///
/// The linear programme is solved in single precision. `pi` never takes another action than its own, so what the reward of
/// such an action changes is its own margin, which it lowers: the least reward is the best one for it, and only one number
/// a state is left, `R(s,pi(s))`. Over these the loss is a sum of maxima of linear functions, and the vertex method walks
/// its edges from the corner where every one is `r_max`, with no slack variable, at most `S` equations at a time, each
/// solved anew, and all numbers in units of `r_max`. Limits of the margins are taken 2e-6 to 4e-6 of these wider, each
/// another, so that no two vertices are one; the vertex that is found is then computed for the true limits. The violation
/// that is left is below 1e-5 `r_max`. An optimal reward is seldom the only one; this one has its entries at the limits
/// wherever the margins let it, which teaches faster than the least that will do.
///
/// Memory: `4 S^2 (A (H + 1) + 1) + S (5 A + H + 28)` bytes for the maps, the equations and the tables, and up to 24 more.
/// Cost: to start, `S` systems of `S` equations and `S^2 A` outcomes a step of the longest horizon; a design of `n`
/// active states, some `2 n` steps of `n^3 + S A H n` multiplications each.
///
/// ```
/// use habit::env::LineKey;
/// use habit::plan::RewardDesigner;
/// use habit::policy::QTable;
/// let mut designer = RewardDesigner::<13, 3, 5>::EMPTY;
/// designer.start(&LineKey::<13>::new(), 0.95, [1, 4, 8, 16, 32], 10.0)?;
/// let mut active = *designer.goals();
/// assert_eq!(designer.grow(&mut active)?, 1);
/// let mut reward = QTable::EMPTY;
/// let loss = designer.design(&active, &mut reward)?;
/// assert!((loss - 0.07135).abs() < 1e-3 && designer.violation(&reward) < 1e-4);
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Debug)]
pub struct RewardDesigner<const S: usize, const A: usize, const H: usize> {
    gaps: Gaps<S, A, H>,
    exchange: Exchange<S, A, H>,
    /// 0 before it is started.
    r_max: f32,
}

impl<const S: usize, const A: usize, const H: usize> RewardDesigner<S, A, H> {
    /// Not started.
    pub const EMPTY: Self = Self { gaps: Gaps::EMPTY, exchange: Exchange::EMPTY, r_max: 0.0 };

    /// Bytes: `4 S^2 (A (H + 1) + 1) + S (5 A + H + 28)` and up to 24 more.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts with a model, a discount, the horizons in steps, and the greatest magnitude of a reward. A state that every
    /// outcome keeps and ends the episode in is terminal, and never active.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for a model of other sizes; [`Error::EmptyRange`] without a horizon;
    /// [`Error::DiscountOutOfRange`] unless `0 <= discount < 1`; [`Error::ParameterOutOfRange`] for a horizon of 0, a limit
    /// that is not above 0, or more than 65535 states or 254 actions; what
    /// [`check_outcomes`](crate::model::check_outcomes) says of the model: nothing changes then. [`Error::Singular`] when
    /// the model's rewards are so great that sums of them are not finite: it is not started then.
    pub fn start(
        &mut self,
        model: &(impl FiniteModel + ?Sized),
        discount: f32,
        horizons: [u16; H],
        r_max: f32,
    ) -> Result<(), Error> {
        if model.states() != S || model.actions() != A {
            return Err(Error::LengthMismatch);
        }
        if H == 0 || S == 0 || A == 0 {
            return Err(Error::EmptyRange);
        }
        if !is_in_unit_interval(discount) || discount == 1.0 {
            return Err(Error::DiscountOutOfRange);
        }
        let fits = S <= usize::from(u16::MAX) && A < usize::from(u8::MAX) && r_max > 0.0 && r_max.is_finite();
        if !fits || horizons.contains(&0) {
            return Err(Error::ParameterOutOfRange);
        }
        for state in 0..S {
            (0..A).try_for_each(|action| check_outcomes(model, state, action))?;
        }
        self.r_max = 0.0;
        self.gaps.compute(model, discount, horizons, self.exchange.scratch())?;
        self.r_max = r_max;
        Ok(())
    }

    /// `pi(s)`.
    pub const fn policy(&self) -> &[u16; S] {
        &self.gaps.policy
    }

    /// Whether an action is among the best of a state, within what
    /// [`policy_iteration`](crate::plan::policy_iteration) calls level.
    pub fn is_best(&self, state: usize, action: usize) -> bool {
        !self.gaps.falls_short(state, action)
    }

    /// `Q*(s,a) - max_b Q*(s,b)`: the original reward shaped by the potential `v*`, whose loss is 0. Not bound to `r_max`.
    pub const fn advantages(&self) -> &[[f32; A]; S] {
        &self.gaps.advantages
    }

    /// The states that the original reward is not 0 in: where a set of active states starts.
    pub const fn goals(&self) -> &[bool; S] {
        &self.gaps.goals
    }

    /// The states that are not terminal: every active set is among them.
    pub fn unrestricted(&self) -> [bool; S] {
        self.gaps.terminal.map(|terminal| !terminal)
    }

    /// `L(R)`; how informative a reward is, is `-L(R)`.
    pub fn loss(&self, reward: &QTable<S, A>) -> f32 {
        self.gaps.loss(reward)
    }

    /// By how much a reward falls short of the invariance, at the most; 0 when `pi` keeps all its margins.
    pub fn violation(&self, reward: &QTable<S, A>) -> f32 {
        self.gaps.violation(reward)
    }

    /// Computes the reward of least loss that is 0 outside the `active` states, and returns its loss.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::Infeasible`] when no such reward keeps `pi` the best by its margins, without an
    /// active state for one; [`Error::Singular`] when the equations of a vertex cannot be solved. The reward is unchanged
    /// then.
    pub fn design(&mut self, active: &[bool; S], reward: &mut QTable<S, A>) -> Result<f32, Error> {
        self.solve(active, Goal::Loss)?;
        self.write(Goal::Loss, reward)?;
        Ok(self.loss(reward))
    }

    /// Computes the reward that maximises `sum_{s,a} c(s,a) R(s,a)` under the same conditions, for the coefficients of an
    /// [`AdaptiveDesign`](crate::plan::AdaptiveDesign) say, and returns that sum. Where all coefficients are 0 nothing is
    /// better than anything else: the reward stays as it is.
    ///
    /// # Errors
    /// As [`design`](Self::design); [`Error::NonFinite`].
    pub fn design_for(
        &mut self,
        coefficients: &[[f32; A]; S],
        active: &[bool; S],
        reward: &mut QTable<S, A>,
    ) -> Result<f32, Error> {
        let all = coefficients.as_flattened();
        if !all_finite(all) {
            return Err(Error::NonFinite);
        }
        let greatest = all.iter().fold(0.0f32, |greatest, c| greatest.max(c.abs()));
        if greatest > 0.0 {
            let goal = Goal::Sum { coefficients, greatest };
            self.solve(active, goal)?;
            self.write(goal, reward)?;
        }
        Ok(dot(all, reward.values()))
    }

    /// Adds to the active states the one whose design has the least loss, ties to the lowest, and returns it: the greedy
    /// choice of the paper.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::Infeasible`] when there is no state to add with which a design is possible. The set
    /// is unchanged then.
    pub fn grow(&mut self, active: &mut [bool; S]) -> Result<usize, Error> {
        if self.r_max == 0.0 {
            return Err(Error::NotStarted);
        }
        let mut best: Option<(usize, f32)> = None;
        for candidate in 0..S {
            if active.get(candidate) != Some(&false) || self.gaps.terminal.get(candidate) != Some(&false) {
                continue;
            }
            let mut larger = *active;
            larger.iter_mut().skip(candidate).take(1).for_each(|place| *place = true);
            if self.solve(&larger, Goal::Loss).is_ok() {
                let loss = self.solved_loss();
                if best.is_none_or(|(_, least)| loss < least - TIE) {
                    best = Some((candidate, loss));
                }
            }
        }
        let (state, _) = best.ok_or(Error::Infeasible)?;
        active.iter_mut().skip(state).take(1).for_each(|place| *place = true);
        Ok(state)
    }

    /// Solves the programme; its vertex stays in `exchange`.
    fn solve(&mut self, active: &[bool; S], goal: Goal<'_, S, A>) -> Result<(), Error> {
        if self.r_max == 0.0 {
            return Err(Error::NotStarted);
        }
        self.exchange.solve(&Programme { gaps: &self.gaps, scale: 1.0 / self.r_max, goal }, active)
    }

    /// The reward of a pair at the vertex.
    fn reward_at(&self, goal: Goal<'_, S, A>, state: usize, action: usize) -> f32 {
        let programme = Programme { gaps: &self.gaps, scale: 1.0 / self.r_max, goal };
        self.r_max * self.exchange.reward(&programme, state, action)
    }

    fn write(&self, goal: Goal<'_, S, A>, reward: &mut QTable<S, A>) -> Result<(), Error> {
        for state in 0..S {
            for action in 0..A {
                reward.set(state, action, self.reward_at(goal, state, action))?;
            }
        }
        Ok(())
    }

    /// The loss at the vertex of a design.
    fn solved_loss(&self) -> f32 {
        self.gaps.loss_of(|state, action| self.reward_at(Goal::Loss, state, action))
    }
}

/// How far a designer's size is above the formula.
const fn beyond<const S: usize, const A: usize, const H: usize>() -> usize {
    RewardDesigner::<S, A, H>::SIZE - (4 * S * S * (A * (H + 1) + 1) + S * (5 * A + H + 28))
}

const _: () = assert!(beyond::<13, 3, 5>() <= 24 && beyond::<10, 3, 3>() <= 24 && beyond::<3, 2, 1>() <= 24);
