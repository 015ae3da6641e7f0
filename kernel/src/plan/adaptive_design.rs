//! Which rewards teach the present learner most.

use super::{action_value, discounted_visits, policy_values};
use crate::error::Error;
use crate::linalg::{all_finite, dot};
use crate::math::{CompensatedSum, is_in_unit_interval};
use crate::model::FiniteModel;
use crate::policy::QTable;

/// Coefficients below this count as 0 in the box form.
const NOTHING: f32 = 1e-15;

/// Adaptive reward design, ExpAdaRD (Devidze, Kamalaruban, Singla, AAMAS 2024): how informative a reward is for a learner
/// whose policy `pi_L` is known,
/// `I(R) = sum_{s,a} mu_T(s) mu_L(s) pi_L(a|s)^2 (A_T(s,a) - A_T(s,pi_L)) (R(s,a) - R(s,pi_L))` with
/// `x(s,pi_L) = sum_a pi_L(a|s) x(s,a)`, which is linear in the reward: `I(R) = sum c R` with
/// `c(s,a) = w(s,a) - pi_L(a|s) sum_b w(s,b)` and `w = mu_T mu_L pi_L^2 (A_T - A_T(s,pi_L))`.
///
/// `A_T` is the teacher's advantage under the model's rewards, `mu` how often each policy is in a state, discounted, as a
/// share of all visits. The teacher takes any action with probability `epsilon` (0.3 in the paper's code), else any of the
/// best.
///
/// The reward of greatest `I` within `[-r_max, r_max]` is [`box_reward`](Self::box_reward); the one that keeps the best
/// policy the best besides is [`RewardDesigner::design_for`](super::RewardDesigner::design_for) with the coefficients. A
/// policy that hardly explores makes them vanish; mix it with the uniform one before.
///
/// Memory: `4 (S^2 + 2 S A + 3 S + 2)` bytes. Cost of the coefficients: a system of `S` equations.
#[derive(Debug)]
pub struct AdaptiveDesign<const S: usize, const A: usize> {
    matrix: [[f32; S]; S],
    /// Where episodes start.
    start: [f32; S],
    teacher_visits: [f32; S],
    learner_visits: [f32; S],
    teacher_advantages: [[f32; A]; S],
    coefficients: [[f32; A]; S],
    discount: f32,
    /// 1 once it is started; a word, so that the formula of the memory holds.
    started: u32,
}

impl<const S: usize, const A: usize> AdaptiveDesign<S, A> {
    /// Not started.
    pub const EMPTY: Self = Self {
        matrix: [[0.0; S]; S],
        start: [0.0; S],
        teacher_visits: [0.0; S],
        learner_visits: [0.0; S],
        teacher_advantages: [[0.0; A]; S],
        coefficients: [[0.0; A]; S],
        discount: 0.0,
        started: 0,
    };

    /// Bytes: `4 (S^2 + 2 S A + 3 S + 2)`.
    pub const SIZE: usize = size_of::<Self>();

    /// Starts with a model, a discount, how likely an episode starts in each state, the actions that are best, and how often
    /// the teacher takes any; all coefficients are 0.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`] for a model of other sizes; [`Error::DiscountOutOfRange`] unless `0 <= discount < 1`;
    /// [`Error::EpsilonOutOfRange`]; [`Error::ProbabilityOutOfRange`] for the start; [`Error::EmptyRange`] for a state without
    /// a best action: nothing changes then. [`Error::Singular`], [`Error::NonFinite`] when the model's rewards or
    /// probabilities lead nowhere: it is not started then.
    pub fn start(
        &mut self,
        model: &(impl FiniteModel + ?Sized),
        discount: f32,
        start: &[f32; S],
        is_best: impl Fn(usize, usize) -> bool,
        epsilon: f32,
    ) -> Result<(), Error> {
        if model.states() != S || model.actions() != A {
            return Err(Error::LengthMismatch);
        }
        if !is_in_unit_interval(discount) || discount == 1.0 {
            return Err(Error::DiscountOutOfRange);
        }
        if !is_in_unit_interval(epsilon) {
            return Err(Error::EpsilonOutOfRange);
        }
        if !start.iter().all(|p| is_in_unit_interval(*p)) {
            return Err(Error::ProbabilityOutOfRange);
        }
        let best = |state| (0..A).filter(|action| is_best(state, *action)).count();
        if (0..S).any(|state| best(state) == 0) {
            return Err(Error::EmptyRange);
        }
        let teacher = |state: usize, action: usize| {
            let sure = if is_best(state, action) { (1.0 - epsilon) / best(state) as f32 } else { 0.0 };
            sure + epsilon / A as f32
        };
        self.started = 0;
        self.coefficients = [[0.0; A]; S];
        self.start = *start;
        let matrix = self.matrix.as_flattened_mut();
        // The values stand where the learner's visits will.
        policy_values(model, discount, teacher, matrix, &mut self.learner_visits)?;
        for (state, row) in self.teacher_advantages.iter_mut().enumerate() {
            let value = self.learner_visits.get(state).copied().unwrap_or(0.0);
            for (action, advantage) in row.iter_mut().enumerate() {
                *advantage = action_value(model, discount, &self.learner_visits, state, action)? - value;
            }
        }
        visits(model, discount, teacher, matrix, start, &mut self.teacher_visits)?;
        if !all_finite(self.teacher_advantages.as_flattened()) {
            return Err(Error::NonFinite);
        }
        (self.discount, self.started) = (discount, 1);
        Ok(())
    }

    /// Computes the coefficients for a learner that takes an action in a state with this `probability`, in the model it was
    /// started with. All are 0 for a learner that is nowhere the teacher is.
    ///
    /// # Errors
    /// [`Error::NotStarted`]; [`Error::LengthMismatch`]; [`Error::ProbabilityOutOfRange`]: the coefficients are unchanged
    /// then. [`Error::Singular`].
    pub fn adapt(
        &mut self,
        model: &(impl FiniteModel + ?Sized),
        probability: impl Fn(usize, usize) -> f32,
    ) -> Result<&[[f32; A]; S], Error> {
        if self.started == 0 {
            return Err(Error::NotStarted);
        }
        if model.states() != S || model.actions() != A {
            return Err(Error::LengthMismatch);
        }
        let all = (0..S).flat_map(|state| (0..A).map(move |action| (state, action)));
        if !all.map(|(state, action)| probability(state, action)).all(is_in_unit_interval) {
            return Err(Error::ProbabilityOutOfRange);
        }
        let matrix = self.matrix.as_flattened_mut();
        visits(model, self.discount, &probability, matrix, &self.start, &mut self.learner_visits)?;
        let shares = self.teacher_visits.iter().zip(&self.learner_visits).map(|(teacher, learner)| teacher * learner);
        let rows = self.coefficients.iter_mut().zip(&self.teacher_advantages).zip(shares);
        for (state, ((row, advantages), share)) in rows.enumerate() {
            let p = |action| probability(state, action);
            let mean = advantages.iter().enumerate().fold(0.0, |sum, (action, advantage)| sum + p(action) * advantage);
            let mut sum = 0.0;
            for (action, (w, advantage)) in row.iter_mut().zip(advantages).enumerate() {
                *w = share * p(action) * p(action) * (advantage - mean);
                sum += *w;
            }
            row.iter_mut().enumerate().for_each(|(action, w)| *w -= p(action) * sum);
        }
        Ok(&self.coefficients)
    }

    /// `c(s,a)`, as computed last.
    pub const fn coefficients(&self) -> &[[f32; A]; S] {
        &self.coefficients
    }

    /// `I(R)` for the learner of the last coefficients.
    pub fn informativeness(&self, reward: &QTable<S, A>) -> f32 {
        dot(self.coefficients.as_flattened(), reward.values())
    }

    /// The reward of greatest informativeness within `[-r_max, r_max]`: `r_max` with the sign of its coefficient, 0 where
    /// that is below 1e-15. Where all are, nothing is better than anything else: the reward stays as it is.
    ///
    /// # Errors
    /// [`Error::ParameterOutOfRange`] unless `r_max` is finite and above 0; the reward is unchanged then.
    pub fn box_reward(&self, r_max: f32, reward: &mut QTable<S, A>) -> Result<(), Error> {
        if !(r_max > 0.0 && r_max.is_finite()) {
            return Err(Error::ParameterOutOfRange);
        }
        let counts = |c: f32| c.abs() >= NOTHING;
        if !self.coefficients.as_flattened().iter().any(|c| counts(*c)) {
            return Ok(());
        }
        for (state, row) in self.coefficients.iter().enumerate() {
            for (action, c) in row.iter().enumerate() {
                let limit = if *c > 0.0 { r_max } else { -r_max };
                reward.set(state, action, if counts(*c) { limit } else { 0.0 })?;
            }
        }
        Ok(())
    }
}

/// How often a policy is in each state, as a share of all visits; 0 everywhere for one that is nowhere.
fn visits<const S: usize>(
    model: &(impl FiniteModel + ?Sized),
    discount: f32,
    probability: impl Fn(usize, usize) -> f32,
    matrix: &mut [f32],
    start: &[f32; S],
    visits: &mut [f32; S],
) -> Result<(), Error> {
    *visits = *start;
    discounted_visits(model, discount, probability, matrix, visits)?;
    let mut sum = CompensatedSum::EMPTY;
    visits.iter().for_each(|visits| sum.add(*visits));
    let all = sum.value();
    visits.iter_mut().for_each(|visits| *visits = if all > 0.0 { *visits / all } else { 0.0 });
    Ok(())
}

const _: () = assert!(AdaptiveDesign::<13, 3>::SIZE == 4 * (13 * 13 + 2 * 13 * 3 + 3 * 13 + 2));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ModelOutcome;
    use crate::plan::RewardDesigner;
    use std::vec::Vec;

    /// The specification's worked example.
    pub(crate) struct Example;

    impl FiniteModel for Example {
        fn states(&self) -> usize {
            3
        }

        fn actions(&self) -> usize {
            2
        }

        fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
            self.check_pair(state, action).map(|()| if state == 2 { 1 } else { 2 })
        }

        fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
            self.check_pair(state, action)?;
            if state == 2 {
                return Ok((index == 0).then_some(ModelOutcome::absorbed(2)));
            }
            let listed = [[[(0.9, 0), (0.1, 1)], [(0.2, 0), (0.8, 1)]], [[(0.9, 0), (0.1, 2)], [(0.2, 1), (0.8, 2)]]];
            let reward = if (state, action) == (1, 1) { 1.0 } else { 0.0 };
            let of = |&(probability, next_state): &(f32, usize)| ModelOutcome {
                probability,
                next_state,
                reward,
                terminated: next_state == 2,
            };
            Ok(listed[state][action].get(index).map(of))
        }
    }

    const LEARNER: [[f32; 2]; 3] = [[0.5, 0.5], [0.6, 0.4], [0.5, 0.5]];

    fn started() -> AdaptiveDesign<3, 2> {
        let mut designer = RewardDesigner::<3, 2, 1>::EMPTY;
        designer.start(&Example, 0.9, [1], 1.0).unwrap();
        assert_eq!(designer.policy()[..2], [1, 1]);
        let mut design = AdaptiveDesign::EMPTY;
        design.start(&Example, 0.9, &[1.0, 0.0, 0.0], |s, a| designer.is_best(s, a), 0.3).unwrap();
        design
    }

    #[test]
    fn the_worked_example_comes_out() {
        let (mut design, mut reward) = (started(), QTable::<3, 2>::EMPTY);
        design.adapt(&Example, |state, action| LEARNER[state][action]).unwrap();
        design.box_reward(1.0, &mut reward).unwrap();
        assert_eq!(reward.values(), [-1.0, 1.0, -1.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn the_coefficients_are_those_of_the_definition() {
        let mut design = started();
        design.adapt(&Example, |state, action| LEARNER[state][action]).unwrap();
        let mut reward = QTable::<3, 2>::EMPTY;
        reward.copy_from(&[0.3, -1.2, 0.7, 2.0, 0.0, 0.0]).unwrap();
        // In double precision, from what the definition says.
        let teacher = |action: usize| if action == 1 { 0.85 } else { 0.15 };
        let listed = [[[0.9, 0.1], [0.2, 0.8]], [[0.9, 0.0], [0.0, 0.2]]];
        let solved = |p: &dyn Fn(usize, usize) -> f64| {
            let chain = |s: usize, t: usize| (0..2).map(|a| p(s, a) * listed[s][a][t]).sum::<f64>() * 0.9;
            let (a, b, c, d) = (1.0 - chain(0, 0), -chain(0, 1), -chain(1, 0), 1.0 - chain(1, 1));
            (a, b, c, d, a * d - b * c)
        };
        let visited = |p: &dyn Fn(usize, usize) -> f64| {
            let (_, b, _, d, determinant) = solved(p);
            let (first, second) = (d / determinant, -b / determinant);
            [first / (first + second), second / (first + second)]
        };
        let policy = |_: usize, action: usize| teacher(action);
        let (a, b, _, _, determinant) = solved(&policy);
        let values = [-b * teacher(1) / determinant, a * teacher(1) / determinant];
        let q = |s: usize, action: usize| {
            let beyond = listed[s][action][0] * values[0] + listed[s][action][1] * values[1];
            (if (s, action) == (1, 1) { 1.0 } else { 0.0 }) + 0.9 * beyond
        };
        let learner = |s: usize, action: usize| f64::from(LEARNER[s][action]);
        let (of_teacher, of_learner) = (visited(&policy), visited(&learner));
        let mut exact = 0.0;
        for s in 0..2 {
            let mean = |x: &dyn Fn(usize) -> f64| learner(s, 0) * x(0) + learner(s, 1) * x(1);
            let advantage = |action| q(s, action) - values[s];
            let paid = |action| f64::from(reward.value(s, action).unwrap());
            for action in 0..2 {
                exact += of_teacher[s]
                    * of_learner[s]
                    * learner(s, action)
                    * learner(s, action)
                    * (advantage(action) - mean(&advantage))
                    * (paid(action) - mean(&paid));
            }
        }
        assert!((f64::from(design.informativeness(&reward)) - exact).abs() < 1e-6, "{exact}");
    }

    #[test]
    fn who_is_nowhere_is_taught_nothing() {
        let (mut design, mut reward) = (AdaptiveDesign::<3, 2>::EMPTY, QTable::<3, 2>::EMPTY);
        design.start(&Example, 0.9, &[0.0; 3], |_, action| action == 1, 0.3).unwrap();
        reward.fill(0.25).unwrap();
        design.adapt(&Example, |state, action| LEARNER[state][action]).unwrap();
        assert_eq!(design.coefficients(), &[[0.0; 2]; 3]);
        design.box_reward(1.0, &mut reward).unwrap();
        let mut designer = RewardDesigner::<3, 2, 1>::EMPTY;
        designer.start(&Example, 0.9, [1], 1.0).unwrap();
        designer.design_for(design.coefficients(), &[true; 3], &mut reward).unwrap();
        assert_eq!(reward.values(), [0.25; 6]);
    }

    #[test]
    fn bad_input_changes_nothing() {
        let mut design = AdaptiveDesign::<3, 2>::EMPTY;
        assert_eq!(design.adapt(&Example, |_, _| 0.5), Err(Error::NotStarted));
        design = started();
        let before: Vec<_> = design.adapt(&Example, |state, action| LEARNER[state][action]).unwrap().to_vec();
        assert_eq!(design.adapt(&Example, |_, _| f32::NAN), Err(Error::ProbabilityOutOfRange));
        let best = |_: usize, action: usize| action == 1;
        for (discount, start, epsilon, error) in [
            (1.0, 1.0, 0.3, Error::DiscountOutOfRange),
            (0.9, 1.5, 0.3, Error::ProbabilityOutOfRange),
            (0.9, 1.0, -0.1, Error::EpsilonOutOfRange),
        ] {
            assert_eq!(design.start(&Example, discount, &[start, 0.0, 0.0], best, epsilon), Err(error));
        }
        assert_eq!(design.start(&Example, 0.9, &[1.0; 3], |_, _| false, 0.3), Err(Error::EmptyRange));
        assert_eq!(design.coefficients().to_vec(), before);
        let mut reward = QTable::<3, 2>::EMPTY;
        assert_eq!(design.box_reward(0.0, &mut reward), Err(Error::ParameterOutOfRange));
    }
}
