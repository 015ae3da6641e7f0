//! The best distribution of the return, by remembering what has been collected.

use core::mem::swap;

use crate::error::Error;
use crate::model::{FiniteModel, ModelOutcome, outcomes};

/// Another action takes a lower one's place, and another threshold a lower one's, where it is better by more than this.
const SLACK: f32 = 1e-6;

/// How much a return is worth. Any function of a whole number.
pub trait Utility {
    /// What a return of `x` is worth.
    fn at(&self, x: i32) -> f32;
}

impl<F: Fn(i32) -> f32> Utility for F {
    fn at(&self, x: i32) -> f32 {
        self(x)
    }
}

/// The sizes of a problem over a finite number of stages with whole rewards: returns lie within `G = stages * most_reward`
/// of 0, stocks are told apart within `C = 2 G`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockSizes {
    /// Stages, at least 1.
    pub stages: u16,
    /// States.
    pub states: u16,
    /// The greatest magnitude of a reward, at least 1.
    pub most_reward: u16,
}

impl StockSizes {
    /// `G`: the greatest magnitude of a return.
    pub const fn most_return(self) -> usize {
        self.stages as usize * self.most_reward as usize
    }

    /// Returns that are told apart: `2 G + 1`.
    pub const fn returns(self) -> usize {
        2 * self.most_return() + 1
    }

    /// Pairs of a state and a stock: `S (2 C + 1)`.
    pub const fn pairs(self) -> usize {
        self.states as usize * (4 * self.most_return() + 1)
    }

    /// Numbers that [`StockPlan::solve`] takes for values: two layers of pairs.
    pub const fn values(self) -> usize {
        2 * self.pairs()
    }

    /// Bytes that it takes for the policy: a layer of pairs a stage.
    pub const fn policy(self) -> usize {
        self.stages as usize * self.pairs()
    }

    /// Numbers that [`return_law`] takes for scratch.
    pub const fn scratch(self) -> usize {
        2 * self.states as usize * self.returns()
    }

    fn check(self, model: &(impl FiniteModel + ?Sized)) -> Result<(), Error> {
        if self.stages == 0 {
            return Err(Error::StepsOutOfRange);
        }
        if self.most_reward == 0 {
            return Err(Error::RewardNotWhole);
        }
        if usize::from(self.states) != model.states() {
            return Err(Error::LengthMismatch);
        }
        if model.states() == 0 || model.actions() == 0 || model.actions() > 256 {
            return Err(Error::ActionOutOfRange);
        }
        for state in 0..model.states() {
            let mut available = false;
            for action in 0..model.actions() {
                let mut sum = 0.0;
                for outcome in outcomes(model, state, action) {
                    whole_reward(outcome, self.most_reward)?;
                    if outcome.next_state >= model.states() {
                        return Err(Error::StateOutOfRange);
                    }
                    available = true;
                    sum += outcome.probability;
                }
                // The sum of nothing is that of an action that is not available.
                let off = (sum - 1.0_f32).abs();
                if sum != 0.0 && (off > 1e-4 || off.is_nan()) {
                    return Err(Error::ProbabilityOutOfRange);
                }
            }
            if !available {
                return Err(Error::DeadEnd);
            }
        }
        Ok(())
    }
}

/// A reward as the whole number that it must be.
fn whole_reward(outcome: ModelOutcome, most: u16) -> Result<i32, Error> {
    let whole = outcome.reward as i32;
    if whole as f32 == outcome.reward && whole.unsigned_abs() <= u32::from(most) {
        Ok(whole)
    } else {
        Err(Error::RewardNotWhole)
    }
}

/// Stock-augmented dynamic programming (Avila Pires et al., "Optimizing Return Distributions with Distributional Dynamic
/// Programming", JMLR 2025, arXiv 2501.13028): the policy that maximises `E U(c_0 + G)` for any utility `U` of the return `G`, which
/// no policy of the state alone does: what is best next depends on what was collected. The stock `c` is the start stock
/// plus the rewards so far; `u_t(s,c) = max_a E u_{t+1}(s', c + r)` with `u_T(s,c) = U(c)`, exact for whole rewards, a finite number of
/// stages and no discount. Stocks beyond `C` are clipped.
///
/// | what is sought | utility | start stock |
/// |---|---|---|
/// | the greatest mean | `x` | 0 |
/// | the greatest mean of the worst share ([`maximise_cvar`](Self::maximise_cvar)) | `min(x, 0)` | what it says |
/// | nearest to a target | `-abs(x)` | minus the target |
/// | most likely at least a target | 1 where `x >= 0`, else 0 | minus the target |
///
/// The policy and the values of the first stage lie in the caller's memory ([`StockSizes`]). Cost: every outcome of the model, a
/// stock and a stage.
///
/// ```
/// use habit::plan::{DeclaredTransition, DynamicProgram, StockPlan, StockSizes};
/// // Hold, or toss for 1 or -1; twice. The aim is to end with 1 or more.
/// let text = "dp 1\nhorizon average\nstates 1\nactions 2\nsense max\nstart 0\np 0 0 0 1 0\np 0 1 0 .5 1\np 0 1 0 .5 -1";
/// let (mut transitions, mut terminal) = ([DeclaredTransition::EMPTY; 3], [0.0; 1]);
/// let game = DynamicProgram::parse(text, &mut transitions, &mut terminal).map_err(|fault| fault.error)?.stage(0);
/// const SIZES: StockSizes = StockSizes { stages: 2, states: 1, most_reward: 1 };
/// let (mut values, mut policy) = ([0.0; SIZES.values()], [0; SIZES.policy()]);
/// let at_least = |x: i32| if x >= 0 { 1.0 } else { 0.0 };
/// let plan = StockPlan::solve(&game, SIZES, &at_least, &mut values, &mut policy)?;
/// assert_eq!(plan.value(0, -1), Ok(0.5));
/// assert_eq!((plan.act(0, 0, -1), plan.act(1, 0, -1), plan.act(1, 0, 0)), (Ok(0), Ok(1), Ok(0)));
/// # Ok::<(), habit::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct StockPlan<'m> {
    sizes: StockSizes,
    /// `u_0`, state by state, from the least stock on.
    values: &'m [f32],
    /// Stage by stage, state by state.
    policy: &'m [u8],
}

impl<'m> StockPlan<'m> {
    /// Solves for a utility.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for memory of other sizes or a model of other states; [`Error::StepsOutOfRange`] without a
    /// stage; [`Error::RewardNotWhole`] for a reward that is no whole number or greater than it may be;
    /// [`Error::ActionOutOfRange`] for none or more than 256 actions; [`Error::StateOutOfRange`];
    /// [`Error::ProbabilityOutOfRange`] where probabilities do not add up to 1 within 1e-4; [`Error::DeadEnd`] for a state
    /// without an action; [`Error::NonFinite`] for a utility that is no number: the memory is of no use then.
    pub fn solve(
        model: &(impl FiniteModel + ?Sized),
        sizes: StockSizes,
        utility: &impl Utility,
        values: &'m mut [f32],
        policy: &'m mut [u8],
    ) -> Result<Self, Error> {
        if values.len() != sizes.values() || policy.len() != sizes.policy() {
            return Err(Error::LengthMismatch);
        }
        sizes.check(model)?;
        let (mut now, mut next) = values.split_at_mut_checked(sizes.pairs()).ok_or(Error::LengthMismatch)?;
        let stocks = stocks(sizes);
        let least = -(2 * sizes.most_return() as i32);
        for (pair, value) in now.iter_mut().enumerate() {
            *value = utility.at(least + (pair % stocks) as i32);
            if !value.is_finite() {
                return Err(Error::NonFinite);
            }
        }
        for stage in (0..usize::from(sizes.stages)).rev() {
            swap(&mut now, &mut next);
            let decisions = policy.iter_mut().skip(stage * sizes.pairs());
            for (pair, (value, decision)) in now.iter_mut().zip(decisions).enumerate() {
                let (state, stock) = (pair / stocks, least + (pair % stocks) as i32);
                let mut best = None;
                for action in 0..model.actions() {
                    let mut sum = 0.0;
                    let mut available = false;
                    for outcome in outcomes(model, state, action) {
                        let collected = stock + whole_reward(outcome, sizes.most_reward)?;
                        let worth = if outcome.terminated {
                            utility.at(collected.max(least).min(-least))
                        } else {
                            next.get(place(sizes, outcome.next_state, collected)).copied().unwrap_or(f32::NAN)
                        };
                        sum += outcome.probability * worth;
                        available = true;
                    }
                    if available && best.is_none_or(|(_, most)| sum > most + SLACK) {
                        best = Some((action as u8, sum));
                    }
                }
                (*decision, *value) = best.ok_or(Error::DeadEnd)?;
                if !value.is_finite() {
                    return Err(Error::NonFinite);
                }
            }
        }
        Ok(Self { sizes, values: now, policy })
    }

    /// `u_0`: the best expected utility from a state with a start stock.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`]; [`Error::StockOutOfRange`] unless the stock is within `G` of 0.
    pub fn value(&self, state: usize, stock: i32) -> Result<f32, Error> {
        self.check(state)?;
        if stock.unsigned_abs() as usize > self.sizes.most_return() {
            return Err(Error::StockOutOfRange);
        }
        self.values.get(place(self.sizes, state, stock)).copied().ok_or(Error::StockOutOfRange)
    }

    /// The best action at a stage, in a state, with a stock.
    ///
    /// # Errors
    /// [`Error::StageOutOfRange`], [`Error::StateOutOfRange`].
    pub fn act(&self, stage: usize, state: usize, stock: i32) -> Result<usize, Error> {
        self.check(state)?;
        if stage >= usize::from(self.sizes.stages) {
            return Err(Error::StageOutOfRange);
        }
        let at = stage * self.sizes.pairs() + place(self.sizes, state, stock);
        self.policy.get(at).map(|action| usize::from(*action)).ok_or(Error::StateOutOfRange)
    }

    /// `max_b b + E min(G - b, 0) / tau` of a plan for `min(x, 0)`: the greatest mean of the worst share `tau` of returns from a
    /// state (CVaR), and the threshold `b`, the least of equal ones. The policy that has it starts with a stock of `-b`.
    ///
    /// # Errors
    /// [`Error::StateOutOfRange`]; [`Error::ParameterOutOfRange`] unless `0 < tau <= 1`.
    pub fn maximise_cvar(&self, state: usize, tau: f32) -> Result<(f32, i32), Error> {
        if !(tau > 0.0 && tau <= 1.0) {
            return Err(Error::ParameterOutOfRange);
        }
        let most = self.sizes.most_return() as i32;
        let mut best = (f32::NEG_INFINITY, 0);
        for threshold in -most..=most {
            let value = threshold as f32 + self.value(state, -threshold)? / tau;
            if value > best.0 + SLACK {
                best = (value, threshold);
            }
        }
        Ok(best)
    }

    fn check(&self, state: usize) -> Result<(), Error> {
        if state < usize::from(self.sizes.states) { Ok(()) } else { Err(Error::StateOutOfRange) }
    }
}

/// `2 C + 1`.
const fn stocks(sizes: StockSizes) -> usize {
    4 * sizes.most_return() + 1
}

/// Where a state and a stock stand in a layer.
fn place(sizes: StockSizes, state: usize, stock: i32) -> usize {
    let most = 2 * sizes.most_return() as i32;
    state * stocks(sizes) + (stock.max(-most).min(most) + most) as usize
}

/// The distribution of a return: the probability of every whole number from the least on.
#[derive(Clone, Copy, Debug)]
pub struct ReturnLaw<'a> {
    probabilities: &'a [f32],
    least: i32,
}

impl ReturnLaw<'_> {
    /// Every return and its probability, in ascending order.
    pub fn atoms(&self) -> impl Iterator<Item = (i32, f32)> {
        self.probabilities.iter().enumerate().map(|(index, probability)| (self.least + index as i32, *probability))
    }

    /// The expected value of a function of the return.
    pub fn expected(&self, utility: &impl Utility) -> f32 {
        self.atoms().fold(0.0, |sum, (x, p)| sum + p * utility.at(x))
    }

    /// The mean.
    pub fn mean(&self) -> f32 {
        self.expected(&|x: i32| x as f32)
    }

    /// The standard deviation.
    pub fn std(&self) -> f32 {
        let mean = self.mean();
        let variance = self.expected(&|x: i32| (x as f32 - mean) * (x as f32 - mean));
        libm::sqrtf(variance)
    }

    /// The mean of the worst share `tau` of returns: of an atom on the border as much as is needed.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless `0 < tau <= 1`.
    pub fn cvar(&self, tau: f32) -> Result<f32, Error> {
        if !(tau > 0.0 && tau <= 1.0) {
            return Err(Error::ParameterOutOfRange);
        }
        let (mut left, mut sum) = (tau, 0.0);
        for (x, p) in self.atoms() {
            let taken = p.min(left);
            sum += taken * x as f32;
            left -= taken;
        }
        Ok(sum / (tau - left))
    }

    /// How likely the return is `x` or more.
    pub fn at_least(&self, x: i32) -> f32 {
        self.expected(&|y: i32| if y >= x { 1.0 } else { 0.0 })
    }
}

/// The distribution of the return of a policy, by a forward recursion: `policy` is asked for the action at a stage, in a
/// state, with so much collected. Exact up to rounding, nothing is sampled.
///
/// `scratch` holds [`StockSizes::scratch`] numbers, `law` holds [`StockSizes::returns`]: the result.
///
/// # Errors
/// As [`StockPlan::solve`] for the model and the memory; [`Error::StateOutOfRange`] for the start;
/// [`Error::ActionOutOfRange`] for an action that is not available; what the policy says.
pub fn return_law<'a>(
    model: &(impl FiniteModel + ?Sized),
    sizes: StockSizes,
    start: usize,
    policy: impl Fn(usize, usize, i32) -> Result<usize, Error>,
    scratch: &mut [f32],
    law: &'a mut [f32],
) -> Result<ReturnLaw<'a>, Error> {
    let returns = sizes.returns();
    if scratch.len() != sizes.scratch() || law.len() != returns {
        return Err(Error::LengthMismatch);
    }
    sizes.check(model)?;
    let least = -(sizes.most_return() as i32);
    let at = |state: usize, collected: i32| state * returns + (collected - least) as usize;
    let (mut now, mut next) = scratch.split_at_mut_checked(sizes.scratch() / 2).ok_or(Error::LengthMismatch)?;
    law.fill(0.0);
    now.fill(0.0);
    if start >= model.states() {
        return Err(Error::StateOutOfRange);
    }
    *now.get_mut(at(start, 0)).ok_or(Error::StateOutOfRange)? = 1.0;
    for stage in 0..usize::from(sizes.stages) {
        next.fill(0.0);
        for (pair, probability) in now.iter().enumerate().filter(|(_, probability)| **probability > 0.0) {
            let (state, collected) = (pair / returns, least + (pair % returns) as i32);
            let action = policy(stage, state, collected)?;
            if model.outcome_count(state, action)? == 0 {
                return Err(Error::ActionOutOfRange);
            }
            for outcome in outcomes(model, state, action) {
                let then = collected + whole_reward(outcome, sizes.most_reward)?;
                let place = if outcome.terminated {
                    law.get_mut((then - least) as usize)
                } else {
                    next.get_mut(at(outcome.next_state, then))
                };
                *place.ok_or(Error::StateOutOfRange)? += probability * outcome.probability;
            }
        }
        swap(&mut now, &mut next);
    }
    for (pair, probability) in now.iter().enumerate() {
        if let Some(sum) = law.get_mut(pair % returns) {
            *sum += probability;
        }
    }
    Ok(ReturnLaw { probabilities: law, least })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{DeclaredTransition, DynamicProgram};
    use std::vec;
    use std::vec::Vec;

    const TOSS: &str =
        "dp 1\nhorizon average\nstates 1\nactions 2\nsense max\nstart 0\np 0 0 0 1 0\np 0 1 0 .5 1\np 0 1 0 .5 -1";

    fn with_model<T>(text: &str, work: impl FnOnce(&dyn FiniteModel) -> T) -> T {
        let size = DynamicProgram::size(text).unwrap();
        let mut transitions = vec![DeclaredTransition::EMPTY; size.transitions];
        let mut terminal = vec![0.0; size.states];
        work(&DynamicProgram::parse(text, &mut transitions, &mut terminal).unwrap().stage(0))
    }

    fn memory(sizes: StockSizes) -> (Vec<f32>, Vec<u8>, Vec<f32>, Vec<f32>) {
        (vec![0.0; sizes.values()], vec![0; sizes.policy()], vec![0.0; sizes.scratch()], vec![0.0; sizes.returns()])
    }

    #[test]
    fn one_toss_is_not_worth_its_worse_half() {
        with_model(TOSS, |model| {
            let sizes = StockSizes { stages: 1, states: 1, most_reward: 1 };
            let (mut values, mut policy, ..) = memory(sizes);
            let worst = |x: i32| x.min(0) as f32;
            let plan = StockPlan::solve(model, sizes, &worst, &mut values, &mut policy).unwrap();
            assert_eq!(plan.maximise_cvar(0, 0.5), Ok((0.0, 0)));
        });
    }

    #[test]
    fn a_law_says_what_its_atoms_do() {
        with_model(TOSS, |model| {
            let sizes = StockSizes { stages: 2, states: 1, most_reward: 1 };
            let (_, _, mut scratch, mut law) = memory(sizes);
            let law = return_law(model, sizes, 0, |_, _, _| Ok(1), &mut scratch, &mut law).unwrap();
            assert_eq!(law.atoms().collect::<Vec<_>>(), [(-2, 0.25), (-1, 0.0), (0, 0.5), (1, 0.0), (2, 0.25)]);
            assert_eq!((law.mean(), law.at_least(0), law.std()), (0.0, 0.75, core::f32::consts::SQRT_2));
            assert_eq!((law.cvar(0.5), law.cvar(1.0)), (Ok(-1.0), Ok(0.0)));
        });
    }

    #[test]
    fn bad_input_is_refused() {
        with_model(TOSS, |model| {
            let sizes = StockSizes { stages: 2, states: 1, most_reward: 1 };
            let (mut values, mut policy, mut scratch, mut law) = memory(sizes);
            let mean = |x: i32| x as f32;
            let mut solve = |sizes| StockPlan::solve(model, sizes, &mean, &mut values, &mut policy).map(|_| ());
            assert_eq!(solve(StockSizes { stages: 3, ..sizes }), Err(Error::LengthMismatch));
            assert_eq!(solve(sizes), Ok(()));
            let none = StockSizes { stages: 0, ..sizes };
            assert_eq!(
                StockPlan::solve(model, none, &mean, &mut [0.0; 2], &mut []).map(|_| ()),
                Err(Error::StepsOutOfRange)
            );
            let nan = StockPlan::solve(model, sizes, &|_: i32| f32::NAN, &mut values, &mut policy);
            assert_eq!(nan.map(|_| ()), Err(Error::NonFinite));
            let plan = StockPlan::solve(model, sizes, &mean, &mut values, &mut policy).unwrap();
            assert_eq!(
                (plan.value(0, 3), plan.value(1, 0)),
                (Err(Error::StockOutOfRange), Err(Error::StateOutOfRange))
            );
            assert_eq!(
                (plan.act(2, 0, 0), plan.act(0, 1, 0)),
                (Err(Error::StageOutOfRange), Err(Error::StateOutOfRange))
            );
            for tau in [0.0, 1.1, f32::NAN] {
                assert_eq!(plan.maximise_cvar(0, tau), Err(Error::ParameterOutOfRange));
            }
            let refused = return_law(model, sizes, 0, |_, _, _| Ok(2), &mut scratch, &mut law);
            assert_eq!(refused.map(|_| ()), Err(Error::ActionOutOfRange));
        });
        for (from, to, error) in [
            ("1 0\n", "1 2\n", Error::RewardNotWhole),
            ("1 0\n", "1 .5\n", Error::RewardNotWhole),
            ("states 1", "states 2", Error::DeadEnd),
        ] {
            let text = TOSS.replacen(from, to, 1);
            let states = if from == "states 1" { 2 } else { 1 };
            let sizes = StockSizes { stages: 1, states, most_reward: 1 };
            let (mut values, mut policy, ..) = memory(sizes);
            let solved = with_model(&text, |model| {
                StockPlan::solve(model, sizes, &|x: i32| x as f32, &mut values, &mut policy).map(|_| ())
            });
            assert_eq!(solved, Err(error), "{text}");
        }
    }
}
