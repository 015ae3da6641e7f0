use super::*;
use crate::env::{CliffWalking, GridRules, GridWorld};
use crate::error::Error;
use crate::interact::{Outcome, Transition};
use crate::model::{FiniteModel, ModelOutcome};
use crate::reward::shaping::{Clip, Potential, Scale, StateBonus};
use std::vec::Vec;

const STATES: usize = 8;
const ACTIONS: usize = 3;
const GAMMA: f32 = 0.9;
const STOP: Sweeps = Sweeps { tolerance: 0.0, most: 1000 };

/// One of the 200 random models, in twice the precision.
struct RandomModel {
    probabilities: [[[f64; STATES]; ACTIONS]; STATES],
    rewards: [[f64; ACTIONS]; STATES],
    potential: [f64; STATES],
}

impl RandomModel {
    fn new(seed: u32) -> Self {
        let mut x = seed;
        let mut next = || {
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(x) / 4_294_967_296.0
        };
        let mut model = Self {
            probabilities: [[[0.0; STATES]; ACTIONS]; STATES],
            rewards: [[0.0; ACTIONS]; STATES],
            potential: [0.0; STATES],
        };
        for (rows, rewards) in model.probabilities.iter_mut().zip(&mut model.rewards) {
            for (row, reward) in rows.iter_mut().zip(rewards) {
                *row = core::array::from_fn(|_| {
                    let u = next();
                    u * u * u * u
                });
                let sum: f64 = row.iter().sum();
                row.iter_mut().for_each(|p| *p /= sum);
                *reward = 2.0 * next() - 1.0;
            }
        }
        model.potential = core::array::from_fn(|_| 4.0 * next() - 2.0);
        model
    }

    fn phi(&self) -> [f32; STATES] {
        self.potential.map(|phi| phi as f32)
    }

    /// `Q*` with `r + added(s, s')` for a reward, by value iteration apart from the kernel's.
    fn action_values(&self, added: impl Fn(usize, usize) -> f64) -> [[f64; ACTIONS]; STATES] {
        let mut table = [[0.0f64; ACTIONS]; STATES];
        for _ in 0..600 {
            let values = table.map(|row| row.into_iter().fold(f64::NEG_INFINITY, f64::max));
            table = core::array::from_fn(|s| {
                core::array::from_fn(|a| {
                    let worth = |next: usize| self.rewards[s][a] + added(s, next) + 0.9 * values[next];
                    (0..STATES).map(|next| self.probabilities[s][a][next] * worth(next)).sum()
                })
            });
        }
        table
    }
}

impl FiniteModel for RandomModel {
    fn states(&self) -> usize {
        STATES
    }

    fn actions(&self) -> usize {
        ACTIONS
    }

    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action).map(|()| STATES)
    }

    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        self.check_pair(state, action)?;
        Ok(self.probabilities[state][action].get(index).map(|&probability| ModelOutcome {
            probability: probability as f32,
            next_state: index,
            reward: self.rewards[state][action] as f32,
            terminated: false,
        }))
    }
}

fn greedy(table: [[f64; ACTIONS]; STATES]) -> [usize; STATES] {
    table.map(|row| (0..ACTIONS).fold(0, |best, action| if row[action] > row[best] { action } else { best }))
}

fn models() -> impl Iterator<Item = RandomModel> {
    (1..=200).map(RandomModel::new)
}

#[test]
fn a_potential_keeps_the_optimum_of_200_random_models_and_a_plain_bonus_of_few() {
    let (mut kept, mut kept_in_twice_the_precision, mut kept_by_bonus) = (0, 0, 0);
    let (mut shift, mut shift_in_twice_the_precision) = (0.0f32, 0.0f64);
    for model in models() {
        let phi = model.phi();
        let (mut original, mut shaped) = ([0.0; STATES], [0.0; STATES]);
        let rule = Potential::new(phi);
        let report = verify_invariance(&model, &rule, GAMMA, STOP, 0.0, &mut original, &mut shaped).unwrap();
        kept += u32::from(report.kept);
        assert!(report.spread < 2e-5, "{report:?}");
        let behind = ShapedModel::new(&model, &rule, GAMMA);
        for (state, action) in (0..STATES * ACTIONS).map(|pair| (pair / ACTIONS, pair % ACTIONS)) {
            let with = action_value(&behind, GAMMA, &shaped, state, action).unwrap();
            let without = action_value(&model, GAMMA, &original, state, action).unwrap();
            shift = shift.max((with - (without - phi[state])).abs());
        }
        let bonus = StateBonus::new(|step: &Transition| phi[step.next_state]);
        let report = verify_invariance(&model, &bonus, GAMMA, STOP, 1e-4, &mut original, &mut shaped).unwrap();
        kept_by_bonus += u32::from(report.kept);

        let without = model.action_values(|_, _| 0.0);
        let with = model.action_values(|s, next| 0.9 * model.potential[next] - model.potential[s]);
        kept_in_twice_the_precision += u32::from(greedy(with) == greedy(without));
        for (state, (with, without)) in with.iter().zip(&without).enumerate() {
            for (with, without) in with.iter().zip(without) {
                let miss = (with - (without - model.potential[state])).abs();
                shift_in_twice_the_precision = shift_in_twice_the_precision.max(miss);
            }
        }
    }
    assert_eq!((kept, kept_in_twice_the_precision), (200, 200));
    assert!(kept_by_bonus < 50, "{kept_by_bonus}");
    assert!(shift < 1e-4 && shift_in_twice_the_precision < 1e-8, "{shift} {shift_in_twice_the_precision}");
}

#[test]
fn values_are_those_of_twice_the_precision() {
    for model in models().take(20) {
        let mut values = [0.0; STATES];
        let done = value_iteration(&model, GAMMA, Sweeps { tolerance: 1e-6, most: 1000 }, &mut values).unwrap();
        assert!(done.change <= 1e-6 && done.sweeps < 200, "{done:?}");
        let expected = model.action_values(|_, _| 0.0).map(|row| row.into_iter().fold(f64::NEG_INFINITY, f64::max));
        for (value, expected) in values.iter().zip(expected) {
            assert!((f64::from(*value) - expected).abs() < 2e-5);
        }
    }
}

#[test]
fn worlds_that_end_are_solved_without_a_discount() {
    let cliff = CliffWalking::new(false);
    let mut values = [0.0; CliffWalking::STATES];
    let done = value_iteration(&cliff, 1.0, STOP, &mut values).unwrap();
    assert_eq!((done.change, values[CliffWalking::START]), (0.0, -13.0));
    // The potential of a terminal state is 0 whatever the rule says of it, and the optimum stays.
    let maze = GridWorld::<54>::DYNA_MAZE;
    let phi: Vec<f32> = (0..54u8).map(|state| f32::from(state % 9) - f32::from(state / 9)).collect();
    let (mut original, mut shaped) = ([0.0; 54], [0.0; 54]);
    let report = verify_invariance(&maze, &Potential::new(&phi[..]), 0.95, STOP, 1e-5, &mut original, &mut shaped);
    assert!(report.is_ok_and(|report| report.kept));
    for state in (0..54).filter(|&state| maze.outcome_count(state, 0) == Ok(1) && state != 8) {
        assert!((shaped[state] - (original[state] - phi[state])).abs() < 1e-4, "{state}");
    }
}

#[test]
fn what_a_rule_does_is_told() {
    // To the right the goal, which pays 1 and ends; to the left a hazard, which costs 5 and ends.
    let rules = GridRules { step: -1.0, goal: 1.0, hazard: -5.0, fatal: true, slippery: false };
    let line = GridWorld::<5>::parse("X.S.G", rules).unwrap();
    let (mut original, mut shaped) = ([0.0; 5], [0.0; 5]);
    let mut report = |rule: &dyn Fn(&Transition) -> f32| {
        let rule = StateBonus::new(rule);
        verify_invariance(&line, &rule, 1.0, STOP, 0.0, &mut original, &mut shaped).unwrap()
    };
    assert_eq!(report(&|_| 0.0), InvarianceReport { kept: true, states_changed: 0, loss: 0.0, spread: 0.0 });
    // A reward for the hazard: from the cell beside it that costs 5 instead of the goal's 1 in three steps. From the start
    // the two are level.
    let lured = report(&|step| if step.next_state == 0 && step.outcome == Outcome::Terminated { 6.0 } else { 0.0 });
    assert_eq!(lured, InvarianceReport { kept: false, states_changed: 1, loss: 4.0, spread: 6.0 });
    let scale = Scale::new(3.0).unwrap();
    assert!(verify_invariance(&line, &scale, 1.0, STOP, 0.0, &mut [0.0; 5], &mut [0.0; 5]).unwrap().kept);
    let clip = Clip::new(-1.0, 0.0).unwrap();
    assert!(!verify_invariance(&line, &clip, 1.0, STOP, 0.0, &mut [0.0; 5], &mut [0.0; 5]).unwrap().kept);
}

#[test]
fn bad_input_changes_nothing() {
    let model = RandomModel::new(1);
    let mut values = [7.0; STATES];
    for (discount, stop, error) in [
        (1.5, STOP, Error::DiscountOutOfRange),
        (GAMMA, Sweeps { tolerance: -1.0, ..STOP }, Error::ParameterOutOfRange),
        (GAMMA, Sweeps { tolerance: f32::NAN, ..STOP }, Error::ParameterOutOfRange),
        (GAMMA, Sweeps { most: 0, ..STOP }, Error::StepsOutOfRange),
    ] {
        assert_eq!(value_iteration(&model, discount, stop, &mut values), Err(error));
        assert_eq!(values, [7.0; STATES]);
    }
    assert_eq!(value_iteration(&model, GAMMA, STOP, &mut values[1..]), Err(Error::LengthMismatch));
    assert_eq!(value_iteration(&model, GAMMA, STOP, &mut [f32::NAN; STATES]), Err(Error::NonFinite));
    let rule = Potential::new([0.0; STATES]);
    let refused = verify_invariance(&model, &rule, GAMMA, STOP, f32::NAN, &mut values, &mut [0.0; STATES]);
    assert_eq!((refused, values), (Err(Error::ParameterOutOfRange), [7.0; STATES]));
    let refused = verify_invariance(&model, &rule, 0.0, STOP, 0.0, &mut values, &mut [0.0; STATES]);
    assert_eq!(refused, Err(Error::DiscountOutOfRange));
}
