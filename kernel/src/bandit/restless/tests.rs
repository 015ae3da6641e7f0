use super::*;
use crate::env::BirthDeathArm;
use crate::linalg::Dyn;
use crate::model::{FiniteModel, ModelOutcome};
use crate::rng::stream;
use crate::state::{Identify, Persist};
use std::vec::Vec;

/// The specification's worked example.
const ROUND: CycleSet<'static> =
    CycleSet { arms: 4, edges: &[[3, 0], [0, 1], [1, 3], [1, 2]], source: 3, longest: 3, pulls: 2 };

const ANY_TWO: Listed<'static> = Listed { arms: 2, levels: 2, actions: &[1, 0, 0, 0, 0, 1, 1, 0] };

fn actions<const J: usize>(family: &impl Family) -> Vec<[u8; J]> {
    let mut list = ActionList::<J, 64>::EMPTY;
    list.start(family).unwrap();
    list.iter().map(|action| action.try_into().unwrap()).collect()
}

fn two_arms() -> ActionList<2, 3> {
    let mut list = ActionList::EMPTY;
    list.start(&ANY_TWO).unwrap();
    list
}

#[test]
fn of_level_actions_the_lexicographically_smallest_is_best() {
    let mut list = ActionList::<4, 16>::EMPTY;
    list.start(&ROUND).unwrap();
    let scores = [[0.0, 0.5], [0.1, 0.4], [0.2, 0.9], [0.0, 0.3]];
    let mut action = [9; 4];
    list.best(|arm, level| scores[arm][level], &mut action).unwrap();
    assert_eq!(action, [1, 0, 0, 1]);
    list.best(|arm, level| if [arm, level] == [1, 1] { 0.400_01 } else { scores[arm][level] }, &mut action).unwrap();
    assert_eq!(action, [1, 1, 0, 0]);
}

#[test]
fn a_round_visits_what_lies_on_a_cycle() {
    // {3}, {3, 0}, {3, 1} and {3, 0, 1} are visited; two of them are on.
    let expected: [[u8; 4]; 7] =
        [[0, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0], [0, 1, 0, 1], [1, 0, 0, 0], [1, 0, 0, 1], [1, 1, 0, 0]];
    assert_eq!(actions(&ROUND), expected);
    assert_eq!(actions(&CycleSet { longest: 1, ..ROUND }), expected[..2]);
    let arm_2 = |longest| actions(&CycleSet { source: 1, longest, ..ROUND }).contains(&[0, 0, 1, 0]);
    assert!(arm_2(2) && !arm_2(1));
}

#[test]
fn work_fits_or_does_not() {
    let set = CapacitySet { costs: &[3, 3, 2, 2, 2], capacities: &[6, 6] };
    let all = actions::<5>(&set);
    assert_eq!(all.len(), 32);
    assert_eq!(all.last(), Some(&[1; 5]));
    // 12 hours in all, but not in two halves of 6 without cutting one: 4 + 4 + 4.
    let set = CapacitySet { costs: &[4, 4, 4], capacities: &[6, 6] };
    assert_eq!(actions::<3>(&set).len(), 7);
    assert_eq!(actions::<3>(&CapacitySet { capacities: &[], ..set }), [[0; 3]]);
}

#[test]
fn appointments_are_matched() {
    // One worker in slots 0 and 1; arms 0 and 1 only have slot 0.
    let set = ScheduleSet { arm_slots: &[1, 1, 3], worker_slots: &[3] };
    let all = actions::<3>(&set);
    assert_eq!(all, [[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 0, 1]]);
}

#[test]
fn interventions_add_up_to_levels() {
    let set = InterventionSet { interventions: 3, weights: &[2, 1, 0, 0, 1, 2], budget: 2, levels: 3 };
    let all = actions::<2>(&set);
    assert_eq!(all, [[0, 0], [0, 2], [1, 1], [1, 2], [2, 0], [2, 1], [2, 2]]);
}

#[test]
fn lists_in_any_order_and_views_come_to_the_same() {
    let list = two_arms();
    assert!(list.iter().eq([[0, 0], [0, 1], [1, 0]]));
    let mut memory = [7; 6];
    let mut view = ActionListState::over(2, &mut memory).unwrap();
    assert!(view.is_empty());
    view.start(&ANY_TWO).unwrap();
    assert!(view.iter().eq(list.iter()));
    let (mut drawn, mut action, mut rng) = ([0u32; 3], [0; 2], stream(3, 0));
    for _ in 0..3000 {
        view.draw(&mut rng, &mut action).unwrap();
        drawn[list.iter().position(|known| known == action).unwrap()] += 1;
    }
    assert!(drawn.iter().all(|count| count.abs_diff(1000) < 130), "{drawn:?}");
    assert_eq!(ActionListState::over(0, &mut []).err(), Some(Error::NoArms));
    assert_eq!(ActionListState::over(2, &mut [0; 3]).err(), Some(Error::LengthMismatch));
}

#[test]
fn what_cannot_be_enumerated_leaves_the_list_as_it_was() {
    let mut list = two_arms();
    let kept = |list: &ActionList<2, 3>| list.iter().eq([[0, 0], [0, 1], [1, 0]]) && list.levels() == 2;
    for (family, error) in [
        (Listed { actions: &[], ..ANY_TWO }, Error::EmptyRange),
        (Listed { actions: &[0, 1, 1, 0], ..ANY_TWO }, Error::NoNullAction),
        (Listed { actions: &[0, 0, 0, 2], ..ANY_TWO }, Error::ActionOutOfRange),
        (Listed { actions: &[0, 0, 0], ..ANY_TWO }, Error::LengthMismatch),
        (Listed { actions: &[0, 0, 0, 1, 1, 0, 1, 1], ..ANY_TWO }, Error::BufferTooSmall),
        (Listed { arms: 3, actions: &[0, 0, 0], ..ANY_TWO }, Error::LengthMismatch),
        (Listed { arms: 0, ..ANY_TWO }, Error::NoArms),
        (Listed { levels: 1, ..ANY_TWO }, Error::ParameterOutOfRange),
        (Listed { levels: 256, ..ANY_TWO }, Error::ParameterOutOfRange),
        (Listed { arms: 17, actions: &[0; 17], ..ANY_TWO }, Error::ParameterOutOfRange),
    ] {
        assert_eq!(list.start(&family), Err(error), "{family:?}");
        assert!(kept(&list));
    }
    let mut long = ActionList::<17, 1>::EMPTY;
    assert_eq!(long.start(&CapacitySet { costs: &[1; 17], capacities: &[1] }), Err(Error::ParameterOutOfRange));
    let round = CycleSet { arms: 2, edges: &[[0, 1]], source: 0, longest: 2, pulls: 1 };
    for (family, error) in [
        (CycleSet { source: 2, ..round }, Error::StateOutOfRange),
        (CycleSet { edges: &[[0, 2]], ..round }, Error::StateOutOfRange),
        (CycleSet { edges: &[[1, 1]], ..round }, Error::ParameterOutOfRange),
    ] {
        assert_eq!(list.start(&family), Err(error), "{family:?}");
    }
    let too_many = ScheduleSet { arm_slots: &[1, 1], worker_slots: &[u32::MAX, 1] };
    assert_eq!(list.start(&too_many), Err(Error::ParameterOutOfRange));
    let too_many = CapacitySet { costs: &[1, 1], capacities: &[1; 17] };
    assert_eq!(list.start(&too_many), Err(Error::ParameterOutOfRange));
    let choices = InterventionSet { interventions: 2, weights: &[1; 5], budget: 1, levels: 2 };
    assert_eq!(list.start(&choices), Err(Error::LengthMismatch));
    let too_many = InterventionSet { interventions: 17, weights: &[1; 34], ..choices };
    assert_eq!(list.start(&too_many), Err(Error::ParameterOutOfRange));
    assert!(kept(&list));
}

#[test]
fn a_rejected_choice_writes_nothing() {
    let (list, mut action, mut rng) = (two_arms(), [5; 2], stream(3, 0));
    let empty = ActionList::<2, 3>::EMPTY;
    assert_eq!(empty.best(|_, _| 0.0, &mut action), Err(Error::EmptyRange));
    assert_eq!(empty.draw(&mut rng, &mut action), Err(Error::EmptyRange));
    assert_eq!(list.best(|_, _| f32::NAN, &mut action), Err(Error::NonFinite));
    assert_eq!(list.best(|_, _| 0.0, &mut [0; 3]), Err(Error::LengthMismatch));
    assert_eq!(list.draw(&mut rng, &mut [0; 3]), Err(Error::LengthMismatch));
    assert_eq!((action, rng), ([5; 2], stream(3, 0)));
    let mut table = ArmTable::<2, 2, 2>::EMPTY;
    assert_eq!(table.best(&list, &[0, 2], &mut action), Err(Error::StateOutOfRange));
    assert_eq!(table.best(&list, &[0], &mut action), Err(Error::LengthMismatch));
    assert_eq!(table.set_arm(2, |_, _| 0.0), Err(Error::StateOutOfRange));
    assert_eq!(table.set_arm(1, |state, _| if state == 1 { f32::NAN } else { 1.0 }), Err(Error::NonFinite));
    assert_eq!(table.set_index(0, &[1.0], |_| 1.0), Err(Error::LengthMismatch));
    assert_eq!(table.set_myopic(0, &example_arm()), Err(Error::LengthMismatch));
    assert!(table.values().iter().all(|value| *value == 0.0) && action == [5; 2]);
}

/// The arm of the specification's worked example.
fn example_arm() -> BirthDeathArm<4, 2> {
    BirthDeathArm::new(2, [0.1, 0.8], [0.2, 0.15, 0.1, 5.0]).unwrap()
}

#[test]
fn the_indices_of_the_worked_example_come_out() {
    let mut index = WhittleIndex::<4>::EMPTY;
    let expected = [2.325_12, 3.063_63, 3.949_88, 3.587_22];
    let found = index.compute(&example_arm(), 0.9).unwrap();
    assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 2e-5), "{found:?}");
    let mut numbers = [1.0; 32];
    let mut view = WhittleIndexState::over(4, &mut numbers).unwrap();
    assert_eq!(view.compute(&example_arm(), 0.9), Ok(index.indices()));
    assert_eq!(WhittleIndexState::over(4, &mut [0.0; 31]).err(), Some(Error::LengthMismatch));
}

/// Stays where it is, or has one bad outcome.
struct Still(ModelOutcome);

impl FiniteModel for Still {
    fn states(&self) -> usize {
        4
    }

    fn actions(&self) -> usize {
        2
    }

    fn outcome_count(&self, _state: usize, _action: usize) -> Result<usize, Error> {
        Ok(1)
    }

    fn outcome(&self, state: usize, action: usize, _index: usize) -> Result<Option<ModelOutcome>, Error> {
        let good = ModelOutcome { probability: 1.0, next_state: state, reward: 0.0, terminated: false };
        Ok(Some(if (state, action) == (3, 1) { self.0 } else { good }))
    }
}

#[test]
fn an_arm_that_is_none_leaves_the_indices_as_they_were() {
    let mut index = WhittleIndex::<4>::EMPTY;
    index.compute(&example_arm(), 0.9).unwrap();
    let before: Vec<_> = index.indices().to_vec();
    let good = ModelOutcome { probability: 1.0, next_state: 3, reward: 0.0, terminated: false };
    for (bad, error) in [
        (ModelOutcome { probability: 0.5, ..good }, Error::ProbabilityOutOfRange),
        (ModelOutcome { probability: f32::NAN, ..good }, Error::ProbabilityOutOfRange),
        (ModelOutcome { next_state: 4, ..good }, Error::StateOutOfRange),
        (ModelOutcome { reward: f32::INFINITY, ..good }, Error::NonFinite),
        (ModelOutcome { terminated: true, ..good }, Error::ParameterOutOfRange),
    ] {
        assert_eq!(index.compute(&Still(bad), 0.9).map(|_| ()), Err(error));
    }
    for discount in [1.0, -0.1, f32::NAN] {
        assert_eq!(index.compute(&example_arm(), discount).map(|_| ()), Err(Error::DiscountOutOfRange));
    }
    let mut smaller = WhittleIndex::<3>::EMPTY;
    assert_eq!(smaller.compute(&example_arm(), 0.9).map(|_| ()), Err(Error::LengthMismatch));
    assert_eq!(index.indices(), before);
    // Pushing changes nothing and pays nothing: worth nothing.
    let found = index.compute(&Still(good), 0.9).unwrap();
    assert!(found.iter().all(|index| index.abs() < 1e-5), "{found:?}");
}

#[test]
fn myopic_and_index_tables_are_policies() {
    let (arm, list) = (example_arm(), two_arms());
    let mut table = ArmTable::<2, 4, 2>::EMPTY;
    for number in 0..2 {
        table.set_myopic(number, &arm).unwrap();
    }
    // From the bottom a push pays less at once, near the top more.
    assert!((table.value(0, 0, 1) - (0.8 * 0.15 + 0.2 * 0.2)).abs() < 1e-6);
    let mut action = [9; 2];
    table.best(&list, &[0, 0], &mut action).unwrap();
    assert_eq!(action, [0, 0]);
    table.best(&list, &[0, 2], &mut action).unwrap();
    assert_eq!(action, [0, 1]);
    let mut index = WhittleIndex::<4>::EMPTY;
    let indices = index.compute(&arm, 0.9).unwrap();
    for number in 0..2 {
        table.set_index(number, indices, |level| arm.share(level)).unwrap();
    }
    table.best(&list, &[0, 0], &mut action).unwrap();
    assert_eq!(action, [0, 1]);
    table.best(&list, &[2, 1], &mut action).unwrap();
    assert_eq!(action, [1, 0]);
}

type Learner = FactoredQ<2, 2, 2>;

const SHOWN: JointTransition<'static> =
    JointTransition { states: &[0, 1], action: &[1, 0], rewards: &[1.0, 2.0], next_states: &[1, 0] };

/// Values `1 + j + 2 s + 4 x`.
fn learner(credit: Credit) -> Learner {
    let mut learner = Learner::EMPTY;
    let warm = |arm, state, level| (1 + arm + 2 * state + 4 * level) as f32;
    learner.start(FactoredQParameters { credit, ..FactoredQParameters::USUAL }, warm).unwrap();
    learner
}

#[test]
fn an_update_by_hand() {
    let list = two_arms();
    for credit in [Credit::PerArm, Credit::Joint] {
        let mut learner = learner(credit);
        // In (1, 0) one arm is pushed, which adds 4 whichever it is: the smaller action, x' = (0, 1).
        // e_0 = 1 + 0.9 q[0][1][0] - q[0][0][1] = 1 + 2.7 - 5, e_1 = 2 + 0.9 q[1][0][1] - q[1][1][0] = 2 + 5.4 - 4
        let errors = [-1.3f32, 3.4];
        let joint = learner.update(&list, &SHOWN).unwrap();
        assert!((joint - 2.1).abs() < 1e-5, "{joint}");
        let expected = match credit {
            Credit::PerArm => errors,
            Credit::Joint => [1.05; 2],
        };
        let first = 0.615_572_2; // 2^-0.7
        assert!((learner.table().value(0, 0, 1) - (5.0 + first * expected[0])).abs() < 1e-5);
        assert!((learner.table().value(1, 1, 0) - (4.0 + first * expected[1])).abs() < 1e-5);
        assert_eq!((learner.table().value(0, 0, 0), learner.table().value(1, 0, 1)), (1.0, 6.0));
        // The second visit has the step size 3^-0.7, the thousandth the least.
        let before = learner.table().value(0, 0, 1);
        let error = 1.0 + 2.7 - before;
        let joint = learner.update(&list, &SHOWN).unwrap();
        let step = 0.463_474_5 * if credit == Credit::PerArm { error } else { joint / 2.0 };
        assert!((learner.table().value(0, 0, 1) - before - step).abs() < 1e-5);
    }
    let mut learner = learner(Credit::PerArm);
    for _ in 0..1000 {
        learner.update(&list, &SHOWN).unwrap();
    }
    let before = learner.table().value(0, 0, 1);
    learner.update(&list, &JointTransition { rewards: &[2.0, 2.0], ..SHOWN }).unwrap();
    assert!((learner.table().value(0, 0, 1) - before - 0.03).abs() < 1e-5);
}

#[test]
fn random_actions_are_held() {
    let (list, mut learner, mut rng) = (two_arms(), learner(Credit::PerArm), stream(8, 1));
    let mut greedy = [0; 2];
    learner.table().best(&list, &[0, 1], &mut greedy).unwrap();
    assert_eq!(learner.select(&list, &[0, 1], 0.0, &mut rng), Ok(&greedy[..]));
    let taken: Vec<Vec<u8>> =
        (0..6000).map(|_| learner.select(&list, &[0, 1], 1.0, &mut rng).unwrap().to_vec()).collect();
    let mut runs = Vec::new();
    for (index, action) in taken.iter().enumerate() {
        if index == 0 || taken[index - 1] != *action {
            runs.push(0);
        }
        *runs.last_mut().unwrap() += 1;
    }
    // Held for 6 steps at a time, and begun in every 6th of the others: 6 of 11 steps are random, 4 of those not the best.
    let others = taken.iter().filter(|action| **action != greedy).count();
    assert!(others.abs_diff(6000 * 6 / 11 * 2 / 3) < 300, "{others}");
    let away = taken.iter().zip(&taken[1..]).filter(|(a, b)| **a != greedy && **b == greedy).count();
    assert!(away > 100 && runs.len() > 200);
    learner.release();
    assert_eq!(learner.select(&list, &[0, 1], 0.0, &mut rng), Ok(&greedy[..]));
}

#[test]
fn a_rejected_call_changes_nothing() {
    let (list, mut rng) = (two_arms(), stream(8, 1));
    let mut learner = Learner::EMPTY;
    assert_eq!(learner.select(&list, &[0, 0], 0.1, &mut rng).map(|_| ()), Err(Error::NotStarted));
    assert_eq!(learner.update(&list, &SHOWN), Err(Error::NotStarted));
    let usual = FactoredQParameters::USUAL;
    for (parameters, error) in [
        (FactoredQParameters { discount: 1.5, ..usual }, Error::DiscountOutOfRange),
        (FactoredQParameters { step_floor: 0.0, ..usual }, Error::StepSizeOutOfRange),
        (FactoredQParameters { step_exponent: f32::NAN, ..usual }, Error::ParameterOutOfRange),
        (FactoredQParameters { hold: 0, ..usual }, Error::ParameterOutOfRange),
    ] {
        assert_eq!(learner.start(parameters, |_, _, _| 0.0), Err(error));
    }
    assert_eq!(learner.start(usual, |arm, _, _| if arm == 1 { f32::NAN } else { 0.0 }), Err(Error::NonFinite));
    let mut none = FactoredQ::<0, 2, 2>::EMPTY;
    assert_eq!(none.start(usual, |_, _, _| 0.0), Err(Error::NoArms));
    assert_eq!(learner.digest(), Learner::EMPTY.digest());

    let mut learner = self::learner(Credit::PerArm);
    learner.update(&list, &SHOWN).unwrap();
    let digest = learner.digest();
    for (of, error) in [
        (JointTransition { states: &[0, 2], ..SHOWN }, Error::StateOutOfRange),
        (JointTransition { next_states: &[2, 0], ..SHOWN }, Error::StateOutOfRange),
        (JointTransition { action: &[0, 2], ..SHOWN }, Error::ActionOutOfRange),
        (JointTransition { rewards: &[0.0, f32::NAN], ..SHOWN }, Error::NonFinite),
        (JointTransition { rewards: &[f32::MAX, f32::MAX], ..SHOWN }, Error::NonFinite),
        (JointTransition { states: &[0], ..SHOWN }, Error::LengthMismatch),
        (JointTransition { action: &[0], ..SHOWN }, Error::LengthMismatch),
        (JointTransition { rewards: &[0.0], ..SHOWN }, Error::LengthMismatch),
        (JointTransition { next_states: &[0], ..SHOWN }, Error::LengthMismatch),
    ] {
        assert_eq!(learner.update(&list, &of), Err(error), "{of:?}");
    }
    let empty = ActionList::<2, 3>::EMPTY;
    assert_eq!(learner.update(&empty, &JointTransition { action: &[0, 0], ..SHOWN }), Err(Error::ActionOutOfRange));
    assert_eq!(learner.select(&empty, &[0, 0], 1.0, &mut rng).map(|_| ()), Err(Error::EmptyRange));
    assert_eq!(learner.select(&list, &[0, 2], 1.0, &mut rng).map(|_| ()), Err(Error::StateOutOfRange));
    assert_eq!(learner.select(&list, &[0, 0], 1.5, &mut rng).map(|_| ()), Err(Error::EpsilonOutOfRange));
    let mut other = ActionList::<1, 2>::EMPTY;
    other.start(&CapacitySet { costs: &[1], capacities: &[1] }).unwrap();
    assert_eq!(learner.select(&other, &[0], 1.0, &mut rng).map(|_| ()), Err(Error::LengthMismatch));
    assert_eq!((learner.digest(), rng), (digest, stream(8, 1)));
}

#[test]
fn owner_and_view_learn_the_same_bits_and_go_on_from_a_checkpoint() {
    let (list, mut owner, mut rng) = (two_arms(), learner(Credit::PerArm), stream(8, 1));
    let (mut values, mut counts, mut action, mut next) = ([0.0; 8], [0; 8], [0; 2], [0; 2]);
    let table = ArmTableState::over(2, 2, 2, &mut values[..]).unwrap();
    type View<'a> = FactoredQState<Dyn, Dyn, Dyn, &'a mut [f32], &'a mut [u16], &'a mut [u8]>;
    let mut view = View::over(table, &mut counts, &mut action, &mut next).unwrap();
    view.start(FactoredQParameters::USUAL, |arm, state, level| (1 + arm + 2 * state + 4 * level) as f32).unwrap();
    let mut view_rng = rng.clone();
    for step in 0..50u8 {
        let states = [step % 2, (step / 2) % 2];
        let chosen = owner.select(&list, &states, 0.9, &mut rng).unwrap().to_vec();
        assert_eq!(view.select(&list, &states, 0.9, &mut view_rng), Ok(&chosen[..]));
        let of = JointTransition { states: &states, action: &chosen, rewards: &[0.5, -1.0], next_states: &[1, 0] };
        assert_eq!(owner.update(&list, &of), view.update(&list, &of));
    }
    assert_eq!((owner.digest(), owner.identity()), (view.digest(), view.identity()));
    let mut bytes = [0; 256];
    let length = crate::checkpoint::save(&owner, &mut bytes).unwrap();
    assert_eq!(length, crate::checkpoint::OVERHEAD + 6 * 8 + 2 + 1);
    let mut later = learner(Credit::PerArm);
    crate::checkpoint::load(&mut later, &bytes[..length]).unwrap();
    assert_eq!(later.select(&list, &[1, 1], 0.9, &mut view_rng), owner.select(&list, &[1, 1], 0.9, &mut rng));
    let mut payload = [0; 51];
    payload[49] = 2;
    assert_eq!(later.restore(&payload), Err(Error::Malformed));
    assert_eq!(ArmTableState::over(2, 2, 2, &mut [0.0; 7]).err(), Some(Error::LengthMismatch));
    assert_eq!(ArmTableState::over(1, 1, 1, &mut [f32::NAN]).err(), Some(Error::NonFinite));
    let table = ArmTableState::over(2, 2, 2, &mut values[..]).unwrap();
    assert!(View::over(table, &mut counts, &mut action, &mut [0; 3]).is_err());
}
