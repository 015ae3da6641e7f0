use super::*;
use crate::env::LineKey;
use crate::model::{ModelOutcome, outcomes};
use std::boxed::Box;
use std::vec::Vec;

type Designer = RewardDesigner<13, 3, 5>;

const HORIZONS: [u16; 5] = [1, 4, 8, 16, 32];

fn started() -> Box<Designer> {
    let mut designer = Box::new(Designer::EMPTY);
    designer.start(&LineKey::<13>::new(), 0.95, HORIZONS, 10.0).unwrap();
    designer
}

/// `Q_h(s,a)` in double precision: the reward of the first action, then `steps - 1` steps of the policy.
fn sums<const S: usize, const A: usize>(
    model: &impl FiniteModel,
    discount: f64,
    policy: &[u16; S],
    reward: impl Fn(usize, usize) -> f64,
    steps: u32,
) -> [[f64; A]; S] {
    let mut sums = [[0.0; A]; S];
    for _ in 0..steps {
        let before = sums;
        for (state, row) in sums.iter_mut().enumerate() {
            for (action, sum) in row.iter_mut().enumerate() {
                let beyond = outcomes(model, state, action).filter(|o| !o.terminated);
                let beyond =
                    beyond.map(|o| f64::from(o.probability) * before[o.next_state][usize::from(policy[o.next_state])]);
                *sum = reward(state, action) + discount * beyond.sum::<f64>();
            }
        }
    }
    sums
}

/// Loss and violation in double precision, from their definitions.
fn judged<const S: usize, const A: usize, const H: usize>(
    model: &impl FiniteModel,
    discount: f64,
    horizons: [u16; H],
    designer: &RewardDesigner<S, A, H>,
    reward: &QTable<S, A>,
) -> (f64, f64) {
    let policy = designer.policy();
    let original = |state, action| outcomes(model, state, action).map(|o| f64::from(o.probability * o.reward)).sum();
    let best = sums::<S, A>(model, discount, policy, original, 2000);
    let margin = |state: usize| {
        let top = best[state].iter().copied().fold(f64::MIN, f64::max);
        let others = (0..A).filter(|action| !designer.is_best(state, *action)).map(|action| top - best[state][action]);
        others.fold(f64::INFINITY, f64::min)
    };
    let paid = |state, action| f64::from(reward.value(state, action).unwrap());
    let (mut loss, mut violation) = (0.0, 0.0f64);
    for steps in horizons {
        let sums = sums::<S, A>(model, discount, policy, paid, u32::from(steps));
        for (state, row) in sums.iter().enumerate() {
            let others = (0..A).filter(|action| !designer.is_best(state, *action));
            let gap = |action: usize| row[usize::from(policy[state])] - row[action];
            loss += others.map(|action| margin(state) - gap(action)).fold(0.0, f64::max);
        }
    }
    let sums = sums::<S, A>(model, discount, policy, paid, 2000);
    for (state, row) in sums.iter().enumerate() {
        for action in (0..A).filter(|action| *action != usize::from(policy[state])) {
            let required = if designer.is_best(state, action) { 0.0 } else { margin(state) };
            violation = violation.max(required - (row[usize::from(policy[state])] - row[action]));
        }
    }
    (loss / (S * H) as f64, violation)
}

fn of_line(designer: &Designer, reward: &QTable<13, 3>) -> (f64, f64) {
    judged(&LineKey::<13>::new(), 0.95, HORIZONS, designer, reward)
}

#[test]
fn losses_on_the_line_are_those_that_were_specified() {
    let mut designer = started();
    let mut reward = QTable::EMPTY;
    // The original reward.
    reward.set(11, 1, 10.0).unwrap();
    assert!((designer.loss(&reward) - 0.1298).abs() < 5e-5 && designer.violation(&reward) < 2e-6);
    // The goal, the key, then what lies before the goal: optima of a solver in double precision.
    let mut active = *designer.goals();
    for (state, optimum) in [(1, 0.071_350), (10, 0.056_941), (9, 0.045_143), (2, 0.035_866)] {
        assert_eq!(designer.grow(&mut active), Ok(state));
        let loss = designer.design(&active, &mut reward).unwrap();
        let (exact, violation) = of_line(&designer, &reward);
        assert!((loss - optimum).abs() < 1e-5 && (exact - f64::from(optimum)).abs() < 1e-5, "{state}: {loss} {exact}");
        assert!(violation < 1e-5 && designer.violation(&reward) < 1e-5, "{state}: {violation}");
        let kept = |state: usize| reward.row(state).unwrap().iter().any(|reward| *reward != 0.0);
        assert!((0..13).all(|state| kept(state) == active[state]));
    }
    let all = designer.unrestricted();
    assert_eq!(designer.design(&all, &mut reward), Ok(0.0));
    assert!(of_line(&designer, &reward).0.abs() < 1e-6 && of_line(&designer, &reward).1 < 1e-5);
    assert!(reward.row(12).unwrap().iter().all(|reward| *reward == 0.0));
    // The potential that is the value of the best policy.
    reward.copy_from(designer.advantages().as_flattened()).unwrap();
    assert!(designer.loss(&reward) < 1e-6 && designer.violation(&reward) < 1e-5);
}

/// A model of ten states, the last of them terminal, with 0.7, 0.2 and 0.1 for the outcomes of each pair.
struct Drawn {
    next: [[[usize; 3]; 3]; 10],
    reward: [[f32; 3]; 10],
}

impl Drawn {
    /// The model of a seed, active states with all that pay among them, and coefficients.
    fn new(seed: u32) -> (Self, [bool; 10], [[f32; 3]; 10]) {
        let mut word = seed;
        let mut below = |n: u32| {
            word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (word >> 8) % n
        };
        let mut drawn = Self { next: [[[0; 3]; 3]; 10], reward: [[0.0; 3]; 10] };
        let (mut active, mut coefficients) = ([false; 10], [[0.0; 3]; 10]);
        for state in 0..9 {
            for (action, coefficient) in coefficients[state].iter_mut().enumerate() {
                drawn.next[state][action] = [0; 3].map(|_| below(10) as usize);
                if below(5) == 0 {
                    drawn.reward[state][action] = (below(201) as f32 - 100.0) / 100.0;
                    active[state] = true;
                }
                *coefficient = (below(2001) as f32 - 1000.0) / 1000.0;
            }
            active[state] |= below(2) == 0;
        }
        (drawn, active, coefficients)
    }
}

impl FiniteModel for Drawn {
    fn states(&self) -> usize {
        10
    }

    fn actions(&self) -> usize {
        3
    }

    fn outcome_count(&self, state: usize, action: usize) -> Result<usize, Error> {
        self.check_pair(state, action).map(|()| if state == 9 { 1 } else { 3 })
    }

    fn outcome(&self, state: usize, action: usize, index: usize) -> Result<Option<ModelOutcome>, Error> {
        self.check_pair(state, action)?;
        if state == 9 {
            return Ok((index == 0).then_some(ModelOutcome::absorbed(9)));
        }
        let reward = self.reward[state][action];
        let of =
            |(next_state, probability)| ModelOutcome { probability, next_state, reward, terminated: next_state == 9 };
        Ok(self.next[state][action].into_iter().zip([0.7, 0.2, 0.1]).nth(index).map(of))
    }
}

#[test]
fn optima_are_those_of_a_solver_in_double_precision() {
    // Of each seed, for limits of 1 and 3: the least loss and the greatest sum, by HiGHS.
    let optima = [
        (1, [0.044_855_584, 9.083_034_8, 0.042_377_792, 28.494_975_5]),
        (2, [0.049_772_156, 5.688_557_2, 0.029_545_282, 18.445_034_5]),
        (3, [0.014_431_200, 6.735_377_3, 0.014_431_200, 22.070_131_0]),
        (5, [0.0, 9.130_106_7, 0.0, 28.751_819_3]),
        (8, [0.008_132_477, 9.555_043_5, 0.008_132_477, 30.471_935_1]),
        (13, [0.002_095_309, 5.987_266_4, 0.002_095_309, 18.090_245_0]),
    ];
    for (seed, optima) in optima {
        let [tight_loss, tight_sum, loss, sum]: [f64; 4] = optima;
        let (model, active, coefficients) = Drawn::new(seed);
        for (r_max, loss, sum) in [(1.0, tight_loss, tight_sum), (3.0, loss, sum)] {
            let mut designer = Box::new(RewardDesigner::<10, 3, 3>::EMPTY);
            designer.start(&model, 0.9, [1, 3, 8], r_max).unwrap();
            let mut reward = QTable::EMPTY;
            let found = f64::from(designer.design(&active, &mut reward).unwrap());
            assert!((found - loss).abs() < 1e-5, "{seed} {r_max}: {found} {loss}");
            let (exact, violation) = judged(&model, 0.9, [1, 3, 8], &designer, &reward);
            assert!((exact - loss).abs() < 1e-5 && violation < 1e-5, "{seed} {r_max}: {exact} {violation}");
            let found = f64::from(designer.design_for(&coefficients, &active, &mut reward).unwrap());
            assert!((found - sum).abs() < 1e-4, "{seed} {r_max}: {found} {sum}");
            let (_, violation) = judged(&model, 0.9, [1, 3, 8], &designer, &reward);
            assert!(violation < 1e-5, "{seed} {r_max}: {violation}");
            assert!(reward.values().iter().all(|reward| reward.abs() <= r_max));
        }
    }
}

#[test]
fn many_programmes_keep_the_invariance_and_beat_the_original_reward() {
    for seed in 100..200 {
        let (model, active, coefficients) = Drawn::new(seed);
        let mut designer = Box::new(RewardDesigner::<10, 3, 3>::EMPTY);
        designer.start(&model, 0.9, [1, 3, 8], 1.0).unwrap();
        let (mut original, mut reward) = (QTable::EMPTY, QTable::EMPTY);
        original.copy_from(model.reward.as_flattened()).unwrap();
        let loss = designer.design(&active, &mut reward).unwrap();
        assert!(loss <= designer.loss(&original) + 1e-6 && designer.violation(&reward) < 1e-5, "{seed}");
        let sum = designer.design_for(&coefficients, &active, &mut reward).unwrap();
        let of_original = dot(coefficients.as_flattened(), original.values());
        assert!(sum >= of_original - 1e-5 && designer.violation(&reward) < 1e-5, "{seed}");
    }
}

#[test]
fn what_cannot_be_designed_is_refused_and_changes_nothing() {
    let mut designer = started();
    let mut reward = QTable::EMPTY;
    reward.fill(0.5).unwrap();
    let goals = *designer.goals();
    for none in [[false; 13], core::array::from_fn(|state| state == 12)] {
        assert_eq!(designer.design(&none, &mut reward), Err(Error::Infeasible));
    }
    assert_eq!(designer.design_for(&[[f32::NAN; 3]; 13], &goals, &mut reward), Err(Error::NonFinite));
    let mut all = designer.unrestricted();
    assert_eq!(designer.grow(&mut all), Err(Error::Infeasible));
    // A prize of 10 leaves margins that one of 9 in the same place cannot.
    designer.start(&LineKey::<13>::new(), 0.95, HORIZONS, 9.0).unwrap();
    assert_eq!(designer.design(&goals, &mut reward), Err(Error::Infeasible));
    assert_eq!(reward.values(), [0.5; 39]);
}

#[test]
fn a_start_that_is_refused_changes_nothing() {
    let line = LineKey::<13>::new();
    let mut designer = Box::new(Designer::EMPTY);
    let mut reward = QTable::EMPTY;
    assert_eq!(designer.design(&[true; 13], &mut reward), Err(Error::NotStarted));
    assert_eq!(designer.grow(&mut [true; 13]), Err(Error::NotStarted));
    designer = started();
    let all = designer.unrestricted();
    designer.design(&all, &mut reward).unwrap();
    let before: Vec<_> = reward.values().to_vec();
    for (discount, horizon, r_max, error) in [
        (1.0, 1, 10.0, Error::DiscountOutOfRange),
        (f32::NAN, 1, 10.0, Error::DiscountOutOfRange),
        (0.9, 0, 10.0, Error::ParameterOutOfRange),
        (0.9, 1, 0.0, Error::ParameterOutOfRange),
        (0.9, 1, f32::INFINITY, Error::ParameterOutOfRange),
    ] {
        assert_eq!(designer.start(&line, discount, [horizon; 5], r_max), Err(error));
    }
    assert_eq!(designer.start(&LineKey::<15>::new(), 0.9, HORIZONS, 1.0), Err(Error::LengthMismatch));
    let (mut uneven, ..) = Drawn::new(1);
    uneven.next[4][1][2] = 10;
    let mut other = Box::new(RewardDesigner::<10, 3, 1>::EMPTY);
    assert_eq!(other.start(&uneven, 0.9, [1], 1.0), Err(Error::StateOutOfRange));
    uneven.reward[0][0] = f32::NAN;
    assert_eq!(other.start(&uneven, 0.9, [1], 1.0), Err(Error::NonFinite));
    designer.design(&all, &mut reward).unwrap();
    assert_eq!(reward.values(), before);
}
